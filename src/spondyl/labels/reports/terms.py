"""Words for what happens to a body, and for all that is not one."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a term speaks of."""

    FRACTURE = "fracture"
    #: A changed shape that is mostly, not always, a fracture: wedging, lost height.
    DEFORMITY = "deformity"
    TREATED = "treated"
    NORMAL = "normal"
    UNSEEN = "unseen"
    #: Discs, joints, other bones, implants, pain: a level beside them is theirs.
    OTHER = "other"


@dataclass(frozen=True)
class Term:
    """A term found in the text.

    Attributes
    ----------
    kind : Kind
    start, end : int
        Where, in the plain text.
    general : bool
        Speaks of the whole film by itself ("no bony abnormality", "normal study").
    """

    kind: Kind
    start: int
    end: int
    general: bool = False


FX = r"(?:fractur(?:es|ed|ing|e)|fxs?\b(?:\.(?=\s?[TLDtld][hH]?[ -]?\d))?|fx'?s\b|frx\b|fractr?\b|(?<![\w#])#(?:'s|s\b)?(?!\s?\d{1,2}[.):]))"
_LEVEL = r"(?:[TtLlDdSs][Hh]?[ -]?\d{1,2})"
_BONE = (
    r"(?:ribs?|transverse[ -]process(?:es)?|transverse processus|TPs?|spinous(?:[ -]process(?:es)?)?|pedicles?"
    r"|pedicular|pars(?: interarticularis| defects?)?|lamina[re]?\w?|facets?|articular (?:process(?:es)?|facets?)"
    r"|sacr(?:al|um)(?: ala)?|coccy\w+|pelvi[cs]|pubic|ram(?:us|i)|hips?|femor\w+|femurs?|NOF|iliac|ilium"
    r"|clavic\w+|screws?|rods?|hardware|implants?|metal\w*|wrist|colles'?|stern\w+|posterior (?:elements?|arch\w*)"
    r"|neural arch\w*|odontoid|dens|humer\w+|osteophytes?|acetabul\w+|ankle|radi(?:us|al)|scapula\w*|calcane\w+"
    r"|tibial?|pelvic ring|limb|long bones?|costal|ring apophys\w+|cervical|skull|appendicular|cement|stress"
    r"|needle|catheter|lead|cage|costovertebral)"
)  # fmt: skip
_BODYFX = r"(?:compression|compressive|wedge[d]?|burst|crush|biconcave|vertebral|osteoporotic|body|chance)"
_TOPICS = (
    r"(?:inter)?(?:vertebral )?dis[ck]s?(?:[ -]?spaces?)?|intervertebral(?: (?:spaces?|heights?))?|interspaces?"
    r"|disco\w+|joint spaces?|(?:antero|retro|spondylo|latero)?-?listhes[ie]s|spondylolys\w+|slip(?:page)?\b"
    r"|osteophyt\w+|spurs?\b|spurring|lipping|facets?\b|facetal|apophyseal|zygapophys\w+|schmorl\w*(?: nodes?)?"
    r"|sclero(?:sis|tic)|spondyl(?:osis|otic|itis|otic changes?)|degenerati\w+|DDD|DJD|OA\b|osteoarthr\w+"
    r"|arthr(?:osis|itis|opathy|itic)|scolio\w+|kypho(?:sis|tic|scolio\w+)|lordo\w+|alignment|malalign\w+"
    r"|curvature|stenosis|foramin\w+|laminectom\w+|fusion|fused|screws?|rods?\b|hardware|instrument\w+|fixation"
    r"|pedicles?|spinous|transverse process\w*|posterior elements?|pars\b|lamina[er]?\b|sacro-?iliac(?: joints?)?"
    r"|SI joints?|SIJs?|sacr(?:um|al)(?! spine)|coccy\w+|pelvi[cs]|hips?\b|soft[ -]?tissues?|paraspinal|bowel(?: gas)?"
    r"|aort\w*|calcif\w*|psoas|ha?emangioma\w*|metasta\w*|lytic|blastic|lesions?|mass(?:es)?\b|vacuum|modic|baastrup\w*"
    r"|syndesm\w+|DISH\b|ankylos\w+|(?:de)?minerali[sz]\w+|osteop(?:enia|enic|orosis)|bone (?:density|mineral\w*)"
    r"|densit(?:y|ies)|lungs?|cages?\b|spacers?\b|block vertebra\w*|transitional|lumbari[sz]\w+|sacrali[sz]\w+|spina bifida"
    r"|catheters?|clips?\b|leads?\b|stents?|IVC filter|pain\w*|tender\w*|trauma|bruis\w+|weakness|radiculopathy"
    r"|sublux\w+|disloc\w+|retropuls\w+|herniat\w+|protrusion|bulg\w+|narrow\w*|end-?plates? (?:irregular\w*"
    r"|sclero\w+|spur\w*|erosion\w*|changes?|osteophyt\w*|degenerat\w*)|erosi\w+|destruct\w+|infecti\w+|vertebral canal"
    r"|spinal canal|neural\b|nerve roots?|root\b|cord\b|thecal|iliac crests?|(?<!vertebral )ribs?\b|leak\w*|extravas\w+"
    r"|cauda|conus|limbus|bridging|symphysis|prosthes[ie]s|arthroplast\w+|bone island\w*|enostosis|pseud[o]?arthrosis"
)
_DISC = r"(?:dis[ck]s?|intervertebral|interspaces?|joint|foramin\w+|canal)"
_MOD = (
    r"(?:(?:compression|compressive|comp\.?|compr\.?|wedge[d]?|wedging|crush(?:ed)?|burst|biconcav\w+|insufficiency|osteoporotic"
    r"|fragility|pathologic(?:al)?|benign|vertebral(?: body| bodies)?|vert\.?|VB|body|end-?plates?|superior|inferior|anterior"
    r"|ant\.?|osteopenic|chance|type|spine|spinal|lumbar|thoracic|low[ -]energy|plate|collapse|codfish|fish|depression"
    r"|depressed|OP|osteop\.?)[ /,-]+)"
)
_HEIGHT = r"(?:heights?\b|hts?\b|stature\b)"
_WORDS3 = r"(?:[A-Za-z-]+ ){0,4}?"


