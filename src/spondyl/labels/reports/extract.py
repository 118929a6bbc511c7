"""From a report's text to its statements."""

import re
from dataclasses import replace

from spondyl.labels.reports.attach import attach, region_levels
from spondyl.labels.reports.certainty import judge
from spondyl.labels.reports.clauses import Clause, split_clauses
from spondyl.labels.reports.levels import LevelMention, find_levels, find_regions
from spondyl.labels.reports.sections import Part, find_sections
from spondyl.labels.reports.sentences import split_sentences
from spondyl.labels.reports.statements import Claim, Statement
from spondyl.labels.reports.states import Memory, Sentence, state, state_leftover, state_turned
from spondyl.labels.reports.terms import BENIGN, FX, PARTIAL, Kind, find_terms

#: "L2 and the other vertebral bodies are normal".
_WITH_OTHERS = re.compile(
    r"\band (?:all )?(?:of )?(?:the )?(?:other|remaining|rest of the)(?: \w+){0,2} (?:bod(?:y|ies)|vertebra\w*|levels?|spine)|\b(?:other|remaining) (?:\w+ ){0,3}and [TLD]\d",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"\s*(?:level\s+|vertebra\s+)?$", re.IGNORECASE)
_ONLY_LEVELS = re.compile(
    r"^(?:\W|and|level|levels|vertebra\w*|body|bodies|involved|affected|locations?|sites?|s|mild\w*|moderate\w*|severe\w*|old|chronic|acute|yes|present|grade|\d+ ?%?|positive)*$",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^\W*(?:(?P<yes>yes|present|positive|pos|\+|y)|(?P<same>n|nl|wnl|ok)|(?P<no>no|none|nil|absent|negative|neg|-|0))\W*$",
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


def find_statements(text: str) -> list[Statement]:
    """Everything that a report (plain text) states of vertebral bodies, in order.

    What stands under a heading of history, technique or comparison states nothing.
    """
    sentences: list[Sentence] = []
    for section in find_sections(text):
        if section.part is Part.CONTEXT:
            continue
        for a, b in split_sentences(text, section.start, section.end):
            if _UNCHECKED.search(text[max(0, a - 5) : a]):
                continue
            terms, mentions = find_terms(text, a, b), find_levels(text, a, b)
            clauses = split_clauses(text, (a, b), terms, mentions)
            regions = find_regions(text, a, b)
            sentences.append(Sentence(a, b, section.part, terms, mentions, regions, clauses))
    stretches = [(c.start, c.end) for s in sentences for c in s.clauses]
    terms = [t for s in sentences for t in s.terms]
    certainties = judge(text, sorted(stretches), terms)
    at = 0
    for sentence in sentences:
        sentence.certainties = certainties[at : at + len(sentence.terms)]
        at += len(sentence.terms)
    memory = Memory()
    statements: list[Statement] = []
    for sentence in sentences:
        found = _read_sentence(text, sentence, memory)
        statements += found
    return statements


def _read_sentence(text: str, s: Sentence, memory: Memory) -> list[Statement]:
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
            statement = state(text, s, clause, group)
            if statement is not None:
                found.append(statement)
                if statement.claim is Claim.NORMAL and _WITH_OTHERS.search(
                    text, clause.start, clause.end
                ):
                    levels = region_levels(text, clause, s.regions)
                    found.append(replace(statement, claim=Claim.DENIED, levels=levels, others=True))
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
        statement = state_leftover(text, s, clause, i, specific, memory)
        if statement is not None:
            found.append(statement)
    if any(st.claim in (Claim.DENIED, Claim.NORMAL) for st in found):
        for clause, mention in turned:
            found.append(state_turned(s, clause, mention))
    _remember(text, s, found, memory)
    return found


def _is_topic(text: str, s: Sentence) -> bool:
    mention = s.mentions[0]
    return (
        _TOPIC.match(text[s.start : mention.start]) is not None
        and re.match(r"\s*(?:vertebra\w*|body)?\s*[:=-]", text[mention.end : mention.end + 16])
        is not None
    )


def _levels_alone(text: str, s: Sentence, memory: Memory) -> list[Statement]:
    """Lines that hold levels and no finding: a list under its heading, or a table's row."""
    if not s.mentions:
        return []
    mention = s.mentions[0]
    rest = text[s.start : mention.start] + " " + text[s.mentions[-1].end : s.end]
    levels = tuple(dict.fromkeys(level for m in s.mentions for level in m.levels))
    answer = _ANSWER.match(text[mention.end : s.end])
    if (
        answer is not None
        and len(s.mentions) == 1
        and (answer["same"] or _ASKS_FRACTURE.search(text))
    ):
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


def _remember(text: str, s: Sentence, found: list[Statement], memory: Memory) -> None:
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
