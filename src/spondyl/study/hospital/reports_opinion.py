"""What a reader makes of a film before he dictates: the truth, with what readers get wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from spondyl.anatomy import JUDGED_LEVELS, LEVELS, Level, Shape, Status
from spondyl.labels import FilmLabel
from spondyl.study.hospital.reports_settings import ReportSettings, Style

_T10_TO_L5 = (Level.T10, *JUDGED_LEVELS)
_LUMBAR = tuple(level for level in JUDGED_LEVELS if level.startswith("L"))


class Rest(StrEnum):
    """What is said of the bodies that are not called fractured or suspected."""

    #: All of them are normal, in general words.
    ALL = "all"
    #: The lumbar ones are; of the others nothing is said.
    LUMBAR = "lumbar"
    #: Some are named one by one or as a range.
    NAMED = "named"
    SILENT = "silent"


@dataclass(frozen=True)
class Called:
    """A body that is called fractured.

    Attributes
    ----------
    level : Level
    shape : Shape
    percent : int
        Lost height as the reader puts it, in steps of five.
    old : bool
    """

    level: Level
    shape: Shape
    percent: int
    old: bool


@dataclass(frozen=True)
class Opinion:
    """Everything that a report will say of vertebral bodies.

    Attributes
    ----------
    called : tuple of Called
        Top to bottom.
    suspected : tuple of Level
    rest : Rest
    named : tuple of Level
        Normal bodies that the report names; empty unless ``rest`` is ``Rest.NAMED``.
    missed : tuple of Level
        Fractured bodies that the report does not name.
    overcalled : tuple of Level
        Normal bodies that it calls fractured.
    shift : int
        Levels that its names are off, downwards positive.
    """

    called: tuple[Called, ...]
    suspected: tuple[Level, ...]
    rest: Rest
    named: tuple[Level, ...] = ()
    missed: tuple[Level, ...] = ()
    overcalled: tuple[Level, ...] = ()
    shift: int = 0

    @property
    def intended(self) -> Mapping[Level, Status]:
        """What the words mean for T11-L5 (and T10, where it is called), level by level."""
        meant = dict.fromkeys(JUDGED_LEVELS, Status.UNKNOWN)
        normal: Sequence[Level] = {
            Rest.ALL: JUDGED_LEVELS, Rest.LUMBAR: _LUMBAR, Rest.NAMED: self.named, Rest.SILENT: (),
        }[self.rest]  # fmt: skip
        meant.update(dict.fromkeys(normal, Status.NORMAL))
        meant.update(dict.fromkeys(self.suspected, Status.UNKNOWN))
        meant.update({item.level: Status.FRACTURED for item in self.called})
        return meant


def form_opinion(
    label: FilmLabel, style: Style, settings: ReportSettings, rng: np.random.Generator
) -> Opinion:
    """What a reader says of a film, given its truth.

    Parameters
    ----------
    label : FilmLabel
        The truth: status, and where known grade, shape and lost height.
    style : Style
    settings : ReportSettings
    rng : numpy.random.Generator

    Returns
    -------
    Opinion
    """
    seen = [level for level in _T10_TO_L5 if level in label.vertebrae]
    shift = 0
    if rng.random() < settings.shifted:
        shift = int(rng.choice([-1, 1]))
    called: list[Called] = []
    suspected: list[Level] = []
    missed: list[Level] = []
    overcalled: list[Level] = []
    mimics = _mimics(label)
    for level in seen:
        body = label.vertebrae[level]
        # Every body draws the same numbers, so that one share does not change what another does.
        miss, hedge, over, old, wobble = rng.random(5)
        fractured = body.status is Status.FRACTURED
        if fractured and miss < settings.missed * (1.5 if (body.genant_grade or 2) < 2 else 0.5):
            missed.append(level)
            continue
        if not fractured:
            if level not in mimics or over >= settings.overcalled or level is Level.T10:
                continue
            overcalled.append(level)
        name = _shifted(level, shift)
        if fractured and hedge < settings.hedged:
            suspected.append(name)
            continue
        shape = body.shape if body.shape not in (None, Shape.NORMAL) else Shape.WEDGE
        assert shape is not None
        loss = (body.height_loss or 0.2) + 0.1 * (wobble - 0.5)
        percent = int(np.clip(5 * round(20 * loss), 15, 80))
        called.append(Called(name, shape, percent, bool(old < settings.old)))
    if not called and not suspected:
        shift = 0
    rest = _draw_rest(style, settings, rng)
    taken = {item.level for item in called} | set(suspected)
    normal = [level for level in seen if level in JUDGED_LEVELS and level not in taken]
    named: tuple[Level, ...] = ()
    if rest is Rest.NAMED:
        named = tuple(normal) if style is Style.TABLE else _some(normal, rng)
        if not named:
            rest = Rest.SILENT
    return Opinion(
        tuple(called), tuple(suspected), rest, named, tuple(missed), tuple(overcalled), shift
    )


def _mimics(label: FilmLabel) -> set[str]:
    """Levels of which a simulated film notes that something was done to them."""
    notes = label.extra.get("notes")
    if not isinstance(notes, list | tuple):
        return set()
    return {str(note).partition(":")[0] for note in notes if ":" in str(note)}


def _shifted(level: Level, shift: int) -> Level:
    place = LEVELS[level].order + shift
    first, last = LEVELS[Level.T10].order, LEVELS[Level.L5].order
    return list(Level)[min(max(place, first), last)]


def _draw_rest(style: Style, settings: ReportSettings, rng: np.random.Generator) -> Rest:
    lot = rng.random()
    if style is Style.TABLE:
        return Rest.NAMED
    if lot < settings.silent:
        return Rest.SILENT
    if lot < settings.silent + settings.partial:
        return Rest.LUMBAR if rng.random() < 0.5 else Rest.NAMED
    return Rest.ALL


def _some(levels: Sequence[Level], rng: np.random.Generator) -> tuple[Level, ...]:
    """A run of neighbours among the levels: readers name "L2 to L5", not L2, L4 and L5."""
    if not levels:
        return ()
    runs: list[list[Level]] = []
    for level in levels:
        if runs and LEVELS[level].order == LEVELS[runs[-1][-1]].order + 1:
            runs[-1].append(level)
        else:
            runs.append([level])
    run = max(runs, key=lambda one: (len(one), rng.random()))
    drop = int(rng.integers(0, max(1, len(run) // 2)))
    return tuple(run[drop:])
