"""What a clause states: of the levels it names, of all, or of those named before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from spondyl.anatomy import Level
from spondyl.labels.reports.attach import Attached, joined_region, main_term, region_levels
from spondyl.labels.reports.certainty import Certainty
from spondyl.labels.reports.claims import claim_of, is_old, normal_of_bodies, planned
from spondyl.labels.reports.clauses import Clause
from spondyl.labels.reports.levels import LevelMention, RegionMention
from spondyl.labels.reports.sections import Part
from spondyl.labels.reports.statements import Claim, Statement
from spondyl.labels.reports.terms import OTHERS, QUALIFIED, Kind, Term

_ANAPHOR = re.compile(
    r"\W*(?:this|these|it|they|which|the (?:\w+ )?(?:deformit\w+|fractures?|wedging|appearances?|findings?|changes?|loss|collapse|abnormalit\w+|compression|vertebra\w*|bod(?:y|ies)|level)|both|same|an? (?:\w+ )*(?:fracture|compression)|(?:compression )?fracture|likely|probably|possibly|suspicious|suggest\w*|appears?|cannot|can not|query|\?)\b",
    re.IGNORECASE,
)  # fmt: skip
_DEFINITE = re.compile(r"\b(?:the|this|these|that|those|its|such)(?: \w+){0,3} ?$", re.IGNORECASE)
_ASKING = re.compile(
    r"(?:\?|\bpossibl[ey]|\bquery|\bperhaps|\bmay be|\bmight be|\bcould be|\blikely|\bprobabl[ey])\s*(?:an?\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_OF_BODIES = re.compile(r"vertebra|bod(?:y|ies)|wedg|compress|fract", re.IGNORECASE)
_DISC = re.compile(r"\bdis[ck]|\bspaces?\b|narrow", re.IGNORECASE)
_HEIGHT = re.compile(r"\bheights?\b|\bhts?\b", re.IGNORECASE)
_SICK = re.compile(
    r"end-?plate|irregular|sclero|indistinct|cortic|lucen|step-?off|buckl|densit", re.IGNORECASE
)
#: "No interval height loss": of a body that had lost height before.
_CHANGE = re.compile(r"\b(?:interval|progressive|further|ongoing)\b", re.IGNORECASE)
#: "A Schmorl's node rather than a fracture": of the level that is named, not of all.
_NOT_ONE = re.compile(
    r"\b(?:rather than|instead of|and not|not|unlikely to (?:be|represent))\s+(?:an? |the |true |acute |any |due to |represent |related to )*(?:\w+ )?$",
    re.IGNORECASE,
)
#: "At L1, not L4".
_NOT_HERE = re.compile(
    r"\b(?:not|rather than|instead of)\s+(?:at |of |in |the |involving )*$", re.IGNORECASE
)


@dataclass
class Sentence:
    """A sentence and all that was found in it; ``certainties`` go with ``terms``."""

    start: int
    end: int
    part: Part
    terms: list[Term]
    mentions: list[LevelMention]
    regions: list[RegionMention]
    clauses: list[Clause]
    certainties: list[Certainty] = field(default_factory=list)


@dataclass
class Memory:
    """What the sentences before leave to the next one."""

    recent: list[Statement] = field(default_factory=list)
    topic: tuple[Level, ...] = ()
    topic_line: int = -1
    #: A fracture was announced whose levels may follow in a list.
    announced: Statement | None = None


def state(text: str, s: Sentence, clause: Clause, group: Attached) -> Statement | None:
    """What a clause states of one mention of levels."""
    i = main_term(s.terms, group.members)
    owner = s.terms[group.owner]
    # "No fracture ... L1 is normal", kept together by a missing comma: the nearest decides.
    nearest = owner.kind in (Kind.NORMAL, Kind.UNSEEN) and s.certainties[i].negated
    if nearest or owner.general:
        i = group.owner
    term, certainty = s.terms[i], s.certainties[i]
    claim = claim_of(text, (s.start, s.end), clause, term, certainty)
    if claim is Claim.FRACTURED and term.kind is Kind.FRACTURE and _asks(text, s, group, term):
        claim = Claim.SUSPECTED
    if claim is Claim.FRACTURED and term.kind is Kind.DEFORMITY:
        claim = _with_doubted_fracture(text, s, clause, group, claim)
    if claim in (Claim.FRACTURED, Claim.SUSPECTED) and _NOT_HERE.search(
        text[s.start : group.mention.start]
    ):
        claim = Claim.NORMAL
    if claim is None or (group.mention.spaces and _of_discs(text, s, clause, term)):
        return None
    levels = group.levels
    if claim is Claim.NORMAL:
        levels = tuple(dict.fromkeys((*levels, *joined_region(text, clause, group, s.regions))))
    treated = claim is Claim.FRACTURED and any(
        s.terms[j].kind is Kind.TREATED and not s.certainties[j].negated
        and not planned(text, (s.start, s.end), s.terms[j])
        for j in group.members
    )  # fmt: skip
    return Statement(
        claim, levels, s.part,
        min(term.start, group.mention.start), max(term.end, group.mention.end), (s.start, s.end),
        strong=term.kind in (Kind.FRACTURE, Kind.TREATED),
        old=claim is Claim.FRACTURED and is_old(text, (s.start, s.end), term, s.terms, group.mention),
        treated=treated,
    )  # fmt: skip


def _of_discs(text: str, s: Sentence, clause: Clause, term: Term) -> bool:
    """Of "Decreased height at L4-5": a pair of neighbours that lost height is the disc between."""
    if _OF_BODIES.search(text, clause.start, clause.end):
        return False
    if term.kind is Kind.NORMAL:
        return _DISC.search(text, s.start, s.end) is not None
    return term.kind is Kind.DEFORMITY and _HEIGHT.search(text, term.start, term.end) is not None


def _asks(text: str, s: Sentence, group: Attached, term: Term) -> bool:
    """Of "Wedging of T12, ? recent fracture": the shape is seen, the fracture is asked for."""
    seen = any(
        s.terms[j].kind is Kind.DEFORMITY and s.terms[j].end <= term.start for j in group.members
    )
    return seen and _ASKING.search(text[max(s.start, term.start - 40) : term.start]) is not None


def _with_doubted_fracture(
    text: str, s: Sentence, clause: Clause, group: Attached, claim: Claim
) -> Claim:
    """A changed shape whose own sentence doubts or denies that it is a fracture."""
    for j, term in enumerate(s.terms):
        if term.kind is not Kind.FRACTURE or j in group.members:
            continue
        inside = s.start <= term.start
        alone = len({m.start for m in s.mentions}) == 1
        if inside and alone and s.certainties[j].suspected and not s.certainties[j].negated:
            return Claim.SUSPECTED
        said_after = term.start >= max(s.terms[i].end for i in group.members)
        if inside and alone and said_after and s.certainties[j].negated:
            lead = text[max(s.start, term.start - 40) : term.end]
            if not QUALIFIED.search(lead) and not OTHERS.search(lead):
                return Claim.NORMAL
    return claim


def state_leftover(
    text: str, s: Sentence, clause: Clause, i: int, specific: Sequence[Statement], memory: Memory
) -> Statement | None:
    """A finding without a level of its own: general, or of a level named before."""
    term, certainty = s.terms[i], s.certainties[i]
    words = text[clause.start : clause.end]
    sentence = (s.start, s.end)
    claim = claim_of(text, sentence, clause, term, certainty)
    others = OTHERS.search(words) is not None
    if claim is None:
        return None
    inherits = memory.recent and _ANAPHOR.match(text[s.start : s.end])
    if claim in (Claim.UNSEEN, Claim.BENIGN) and not memory.topic and not inherits:
        return None
    if memory.topic and not s.mentions and not others:
        return Statement(claim, memory.topic, s.part, term.start, term.end, sentence,
                         strong=term.kind is Kind.FRACTURE)  # fmt: skip
    if claim is Claim.NORMAL:
        if term.kind is Kind.NORMAL and not normal_of_bodies(text, clause, term, s.terms):
            return None
        if term.kind is Kind.DEFORMITY and specific and not others:
            return None
        if term.kind is Kind.DEFORMITY and _CHANGE.search(text, clause.start, term.start):
            return None
        if (inherited := _inherit(text, s, term, claim, memory)) is not None:
            return inherited
        near = [m for m in s.mentions if clause.start <= m.start and m.end <= clause.end]
        if len(near) == 1 and not near[0].spaces and _NOT_ONE.search(text[s.start : term.start]):
            return Statement(Claim.NORMAL, near[0].levels, s.part, near[0].start, term.end, sentence,
                             strong=True)  # fmt: skip
        levels = region_levels(text, clause, s.regions)
        lead = text[clause.start : term.end]
        return Statement(
            Claim.DENIED, levels, s.part, clause.start, term.end, sentence,
            qualified=QUALIFIED.search(lead) is not None and term.kind is not Kind.NORMAL,
            others=others,
            strong=term.kind is Kind.FRACTURE or term.general,
        )  # fmt: skip
    if (told := _of_sick_endplate(text, s, clause, term, claim)) is not None:
        return told
    if specific:
        return None
    if (inherited := _inherit(text, s, term, claim, memory)) is not None:
        return inherited
    if claim is not Claim.FRACTURED or _DEFINITE.search(text[s.start : term.start]):
        return None
    levels = region_levels(text, clause, s.regions)
    if term.kind is Kind.DEFORMITY and (
        memory.recent or not _BODYISH.search(text[s.start : s.end])
    ):
        return None
    return Statement(
        Claim.SOMEWHERE, levels, s.part, term.start, term.end, sentence,
        strong=term.kind is Kind.FRACTURE, old=is_old(text, sentence, term, s.terms),
    )  # fmt: skip


_BODYISH = re.compile(r"vertebra|bod(?:y|ies)|spine|lumbar|thoracic|levels?", re.IGNORECASE)


def _of_sick_endplate(
    text: str, s: Sentence, clause: Clause, term: Term, claim: Claim
) -> Statement | None:
    """Of "L2 endplate irregularity, cannot exclude a fracture": of the level of that endplate."""
    near = [m for m in s.mentions if clause.start <= m.start and m.end <= clause.end]
    if term.kind is not Kind.FRACTURE or len(near) != 1 or near[0].spaces:
        return None
    if claim not in (Claim.FRACTURED, Claim.SUSPECTED):
        return None
    if not _SICK.search(text, clause.start, term.start):
        return None
    start, end = min(near[0].start, term.start), max(near[0].end, term.end)
    return Statement(claim, near[0].levels, s.part, start, end, (s.start, s.end), strong=True)


def _inherit(text: str, s: Sentence, term: Term, claim: Claim, memory: Memory) -> Statement | None:
    """Of "This is likely an old fracture": of the levels of the sentence before."""
    if not memory.recent or s.mentions or not _ANAPHOR.match(text[s.start : s.end]):
        return None
    sentence = (s.start, s.end)
    last = [st for st in memory.recent if st.claim in (Claim.FRACTURED, Claim.SUSPECTED)]
    if not last or term.kind in (Kind.NORMAL, Kind.TREATED):
        return None
    levels = tuple(dict.fromkeys(level for st in last for level in st.levels))
    weak = not any(st.strong for st in last)
    doubted = claim in (Claim.SUSPECTED, Claim.NORMAL, Claim.BENIGN)
    if doubted and not weak:
        return None
    return Statement(
        claim, levels, s.part, term.start, term.end, sentence, strong=True,
        old=claim is Claim.FRACTURED and is_old(text, sentence, term, s.terms),
    )  # fmt: skip


def state_turned(s: Sentence, clause: Clause, mention: LevelMention) -> Statement:
    """Of "Heights are preserved except at L1"."""
    return Statement(
        Claim.FRACTURED, mention.levels, s.part, clause.start, mention.end, (s.start, s.end)
    )
