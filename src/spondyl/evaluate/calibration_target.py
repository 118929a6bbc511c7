"""Operating points: what is asked of a threshold, where it lies, and what follows from it.

Everything here lives on log odds before calibration: a calibration rises, so that it moves a cut
but changes no call.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spondyl.evaluate.calibration_cases import Cases, Truth

FloatArray = NDArray[np.float64]

#: How far beyond the outermost case a cut lies where there is no next one to meet halfway.
_BEYOND = 1e-3


class Goal(StrEnum):
    """What a threshold is to keep."""

    SENSITIVITY = "sensitivity"
    SPECIFICITY = "specificity"
    FALSE_ALARMS = "false alarms per film"


class Unit(StrEnum):
    """What sensitivity and specificity are counted in."""

    BODY = "body"
    FILM = "film"


class TargetError(ValueError):
    """An operating point cannot be set on these films; the message says why and what to do."""


@dataclass(frozen=True)
class Target:
    """An operating point.

    Attributes
    ----------
    goal : Goal
    value : float
        A share between 0 and 1, or false alarms per film.
    unit : Unit
        Of a sensitivity or specificity.

    Examples
    --------
    >>> str(Target(Goal.SENSITIVITY, 0.95)), str(Target(Goal.FALSE_ALARMS, 0.08))
    ('sensitivity 0.95 per body', '0.08 false alarms per film')
    """

    goal: Goal
    value: float
    unit: Unit = Unit.BODY

    def __post_init__(self) -> None:
        if self.goal is Goal.FALSE_ALARMS:
            if not 0 <= self.value <= 10:
                raise TargetError(
                    f"False alarms per film lie between 0 and 10, found {self.value:g}."
                )
        elif not 0 < self.value < 1:
            raise TargetError(
                f"A target {self.goal} lies between 0 and 1, found {self.value:g}. "
                "For 95 % write 0.95."
            )

    def __str__(self) -> str:
        if self.goal is Goal.FALSE_ALARMS:
            return f"{self.value:g} {self.goal}"
        return f"{self.goal} {self.value:g} per {self.unit}"


def film_logits(cases: Cases) -> FloatArray:
    """The largest logit on each film, shape (m,); minus infinity where nothing was judged."""
    largest = np.full(len(cases.patient), -np.inf)
    np.maximum.at(largest, cases.film, cases.logits)
    return largest


def choose_cut(cases: Cases, target: Target, weights: FloatArray | None = None) -> float:
    """The cut on uncalibrated log odds that keeps the target on these cases.

    For a sensitivity the highest cut that reaches it; else the lowest that exceeds neither the
    false alarms nor the calls of normals. It lies halfway to the next case.

    Parameters
    ----------
    cases : Cases
    target : Target
    weights : ndarray, shape (m,), optional
        How often each film counts.

    Raises
    ------
    TargetError
        If the films hold nothing to set the target by, or cannot reach it.
    """
    films = np.ones(len(cases.patient)) if weights is None else weights
    if target.goal is Goal.FALSE_ALARMS:
        alarms = (cases.truth == Truth.NORMAL) | (cases.truth == Truth.NO_BODY)
        allowed = target.value * films.sum()
        return _lowest_cut(cases.logits[alarms], films[cases.film[alarms]], allowed)
    wanted = Truth.FRACTURED if target.goal is Goal.SENSITIVITY else Truth.NORMAL
    if target.unit is Unit.FILM:
        chosen = cases.film_truth == wanted
        logits, counts = film_logits(cases)[chosen], films[chosen]
        total = counts.sum()
    else:
        chosen = cases.headline & (cases.truth == wanted)
        logits, counts = cases.logits[chosen], films[cases.film[chosen]]
        lost = cases.lost_fractured if wanted is Truth.FRACTURED else cases.lost_normal
        total = counts.sum() + lost @ films
    if total == 0:
        raise TargetError(_nothing_to_count(target))
    if target.goal is Goal.SPECIFICITY:
        return _lowest_cut(logits, counts, (1 - target.value) * total)
    return _highest_cut(logits, counts, target, float(total))


def _nothing_to_count(target: Target) -> str:
    noun = "films" if target.unit is Unit.FILM else "T11-L5 bodies"
    if target.goal is Goal.SENSITIVITY:
        return (
            f"A target sensitivity needs fractured {noun}; these films have none of known status. "
            "Normal films alone can set a specificity or the false alarms per film."
        )
    return (
        f"A target specificity needs normal {noun}; these films have none of known status. "
        "Fractured ones alone can set a sensitivity."
    )


def _steps(logits: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Different logits, falling, and how many cases lie at or above each."""
    held = (counts > 0) & np.isfinite(logits)
    values, place = np.unique(-logits[held], return_inverse=True)
    return -values, np.cumsum(np.bincount(place, counts[held], minlength=len(values)))


