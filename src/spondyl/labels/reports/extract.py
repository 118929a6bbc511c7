"""From a report's text to its statements."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from spondyl.anatomy import Level
from spondyl.labels.reports.attach import Attached, attach, joined_region, main_term, region_levels
from spondyl.labels.reports.certainty import Certainty, judge
from spondyl.labels.reports.claims import claim_of, is_old, normal_of_bodies, planned
from spondyl.labels.reports.clauses import Clause, split_clauses
from spondyl.labels.reports.levels import LevelMention, RegionMention, find_levels, find_regions
from spondyl.labels.reports.sections import Part, find_sections
from spondyl.labels.reports.sentences import split_sentences
from spondyl.labels.reports.statements import Claim, Statement
from spondyl.labels.reports.terms import (
    BENIGN,
    FX,
    OTHERS,
    PARTIAL,
    QUALIFIED,
    Kind,
    Term,
    find_terms,
)

_TOPIC = re.compile(r"\s*(?:level\s+|vertebra\s+)?$", re.IGNORECASE)
_ANAPHOR = re.compile(
    r"\W*(?:this|these|it|they|which|the (?:\w+ )?(?:deformit\w+|fractures?|wedging|appearances?|findings?|changes?|loss|collapse|abnormalit\w+|compression|vertebra\w*|bod(?:y|ies)|level)|both|same|an? (?:\w+ )*(?:fracture|compression)|(?:compression )?fracture|likely|probably|possibly|suspicious|suggest\w*|appears?|cannot|can not|query|\?)\b",
    re.IGNORECASE,
)  # fmt: skip
_DEFINITE = re.compile(r"\b(?:the|this|these|that|those|its|such)(?: \w+){0,3} ?$", re.IGNORECASE)
_ONLY_LEVELS = re.compile(
    r"^(?:\W|and|level|levels|vertebra\w*|body|bodies|involved|affected|locations?|sites?|s|mild\w*|moderate\w*|severe\w*|old|chronic|acute|yes|present|grade|\d+ ?%?|positive)*$",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:\?|\bpossibl[ey]|\bquery|\bperhaps|\bmay be|\bmight be|\bcould be|\blikely|\bprobabl[ey])\s*(?:an?\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
#: "A Schmorl's node rather than a fracture": of the level that is named, not of all.
_NOT_ONE = re.compile(
    r"\b(?:rather than|instead of|and not|not|unlikely to (?:be|represent))\s+(?:an? |the |true |acute |any |due to |represent |related to )*(?:\w+ )?$",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^\W*(?:(?P<yes>yes|present|positive|pos|\+|y)|(?P<no>no|none|nil|absent|negative|neg|-|0|n))\W*$",
    re.IGNORECASE,
)
_APPEARANCE = re.compile(
    r"\b(?:appearances?|findings?|changes?|abnormalit\w+|shape)\b", re.IGNORECASE
)
_UNCHECKED = re.compile(r"[\[(]\s?[\])]\s*$|\u2610\s*$")
_MANY = re.compile(
    r"\b(?:multiple|several|numerous|multi-?level|many|various|fractures|deformities|vcfs)\b",
    re.IGNORECASE,
)
_ASKS_FRACTURE = re.compile(FX + r"|vcf|deformity", re.IGNORECASE)


@dataclass
class _Sentence:
    start: int
    end: int
    part: Part
    terms: list[Term]
    mentions: list[LevelMention]
    regions: list[RegionMention]
    clauses: list[Clause]
    certainties: list[Certainty] = field(default_factory=list)


@dataclass
class _Memory:
    """What the sentences before leave to the next one."""

    recent: list[Statement] = field(default_factory=list)
    topic: tuple[Level, ...] = ()
    topic_line: int = -1
    #: A fracture was announced whose levels may follow in a list.
    announced: Statement | None = None


def find_statements(text: str) -> list[Statement]:
    """Everything that a report (plain text) states of vertebral bodies, in order.

    What stands under a heading of history, technique or comparison states nothing.
    """
    sentences: list[_Sentence] = []
    for section in find_sections(text):
        if section.part is Part.CONTEXT:
            continue
        for a, b in split_sentences(text, section.start, section.end):
            if _UNCHECKED.search(text[max(0, a - 5) : a]):
                continue
            terms, mentions = find_terms(text, a, b), find_levels(text, a, b)
            clauses = split_clauses(text, (a, b), terms, mentions)
            regions = find_regions(text, a, b)
            sentences.append(_Sentence(a, b, section.part, terms, mentions, regions, clauses))
    clauses = [(c.start, c.end) for s in sentences for c in s.clauses]
    terms = [t for s in sentences for t in s.terms]
    certainties = judge(text, sorted(clauses), terms)
    at = 0
    for sentence in sentences:
        sentence.certainties = certainties[at : at + len(sentence.terms)]
        at += len(sentence.terms)
    memory = _Memory()
    statements: list[Statement] = []
    for sentence in sentences:
        found = _read_sentence(text, sentence, memory)
        statements += found
    return statements


def _read_sentence(text: str, s: _Sentence, memory: _Memory) -> list[Statement]:
    line = text.rfind("\n", 0, s.start)
    if line != memory.topic_line:
        memory.topic = ()
    found: list[Statement] = []
    if s.mentions and s.mentions[0].start - s.start <= 8 and _is_topic(text, s):
        memory.topic, memory.topic_line = s.mentions[0].levels, line
    if not s.terms:
        found = _levels_alone(text, s, memory)
        if found:
            return found
    leftovers: list[tuple[Clause, int]] = []
    turned: list[tuple[Clause, LevelMention]] = []
    for clause in s.clauses:
        attached = attach(text, clause, s.terms, s.certainties, s.mentions)
        used: set[int] = set()
        for group in attached:
            used.add(group.owner)
            if s.terms[group.owner].kind is Kind.OTHER:
                continue
            statement = _state(text, s, clause, group)
            if statement is not None:
                found.append(statement)
            used |= set(group.members)
        if clause.exception:
            claimed = {g.mention.start for g in attached}
            turned += [
                (clause, m)
                for m in s.mentions
                if clause.start <= m.start and m.end <= clause.end and m.start not in claimed
            ]
        leftovers += [
            (clause, i)
            for i, t in enumerate(s.terms)
            if clause.start <= t.start and t.end <= clause.end and i not in used
            and t.kind is not Kind.OTHER
        ]  # fmt: skip
    specific = [st for st in found if st.claim is not Claim.NORMAL]
    for clause, i in leftovers:
        statement = _state_leftover(text, s, clause, i, specific, memory)
        if statement is not None:
            found.append(statement)
    if any(st.claim in (Claim.DENIED, Claim.NORMAL) for st in found):
        for clause, mention in turned:
            found.append(_turned(s, clause, mention))
    _remember(text, s, found, memory)
    return found


def _is_topic(text: str, s: _Sentence) -> bool:
    mention = s.mentions[0]
    return (
        _TOPIC.match(text[s.start : mention.start]) is not None
        and re.match(r"\s*(?:vertebra\w*|body)?\s*[:=-]", text[mention.end : mention.end + 16])
        is not None
    )


def _levels_alone(text: str, s: _Sentence, memory: _Memory) -> list[Statement]:
    """Lines that hold levels and no finding: a list under its heading, or a table's row."""
    if not s.mentions:
        return []
    mention = s.mentions[0]
    rest = text[s.start : mention.start] + " " + text[s.mentions[-1].end : s.end]
    levels = tuple(dict.fromkeys(level for m in s.mentions for level in m.levels))
    answer = _ANSWER.match(text[mention.end : s.end])
    if answer is not None and len(s.mentions) == 1 and _ASKS_FRACTURE.search(text, 0, s.start):
        claim = Claim.FRACTURED if answer["yes"] else Claim.NORMAL
        return [Statement(claim, levels, s.part, s.start, s.end, (s.start, s.end), strong=True)]
    if BENIGN.search(rest) and _APPEARANCE.search(rest):
        return [
            Statement(Claim.NORMAL, levels, s.part, s.start, s.end, (s.start, s.end), strong=True)
        ]
    if memory.announced is not None and _ONLY_LEVELS.match(rest):
        before = memory.announced
        return [
            Statement(before.claim, levels, s.part, s.start, s.end, (s.start, s.end),
                      strong=before.strong, old=before.old)
        ]  # fmt: skip
    return []


