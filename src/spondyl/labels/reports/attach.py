"""Findings and the levels that they are said of, clause by clause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spondyl.anatomy import JUDGED_LEVELS, Level
from spondyl.labels.reports.certainty import Certainty
from spondyl.labels.reports.clauses import Clause
from spondyl.labels.reports.levels import LevelMention, RegionMention, known_levels
from spondyl.labels.reports.terms import Kind, Term

_TO_LEVEL = re.compile(
    r"^(?:\W|of|at|in|to|the|a|on|for|from|involving|affecting|body|bodies|vertebra[el]?|vertebral|level|levels|is|are|seen|noted|present|within|s|and|centered|centred|along|through|identified|old|chronic|segment|again|lumbar|thoracic|both|known|mainly|superior|inferior|upper|lower|endplates?|aspect|anterior|there|shown|demonstrated|including|visible|visualized|height|heights)*$", re.IGNORECASE,
)  # fmt: skip
_FROM_LEVEL = re.compile(
    r"^(?:\W|is|are|was|were|has|have|had|shows?|showing|demonstrates?|appears?|with|a|an|the|mild\w*|moderate\w*|severe\w*|old|chronic|acute|body|bodies|vertebra[el]?|vertebral|level|also|remains?|marked\w*|slight\w*|minimal\w*|healed|anterior\w*|ant|superior|inferior|endplate|there|been|known|new|subtle|both|all|of|in|stable|s|central\w*|approximately|about|\d+ ?%?|likely|possible|grade|minor|early|focal|significant\w*|partial\w*|looks|seems|height|heights|unchanged|demonstrating|exhibits?|undergone|status|post|evidence|some|osteoporotic|normal|not)*$", re.IGNORECASE,
)  # fmt: skip
#: Levels that another one is measured by.
_REFERENCE = re.compile(
    r"\b(?:relative to|compared? (?:to|with)|(?:more|less|greater|lower|smaller|shorter|higher|rather|other) than|with respect to|in relation to|adjacent to|(?:just|immediately|level|body|vertebra|one) (?:above|below))\s+(?:the |that of |those of |its |adjacent |neighbou?ring |normal |of )*$",
    re.IGNORECASE,
)
_RANK = {Kind.FRACTURE: 0, Kind.TREATED: 1, Kind.DEFORMITY: 2, Kind.NORMAL: 3, Kind.UNSEEN: 4}


@dataclass(frozen=True)
class Attached:
    """The terms said of one mention of levels; ``owner`` is the nearest."""

    mention: LevelMention
    levels: tuple[Level, ...]
    owner: int
    members: tuple[int, ...]


def attach(
    text: str,
    clause: Clause,
    terms: Sequence[Term],
    certainties: Sequence[Certainty],
    mentions: Sequence[LevelMention],
) -> list[Attached]:
    """Which terms of a clause go with which mention; indices are those of ``terms``.

    A level goes with its nearest term, where a preposition ("fracture of L1") or a verb ("L1 is
    intact") brings near, and commas, other levels and other terms between keep apart. A level
    nearest to a disc, a joint or another bone is theirs.
    """
    inside = [i for i, t in enumerate(terms) if clause.start <= t.start and t.end <= clause.end]
    named = [
        m
        for m in mentions
        if clause.start <= m.start
        and m.end <= clause.end
        and not _is_heading(text, m, clause, mentions)
        and _REFERENCE.search(text[max(clause.start, m.start - 40) : m.start]) is None
    ]
    named = [
        part for m in named for part in _divide(text, m, [terms[i] for i in inside],
                                                [certainties[i] for i in inside])
    ]  # fmt: skip
    owners: dict[int, int] = {}
    for place, mention in enumerate(named):
        costs = [(_cost(text, mention, terms[i], terms, named), i) for i in inside]
        if costs:
            owners[place] = min(costs)[1]
    found: list[Attached] = []
    for place, mention in enumerate(named):
        if place not in owners:
            continue
        owner = owners[place]
        members = [owner]
        for i in inside:
            if i != owner and terms[i].kind in _RANK and not terms[i].general:
                nearest = min(
                    range(len(named)), key=lambda p: _cost(text, named[p], terms[i], terms, named)
                )
                if nearest == place:
                    members.append(i)
        found.append(Attached(mention, mention.levels, owner, tuple(members)))
    return found


def _is_heading(
    text: str, mention: LevelMention, clause: Clause, mentions: Sequence[LevelMention]
) -> bool:
    """Of "Bodies T11-L5: L2 fractured, others normal": what was looked at, not what was found."""
    later = any(mention.end < m.start and m.end <= clause.end for m in mentions)
    return later and len(mention.names) > 2 and re.match(r"\s*:", text[mention.end :]) is not None


def main_term(terms: Sequence[Term], members: Sequence[int]) -> int:
    """Of several terms said of one level, the one that decides: fracture before shape."""
    return min(members, key=lambda i: (_RANK.get(terms[i].kind, 9), i))


def _cost(
    text: str,
    mention: LevelMention,
    term: Term,
    terms: Sequence[Term],
    mentions: Sequence[LevelMention],
) -> float:
    """How far a term is from a mention; about the number of words between."""
    if term.start < mention.end and mention.start < term.end:
        return -5.0
    after = term.start >= mention.end
    a, b = (mention.end, term.start) if after else (term.end, mention.start)
    gap = text[a:b]
    cost = float(len(gap.split()))
    cost += 4.0 * sum(a <= m.start and m.end <= b for m in mentions)
    cost += 3.0 * sum(a <= t.start and t.end <= b for t in terms)
    cost += 2.0 * (gap.count(",") + gap.count("(") + len(re.findall(r"\band\b|\bwith\b", gap)))
    cost += 4.0 * (gap.count(";") + len(re.findall(r"\bbut\b|\.\s|\s\.", gap)))
    linked = _FROM_LEVEL if after else _TO_LEVEL
    if linked.match(gap):
        cost -= (
            2.0
            if after or re.search(r"\b(?:of|at|in|involving|affecting|to)\b|^\W*$", gap)
            else 1.0
        )
    # A disc or a joint owns a level that it follows at once ("L4-5 disc"), or that is its pair.
    if term.kind is Kind.OTHER:
        cost += -1.0 if mention.spaces else 0.5
    elif mention.spaces and after:
        cost += 0.5
    return cost


def _divide(
    text: str, mention: LevelMention, terms: Sequence[Term], certainties: Sequence[Certainty]
) -> list[LevelMention]:
    """A list that ends one finding and begins the next: "fracture of L1, L2 is normal"."""
    if len(mention.items) < 2:
        return [mention]
    before = [(t, c) for t, c in zip(terms, certainties, strict=True) if t.end <= mention.start]
    after = [(t, c) for t, c in zip(terms, certainties, strict=True) if t.start >= mention.end]
    if not before or not after:
        return [mention]
    (left, sure_left), (right, sure_right) = before[-1], after[0]
    gap_left, gap_right = text[left.end : mention.start], text[mention.end : right.start]
    if not _TO_LEVEL.match(gap_left) or not _FROM_LEVEL.match(gap_right):
        return [mention]
    if _abnormal(left, sure_left) == _abnormal(right, sure_right) and right.kind is not Kind.OTHER:
        return [mention]
    if left.kind is Kind.OTHER and right.kind is Kind.OTHER:
        return [mention]
    separator = text[mention.items[-2][1] : mention.items[-1][0]]
    singular = re.match(r"\s*(?:is|shows|has|appears|was)\b", gap_right)
    if "," not in separator and not singular:
        return [mention]
    *head, tail = mention.items
    return [
        replace(mention, end=head[-1][1], items=tuple(head), spaces=False),
        replace(mention, start=tail[0], items=(tail,), spaces=False),
    ]


def _abnormal(term: Term, certainty: Certainty) -> bool:
    return (term.kind in (Kind.FRACTURE, Kind.DEFORMITY, Kind.TREATED)) != certainty.negated


_JOINED = re.compile(
    r"^(?:\W|and|the|vertebra\w*|vertebral|bod\w+|levels?|spine|both)*$", re.IGNORECASE
)


def joined_region(
    text: str, clause: Clause, group: Attached, regions: Sequence[RegionMention]
) -> tuple[Level, ...]:
    """Of "T11 and the lumbar bodies": the levels of a region named in one list with levels."""
    found: list[Level] = []
    for region in regions:
        if not (clause.start <= region.start and region.end <= clause.end):
            continue
        a, b = (
            (region.end, group.mention.start)
            if region.end <= group.mention.start
            else (group.mention.end, region.start)
        )
        gap = text[a:b]
        if _JOINED.match(gap) and ("and" in gap or "," in gap or "&" in gap):
            found += region.levels
    return tuple(found)


def region_levels(
    text: str, clause: Clause, regions: Sequence[RegionMention], named: Sequence[LevelMention] = ()
) -> tuple[Level, ...]:
    """The levels that a general statement speaks of: its region's, or all that are judged."""
    levels = [
        level
        for region in regions
        if clause.start <= region.start and region.end <= clause.end
        for level in region.levels
    ]
    return tuple(dict.fromkeys(levels)) or tuple(JUDGED_LEVELS)


__all__ = ["Attached", "attach", "known_levels", "main_term", "region_levels"]
