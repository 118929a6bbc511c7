"""Figures of fractures that were warped into films: sensitivity and AUC by shape and loss."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from bench.goals import Figure, Section
from spondyl.anatomy import JUDGED_LEVELS, Level, Shape
from spondyl.evaluate.calibration_expect import poisson
from spondyl.evaluate.statistics import POISSON, WILSON, Clusters, area, wilson

SHAPES = (Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH)
LOSSES = (0.225, 0.25, 0.35, 0.50)
#: Loss -> least sensitivity (of each shape), least AUC (of all shapes).
GOALS = {0.25: (0.80, 0.95), 0.35: (0.92, 0.98), 0.50: (0.97, 0.99)}
#: Genant's bands: name, from, below.
BANDS = (("20-25 %", 0.20, 0.25), ("25-40 %", 0.25, 0.40), ("over 40 %", 0.40, 1.0))
#: Alarms per film that another threshold may raise on these films as they are.
ALARMS_PER_FILM = 0.08


@dataclass(frozen=True)
class Case:
    """One body in one picture.

    Attributes
    ----------
    film : str
    level : Level
    shape : Shape
        ``normal`` for the film as it is.
    loss : float
        0 for the film as it is.
    found, assessable, fractured : bool
        As the reading says; a body that was not found is neither of the other two.
    probability : float
        0 for a body that was not found.
    """

    film: str
    level: Level
    shape: Shape
    loss: float
    found: bool = False
    assessable: bool = False
    fractured: bool = False
    probability: float = 0.0


@dataclass(frozen=True)
class Warped:
    """All that was read.

    Attributes
    ----------
    cases : tuple of Case
        Warped bodies, and the same ones unwarped.
    films : int
    alarms : int
        Fractures called on the films as they are, at bodies that are normal or at none.
    left_out : tuple of str
        Bodies that could not be warped, with the reason.
    """

    cases: tuple[Case, ...]
    films: int
    alarms: int
    left_out: tuple[str, ...] = ()


def figures_of(result: Warped) -> list[Figure]:
    """Figures with goals first."""
    warped = [case for case in result.cases if case.loss > 0]
    normal = [case for case in result.cases if case.loss == 0]
    clusters = Clusters([case.film for case in normal])
    losses = sorted({case.loss for case in warped})
    shapes = [shape for shape in SHAPES if any(case.shape is shape for case in warped)]

    def of(loss: float | None = None, shape: Shape | None = None) -> list[Case]:
        return [c for c in warped if loss in (None, c.loss) and shape in (None, c.shape)]

    held: list[Figure] = []
    told: list[Figure] = []
    for loss in losses:
        goals = GOALS.get(loss, (None, None))
        into = held if loss in GOALS else told
        into += [
            _share(f"sensitivity, {shape}, {loss:.1%} lost", of(loss, shape), goals[0])
            for shape in shapes
        ]
    for loss in losses:
        goals = GOALS.get(loss, (None, None))
        into = held if loss in GOALS else told
        into.append(_area(f"AUC, {loss:.1%} lost", of(loss), normal, clusters, goals[1]))
        told += [
            _area(f"AUC, {shape}, {loss:.1%} lost", of(loss, shape), normal, clusters)
            for shape in shapes
        ]
    for name, low, high in BANDS:
        inside = [case for case in warped if low <= case.loss < high]
        told.append(_share(f"sensitivity, {name} lost", inside))
    told += [
        _share(f"sensitivity, {level}", [case for case in warped if case.level is level])
        for level in JUDGED_LEVELS
    ]
    told.append(_share("these bodies unwarped, called", normal))
    if result.films:
        low, high = (count / result.films for count in poisson(result.alarms))
        rate = result.alarms / result.films
        name = "false alarms per film, unwarped"
        told.append(Figure(name, rate, low=low, high=high, n=result.films, method=POISSON))
    return held + told + _at_other_threshold(result, warped, normal)


def _at_other_threshold(
    result: Warped, warped: Sequence[Case], normal: Sequence[Case]
) -> list[Figure]:
    """Sensitivity where just so many alarms are allowed on the same bodies unwarped."""
    allowed = int(ALARMS_PER_FILM * result.films)
    ranked = sorted((case.probability for case in normal if case.assessable), reverse=True)
    if len(ranked) <= allowed:
        return []
    cut = ranked[allowed]
    rows = []
    for loss in sorted({case.loss for case in warped}):
        cases = [
            replace(case, fractured=case.assessable and case.probability > cut)
            for case in warped
            if case.loss == loss
        ]
        rows.append(_share(f"at a threshold of {cut:.3f}: sensitivity, {loss:.1%} lost", cases))
    return rows


def _share(name: str, cases: Sequence[Case], goal: float | None = None) -> Figure:
    if not cases:
        return Figure(name, None, goal=goal, n=0)
    called = sum(case.fractured for case in cases)
    low, high = wilson(called, len(cases))
    missed = sum(not case.found or not case.assessable for case in cases)
    note = f"{missed} not found or not assessable" if missed else ""
    return Figure(
        name, called / len(cases), goal=goal, note=note, low=low, high=high, n=len(cases),
        method=WILSON,
    )  # fmt: skip


def _area(
    name: str,
    cases: Sequence[Case],
    normal: Sequence[Case],
    clusters: Clusters,
    goal: float | None = None,
) -> Figure:
    every = [*cases, *normal]
    made = area(
        [case.probability for case in every],
        [case.loss > 0 for case in every],
        [case.film for case in every],
        clusters,
    )
    return Figure(
        name, made.value, goal=goal, low=made.low, high=made.high, n=len(cases), method=made.method
    )


def section_of(result: Warped, facts: dict[str, object]) -> Section:
    """The table, and what it leaves out."""
    warped = [case for case in result.cases if case.loss > 0]
    lost = [case for case in warped if not case.assessable]
    by_body: dict[str, int] = {}
    for case in lost:
        key = f"{case.film} {case.level} ({'not assessable' if case.found else 'not found'})"
        by_body[key] = by_body.get(key, 0) + 1
    remarks = [
        "Fractures are made by a warp of the picture, not real: no fracture line, no buckled "
        "cortex. Bodies not found or not assessable count as missed.",
        f"The last lines' threshold leaves {ALARMS_PER_FILM:g} alarms per film among the "
        "same bodies unwarped; it was chosen on them.",
    ]
    if by_body:
        listed = ", ".join(f"{key} {count}x" for key, count in sorted(by_body.items()))
        remarks.append(f"Not found or not assessable: {listed}.")
    remarks += [f"Left out: {reason}" for reason in result.left_out]
    bodies = sum(case.loss == 0 for case in result.cases)
    facts = {**facts, "films": result.films, "bodies": bodies, "warped bodies": len(warped)}
    return Section(
        "Real films, fractures warped in", tuple(figures_of(result)), facts, tuple(remarks)
    )


def save_cases(result: Warped, file: Path) -> None:
    """One line per body and picture, as CSV."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [field.name for field in fields(Case)])
        writer.writeheader()
        for case in result.cases:
            row = asdict(case)
            writer.writerow(row | {"probability": f"{case.probability:.5f}"})
