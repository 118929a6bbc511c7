"""Sentences of reports: dictated, in lines, in lists, in a ward's shorthand."""

import re
from itertools import pairwise

#: Words that end with a full stop inside a sentence.
_SHORT = frozenset(
    [
        "ant",
        "post",
        "approx",
        "comp",
        "compr",
        "vert",
        "mod",
        "no",
        "fx",
        "fxs",
        "fract",
        "dr",
        "mr",
        "mrs",
        "ms",
        "e.g",
        "i.e",
        "eg",
        "ie",
        "vs",
        "cf",
        "ca",
        "c",
        "inf",
        "sup",
        "lat",
        "lt",
        "rt",
        "w",
        "hx",
        "dx",
        "hist",
        "deg",
        "degen",
        "osteo",
        "l",
        "t",
        "th",
        "d",
        "mid",
        "prev",
        "incl",
        "est",
        "ap",
        "min",
        "max",
        "mild",
        "sev",
        "sl",
        "sig",
        "signif",
        "poss",
        "prob",
        "susp",
        "bilat",
        "calc",
        "esp",
        "st",
        "resp",
        "dist",
        "prox",
        "vb",
        "vbs",
        "wt",
        "ht",
        "pt",
        "pts",
        "cm",
        "mm",
        "yr",
        "yrs",
        "y",
        "o",
        "a.p",
        "l.s",
        "approx",
        "spond",
        "lumb",
        "thor",
        "dors",
        "thx",
        "lumbosac",
        "excl",
        "evid",
        "norm",
        "unrem",
    ]
)
_END = re.compile(r"[.!?;](?=[\s\"')\]<]|$)|[.!](?=[A-Z][a-z])|(?<=[a-z]{3})\.(?=[a-z]{2,})|\n+")
_BULLET = re.compile(
    r"[ ]*(?:[-*>\u2022+\u2610\u2612|]|\(?\d{1,2}[.)](?!\d)|#\d+[.:)]?|[a-h][.)] |\[[ xX]?\])[ ]*"
)
_LONG_LINE = 50
_SHORT_LINE = 25


def hard_breaks(text: str, start: int, end: int) -> list[int]:
    """Where sentences begin after the first, between ``start`` and ``end``."""
    lines = text[start:end].split("\n")
    longest = max(map(len, lines), default=0)
    found: list[int] = []
    for match in _END.finditer(text, start, end):
        mark = match.group()
        after = match.end()
        if mark[0] == "\n":
            if _wraps(text, start, match.start(), after, end, longest):
                continue
        elif mark == ".":
            if _abbreviated(text, start, match.start(), after, end):
                continue
        elif mark == "?" and _asks_ahead(text, start, match.start(), after, end):
            continue
        if start < after < end and text[after:end].strip():
            found.append(after)
    return found


def split_sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    r"""Stretches of the text that are sentences, without the space and bullets around them.

    Examples
    --------
    >>> text = "No ant. wedging of L1. ?# L2\n1. T12 normal"
    >>> [text[a:b] for a, b in split_sentences(text, 0, len(text))]
    ['No ant. wedging of L1.', '?# L2', 'T12 normal']
    """
    cuts = [start, *hard_breaks(text, start, end), end]
    sentences = []
    for a, b in pairwise(cuts):
        bullet = _BULLET.match(text, a + len(text[a:b]) - len(text[a:b].lstrip()), b)
        first = bullet.end() if bullet else a
        piece = text[first:b]
        first += len(piece) - len(piece.lstrip())
        last = first + len(text[first:b].rstrip())
        if last > first:
            sentences.append((first, last))
    return sentences


def _wraps(text: str, start: int, at: int, after: int, end: int, longest: int) -> bool:
    """A line that goes on in the next one."""
    if text[at:after].count("\n") > 1 or after >= end:
        return False
    line = text[max(start, text.rfind("\n", start, at) + 1) : at].rstrip()
    rest = text[after:end].lstrip(" ")
    if not line or not rest or rest[0] == "\n" or _BULLET.match(rest) or line[-1] in ".!;:|":
        return False
    if line[-1] == "," or (
        len(line) >= _SHORT_LINE
        and re.search(r"\b(?:of|at|the|and|or|with|no|to|in|is|are|a|an)$", line, re.I)
    ):
        return True
    if len(line) < max(_LONG_LINE, 0.7 * longest):
        return bool(rest[0].islower() and len(line) >= 30 and not re.match(r"[lt]\d", rest))
    heading = re.match(r"[A-Z][\w /&-]{1,40}:", rest)
    return heading is None


def _abbreviated(text: str, start: int, at: int, after: int, end: int) -> bool:
    word = re.search(r"[A-Za-z.]*$", text[start:at])
    before = word.group().lower() if word else ""
    rest = text[after:end].lstrip(" ")
    if not rest or rest[0] == "\n":
        return False
    if re.match(r"\d", text[after : after + 1]):  # 1.5 cm, L.1
        return True
    if not before and re.search(r"(?:^|[\n ])\(?\d{1,2}$", text[start:at]):  # "1. L1 fracture"
        return False
    if before in ("l", "t", "th", "d") and re.match(r"[-\d ]*(?:\d|spine)", rest, re.I):
        return True
    if before not in _SHORT:
        return False
    if re.match(r"[TLD][hH]?-?\d", rest) and before != "post":  # "T12 VCF mod. L1-5 normal"
        return re.search(r"[TLDtld][hH]?[ -]?\d", text[max(start, at - 40) : at]) is None
    if before == "ca" and not re.match(r"\d", rest):
        return False
    if before == "no":  # "Fracture: no. Normal" against "No. 3"
        return bool(re.match(r"\d", rest))
    if before in ("fx", "fxs", "fract") and re.match(r"[TLD][hH]?[ -]?\d", rest):
        return re.search(r"[TLDtld][hH]?[ -]?\d", text[max(start, at - 40) : at]) is None
    if before in ("fx", "fxs", "fract", "mm", "cm", "pt", "yr", "yrs", "y", "c", "t", "d", "mild"):
        return rest[0].islower() or bool(re.match(r"of\b|at\b|#|[,;)&+-]", rest))
    return not re.match(r"(?:There|The|No|Normal|Mild|Old|Impression|Findings)\b", rest)


def _asks_ahead(text: str, start: int, at: int, after: int, end: int) -> bool:
    """A question mark before what it asks: "?fracture", "? L1"."""
    before = text[at - 1] if at > start else "\n"
    rest = text[after:end]
    if not rest.strip():
        return False
    if before in " \n(?,;:-/.":
        return rest.lstrip(" ?")[:1] not in ("", "\n")
    return False
