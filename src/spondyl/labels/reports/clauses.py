"""Clauses: how far a negation reaches, and which finding a level goes with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from spondyl.labels.reports.levels import LevelMention
from spondyl.labels.reports.terms import OTHERS, Kind, Term


@dataclass(frozen=True)
class Clause:
    """A stretch of a sentence; ``exception`` after "except" and its like, which turns the sense."""

    start: int
    end: int
    exception: bool = False


_EXCEPT = re.compile(
    r"\b(?:except(?:ing|ion)?(?: (?:for|at|of|in))?|with the exception (?:of|for)|other than|apart from|aside from|besides|save for|barring|excluding(?= (?:the |a )?(?:known|old|[LTDltd]\d))|bar\b(?= (?:the )?[LTD]\d))",
    re.IGNORECASE,
)  # fmt: skip
_STRONG = re.compile(
    r";|\b(?:but|however|although|though|whereas|while|yet|nevertheless|nonetheless|despite|in spite of)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r",|\b(?:and|with|without|also)\b|&|\+|\. |(?<=\w)\s-{1,2}\s|\bno\b|\bnil\b|/(?=\s)|\||\(|\)|:(?=\s*(?:no|nil|old|normal)\b)|\bw/o\b|\bw/(?= )|\bwhich\b|\n",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:no|without|nil|not|neither|absence|negative|w/o|free of|none|nor|denies|excluded)\b",
    re.IGNORECASE,
)
_OR_LATER = re.compile(r"\b(?:or|nor)\b", re.IGNORECASE)
_OPENS = re.compile(
    r"\s*(?:(?:and|with|also|,|-|;)\s*)*(?:there|mild\w*|moderate\w*|severe\w*|old|chronic|an?|the|level|stable|slight\w*|unchanged|healed|known|minimal\w*|marked\w*|subtle|minor|significant|partial|new|acute|previous|prior|remote|at|in|[LTD]\d|\d+ ?%)(?![A-Za-z])",
    re.IGNORECASE,
)  # fmt: skip
_FINDINGS = (Kind.FRACTURE, Kind.DEFORMITY, Kind.TREATED, Kind.NORMAL, Kind.UNSEEN)


def split_clauses(
    text: str, sentence: tuple[int, int], terms: Sequence[Term], mentions: Sequence[LevelMention]
) -> list[Clause]:
    """Cut a sentence where a new thing is said of another level.

    A comma or an "and" ends a clause only if a finding stands on both sides and each has a level
    of its own, or the right side begins a denial; lists of findings after one "no" stay whole.
    """
    start, end = sentence
    spans = [(m.start, m.end) for m in mentions] + [(t.start, t.end) for t in terms]
    cuts: list[tuple[int, bool]] = []
    for match in _EXCEPT.finditer(text, start, end):
        cuts.append((match.start(), True))
        stop = _end_of_exception(text, match, start, end, spans)
        if stop is not None:
            cuts.append((stop, False))
    for match in _STRONG.finditer(text, start, end):
        if not _inside(match.start(), match.end(), spans):
            cuts.append((match.start(), False))
    fixed = sorted(set(cuts))
    bounds = [start, *(at for at, _ in fixed), end]
    flags = [False, *(flag for _, flag in fixed)]
    clauses: list[Clause] = []
    for a, b, exception in zip(bounds, bounds[1:], flags, strict=False):
        if b <= a:
            continue
        pieces = [a, *_soft_cuts(text, a, b, terms, mentions, spans), b]
        clauses += [Clause(c, d, exception and c == a) for c, d in pairwise(pieces) if d > c]
    return clauses


def _inside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(a <= start and end <= b for a, b in spans)


def _end_of_exception(
    text: str, match: re.Match[str], start: int, end: int, spans: Sequence[tuple[int, int]]
) -> int | None:
    """An exception that opens the sentence ends at its comma; others go on to the end."""
    if text[start : match.start()].strip(" ,-(*").lower() not in ("", "and", "but"):
        return None
    for comma in re.finditer(
        r",|\bthe (?:other|remaining|rest)|\bno\b|\ball\b", text[match.end() : end]
    ):
        a, b = match.end() + comma.start(), match.end() + comma.end()
        if not _inside(a, b, spans):
            return a
    return None


def _soft_cuts(
    text: str,
    start: int,
    end: int,
    terms: Sequence[Term],
    mentions: Sequence[LevelMention],
    spans: Sequence[tuple[int, int]],
) -> list[int]:
    bounds = [
        m.start()
        for m in _SOFT.finditer(text, start, end)
        if m.start() > start and not _inside(m.start(), m.end(), spans)
    ]
    cuts: list[int] = []
    last = start
    for index, at in enumerate(bounds):
        stop = bounds[index + 1] if index + 1 < len(bounds) else end
        # "no" and its like open their clause: look past them for what they deny.
        step = index + 1
        while (
            step < len(bounds)
            and not _holds(terms, at, stop)
            and not _holds_level(mentions, at, stop)
        ):
            step += 1
            stop = bounds[step] if step < len(bounds) else end
        left, right = (last, at), (at, stop)
        if _cuts(text, left, right, end, terms, mentions):
            cuts.append(at)
            last = at
    return cuts


def _holds(terms: Sequence[Term], start: int, end: int) -> bool:
    return any(start <= t.start and t.end <= end for t in terms)


def _holds_level(mentions: Sequence[LevelMention], start: int, end: int) -> bool:
    return any(start <= m.start and m.end <= end for m in mentions)


def _cuts(
    text: str,
    left: tuple[int, int],
    right: tuple[int, int],
    end: int,
    terms: Sequence[Term],
    mentions: Sequence[LevelMention],
) -> bool:
    if not (_holds(terms, *left) and _holds(terms, *right)):
        return False
    words_left, words_right = text[slice(*left)], text[slice(*right)]
    level_left, level_right = _holds_level(mentions, *left), _holds_level(mentions, *right)
    denied_left = _DENIES.search(words_left) is not None
    opener = re.match(
        r"\W*(?:(?:and|with|also|which)\W+)?(?:no|nil|without|w/o|not)\b",
        words_right,
        re.IGNORECASE,
    )
    if opener is not None:
        return True
    if denied_left and _OR_LATER.search(text, left[1], end) and not _OPENS.match(words_right):
        return False
    if level_left and level_right:
        return True
    if denied_left and not level_left and level_right:
        return text[left[1]] in ",(-.:" or _OPENS.match(words_right) is not None
    if OTHERS.search(words_right) and (level_left or not denied_left):
        return True
    # "... of L1, the discs are preserved": the right side has a predicate of its own.
    kinds = [t.kind for t in terms if right[0] <= t.start and t.end <= right[1]]
    found = [t.kind for t in terms if left[0] <= t.start and t.end <= left[1]]
    return (
        Kind.NORMAL in kinds
        and any(k in (Kind.FRACTURE, Kind.DEFORMITY, Kind.TREATED, Kind.NORMAL) for k in found)
        and not denied_left
        and text[left[1]] in ",;."
    )