def _alternatives(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)


#: First come, first served: a stretch belongs to the first pattern that finds it.
_PATTERNS: tuple[tuple[Kind, bool, re.Pattern[str]], ...] = (
    # Fractures of other bones, and compressions of what is no bone.
    (Kind.OTHER, False, _alternatives(
        rf"\b{_BONE}(?:(?! (?:and|or|with|but|nor)\b) [A-Za-z-]+){{0,2}}? (?:and {_BONE} )?{FX}",
        rf"(?<!compression )(?<!wedge )(?<!burst )(?<!crush )(?<!vertebral )(?<!body )(?<!biconcave ){FX} "
        rf"(?:(?:line|lines) )?(?:of|through|involving|in|at|to|along|affecting) (?:the )?"
        rf"(?:(?:(?!vertebra|bod(?:y|ies)\b|with|no\b|or\b|[a-z]+ing\b|compress|wedge)(?:[A-Za-z]+|\d{{1,2}}(?:st|nd|rd|th)?|{_LEVEL})|[,/&-]| and (?={_LEVEL}|\d))[ ]*){{0,8}}\b{_BONE}\b",
        rf"(?:broken|bent|loosen\w+|intact) {_BONE}|fractured (?:(?:left|right|bilateral|the|{_LEVEL}) )*{_BONE}",
        r"(?:nerve|root|cord|neural|thecal|sac|foramin\w+|canal|cauda\w*|conus|aortic|venous|vascular)"
        r"(?: [a-z]+){0,2}? compress\w+",
        r"compress(?:ion|es|ing) (?:of|on) (?:the )?(?:[a-z]+ )?(?:thecal|cord|nerve|exiting|spinal|cauda|conus|neural"
        r"|dura\w*|traversing|sac)",
        r"compression (?:stocking|garment|device|screw|hip)\w*",
    )),
    # Discs that are low are no bodies that are low.
    (Kind.OTHER, False, _alternatives(
        rf"(?:loss|reduction|decrease|narrowing|diminution|lowering) (?:of|in) (?:the )?{_WORDS3}{_DISC}[ -]?(?:spaces?)?"
        rf"(?: (?:space )?{_HEIGHT})?",
        rf"(?:loss|reduction|decrease|diminution) (?:of|in) (?:the )?{_HEIGHT} (?:of|at|in) (?:the )?"
        rf"(?:(?:{_LEVEL}|\d|[/,&-]|and|to)[ ]*)*\b{_DISC}",
        rf"(?:decreased|reduced|diminished|narrowed|lost|low) (?:[a-z]+ )?{_DISC}(?:[ -]?spaces?)?(?: {_HEIGHT})?",
        rf"{_DISC}[ -]?(?:spaces?)?(?: (?:space|{_HEIGHT}))*(?: (?:is|are|appears?|shows?))?(?: [a-z]+)? "
        r"(?:loss|reduction|narrow\w*|collapse\w*|decreased?|reduced|lost|diminished|deformit\w+)",
        rf"\b{_DISC}[ -]?(?:spaces?)? {_HEIGHT}",
        r"(?:scoliotic|kyphotic|kyphoscoliotic|rotational|rotatory|spinal|chest wall|listhetic|alignment|angular|gibbus"
        r"|flexion|hip|foot) deformit\w+",
        r"(?:lung|lobar|pulmonary|airway) collapse", r"bon[ey] collapse of the femoral head",
        r"(?:vertebral(?: body)?|bony|osseous|spinal|sagittal|lumbar(?: spine)?|spine|spinal column) "
        r"(?:alignment|curvature|lordosis|mineral\w+|densit\w+|spurs?|osteophytes?|canal|artery|haemangioma\w*|hemangioma\w*)",
        r"(?:alignment|curvature|lordosis|densit\w+|mineral\w+|texture|pedicles|posterior elements|spinous processes) (?:of|in) "
        r"(?:the )?(?:[a-z]+ ){0,3}(?:vertebra\w*|bodies|spine|bones?|column)",
        r"(?:pagets?|metastatic|sclerotic|lytic) (?:disease|deposits?|lesions?)",
        r"(?:dementia|diabetes|HRT|steroid)s?",
    )),
    # Whole films that are normal.
    (Kind.NORMAL, True, _alternatives(
        r"\b(?:no|nil|without|nor)(?: [a-z]+){0,5}?(?:(?:,| or| and|/)(?: [a-z]+){1,2})? (?:bony|osseous|bone|skeletal|vertebral|traumatic"
        r"|radiographic|radiological|plain film|acute|significant|gross|focal|x-?ray|definite|obvious|structural|spinal|demonstrable)"
        r"(?: (?:or joint|significant|acute|gross|focal|vertebral body|and joint|and soft tissue|or soft tissue))* (?:abnormalit(?:y|ies)|injur(?:y|ies)"
        r"|patholog(?:y|ies)|trauma|process|changes of trauma|damage|insult|disease)"
        r"(?! (?:of|in) (?:the )?(?:soft|disc|disk|align|sacro|SI|hip|abdom))",
        r"\bno (?:[a-z]+ ){0,2}abnormalit(?:y|ies)(?! (?:of|in) (?:the )?(?:soft|disc|disk|align|sacro|SI|hip|abdom))"
        r"(?: (?:is |was |were |are |has been |have been )?(?:seen|detected|identified|shown|noted|demonstrated|evident|found))?",
        r"\b(?:nil|nothing|none|no (?:injury|finding)) else\b|\bno others?\b(?=\s*(?:[.,;)\n]|$))", r"\bnothing abnormal\b", r"\bNAD\b", r"\bN\.A\.D\.?", r"\bno bony\b(?! [a-z]+ (?:lesion|destruct|erosi|spur|mass))",
        r"\bnormal (?:[a-z-]+ ){0,3}?(?:study|examination|exam|radiographs?|x-?rays?|films?|series|xr|scan|report)\b",
        r"\b(?:otherwise|essentially|grossly|entirely) (?:normal|unremarkable|intact|preserved|negative)(?! (?:align|lordo|disc|bowel|soft))",
        r"\b(?:study|examination|exam|radiographs?|x-?rays?|films?|series|rest|remainder) (?:is |are |was |were )?(?:otherwise |essentially )?"
        r"(?:normal|unremarkable|negative|wnl)\b",
        r"\b(?:negative|unremarkable|normal) (?:[a-z]+ )?(?:thoraco-?)?(?:lumbar|lumbosacral|LS|L-?S?|TL)[ -]?spine\b(?! (?:align|lordo|curv))", r"\b(?:negative|unremarkable) (?:[a-z-]+ ){0,3}?(?:study|examination|exam|radiographs?|x-?rays?|films?|series)\b",
    )),
    (Kind.TREATED, False, _alternatives(
        r"(?:balloon |percutaneous |prior |previous )*(?:vertebroplast\w+|kyphoplast\w+|vertebral augmentation|cementoplast\w+)",
        r"\b(?:PVP|BKP|PKP|VP|KP)\b(?! shunt)", r"cement(?:ed)?[ -](?:augment\w+|inject\w+|fill\w+)|(?<!non-)(?<!non )(?<!un)cement(?:ed)\b|(?<!non-)(?<!non )(?<!un)augmented\b"
        r"|(?:bone |PMMA |acrylic )?cement(?! (?:leak|extra|fract|embol))|PMMA\b|polymethyl\w+|methyl ?methacrylate",
    )),
    (Kind.FRACTURE, False, _alternatives(
        rf"{_MOD}*{FX}(?:[ -]deformit\w+)?",
        r"\bO?VCF'?s?\b|\bOVF'?s?\b|\bVF\b|\bOCF'?s?\b|\bWCF\b|\bCF'?s\b|\bcomp\.? ?(?:fx|#)",
        r"(?:anterior |ant\.? |mild |wedge[ -]|superior |inferior |end-?plate |vertebral |body )*(?:compression|compressive|compr\.?|comp\.?|crush|burst|wedge[ -]compression|codfish)"
        r"[ /-]+(?:type )?(?:(?:wedge|wedging)[ -])?(?:(?:vertebral |body )?deformit\w+|collapse[ds]?|injur\w+|deformation|change|def\b|wedging)",
        r"(?:wedge|wedging)[ /-]+(?:compression|collapse)(?: deformit\w+)?",
        r"(?:vertebral |vertebral body |body |osteoporotic |partial |near[ -]complete |complete |central |anterior )*collaps(?:e[ds]?|ing)\b",
        r"\bcompress(?:ed|ion)\b", r"vertebra[e]? plana|plana\b|pancake\w*", r"k[uü](?:e)?mmel\w*(?:'s)?(?: disease)?",
        r"intra-?vertebral (?:vacuum |gas |fluid )*(?:cleft|phenomenon|gas|vacuum)", r"\bcrush(?:ed)?\b", r"\bburst\b(?! of)",
    )),
    (Kind.DEFORMITY, False, _alternatives(
        r"\bwedg(?:ed|ing|e)(?:[ -](?:shaped?|deform\w+|configuration|appearance|like|morphology))*",
        rf"(?:loss|reduction|decrease|diminution|shortening|diminishment) (?:of|in) (?:the )?(?:its )?(?:\d+ ?% )?(?:(?:{_LEVEL}|[/,&-])[ ]?)*{_WORDS3}"
        rf"(?:(?:{_LEVEL}|[/,&-])[ ]?)*{_WORDS3}{_HEIGHT}",
        rf"{_HEIGHT}[ -](?:loss|reduction|decrease)", r"(?:body|vertebral|anterior|central|posterior|middle|ant\.?) loss\b",
        rf"(?:decreased|reduced|diminished|lost|lowered|lower|loses|shows less|short(?:ened)?) {_WORDS3}{_HEIGHT}",
        rf"{_HEIGHT}(?: (?:of|at) (?:the )?(?:(?:{_LEVEL}|[/,&-]|and|vertebral|body|bodies)[ ]?)+)? ?(?:is|are|appears?|has been|was)? ?"
        r"(?:mildly |slightly |moderately |markedly |severely |minimally |somewhat |partially |significantly )?(?:decreased|reduced|diminished|lost|\breduced\b)",
        r"biconcav\w+(?: (?:deformit\w+|shape|appearance))?", r"cod-?fish\w*|fish-?(?:mouth|vertebra)\w*",
        r"(?:vertebral |vertebral body |body |biconcave |superior |inferior |end-?plate |morphometric |anterior |mild |shape )*deform(?:it(?:y|ies)|ed|ation)\b",
        r"flatten(?:ed|ing)\b|squash\w+|squared? off|\bcupping\b|\bimpact(?:ed|ion)\b",
        r"(?:superior|inferior|upper|lower|central|both)? ?end-?plates? (?:is |are )?(?:depress\w+|deform\w+|concav\w+|collapse\w*|impaction|impression"
        r"|cupping|indentation|infraction|buckling|buckled|step)",
        r"end-?plates? (?:of|at) [^.;,]{0,30}?(?:is |are |appears? )?(?:[a-z]+ly )?(?:depressed|deformed|concave|buckled)\b",
        r"(?:depress(?:ed|ion)|infraction|buckling|concavity|indentation|impaction|impression)(?: (?:of|in|at|along) (?:the )?(?:superior|inferior|upper|lower|central|both|(?:[TLtl]\d{1,2})| |and|/)*)?"
        r" ?end-?plates?",
        r"\b\d{1,2} ?(?:-|to) ?\d{1,3} ?(?:%|per ?cent|percent) (?:anterior |ant\.? |central |vertebral |body |height )*(?:loss|reduction|compress\w+|collapse|wedg\w+)?"
        r"|\b\d{1,3} ?(?:%|per ?cent|percent) (?:anterior |ant\.? |central |vertebral |body |of |the |height |posterior )*(?:loss|reduction|wedg\w+|height)",
        r"(?:lost|loses|losing) (?:about |approximately |approx\.? |some |up to |almost |nearly |over )?(?:\d{1,3} ?%|half|a third|one third|a quarter)",
    )),
    (Kind.UNSEEN, False, _alternatives(
        r"(?:is |are |was |were )?(?:not |incompletely |partially |partly |poorly |suboptimally |inadequately |only partly |only partially )+(?:been )?(?:well |adequately |clearly |fully |completely |optimally |properly |reliably )*"
        r"(?:seen|visuali[sz]ed|assess(?:ed|able)|evaluat(?:ed|able)|included|imaged|shown|demonstrated|covered|displayed|delineated|defined|depicted|in view)",
        r"obscured|(?:excluded|cut off|cropped|off)(?: from| by| of)? (?:the )?(?:film|field|view|image|radiograph)\w*(?: of view)?|cut off\b"
        r"|cannot be (?:adequately |properly |reliably |fully |well )*(?:assessed|evaluated|seen|judged|visuali[sz]ed)|(?:difficult|hard) to (?:assess|evaluate|see)|non-?diagnostic"
        r"|(?:evaluation|assessment|visuali[sz]ation) (?:of|at) [^.;:]{0,40}? (?:is|are|was|were) (?:limited|suboptimal|poor|incomplete|degraded)|limited (?:assessment|evaluation|visuali[sz]ation|view) of|not assessable|unassessable|outside the (?:field|film|image)\w*|beyond the (?:field|film)|hidden|overlap(?:s|ped|ping)? by|superimpos\w+",
    )),
    (Kind.NORMAL, False, _alternatives(
        r"\b(?:non|un)-?(?:fractured|compressed|wedged|collapsed)\b",
        r"\b(?:well[ -])?(?:in[- ]?tact|unremarkable|preserved|preserves|preserving|maintained|maintains?|maintaining|retains?|retaining|keeps?|kept|unaltered in height|unaffected|spared|uninvolved|satisfactory|undeformed|retained|wnl)\b",
        r"\bwithin (?:the )?normal(?: limits| range)?\b", r"(?<!ab)\b(?:normal(?:ly)?|nl|nml)\b(?! variant| limits| for age| aging| ageing| saline)",
        r"\b(?:ok|okay|fine|good)\b(?! detail)", r"\bnormotensive\b(?=never)", r"\bfull height\b",
        r"\b(?:normal|regular) (?:shape|morphology|contour)s?\b",
    )),
    (Kind.OTHER, False, _alternatives(rf"\b(?:{_TOPICS})")),
)  # fmt: skip
_GENANT = re.compile(r"genant|semi-?quantitative|\bSQ\b", re.IGNORECASE)
_GRADE = re.compile(
    r"(?:genant(?:'s)?[ -]*(?:semi-?quantitative )?)?(?:\b(?:grade|gr\.?|SQ|score|type)|genant)[ :=-]*(?P<grade>[0-3](?:\.5)?)\b"
    r"(?! ?(?:%|mm|antero|retro|spondylo|listh|slip|on ))", re.IGNORECASE,
)  # fmt: skip


