"""Names that other programs and people give to levels, points and statuses."""

import re
from typing import Any

from spondyl.anatomy import Level, Status

_LEVEL = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<t>TH|T|D)[ _.]?(?P<tn>8|9|10|11|12)|L[ _.]?(?P<l>[1-6])|S[ _.]?1)"
    r"(?![0-9])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+")

_VERTICAL = {
    "superior": ("superior", "sup", "upper", "top", "cranial", "u"),
    "inferior": ("inferior", "inf", "lower", "bottom", "caudal"),
}
_HORIZONTAL = {
    "anterior": ("anterior", "ant", "front", "ventral", "a"),
    "posterior": ("posterior", "post", "back", "dorsal", "p"),
    "middle": ("middle", "mid", "central", "center", "centre", "m"),
    "left": ("left", "l"),
    "right": ("right", "r"),
}
#: SP, AS, IM ...: the two letters in either order.
_PAIR = re.compile(r"(?:([SI])([APM])|([APM])([SI]))", re.IGNORECASE)
_LETTERS = {
    "s": "superior", "i": "inferior", "a": "anterior", "p": "posterior", "m": "middle",
}  # fmt: skip

_STATUSES = {
    Status.NORMAL: ("normal", "intact", "healthy", "no fracture", "not fractured", "none"),
    Status.FRACTURED: (
        "fractured", "fracture", "fx", "vcf", "compression fracture", "collapsed", "broken",
    ),
    Status.UNKNOWN: ("unknown", "", "unclear", "not mentioned", "not assessed", "__undefined__"),
}  # fmt: skip
_YES = ("true", "yes", "y", "1")
_NO = ("false", "no", "n", "0")


def level_of(text: str) -> Level | None:
    """The level that a label names, if it names one and only one.

    ``Th`` and ``D`` are read as ``T``; words around the level do not matter. A vertebra that
    Spondyl does not know (C7, T4, S2) gives None.

    Examples
    --------
    >>> level_of("vertebra_L3"), level_of("Th12 fractured"), level_of("L4-L5 disc"), level_of("T4")
    (<Level.L3: 'L3'>, <Level.T12: 'T12'>, None, None)
    """
    # An underscore counts as a letter of a word, and would hide the level behind it.
    found = {_level(match) for match in _LEVEL.finditer(text.replace("_", " "))}
    return found.pop() if len(found) == 1 else None


def _level(match: re.Match[str]) -> Level:
    if match["tn"]:
        return Level(f"T{match['tn']}")
    return Level(f"L{match['l']}") if match["l"] else Level.S1


def point_of(text: str) -> tuple[str, str] | None:
    """Which endplate and which end of it a point's name says.

    Returns
    -------
    tuple of str or None
        (superior or inferior, anterior, posterior, middle, left or right); left and right are those
        of the picture.

    Examples
    --------
    >>> point_of("superior_posterior"), point_of("L1 ant. inf."), point_of("top-left")
    (('superior', 'posterior'), ('inferior', 'anterior'), ('superior', 'left'))
    >>> point_of("SP"), point_of("L2")
    (('superior', 'posterior'), None)
    """
    plain = _LEVEL.sub(" ", text.replace("_", " "))
    words = [word.lower() for word in _WORD.findall(plain)]
    for word in words:
        pair = _PAIR.fullmatch(word)
        if pair:
            first, second = (letter.lower() for letter in pair.groups() if letter)
            if first in "apm":
                first, second = second, first
            return _LETTERS[first], _LETTERS[second]
    vertical = _only(words, _VERTICAL)
    horizontal = _only(words, _HORIZONTAL)
    return (vertical, horizontal) if vertical and horizontal else None


def _only(words: list[str], known: dict[str, tuple[str, ...]]) -> str | None:
    found = {name for name, aliases in known.items() if any(word in aliases for word in words)}
    return found.pop() if len(found) == 1 else None


def status_of(value: Any) -> Status | None:
    """A status from the words in use for it; None where the words are not known.

    Examples
    --------
    >>> status_of("Fracture"), status_of("no fracture"), status_of("perhaps")
    (<Status.FRACTURED: 'fractured'>, <Status.NORMAL: 'normal'>, None)
    """
    text = str(value).strip().lower()
    for status, words in _STATUSES.items():
        if text in words:
            return status
    return None


def status_of_answer(value: Any) -> Status | None:
    """A status from the answer to "fractured?": yes, no, or a word of `status_of`."""
    text = str(value).strip().lower()
    if text in _YES:
        return Status.FRACTURED
    if text in _NO:
        return Status.NORMAL
    return status_of(value)
