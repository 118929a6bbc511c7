"""``spondyl labels``: what is known of films, brought in and checked."""

import typer

from spondyl.cli.labels_check import check, split
from spondyl.cli.labels_formats import export_labels, import_labels
from spondyl.cli.labels_reports import from_reports

labels = typer.Typer(
    name="labels",
    help="Labels of films: from reports, from and to other formats, checked, split.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
labels.command("from-reports")(from_reports)
labels.command("import")(import_labels)
labels.command("export")(export_labels)
labels.command("check")(check)
labels.command("split")(split)
