"""Tables on the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from spondyl.evaluate.run import EvaluationRun
    from spondyl.read.model import Finding, Reading

#: In a pipe a table may be as wide as it needs.
_PIPE_WIDTH = 240
#: A numbering less sure than this is marked.
_UNSURE = 0.8


def console() -> Console:
    """Standard output, wide in a pipe."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=_PIPE_WIDTH)


def reading_row(name: str, reading: "Reading") -> tuple[str, ...]:
    """A reading as one row of the table: text only, so that the film's pixels can go."""
    fractured = [fracture_words(finding) for finding in reading.findings if finding.fractured]
    return (
        name,
        levels_seen(reading.findings),
        "\n".join(fractured) or ("none" if reading.assessable else "not assessable"),
        f"{100 * reading.fracture_probability:.0f} %" if reading.assessable else "",
        numbering_words(reading),
        "\n".join((*reading.reasons, *reading.warnings)),
    )


def print_readings(rows: Sequence[tuple[str, ...]]) -> None:
    """One row a film: levels seen, what looks fractured, how sure the numbering is, warnings."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Film", overflow="fold")
    table.add_column("Levels")
    table.add_column("Looks fractured")
    table.add_column("Any fracture", justify="right")
    table.add_column("Numbering", justify="right")
    table.add_column("Notes", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    screen = console()
    screen.print(table)
    screen.print("Research software, not a medical device.", style="dim")


def levels_seen(findings: Sequence["Finding"]) -> str:
    """The levels from top to bottom, runs shortened.

    A level missing between two others shows as a break: ``T11-L2, L4-S1``.
    """
    from spondyl.anatomy import Level, below

    runs: list[list[Level]] = []
    for finding in findings:
        last = runs[-1][-1] if runs else None
        follows = last is not None and (
            below(last) is finding.level or (last, finding.level) == (Level.L5, Level.L6)
        )
        if follows:
            runs[-1].append(finding.level)
        else:
            runs.append([finding.level])
    return (
        ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs) or "none"
    )


def fracture_words(finding: "Finding") -> str:
    """Level, probability, and what was measured: ``L1 87 % (wedge, grade 2, 31 % lost)``."""
    facts = []
    if finding.shape is not None and finding.shape != "normal":
        facts.append(str(finding.shape))
    if finding.genant_grade is not None:
        facts.append(f"grade {int(finding.genant_grade)}")
    if finding.height_loss is not None:
        facts.append(f"{100 * finding.height_loss:.0f} % lost")
    detail = f" ({', '.join(facts)})" if facts else ""
    return f"{finding.level} {100 * finding.fracture_probability:.0f} %{detail}"


def numbering_words(reading: "Reading") -> str:
    """Confidence, and the way a column would shift if it is wrong."""
    words = f"{100 * reading.numbering.confidence:.0f} %"
    shift = reading.numbering.alternative_shift
    if reading.numbering.confidence < _UNSURE and shift:
        words += f", or one {'lower' if shift > 0 else 'higher'}"
    return words


def print_evaluation(run: "EvaluationRun") -> None:
    """The headline figures of an evaluation."""
    from spondyl.evaluate.report import BREAKDOWNS, TABLES, interval, mix_words, number, provenance

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Figure")
    for words in ("Value", "95 % interval", "n"):
        table.add_column(words, justify="right")
    for group, title, rows in TABLES:
        table.add_row(title, style="bold")
        for row in rows:
            figure = getattr(run.figures, group)[row.key]
            if figure.value is not None:
                table.add_row(
                    f"  {row.words}",
                    number(figure.value, row.kind),
                    interval(figure, row.kind),
                    str(figure.n),
                )
    for group, title in BREAKDOWNS:
        # Mimics are normal bodies: what counts is how many of them pass as such.
        key = "specificity" if group == "by_mimic" else "sensitivity"
        known = {name: f[key] for name, f in getattr(run.figures, group).items() if f[key].n}
        if known:
            table.add_row(f"{key.capitalize()}. {title}", style="bold")
        for name, figure in known.items():
            table.add_row(f"  {name}", number(figure.value), interval(figure), str(figure.n))
    screen = console()
    screen.print(
        f"[bold]{run.set_name}[/bold]: {run.figures.films} films, {run.figures.patients} patients"
    )
    screen.print(provenance(run), style="dim")
    screen.print(mix_words(run), style="dim")
    screen.print(table)
