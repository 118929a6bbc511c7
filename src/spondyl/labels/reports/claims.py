"""From the words of a clause to what it claims."""

import re
from collections.abc import Sequence

from spondyl.labels.reports.certainty import Certainty
from spondyl.labels.reports.clauses import Clause
from spondyl.labels.reports.levels import LevelMention
from spondyl.labels.reports.statements import Claim
from spondyl.labels.reports.terms import BENIGN, BODY_SUBJECT, OLD, PLANNED, Kind, Term

_ANSWER_NO = re.compile(
    r"(?:\s*\([^)]{0,30}\)|\s+(?:deformit\w+|present|seen|identified|noted))?\s*[:=?-]+\s*(?:no|none|nil|absent|negative|neg|not (?:seen|present|identified|detected)|0|n|-)\s*"
    r"(?:[.;,|)]|$|\n)", re.IGNORECASE,
)  # fmt: skip
_HEADING = re.compile(
    r"(?:\s*\([a-z ]{1,12}\))?(?:\s+(?:present|seen|identified|detected))?\s*:", re.IGNORECASE
)
_ANSWER_YES = re.compile(
    r"\s*(?:$|\n|yes|y\b|present|positive|pos\b|\+|seen|identified|\d|one|two|three|multiple|old|mild|moderate|severe|acute|chronic)",
    re.IGNORECASE,
)
_NAMES_LEVEL = re.compile(r"\b[TLD][hH]?\s?-?\d", re.IGNORECASE)
_VISIBLE = re.compile(
    r"\b(?:unchanged|stable|again|redemonstrat\w+|seen|noted|shows?|present|healed|visible|evident|persist\w*|remains?|now)\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:likely|probabl[ey]|possibl[ey]|may|might|could|suggest\w*|favou?r\w*|perhaps|presumabl[ey]|suspect\w*|\?)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:likely|probabl[ey]|possibl[ey]|due to|related to|consistent with|compatible with|in keeping with|favou?r\w*|represent\w*|rather|reflect\w*|secondary to|of|as|a|an|is|are|may be|suggest\w*|felt to be|thought to be|considered|from|appears?|looks?|on|within)\W+(?:to be |an? |the |of |mild |just |simply |purely |most likely |likely |probably )*$",
    re.IGNORECASE,
)  # fmt: skip
_OR_FRACTURE = re.compile(
    r"\b(?:versus|vs\.?|or|/)\s+(?:an? |possible |possibly |mild |old |chronic |early |subtle |true |remote |healed |prior |acute )*(?:compression|wedge|fracture|fx|insufficiency|#|collapse|physiologic|developmental|normal|degenerative|schmorl|positional|congenital|limbus|remodel)", re.IGNORECASE,
)  # fmt: skip
_NOT_OLD = re.compile(
    r"(?:\d ?%\s|\bnot (?:present|seen|evident|identified|noted|there|visible)\s|\bmay (?:well )?be\s|\bmight be\s|\bcould be\s|\?|\bpossibl[ey]\s|\bnot\s|\bno\s|\bor\s|\bvs\.?\s|\bversus\s|whether\s|either\s|indeterminate\s)\s*(?:an?\s)?$",
    re.IGNORECASE,
)
_EARLIER_FILM = re.compile(
    r"\s*(?:\w+\s){0,2}(?:stud(?:y|ies)|exam\w*|films?|radiographs?|imaging|images?|reports?|CT|MRI?|x-?rays?|comparisons?|views?|scans?|dates?|\d+ ?%)\b|\s*(?:[.,;)]|$)",
    re.IGNORECASE,
)
_FILM_NEXT = re.compile(
    r"\s*(?:stud(?:y|ies)|exam\w*|films?|radiographs?|imaging|images?|reports?|CT|MRI?|x-?rays?|\d+ ?%)\b",
    re.IGNORECASE,
)
_NOT_FRACTURE = re.compile(
    r"\s*(?:normal|intact|unremarkable|suspected|\d|(?:(?:balloon|percutaneous|[TLDtld]\d{1,2})[ ,-]*)*(?:kyphopl|vertebropl|cement|PVP|augment|surg|fusion|lamin|oper))",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:than|to|from|with|since|on|the|on the|to the|from the)\s+(?:the\s+)?$", re.IGNORECASE
)
_OR_AGE = re.compile(
    r"^\s*(?:versus|vs\.?|or|\?|/)\s*(?:sub)?(?:acute|new|recent|fresh)", re.IGNORECASE
)


def claim_of(
    text: str, sentence: tuple[int, int], clause: Clause, term: Term, certainty: Certainty
) -> Claim | None:
    """What a term claims of the levels it goes with; None for nothing."""
    negated = certainty.negated or _ANSWER_NO.match(text, term.end, sentence[1]) is not None
    if certainty.historical and not _VISIBLE.search(text, *sentence):
        # Told, not seen: neither fractured nor, by a general denial, normal.
        told = term.kind in (Kind.FRACTURE, Kind.TREATED) and not negated
        return Claim.UNSEEN if told else None
    if term.kind is Kind.NORMAL:
        return None if certainty.negated and not term.general else Claim.NORMAL
    if term.kind is Kind.UNSEEN:
        return Claim.UNSEEN
    if term.kind is Kind.TREATED:
        return None if negated or planned(text, sentence, term) else Claim.FRACTURED
    if term.kind is Kind.OTHER:
        return None
    if negated:
        return Claim.NORMAL
    heading = _HEADING.match(text, term.end)
    if (
        heading is not None
        and not certainty.suspected
        and not (
            _ANSWER_YES.match(text, heading.end())
            or _NAMES_LEVEL.search(text, heading.end(), sentence[1])
        )
    ):
        return None
    if (benign := _benign(text, clause, term)) is not None:
        return benign
    return Claim.SUSPECTED if certainty.suspected else Claim.FRACTURED


