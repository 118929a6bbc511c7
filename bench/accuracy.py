"""Read fresh simulated films, or a labelled set, and hold the figures against the goals."""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/accuracy.py` finds `bench`

from bench.goals import Figure, parser, tell

if TYPE_CHECKING:
    from spondyl.evaluate.run import EvaluationRun
    from spondyl.evaluate.statistics import Figure as Measured

#: Group of figures, figure, least (or, where True, most).
SIMULATED_GOALS = (
    ("finding", "found_and_named_right", 0.97, False),
    ("fracture_body", "auc", 0.97, False),
    ("fracture_film", "auc", 0.97, False),
    ("shape", "height_loss_mae", 0.04, True),
)
REAL_GOALS = (
    ("finding", "found", 0.97, False),
    ("numbering", "named_right_of_found", 0.95, False),
    ("fracture_body", "false_alarms_per_film", 0.1, True),
)
#: Films numbered wholly right: by the first word of the film's name, share of the films.
WHOLLY_RIGHT = {"standing": 10 / 12, "lumbar": 5 / 6}
#: Told beside the goals.
TOLD = (
    ("finding", "found"),
    ("finding", "corner_error"),
    ("numbering", "named_right_of_found"),
    ("numbering", "films_wholly_right"),
    ("numbering", "side_right"),
    ("fracture_body", "sensitivity"),
    ("fracture_body", "specificity"),
    ("fracture_body", "false_alarms_per_film"),
    ("fracture_film", "sensitivity"),
    ("fracture_film", "specificity"),
    ("shape", "anterior_posterior_mae"),
    ("shape", "middle_posterior_mae"),
)


def main() -> int:
    """Measure, and print the figures beside their goals."""
    arguments = parser(__doc__)
    arguments.add_argument("--films", type=int, default=1000, help="simulated films")
    arguments.add_argument("--seed", type=int, default=990_001, help="of the simulated films")
    arguments.add_argument("--set", type=Path, help="simulated films made before")
    arguments.add_argument("--real", type=Path, help="a labelled set of real films instead")
    arguments.add_argument("--out", type=Path, help="keep films, readings and pages here")
    arguments.add_argument("--weights", type=Path, help="folder of other networks")
    arguments.add_argument("--site", default="default")
    arguments.add_argument("--workers", type=int, default=2)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        run = measure(given, given.out or Path(place))
    figures = real_figures(run) if given.real else simulated_figures(run)
    facts = {
        "set": run.set_name,
        "films": run.figures.films,
        "bodies": run.figures.bodies,
        "films not readable": run.figures.films_failed,
        "films not assessable": run.figures.films_not_assessable,
        "model": run.model.get("sha256", "unknown")[:12],
        "site": run.site,
    }
    return tell(figures, given, facts)


def measure(given: argparse.Namespace, out: Path) -> "EvaluationRun":
    """Make the films if none are given, read and judge them."""
    from spondyl.cli.compose import FilmSource
    from spondyl.evaluate import evaluate

    films = given.real or given.set
    if films is None:
        from spondyl.simulate.write import write_dataset

        films = out / f"simulated-{given.seed}"
        write_dataset(films, given.films, given.seed, workers=given.workers)
    source = FilmSource(given.site, threads=1, weights=given.weights)
    return evaluate(
        films, out / "evaluation" / films.resolve().name, source.read, model=source.model,
        site=given.site, fingerprint=source.fingerprint, workers=given.workers,
        limit=None if given.real else given.films,
    )  # fmt: skip


def simulated_figures(run: "EvaluationRun") -> list[Figure]:
    """Goals on simulated films; these are not clinical figures."""
    return [_held(run, *goal) for goal in SIMULATED_GOALS] + _told(run, SIMULATED_GOALS)


def real_figures(run: "EvaluationRun") -> list[Figure]:
    """Goals on real films, and the films numbered wholly right by kind."""
    figures = [_held(run, *goal) for goal in REAL_GOALS]
    for kind, share in WHOLLY_RIGHT.items():
        films = [film for film in run.outcomes if film.film.startswith(kind)]
        if films:
            right = sum(bool(film.wholly_right) for film in films)
            least = round(share * len(films))
            name = f"{kind} films wholly right, of {len(films)}"
            wrong = [film.film for film in films if not film.wholly_right]
            note = f"wrong: {', '.join(wrong)}" if wrong else ""
            figures.append(Figure(name, right, "", least, note=note))
    return figures + _told(run, REAL_GOALS)


def _measured(run: "EvaluationRun", group: str, key: str) -> "Measured":
    figures: Mapping[str, Measured] = getattr(run.figures, group)
    return figures[key]


def _figure(measured: "Measured", name: str, goal: float | None, at_most: bool) -> Figure:
    note = f"n = {measured.n}"
    if measured.low is not None:
        note = f"[{measured.low:.3f}, {measured.high:.3f}], {note}"
    return Figure(name, measured.value, "", goal, at_most, note)


def _held(run: "EvaluationRun", group: str, key: str, goal: float, at_most: bool) -> Figure:
    return _figure(_measured(run, group, key), f"{group}: {key}", goal, at_most)


def _told(run: "EvaluationRun", held: tuple[tuple[str, str, float, bool], ...]) -> list[Figure]:
    goals = {(group, key) for group, key, _, _ in held}
    return [
        _figure(_measured(run, group, key), f"{group}: {key}", None, False)
        for group, key in TOLD
        if (group, key) not in goals
    ]


if __name__ == "__main__":
    sys.exit(main())
