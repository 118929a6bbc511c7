"""``spondyl labels``: what is known of films, brought in and checked."""

import typer

from spondyl.cli.labels_reports import from_reports

labels = typer.Typer(
    name="labels",
    help="Labels of films: from reports, from other formats, checked.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
labels.command("from-reports")(from_reports)
