"""What a format's reader finds, before corners have names: films, and points with a label."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.labels.model import FilmLabel

_SHOWN_FAULTS = 8

#: Name of a film -> (width, height), for formats that do not say it; None where it is not known.
SizeOf = Callable[[str], tuple[int, int] | None]


class FormatError(ValueError):
    """A file of labels cannot be understood; each fault names its file and place.

    Attributes
    ----------
    faults : tuple of str
    """

    def __init__(self, faults: Sequence[str] | str) -> None:
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        shown = list(self.faults[:_SHOWN_FAULTS])
        if len(self.faults) > len(shown):
            shown.append(f"(and {len(self.faults) - len(shown)} faults more)")
        super().__init__(" ".join(shown))


@dataclass(frozen=True)
class ReadOptions:
    """What a reader is told beside the file.

    Attributes
    ----------
    side : str or None
        Posterior side of films whose source does not say it.
    size_of : callable or None
        Size of a film by its name, asked where the source does not say it.
    """

    side: str | None = None
    size_of: SizeOf | None = None


@dataclass(frozen=True)
class LabelSet:
    """Labels of many films on their way from or to a file.

    Attributes
    ----------
    films : tuple of FilmLabel
    note : str
    extra : mapping
        What the source says of the set as a whole.
    folder : Path or None
        Where the films lie.
    remarks : tuple of str
        What the user should know: guesses that were made, shapes without a level.
    """

    films: tuple[FilmLabel, ...]
    note: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrawnBody:
    """Points that a source draws for one level.

    Attributes
    ----------
    where : str
        File and place, for errors.
    level : Level
    points_px : ndarray, shape (n, 2)
        Film pixels, pixel centres at whole numbers.
    names : tuple of str or None
        Names as the source gives them, one a point; None where it gives none.
    values : mapping
        Status, grade and whatever else is said of the body, as in a data set's JSON.
    """

    where: str
    level: Level
    points_px: NDArray[np.float64]
    names: tuple[str, ...] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DrawnFilm:
    """One film of a source.

    Attributes
    ----------
    where : str
        File and place, for errors.
    name : str
        Path of the film, with ``/``.
    size_px : tuple of int or None
        (width, height); None where the source does not say it.
    bodies : tuple of DrawnBody
    values : mapping
        Whatever is said of the film, as in a data set's JSON; ``vertebrae`` holds bodies without
        points.
    """

    where: str
    name: str
    size_px: tuple[int, int] | None
    bodies: tuple[DrawnBody, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