def _state(text: str, s: _Sentence, clause: Clause, group: Attached) -> Statement | None:
    i = main_term(s.terms, group.members)
    if s.terms[group.owner].kind in (Kind.NORMAL, Kind.UNSEEN) and group.owner != i:
        # "fracture ... L1 is normal" kept together by a missing comma: the nearest decides.
        if s.certainties[i].negated:
            i = group.owner
    if s.terms[group.owner].general:
        i = group.owner
    term, certainty = s.terms[i], s.certainties[i]
    claim = claim_of(text, (s.start, s.end), clause, term, certainty)
    if claim is Claim.FRACTURED and term.kind is Kind.FRACTURE and _asks(text, s, group, term):
        claim = Claim.SUSPECTED
    if claim is Claim.FRACTURED and term.kind is Kind.DEFORMITY:
        claim = _with_doubted_fracture(text, s, clause, group, claim)
    if claim is None or (group.mention.spaces and _of_discs(text, clause, term)):
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


def _of_discs(text: str, clause: Clause, term: Term) -> bool:
    """ "Decreased height at L4-5": a pair of neighbours that lost height is the disc between."""
    words = text[clause.start : clause.end]
    return (
        term.kind is Kind.DEFORMITY
        and re.search(r"\bheights?\b|\bhts?\b", text[term.start : term.end], re.IGNORECASE)
        is not None
        and re.search(r"vertebra|bod(?:y|ies)|wedg|compress|fract", words, re.IGNORECASE) is None
    )


