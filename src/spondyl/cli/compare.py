"""``spondyl compare``: arms trained alike and held against one another."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.errors import ExitCode, need_extra, outcome, say
from spondyl.cli.progress import progress_bar

if TYPE_CHECKING:
    from spondyl.study.results.model import Comparison, SystemOnSet


def compare(
    plan: Annotated[
        Path,
        typer.Argument(
            metavar="COMPARE.yaml", exists=True, dir_okay=False, help="Films, arms, seeds, budget."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", file_okay=False, help="Folder of the comparison."),
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Trainings side by side, instead of the plan's.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads of each training, instead of the plan's.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print compare.json, and nothing else.")
    ] = False,
) -> None:
    """Train several networks alike, and test each on the same films.

    Arms (multi-task, levels alone, fractures alone, or any settings) get the same films, seeds,
    folds and budget; thresholds are chosen on validation films; then each system reads the test
    films and the external sets. Leaks between sides are refused. A run that was stopped goes on
    where it was: give the same command again.

    [bold]Example[/bold]

    spondyl compare experiments/compare-paper.yaml --out runs/compare
    """
    need_extra("compare", "train")
    from spondyl.study.compare.run import compare as run
    from spondyl.study.results.folder import COMPARE_NAME

    done = run(plan, out, workers=workers, threads=threads, progress=progress_bar)
    if as_json:
        print((out / COMPARE_NAME).read_text(encoding="utf-8"), end="")
    else:
        _print(done.comparison)
        print(f"The whole comparison is in {out}")
    for sentence in done.failed:
        say(sentence)
    code = outcome(len(done.comparison.results), len(done.failed))
    if code is not ExitCode.DONE:
        raise typer.Exit(code)


def _print(comparison: "Comparison") -> None:
    from rich.console import Console
    from rich.table import Table

    figures = ("AUC", "Sensitivity", "Specificity")
    table = Table(title="Mean over seeds and folds (lowest to highest)", title_justify="left")
    table.add_column("Set")
    table.add_column("System")
    table.add_column("Named right")
    for unit in ("Film", "Body"):
        for name in figures:
            table.add_column(f"{unit}: {name}")
    for one in comparison.sets:
        for system in comparison.systems:
            results = comparison.of(system, one.name)
            if results:
                table.add_row(f"{one.name} ({one.films} films)", system, *_figures(results))
    console = Console()
    # In a pipe there is no edge to wrap at.
    console.print(table) if console.is_terminal else Console(width=200).print(table)


def _figures(results: "tuple[SystemOnSet, ...]") -> list[str]:
    import json

    from spondyl.study.results.folder import EVALUATION_NAME

    read = [
        json.loads((one.folder / EVALUATION_NAME).read_text(encoding="utf-8"))["figures"]
        for one in results
    ]
    wanted = [("finding", "found_and_named_right")]
    for unit in ("fracture_film", "fracture_body"):
        wanted += [(unit, name) for name in ("auc", "sensitivity", "specificity")]
    return [_cell([one[group][name]["value"] for one in read]) for group, name in wanted]


def _cell(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    mean = f"{sum(known) / len(known):.3f}"
    return mean if len(known) == 1 else f"{mean} ({min(known):.3f} to {max(known):.3f})"
