"""Misspelt words of radiology, put right where one correction is near."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_SHORTEST = 6
#: From this length on, two letters may be wrong.
_LONG = 9


@dataclass(frozen=True)
class _Words:
    """``words.toml``: the vocabulary, right words near it, known misspellings."""

    vocabulary: tuple[str, ...]
    right: frozenset[str]
    known: Mapping[str, str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    text = files("spondyl.labels.reports").joinpath("words.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    vocabulary = tuple(content["vocabulary"].split())
    return _Words(vocabulary, frozenset((*vocabulary, *content["right"].split())), content["known"])


@lru_cache(maxsize=65536)
def corrected(word: str) -> str:
    """The word (lower case) put right, or as it is.

    Only words near one, and only one, word of the vocabulary are changed: one letter wrong,
    missing, too many or two letters swapped; in long words twice.

    Examples
    --------
    >>> corrected("comprsion"), corrected("vertrebal"), corrected("lumber"), corrected("impresses")
    ('compression', 'vertebral', 'lumbar', 'impresses')
    """
    words = _words()
    if word in words.known:
        return words.known[word]
    if len(word) < _SHORTEST or word in words.right:
        return word
    allowed = 2 if len(word) >= _LONG else 1
    best, nearest = word, allowed + 1
    for known in words.vocabulary:
        if known[0] == word[0] and abs(len(known) - len(word)) <= allowed:
            distance = _distance(word, known, nearest)
            if distance < nearest:
                best, nearest = known, distance
    return best


def _distance(a: str, b: str, limit: int) -> int:
    """Letters to change, put in, take out or swap; ``limit`` where it is that or more."""
    before, last = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
        before, last = last, row
    return min(last[-1], limit)