def find_terms(text: str, start: int, end: int) -> list[Term]:
    """Every term between two places, in order; none overlaps another."""
    found: list[Term] = []
    taken = bytearray(end - start)
    for kind, general, pattern in _PATTERNS:
        for match in pattern.finditer(text, start, end):
            a, b = match.span()
            if b > a and not any(taken[a - start : b - start]):
                found.append(Term(kind, a, b, general))
                taken[a - start : b - start] = b"\x01" * (b - a)
    if _GENANT.search(text):
        for match in _GRADE.finditer(text, start, end):
            a, b = match.span()
            if not any(taken[a - start : b - start]):
                kind = Kind.NORMAL if float(match["grade"]) < 1 else Kind.DEFORMITY
                found.append(Term(kind, a, b))
    return sorted(found, key=lambda term: term.start)


#: What a normal thing must be for the bodies to be meant.
BODY_SUBJECT = re.compile(
    r"vertebral bod(?:y|ies)|\bvertebra(?:e|s)?\b|vertebral (?:heights?|stature|morpholog\w+|contours?|structures?|elements?|levels?|shapes?)"
    r"|\bheights?\b|\bhts?\b|\bbod(?:y|ies)\b|\bbon(?:y|es)\b|osseous|skeletal|skeleton"
    r"|\bspine\b|\blevels?\b|\bsegments?\b|\bothers?\b|remain(?:ing|der)|\brest\b|everything|otherwise|elsewhere|\bVBs?\b|appearances?"
    r"|cort(?:ex|ices|ical)|\bVBH\b|\bvert\b", re.IGNORECASE,
)  # fmt: skip
#: The rest of the spine, beside what was named.
OTHERS = re.compile(
    r"\b(?:other(?:s|wise)?|remain(?:ing|der)|rest|elsewhere|additional|further|else|more|besides)\b",
    re.IGNORECASE,
)
BENIGN = re.compile(
    r"physiologic\w*|developmental\w*|congenital\w*|normal variant|within normal variation|scheuermann\w*|schmorl\w*|limbus|positional|projectional\w*|projection\b|artefact\w*|artifact\w*"
    r"|\brotation\w*|parallax|remodel\w*|cupid\w*|butterfly|hemivertebra\w*|degenerative(?: in nature)?(?: wedg\w+| deform\w+| remodel\w+)|constitutional|obliquity|tilt(?:ing|ed)?"
    r"|anatomic(?:al)? variant|juvenile|age[- ]related|\bnormal wedg\w+|degenerative (?:in (?:nature|origin)|change)|beam angulation|non-?fracture|no(?:t|n)[- ]fractur\w+|short vertebral height", re.IGNORECASE,
)  # fmt: skip
OLD = re.compile(
    r"\b(?:old|olds?|chronic|chr|healed|remote|previous(?:ly)?|prior|long-?standing|known|unchanged|stable|pre-?existing|unaltered|no (?:significant |interval |appreciable |definite |gross )*(?:interval )?change|as before"
    r"|redemonstrat\w+|re-demonstrat\w+|again (?:seen|noted|demonstrated|identified|shown|visuali[sz]ed|evident)|similar (?:to|in)|ancient|consolidated|non-?acute|established|late)\b", re.IGNORECASE,
)  # fmt: skip
#: A treatment that is only thought of.
PLANNED = re.compile(
    r"\b(?:consider\w*|plan(?:ned|ning)?|candidate|recommend\w*|benefit|schedul\w+|refer\w*|suitab\w+|evaluat\w+|amenable|suggest\w*|may|might|could|option|possible|awaiting|prior to|before|pre-|advis\w+|assess\w*"
    r"|no|not|without|for|discuss\w*|request\w*)\b", re.IGNORECASE,
)  # fmt: skip
#: Denials that leave room for an old fracture.
QUALIFIED = re.compile(
    r"\b(?:acute\w*|new\w*|recent\w*|fresh|interval|displaced|unstable|subacute|progress\w*)\b",
    re.IGNORECASE,
)
#: Words after which a list of levels is not whole.
PARTIAL = re.compile(
    r"\b(?:most (?:severe|pronounced|marked|significant|prominent|notabl\w+|evident|advanced|conspicuous)\w*|worst|worse|including|especially|particularly|notably|e\.g\.|for example|such as|greatest|maximal\w*|predominantly|mainly|mostly)\b", re.IGNORECASE,
)  # fmt: skip
