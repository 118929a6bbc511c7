"""Fractures warped into real films that show none: how many of them are called, by shape and loss.

Every normal T11-L5 body with four corners is pressed together as wedge, biconcave and crush by
several shares of its height; two or three bodies of a film at once, at least three levels apart.
Films are evaluated, never trained on. The fractures are made, not real.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/warped.py` finds `bench`

from bench.goals import Figure, Section, parser, tell_sections
from spondyl.anatomy import JUDGED_LEVELS, Level, Shape, Status
from spondyl.evaluate.match import match_findings
from spondyl.evaluate.statistics import WILSON, Clusters, area, wilson
from spondyl.film import Film, load_film
from spondyl.labels import Dataset, FilmLabel, load_dataset
from spondyl.simulate.collapse import Collapse, collapse_film, collapsible

if TYPE_CHECKING:
    from spondyl.cli.compose import FilmSource
    from spondyl.read.reader import Reader

SHAPES = (Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH)
LOSSES = (0.225, 0.25, 0.35, 0.50)
#: Loss -> least sensitivity (of each shape), least AUC (of all shapes).
GOALS = {0.25: (0.80, 0.95), 0.35: (0.92, 0.98), 0.50: (0.97, 0.99)}
#: Genant's bands: name, from, below.
BANDS = (("20-25 %", 0.20, 0.25), ("25-40 %", 0.25, 0.40), ("over 40 %", 0.40, 1.0))
#: Alarms per film that another threshold may raise on these films as they are.
ALARMS_PER_FILM = 0.08
SEED = 20_261_123
_EVERY = 3


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


def measure_warped(
    films: Path,
    reader: "Reader",
    losses: Sequence[float] = LOSSES,
    shapes: Sequence[Shape] = SHAPES,
    seed: int = SEED,
    limit: int | None = None,
) -> Warped:
    """Warp fractures into a labelled set and read it.

    Parameters
    ----------
    films : Path
        Folder of a data set (``spondyl.dataset/1``).
    reader : Reader
    losses, shapes : sequence
    seed : int
        Of what shape and loss leave open; the same for every loss, so that only the loss differs.
    limit : int, optional
        Films at most.
    """
    from rich.console import Console
    from rich.progress import track

    dataset = load_dataset(films)
    shown = Console(stderr=True)
    films_read = [
        measure_film(dataset, number, reader, losses, shapes, seed)
        for number in track(
            range(len(dataset.films[:limit])), "Reading",
            console=shown, disable=not shown.is_terminal,
        )
    ]  # fmt: skip
    return together(films_read)


def measure_film(
    dataset: Dataset,
    number: int,
    reader: "Reader",
    losses: Sequence[float] = LOSSES,
    shapes: Sequence[Shape] = SHAPES,
    seed: int = SEED,
) -> Warped:
    """The same for film ``number`` of the set alone."""
    label = dataset.films[number]
    levels = [level for level in collapsible(label) if level in JUDGED_LEVELS]
    if not levels:
        return Warped((), 0, 0)
    film = load_film(dataset.path(label))
    cases, alarms = _read(reader, film, label, levels, Shape.NORMAL, 0.0)
    left_out = []
    for kind, shape in enumerate(shapes):
        for group in apart(levels):
            for loss in losses:
                rng = np.random.default_rng([seed, number, kind, list(Level).index(group[0])])
                wanted = [Collapse(level, shape, loss) for level in group]
                try:
                    pixels, moved = collapse_film(film.pixels, label, wanted, rng)
                except ValueError as reason:
                    left_out.append(f"{label.name} {' '.join(group)} {shape} {loss}: {reason}")
                    continue
                # Grey values as a file of 8 bits would hold them.
                warped = replace(film, pixels=np.round(pixels * 255) / np.float32(255))
                cases += _read(reader, warped, moved, group, shape, loss)[0]
    return Warped(tuple(cases), 1, alarms, tuple(left_out))


def together(films: Sequence[Warped]) -> Warped:
    """What was read of several films as one."""
    return Warped(
        tuple(case for film in films for case in film.cases),
        sum(film.films for film in films),
        sum(film.alarms for film in films),
        tuple(reason for film in films for reason in film.left_out),
    )


def apart(levels: Sequence[Level]) -> Iterator[tuple[Level, ...]]:
    """Groups of bodies that are three levels apart, which covers each body once."""
    order = list(JUDGED_LEVELS)
    for start in range(_EVERY):
        group = tuple(level for level in levels if order.index(level) % _EVERY == start)
        if group:
            yield group


def _read(
    reader: "Reader",
    film: Film,
    label: FilmLabel,
    levels: Iterable[Level],
    shape: Shape,
    loss: float,
) -> tuple[list[Case], int]:
    """Cases of some bodies, matched by place, and the alarms at normal bodies or at none."""
    findings = reader.read(film).findings
    truths = list(label.vertebrae.values())
    matched = {truths[j].level: findings[i] for i, j in match_findings(findings, truths)}
    cases = []
    for level in levels:
        case = Case(label.name, level, shape, loss)
        if (finding := matched.get(level)) is not None:
            case = replace(
                case, found=True, assessable=finding.assessable, fractured=finding.fractured,
                probability=float(finding.fracture_probability),
            )  # fmt: skip
        cases.append(case)
    called = [finding for finding in findings if finding.fractured]
    of = {id(finding): label.vertebrae[level] for level, finding in matched.items()}
    alarms = sum(
        body is None or (body.status is Status.NORMAL and body.assessable)
        for body in (of.get(id(finding)) for finding in called)
    )
    return cases, alarms


def figures_of(result: Warped) -> list[Figure]:
    """Figures with goals first."""
    warped = [case for case in result.cases if case.loss > 0]
    normal = [case for case in result.cases if case.loss == 0]
    clusters = Clusters([case.film for case in normal])
    losses = sorted({case.loss for case in warped})
    shapes = [shape for shape in SHAPES if any(case.shape is shape for case in warped)]

    def of(loss: float | None = None, shape: Shape | None = None) -> list[Case]:
        return [c for c in warped if loss in (None, c.loss) and shape in (None, c.shape)]

    held, told = [], []
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
    alarms = result.alarms / result.films if result.films else None
    told.append(Figure("false alarms per film, unwarped", alarms, n=result.films))
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
        f"The last lines' threshold leaves {ALARMS_PER_FILM:g} alarms per film on these films "
        "as they are; it was chosen on them.",
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


def warped_section(given: argparse.Namespace, out: Path, source: "FilmSource") -> Section:
    """The table for the bench of accuracy: set, site and weights as its arguments say.

    Parameters
    ----------
    given : argparse.Namespace
        ``real``, ``site`` and ``weights``.
    out : Path
        Folder that keeps the probabilities.
    source : FilmSource
        Names the model.
    """
    from spondyl.cli.compose import open_reader

    result = measure_warped(given.real, open_reader(given.site, 1, given.weights))
    save_cases(result, out / "warped.csv")
    facts: dict[str, object] = {"folder": given.real.resolve().name}
    return section_of(result, facts | {"model": source.model.get("sha256", "unknown")[:12]})


def main() -> int:
    """Warp, read, and print the figures beside their goals."""
    arguments = parser(__doc__)
    arguments.add_argument("--real", type=Path, default=Path("../shared/real-films"))
    arguments.add_argument("--losses", type=_numbers, default=LOSSES, help="such as 0.25,0.5")
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--films", type=int, help="films at most")
    arguments.add_argument("--out", type=Path, metavar="FILE", help="keep all probabilities (CSV)")
    arguments.add_argument("--weights", type=Path, help="folder of other networks")
    arguments.add_argument("--site", default="default")
    given = arguments.parse_args()
    if not (given.real / "films.json").is_file():
        print(f"There is no data set of real films in {given.real}; say where, by --real DIR.")
        return 0
    from spondyl.cli.compose import open_reader

    reader = open_reader(given.site, 1, given.weights)
    result = measure_warped(given.real, reader, given.losses, seed=given.seed, limit=given.films)
    if given.out:
        save_cases(result, given.out)
    facts = {
        "model": reader.model.sha256[:12],
        "site": reader.site.name,
        "threshold": reader.site.threshold,
    }
    return tell_sections([section_of(result, {})], given, facts)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
