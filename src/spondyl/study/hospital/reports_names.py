"""Levels as reports name them: lists, ranges, ordinals, other letters."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from spondyl.anatomy import LEVELS, Level

_ORDINALS = {
    Level.T10: "tenth thoracic", Level.T11: "eleventh thoracic", Level.T12: "twelfth thoracic",
    Level.L1: "first lumbar", Level.L2: "second lumbar", Level.L3: "third lumbar",
    Level.L4: "fourth lumbar", Level.L5: "fifth lumbar",
}  # fmt: skip


class Letters(StrEnum):
    """How thoracic levels are written."""

    T = "T"
    D = "D"
    TH = "Th"


def name_levels(
    levels: Sequence[Level], rng: np.random.Generator, letters: Letters = Letters.T, dash: str = ""
) -> str:
    """A list of levels in words.

    Parameters
    ----------
    levels : sequence of Level
        Top to bottom.
    rng : numpy.random.Generator
    letters : Letters
    dash : str
        Between the ends of a range, as terse reports have it; by default one of "to", "through"
        and a dash.

    Examples
    --------
    >>> import numpy as np
    >>> name_levels([Level.T12, Level.L2], np.random.default_rng(0))
    'T12 and L2'
    """
    names = [_name(level, letters) for level in levels]
    if len(levels) >= 3 and _neighbours(levels):
        between = dash or str(rng.choice([" to ", " through ", "-"]))
        return f"{names[0]}{between}{names[-1]}"
    if len(names) == 1:
        return names[0]
    joint = "/" if dash and len(names) == 2 and rng.random() < 0.3 else " and "
    if dash and joint != "/":
        joint = str(rng.choice([" + ", " and ", ", "]))
    return f"{', '.join(names[:-1])}{joint}{names[-1]}"


def ordinal(level: Level) -> str | None:
    """A level by its number: "first lumbar"; None for one that is not spoken of so."""
    return _ORDINALS.get(level)


def _name(level: Level, letters: Letters) -> str:
    return level.replace("T", letters) if level.startswith("T") else str(level)


def _neighbours(levels: Sequence[Level]) -> bool:
    places = [LEVELS[level].order for level in levels]
    return places == list(range(places[0], places[0] + len(places)))
