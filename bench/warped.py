"""Fractures warped into real films that show none: how many of them are called, by shape and loss.

Every normal T11-L5 body with four corners is pressed together as wedge, biconcave and crush by
several shares of its height; two or three bodies of a film at once, at least three levels apart.
Films are evaluated, never trained on. The fractures are made, not real.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/warped.py` finds `bench`

from bench.goals import parser, tell_sections
from bench.warped_figures import LOSSES, SHAPES, Case, Warped, save_cases, section_of
from spondyl.anatomy import JUDGED_LEVELS, Level, Shape, Status
from spondyl.evaluate.match import match_findings
from spondyl.film import Film, load_film
from spondyl.labels import Dataset, FilmLabel, load_dataset
from spondyl.simulate.collapse import Collapse, collapse_film, collapsible

if TYPE_CHECKING:
    from spondyl.read.reader import Reader

SEED = 20_261_123
_EVERY = 3


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
