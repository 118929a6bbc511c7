"""How far two readers of a project agree: fractures, grades, corners, heights.

Bodies are held against each other by level. Fracture counts those whose status both readers know;
grade those to which both give one, a normal body being grade 0; corners and heights those that both
have drawn with four corners. Films that one of them turned down count for none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.evaluate.statistics import RESAMPLES, SEED, Clusters, median
from spondyl.geometry import heights
from spondyl.labels import VertebraLabel
from spondyl.serve.projects.bland_altman import Limits, limits_of_agreement
from spondyl.serve.projects.differences import corner_distance
from spondyl.serve.projects.kappa import Kappa, Weights, kappa
from spondyl.serve.projects.state import View

#: Categories of a grade: normal, mild, moderate, severe.
GRADES = 4
HEIGHT_NAMES = ("anterior", "middle", "posterior")
#: Fewer films say little of two readers, whatever the figure.
FEW_FILMS = 30


@dataclass(frozen=True)
class Pair:
    """A film that two readers have decided.

    Attributes
    ----------
    film_id, patient : str
    first, second : View
    spacing_mm : (float, float) or None
        Row and column spacing of the film's pixels.
    readers : tuple of str
        Ids of the first and the second.
    """

    film_id: str
    patient: str
    first: View
    second: View
    spacing_mm: tuple[float, float] | None = None
    readers: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeightPoint:
    """One body's height by both readers: mean, and second minus first."""

    film_id: str
    level: Level
    mean: float
    difference: float


@dataclass(frozen=True)
class HeightAgreement:
    """Bland and Altman's limits for one height.

    Attributes
    ----------
    unit : str
        Of differences and limits: "mm", or "percent" of the body's mean height.
    mean_unit : str
        Of the points' means: "mm" or "px".
    """

    unit: str
    mean_unit: str
    limits: Limits
    points: tuple[HeightPoint, ...]


@dataclass(frozen=True)
class CornerAgreement:
    """Distances of corners in percent of the posterior height."""

    n: int
    median: float | None
    low: float | None
    high: float | None
    p90: float | None
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Agreement:
    """All that is known of two readers' agreement."""

    films: int
    patients: int
    turned_down: int
    fracture: Kappa
    grade: Kappa
    weights: Weights
    corners: CornerAgreement
    heights: dict[str, HeightAgreement]
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class _Case:
    film_id: str
    patient: str
    level: Level
    first: VertebraLabel
    second: VertebraLabel
    spacing_mm: tuple[float, float] | None


def agreement(
    pairs: Sequence[Pair],
    levels: Sequence[Level] = JUDGED_LEVELS,
    weights: Weights = Weights.QUADRATIC,
    in_mm: bool = False,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Agreement:
    """Agreement over all films that two readers have decided.

    Parameters
    ----------
    pairs : sequence of Pair
    levels : sequence of Level
    weights : Weights
        Of grades.
    in_mm : bool
        Heights in mm, on films of known spacing alone; else in percent, on all.
    resamples, seed : int
        Of the patient-clustered bootstrap.
    """
    used = [p for p in pairs if not (p.first.rejected or p.second.rejected)]
    cases = [
        _Case(p.film_id, p.patient, level, one, other, p.spacing_mm)
        for p in used
        for level in levels
        if (one := p.first.label.vertebrae.get(level)) is not None
        and (other := p.second.label.vertebrae.get(level)) is not None
    ]
    known = [c for c in cases if Status.UNKNOWN not in (c.first.status, c.second.status)]
    calls = [[int(b.status is Status.FRACTURED) for b in (c.first, c.second)] for c in known]
    graded = [
        (c, mine, yours)
        for c in known
        if (mine := _grade(c.first)) is not None and (yours := _grade(c.second)) is not None
    ]
    fracture = kappa(
        [call[0] for call in calls],
        [call[1] for call in calls],
        2,
        Weights.NONE,
        [c.patient for c in known],
        resamples,
        seed,
    )
    grade = kappa(
        [one for _, one, _ in graded],
        [other for _, _, other in graded],
        GRADES,
        weights,
        [c.patient for c, _, _ in graded],
        resamples,
        seed,
    )
    return Agreement(
        films=len(used),
        patients=len({p.patient for p in used}),
        turned_down=len(pairs) - len(used),
        fracture=fracture,
        grade=grade,
        weights=weights,
        corners=_corners(cases, resamples, seed),
        heights={name: _heights(cases, k, in_mm) for k, name in enumerate(HEIGHT_NAMES)},
        notes=tuple(_notes(len(used), fracture, in_mm, cases)),
    )


def _grade(body: VertebraLabel) -> int | None:
    return 0 if body.status is Status.NORMAL else body.genant_grade


def _corners(cases: Sequence[_Case], resamples: int, seed: int) -> CornerAgreement:
    found = [(c.patient, d) for c in cases if (d := corner_distance(c.first, c.second)) is not None]
    if not found:
        return CornerAgreement(0, None, None, None, None)
    values = [100 * d for _, d in found]
    patients = [patient for patient, _ in found]
    figure = median(values, patients, Clusters(patients, max(1, resamples), seed))
    return CornerAgreement(
        len(values),
        figure.value,
        figure.low,
        figure.high,
        float(np.percentile(values, 90)),
        tuple(values),
    )


def _heights(cases: Sequence[_Case], which: int, in_mm: bool) -> HeightAgreement:
    points = []
    for case in cases:
        pair = [_height(body, which, case.spacing_mm if in_mm else None) for body in
                (case.first, case.second)]  # fmt: skip
        if in_mm and case.spacing_mm is None:
            continue
        one, other = pair
        if one is None or other is None or one + other <= 0:
            continue
        mean = (one + other) / 2
        difference = other - one if in_mm else 100 * (other - one) / mean
        points.append(HeightPoint(case.film_id, case.level, mean, difference))
    return HeightAgreement(
        "mm" if in_mm else "percent",
        "mm" if in_mm else "px",
        limits_of_agreement([p.difference for p in points]),
        tuple(points),
    )


def _height(
    body: VertebraLabel, which: int, spacing_mm: tuple[float, float] | None
) -> float | None:
    """Anterior, middle or posterior height; no middle height without mid-endplates."""
    if not body.has_quad:
        return None
    points = body.six_points_px
    if points is None:
        if which == 1:
            return None
        points = body.corners_px
    assert points is not None
    if spacing_mm is not None:
        points = points * np.array([spacing_mm[1], spacing_mm[0]])
    size = heights(points)
    return (size.anterior, size.middle, size.posterior)[which]


def _notes(films: int, fracture: Kappa, in_mm: bool, cases: Sequence[_Case]) -> list[str]:
    notes = []
    if films < FEW_FILMS:
        notes.append(
            f"Two readers have decided {films} film{'' if films == 1 else 's'}; figures of fewer "
            f"than {FEW_FILMS} say little."
        )
    if fracture.n and fracture.value is None:
        notes.append("Both readers gave all bodies one status: kappa does not exist for these.")
    if in_mm and any(c.spacing_mm is None for c in cases):
        notes.append("Films without a pixel spacing are left out of the heights in mm.")
    return notes