def _asks(text: str, s: _Sentence, group: Attached, term: Term) -> bool:
    """ "Wedging of T12, ? recent fracture": the shape is seen, the fracture is asked for."""
    seen = any(
        s.terms[j].kind is Kind.DEFORMITY and s.terms[j].end <= term.start for j in group.members
    )
    return seen and _ASKING.search(text[max(s.start, term.start - 40) : term.start]) is not None


def _with_doubted_fracture(
    text: str, s: _Sentence, clause: Clause, group: Attached, claim: Claim
) -> Claim:
    """A changed shape whose own sentence doubts or denies that it is a fracture."""
    for j, term in enumerate(s.terms):
        if term.kind is not Kind.FRACTURE or j in group.members:
            continue
        inside = s.start <= term.start
        alone = len({m.start for m in s.mentions}) == 1
        if inside and alone and s.certainties[j].suspected and not s.certainties[j].negated:
            return Claim.SUSPECTED
        if inside and alone and s.certainties[j].negated:
            lead = text[max(s.start, term.start - 40) : term.end]
            if not QUALIFIED.search(lead) and not OTHERS.search(lead):
                return Claim.NORMAL
    return claim


def _state_leftover(
    text: str, s: _Sentence, clause: Clause, i: int, specific: Sequence[Statement], memory: _Memory
) -> Statement | None:
    """A finding without a level of its own: general, or of a level named before."""
    term, certainty = s.terms[i], s.certainties[i]
    words = text[clause.start : clause.end]
    sentence = (s.start, s.end)
    claim = claim_of(text, sentence, clause, term, certainty)
    others = OTHERS.search(words) is not None
    if claim is None or (claim in (Claim.UNSEEN, Claim.BENIGN) and not memory.topic):
        if claim is None or not memory.recent or not _ANAPHOR.match(text[s.start : s.end]):
            return None
    if memory.topic and not s.mentions and not others:
        return Statement(claim, memory.topic, s.part, term.start, term.end, sentence,
                         strong=term.kind is Kind.FRACTURE)  # fmt: skip
    if claim is Claim.NORMAL:
        if term.kind is Kind.NORMAL and not normal_of_bodies(text, clause, term, s.terms):
            return None
        if term.kind is Kind.DEFORMITY and specific and not others:
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
    if specific:
        return None
    if (inherited := _inherit(text, s, term, claim, memory)) is not None:
        return inherited
    if claim is not Claim.FRACTURED or _DEFINITE.search(text[s.start : term.start]):
        return None
    levels = region_levels(text, clause, s.regions)
    if term.kind is Kind.DEFORMITY and (memory.recent or not BODYISH.search(text[s.start : s.end])):
        return None
    return Statement(
        Claim.SOMEWHERE, levels, s.part, term.start, term.end, sentence,
        strong=term.kind is Kind.FRACTURE, old=is_old(text, sentence, term, s.terms),
    )  # fmt: skip


BODYISH = re.compile(r"vertebra|bod(?:y|ies)|spine|lumbar|thoracic|levels?", re.IGNORECASE)


def _inherit(
    text: str, s: _Sentence, term: Term, claim: Claim, memory: _Memory
) -> Statement | None:
    """ "This is likely an old fracture": of the levels of the sentence before."""
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


def _turned(s: _Sentence, clause: Clause, mention: LevelMention) -> Statement:
    """ "Heights are preserved except at L1"."""
    return Statement(
        Claim.FRACTURED, mention.levels, s.part, clause.start, mention.end, (s.start, s.end)
    )


def _remember(text: str, s: _Sentence, found: list[Statement], memory: _Memory) -> None:
    named = [st for st in found if st.claim in (Claim.FRACTURED, Claim.SUSPECTED)]
    if named:
        memory.recent = named
        partial = PARTIAL.search(text, s.start, s.end)
        listed = partial is not None and any(m.end <= partial.start() for m in s.mentions)
        if partial is not None and not listed and _MANY.search(text, s.start, s.end):
            found.append(
                Statement(Claim.SOMEWHERE, region_levels(text, Clause(s.start, s.end), s.regions),
                          s.part, s.start, s.end, (s.start, s.end), strong=True, partial=True)
            )  # fmt: skip
    elif s.mentions or any(st.claim is Claim.DENIED for st in found):
        memory.recent = []
    announced = [st for st in found if st.claim is Claim.SOMEWHERE and not st.partial]
    heading = announced[0] if announced else None
    if heading is not None:
        memory.announced = Statement(
            Claim.FRACTURED, (), heading.part, heading.start, heading.end, heading.sentence,
            strong=heading.strong, old=heading.old,
        )  # fmt: skip
    elif found or s.terms:
        memory.announced = None
