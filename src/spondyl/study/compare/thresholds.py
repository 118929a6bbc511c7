"""Where a system calls a fracture: thresholds chosen on validation films, never on test films."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spondyl.evaluate.fracture import body_cases, film_cases
from spondyl.evaluate.outcome import FilmOutcome

Goal = Literal["youden", "sensitivity", "specificity"]
#: What cannot be chosen stays here.
_UNSET = 0.5
#: Never at 0: a body that was not found has probability 0 and is not called.
_LEAST = 1e-4


@dataclass(frozen=True)
class OperatingPoint:
    """What a threshold is chosen for.

    Attributes
    ----------
    goal : "youden", "sensitivity" or "specificity"
        Youden takes the largest sum of both (Youden 1950, Cancer 3:32).
    at_least : float or None
        Of the other two: the value to reach on the validation films.
    """

    goal: Goal = "youden"
    at_least: float | None = None

    def __str__(self) -> str:
        if self.at_least is None:
            return str(self.goal)
        return f"{self.goal} at least {self.at_least:g}"


@dataclass(frozen=True)
class Threshold:
    """A threshold and what it does on the films that it was chosen on.

    Attributes
    ----------
    threshold : float
        At or above it a fracture is called.
    sensitivity, specificity : float or None
        None without a case of that kind.
    fractured, normal : int
        Cases.
    note : str
        Why the goal was not reached; empty where it was.
    """

    threshold: float
    sensitivity: float | None
    specificity: float | None
    fractured: int
    normal: int
    note: str = ""


def choose_threshold(
    probabilities: Sequence[float], fractured: Sequence[bool], point: OperatingPoint
) -> Threshold:
    """The threshold that reaches a goal on these cases.

    It lies half-way between two cases' probabilities. For a sensitivity it is the highest that
    reaches it, for a specificity the lowest.

    Parameters
    ----------
    probabilities : sequence of float
    fractured : sequence of bool
        In the same order.
    point : OperatingPoint
    """
    scores = np.asarray(probabilities, np.float64)
    truth = np.asarray(fractured, bool)
    hits, misses = int(truth.sum()), int((~truth).sum())
    if hits == 0 or misses == 0:
        lacking = "fractured" if hits == 0 else "normal"
        return _threshold(_UNSET, scores, truth, f"No {lacking} case on the validation films.")
    values = np.unique(scores)
    # Below the lowest (all called), between each two, above the highest (none called).
    cuts = np.concatenate([[values[0]], 0.5 * (values[1:] + values[:-1]), [values[-1] + 1e-3]])
    cuts = np.unique(np.clip(cuts, _LEAST, 1.0))
    sensitivity = np.array([(scores[truth] >= cut).mean() for cut in cuts])
    specificity = np.array([(scores[~truth] < cut).mean() for cut in cuts])
    note = ""
    if point.goal == "youden":
        best = int(np.argmax(np.round(sensitivity + specificity, 9)))
    else:
        wanted = float(point.at_least or 0.0)
        reached = (sensitivity if point.goal == "sensitivity" else specificity) >= wanted - 1e-12
        if reached.any():
            at = np.flatnonzero(reached)
            best = int(at[-1] if point.goal == "sensitivity" else at[0])
        else:
            best = 0 if point.goal == "sensitivity" else len(cuts) - 1
            note = f"No threshold reaches a {point.goal} of {wanted:g}; the nearest was taken."
    return _threshold(float(cuts[best]), scores, truth, note)


def _threshold(
    cut: float, scores: NDArray[np.float64], truth: NDArray[np.bool_], note: str
) -> Threshold:
    hits, misses = int(truth.sum()), int((~truth).sum())
    return Threshold(
        threshold=round(cut, 6),
        sensitivity=float((scores[truth] >= cut).mean()) if hits else None,
        specificity=float((scores[~truth] < cut).mean()) if misses else None,
        fractured=hits,
        normal=misses,
        note=note,
    )


def thresholds_of(
    outcomes: Sequence[FilmOutcome], point: OperatingPoint
) -> tuple[Threshold, Threshold]:
    """Thresholds for bodies and for films, each chosen by its own cases.

    A body that was not found counts with probability 0.
    """
    bodies = body_cases([body for film in outcomes for body in film.judged])
    films = film_cases(outcomes)
    body, film = (
        choose_threshold(
            [case.probability for case in cases], [case.fractured for case in cases], point
        )
        for cases in (bodies, films)
    )
    return body, film


def with_thresholds(reading: Mapping[str, Any], body: float, film: float) -> dict[str, Any]:
    """A ``spondyl.reading/1`` called anew at these thresholds; ``threshold`` is the bodies'."""
    vertebrae = [
        {
            **one,
            "fractured": bool(one["assessable"]) and (one["fracture_probability"] or 0.0) >= body,
        }
        for one in reading["vertebrae"]
    ]
    called = bool(reading["assessable"]) and (reading["fracture_probability"] or 0.0) >= film
    return {**reading, "vertebrae": vertebrae, "threshold": body, "fractured": called}
