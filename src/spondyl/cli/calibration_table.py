"""What `spondyl calibrate` says on the terminal."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from spondyl.cli.errors import say, show_path
from spondyl.cli.tables import console
from spondyl.read.calibration import Expected
from spondyl.read.site import Site

#: Figure -> its words and its kind.
_ROWS = {
    "sensitivity_body": ("Sensitivity per body", "share"),
    "specificity_body": ("Specificity per body", "share"),
    "sensitivity_film": ("Sensitivity per film", "share"),
    "specificity_film": ("Specificity per film", "share"),
    "false_alarms_per_film": ("False alarms per film", "count"),
    "ece_before": ("Calibration error before", "error"),
    "ece": ("Calibration error now", "error"),
}


def print_calibration(site: Site, start: Site, file: Path) -> None:
    """Threshold, what was fitted and why, what to expect, and what to beware of."""
    made = site.made_from
    if made is None:
        raise ValueError(f"The site {site.name!r} has no record of a calibration.")
    screen = console()
    screen.print(f"[bold]{site.name}[/bold]: {site.note}", highlight=False)
    screen.print(
        f"Threshold {site.threshold:.3f} for {made.target} (before: {start.threshold:.3f}, of the "
        f"site {start.name}).",
        highlight=False,
    )
    screen.print(f"Probabilities: {made.method}", highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("To expect on new films of this source")
    for words in ("Value", "95 % interval", "n"):
        table.add_column(words, justify="right")
    for key, (words, kind) in _ROWS.items():
        if key in made.expected:
            table.add_row(f"  {words}", *cells(made.expected[key], kind))
    screen.print(table)
    screen.print(
        Text("Corrected for being fitted to these very films, by fits to resampled patients."),
        style="dim",
    )
    for warning in made.warnings:
        say(warning)
    print(f"Use it with --site {show_path(file)}")


def cells(figure: Expected, kind: str) -> tuple[str, str, str]:
    """Value, interval and number of cases for people.

    Examples
    --------
    >>> cells(Expected(0.95, 0.9, 0.98, 120), "share")
    ('95.0 %', '90.0 – 98.0', '120')
    """
    if figure.value != figure.value:
        return "–", "", str(figure.n)
    scale, digits = {"share": (100, 1), "count": (1, 3), "error": (1, 3)}[kind]
    value = f"{scale * figure.value:.{digits}f}" + (" %" if kind == "share" else "")
    if figure.low is None or figure.high is None:
        return value, "", str(figure.n)
    interval = f"{scale * figure.low:.{digits}f} – {scale * figure.high:.{digits}f}"
    return value, interval, str(figure.n)
