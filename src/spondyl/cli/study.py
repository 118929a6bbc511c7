"""``spondyl study``: from reports to tables in one command."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import need_extra, say, show_path
from spondyl.cli.progress import progress_bar


def study(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="STUDY", exists=True, dir_okay=False, help="Hospitals, split, arms (YAML)."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            file_okay=False,
            help="Folder of the study; a run that was stopped goes on there.",
        ),
    ],
    check: Annotated[
        bool,
        typer.Option("--check", help="Look at the settings and at what is at hand; write nothing."),
    ] = False,
) -> None:
    """Run a whole study: labels from reports, split, arms trained and tested, statistics, page.

    Hospitals are folders of films with reports and drawn trapezoids, or simulated. The page is
    DIR/study.html, its tables are in DIR/tables, seed, times and hardware in DIR/study.json.

    [bold]Example[/bold]

    spondyl study experiments/study-small.yaml --out runs/study-small
    """
    for extra in ("train", "reports"):
        need_extra("study", extra)
    from spondyl.study.plan.form import load_study

    plan = load_study(config)
    if check:
        from spondyl.study.films.gather import check_hospitals

        for line in check_hospitals(plan):
            print(line)
        return
    from spondyl.study.run import run_study

    done = run_study(plan, out, say, progress=progress_bar)
    for name, entry in done.stages.items():
        say(f"{name}: {float(entry['seconds']) / 60:.1f} minutes")
    print(f"The page is {show_path(done.page)}")