def _halfway(values: FloatArray, included: int) -> float:
    """A cut that ``included`` of the falling values reach."""
    if len(values) == 0:
        return 0.0
    if included == 0:
        return float(values[0]) + _BEYOND
    if included == len(values):
        return float(values[-1]) - _BEYOND
    return float(values[included - 1] + values[included]) / 2


def _lowest_cut(logits: FloatArray, counts: FloatArray, allowed: float) -> float:
    """The lowest cut that at most ``allowed`` cases reach."""
    values, above = _steps(logits, counts)
    # A hair more, so that 0.05 of 20 films is one.
    return _halfway(values, int(np.searchsorted(above, allowed + 1e-9, side="right")))


def _highest_cut(logits: FloatArray, counts: FloatArray, target: Target, total: float) -> float:
    """The highest cut that the wanted share of all cases reaches."""
    values, above = _steps(logits, counts)
    place = int(np.searchsorted(above, target.value * total - 1e-9, side="left"))
    if place == len(values):
        reached = above[-1] / total if len(above) else 0.0
        noun = "films" if target.unit is Unit.FILM else "bodies"
        raise TargetError(
            f"A sensitivity of {target.value:g} cannot be reached on these films: of the fractured "
            f"{noun} only {reached:.3f} were found and judged. Set a lower target."
        )
    return _halfway(values, place + 1)


@dataclass(frozen=True)
class Counts:
    """Calls at a cut, film by film; each array has shape (m,).

    Attributes
    ----------
    hit, fractured : ndarray
        T11-L5 bodies called of those fractured.
    passed, normal : ndarray
        T11-L5 bodies not called of those normal.
    film_hit, film_fractured, film_passed, film_normal : ndarray
        The same for films.
    alarms : ndarray
        Findings called on a normal body or on none.
    """

    hit: FloatArray
    fractured: FloatArray
    passed: FloatArray
    normal: FloatArray
    film_hit: FloatArray
    film_fractured: FloatArray
    film_passed: FloatArray
    film_normal: FloatArray
    alarms: FloatArray


#: Figure -> the counts above and below its line; the last is a rate, the others are shares.
RATIOS: dict[str, tuple[str, str]] = {
    "sensitivity_body": ("hit", "fractured"),
    "specificity_body": ("passed", "normal"),
    "sensitivity_film": ("film_hit", "film_fractured"),
    "specificity_film": ("film_passed", "film_normal"),
    "false_alarms_per_film": ("alarms", "films"),
}


def count_calls(cases: Cases, called: NDArray[np.bool_]) -> Counts:
    """Count which findings were called, film by film.

    Parameters
    ----------
    cases : Cases
    called : ndarray of bool, shape (n,)
    """
    films = len(cases.patient)

    def per_film(chosen: NDArray[np.bool_]) -> FloatArray:
        return np.bincount(cases.film[chosen], minlength=films).astype(np.float64)

    on_fractured = cases.headline & (cases.truth == Truth.FRACTURED)
    on_normal = cases.headline & (cases.truth == Truth.NORMAL)
    alarming = (cases.truth == Truth.NORMAL) | (cases.truth == Truth.NO_BODY)
    any_called = per_film(called) > 0
    film_fractured = cases.film_truth == Truth.FRACTURED
    film_normal = cases.film_truth == Truth.NORMAL
    return Counts(
        hit=per_film(on_fractured & called),
        fractured=per_film(on_fractured) + cases.lost_fractured,
        passed=per_film(on_normal & ~called) + cases.lost_normal,
        normal=per_film(on_normal) + cases.lost_normal,
        film_hit=(film_fractured & any_called).astype(np.float64),
        film_fractured=film_fractured.astype(np.float64),
        film_passed=(film_normal & ~any_called).astype(np.float64),
        film_normal=film_normal.astype(np.float64),
        alarms=per_film(alarming & called),
    )


def ratios(counts: Counts, weights: FloatArray) -> FloatArray:
    """Figures of :data:`RATIOS`, shape (5,), films counted ``weights`` times; NaN of nothing."""
    table = {**vars(counts), "films": np.ones(len(weights))}
    pairs = np.array(
        [[table[above] @ weights, table[below] @ weights] for above, below in RATIOS.values()]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(pairs[:, 0] / pairs[:, 1])


def wanted_cases(target: Target) -> int:
    """Bodies or films on which a target rests firmly: five beyond the cut, and within 5 points.

    Fractured ones for a sensitivity, normal ones for a specificity, films for false alarms.

    Examples
    --------
    >>> [wanted_cases(Target(Goal.SENSITIVITY, v)) for v in (0.8, 0.95, 0.99)]
    [246, 100, 500]
    >>> wanted_cases(Target(Goal.FALSE_ALARMS, 0.08))
    63
    """
    value = target.value
    if target.goal is Goal.FALSE_ALARMS:
        return int(np.ceil(5 / value - 1e-9)) if value > 0 else 100
    precise = value * (1 - value) * (1.959963984540054 / 0.05) ** 2
    return int(np.ceil(max(precise, 5 / (1 - value)) - 1e-6))
