"""``spondyl labels from-reports``: what reports say of each body."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import ExitCode, need_extra, outcome, say, wrong_use


def from_reports(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="REPORTS",
            exists=True,
            help="A table (CSV with the columns film, text), a folder of text files and DICOM SR "
            "objects, or one of them.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            file_okay=False,
            help="Write films.json there; labels that it holds already are kept.",
        ),
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="Write every label with its words, the doubtful first: .html or .csv.",
        ),
    ] = None,
    films: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Where the films lie; each report must have one there.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a line of JSON a report, and nothing else.")
    ] = False,
) -> None:
    """Read the status of each body out of radiology reports (free English text).

    Nothing is guessed: what a report is silent on stays unknown, what it suspects is unknown and
    marked so, and every label keeps the words it came from.

    [bold]Example[/bold]

    spondyl labels from-reports reports.csv --out data/north --review review.html
    """
    need_extra("labels from-reports", "reports")
    if review is not None and review.suffix.lower() not in (".html", ".htm", ".csv"):
        wrong_use(f"--review writes .html or .csv; {review} ends otherwise.")
    from spondyl.cli.reports import label_reports

    done = label_reports(source, out=out, review=review, films=films, as_json=as_json)
    for sentence in done.failures:
        say(sentence)
    code = outcome(done.labelled, len(done.failures))
    if code is not ExitCode.DONE:
        raise typer.Exit(code)