def planned(text: str, sentence: tuple[int, int], term: Term) -> bool:
    """A treatment that was not done, or not yet."""
    before = " ".join(text[sentence[0] : term.start].split()[-6:])
    after = " ".join(text[term.end : sentence[1]].split()[:6])
    done = re.search(
        r"\b(?:s/p|status post|post|previous|prior|following|after|underwent|undergone|treated|has had|old)\b",
        before,
        re.IGNORECASE,
    )
    return done is None and (
        PLANNED.search(before) is not None
        or (re.search(r"\b(?:is|are|may|might|could|should|planned|scheduled|recommended|candidate|considered|evaluation|consult\w*|referral)\b", after, re.IGNORECASE) is not None
        and re.search(r"\b(?:planned|scheduled|recommended|considered|candidate|be|evaluation|consult\w*|referral)\b", after, re.IGNORECASE) is not None)
    )  # fmt: skip


def _benign(text: str, clause: Clause, term: Term) -> Claim | None:
    """A changed shape that the clause explains without fracture."""
    words = text[clause.start : clause.end]
    for match in BENIGN.finditer(words):
        at = clause.start + match.start()
        attributive = 0 <= term.start - (clause.start + match.end()) <= 12
        commas = re.search(r"[,(-]\s*$", words[: match.start()]) is not None
        given = attributive or commas or _REASON.search(words[: match.start()]) is not None
        if not given:
            continue
        if term.kind is Kind.FRACTURE and re.search(
            r"fract|fx|#|vcf|collaps|burst", text[term.start : term.end], re.IGNORECASE
        ):
            continue
        if _OR_FRACTURE.search(words):
            return Claim.SUSPECTED
        near = text[max(clause.start, at - 40) : at]
        if match.group().lower().startswith(("schmorl", "limbus")) and not re.search(
            r"(?:due to|secondary|likely|probabl|possibl|from|related|represent\w*|consistent|rather)",
            near,
            re.IGNORECASE,
        ):
            continue
        return Claim.BENIGN if _UNSURE.search(near) else Claim.NORMAL
    return None


def is_old(
    text: str,
    sentence: tuple[int, int],
    term: Term,
    terms: Sequence[Term],
    mention: LevelMention | None = None,
) -> bool:
    """The fracture is said to be old, healed, known or unchanged."""
    rivals = [t for t in terms if t.kind in (Kind.FRACTURE, Kind.DEFORMITY) and t is not term
              and sentence[0] <= t.start and t.end <= sentence[1]]  # fmt: skip
    for match in OLD.finditer(text, *sentence):
        if _NOT_OLD.search(text[max(sentence[0], match.start() - 24) : match.start()]):
            continue
        if _OR_AGE.match(text[match.end() : match.end() + 20]):
            continue
        if match.group().lower().startswith(("prior", "previous")) and (
            (
                _EARLIER_FILM.match(text, match.end())
                and _THAN.search(text[max(0, match.start() - 20) : match.start()])
            )
            or _FILM_NEXT.match(text, match.end())
        ):
            continue
        if _NOT_FRACTURE.match(text, match.end()):
            continue
        if match.start() >= term.start and match.end() <= term.end:
            return True
        bracket = text[max(sentence[0], match.start() - 2) : match.start()].strip() == "("
        if (
            bracket
            and mention is not None
            and not (0 <= match.start() - mention.end <= 3 or 0 <= match.start() - term.end <= 3)
        ):
            continue
        nearer = [t for t in rivals if abs(_gap(t, match)) < abs(_gap(term, match))]
        if not nearer:
            return True
    return False


def _gap(term: Term, match: re.Match[str]) -> int:
    """Characters between; words before their noun are nearer than words after another's."""
    if match.end() <= term.start:
        return term.start - match.end()
    return max(0, match.start() - term.end) + 12


def normal_of_bodies(text: str, clause: Clause, term: Term, terms: Sequence[Term]) -> bool:
    """A "normal" without a level speaks of the bodies, and not of discs or alignment."""
    if term.general:
        return True
    masked = list(text[clause.start : clause.end])
    for other in terms:
        if other.kind is Kind.OTHER and clause.start <= other.start and other.end <= clause.end:
            masked[other.start - clause.start : other.end - clause.start] = "~" * (
                other.end - other.start
            )
    words = "".join(masked)
    after = re.split(r"[.;]|,(?! and)|\bwith\b", words[term.end - clause.start :])[0]
    before = words[: term.start - clause.start]
    if re.match(
        r"\s+(?!in\b|and\b|on\b|throughout\b|at\b|for\b|with\b|as\b|limits\b|by\b)[A-Za-z~]", after
    ):
        noun = re.split(r"\b(?:with|without|is|are)\b", after)[0]
        if BODY_SUBJECT.search(noun):
            return True
        if "~" in noun:
            return False
    before = re.split(r"[;]|\.\s", before)[-1]
    if BODY_SUBJECT.search(before):
        # "vertebral bodies are normal, discs are intact": what stands last before the verb counts.
        tail = re.split(r",\s*(?!and\b|or\b)", before)[-1]
        return BODY_SUBJECT.search(tail) is not None or "~" not in tail
    if re.match(r"\s*(?:at|in|throughout|for)\b", after) and BODY_SUBJECT.search(after):
        return "~" not in after + before
    if re.match(r"\s*(?:in |of )?(?:height|stature|configuration|shape)", after):
        return "~" not in before
    return "~" not in words and len(words.split()) <= 3
