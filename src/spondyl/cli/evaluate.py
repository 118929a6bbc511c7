"""``spondyl evaluate``: readings held against labels."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import ExitCode, need_extra, outcome, say
from spondyl.cli.options import Split, Weights


def evaluate(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", exists=True, help="Folder with films.json.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            file_okay=False,
            help="Folder of evaluation.json, evaluation.html and readings/.",
        ),
    ],
    site: Annotated[
        str, typer.Option(metavar="NAME", help="The site whose thresholds are used.")
    ] = "default",
    split: Split = None,
    readings: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Use the readings that `spondyl read DATASET --out DIR` wrote.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many films.")] = None,
    weights: Weights = None,
    threads: Annotated[
        int, typer.Option(min=0, help="Threads for one film; 0 shares the cores out.")
    ] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Films read at the same time.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print evaluation.json, and nothing else.")
    ] = False,
) -> None:
    """Read a labelled set and say how much of it was right.

    A run that was stopped goes on where it was: readings kept in DIR/readings are used again while
    the film, the networks, the site and the program are the same.

    [bold]Example[/bold]

    spondyl evaluate data/simulated --out runs/evaluation
    """
    need_extra("evaluate", "evaluate")
    from spondyl.cli.compose import FilmSource, core_count
    from spondyl.evaluate import evaluate as run_evaluation

    source = FilmSource(site, threads or max(1, core_count() // workers), weights)
    run = run_evaluation(
        dataset, out, source.read, model=source.model, site=site,
        fingerprint=source.fingerprint, split=split, limit=limit, workers=workers,
        readings=readings,
    )  # fmt: skip
    if as_json:
        import json

        print(json.dumps(run.to_json()))
    else:
        from spondyl.cli.tables import print_evaluation

        print_evaluation(run)
        print(f"The whole evaluation is in {out / 'evaluation.html'}")
    failed = [film for film in run.outcomes if film.error is not None]
    for film in failed:
        say(f"{film.film}: {film.error}")
    code = outcome(len(run.outcomes) - len(failed), len(failed))
    if code is not ExitCode.DONE:
        raise typer.Exit(code)
