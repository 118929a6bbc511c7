"""Level by level: fracture calls against the truth, and names given against true names."""

from collections import Counter
from collections.abc import Sequence

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.evaluate.outcome import BodyOutcome
from spondyl.evaluate.statistics import Figure, wilson
from spondyl.study.results.readers import Reader, SetReaders
from spondyl.study.tables.paper import file_key
from spondyl.study.tables.table import Column, Row, Table

_NOT_FOUND = "Not found"


def confusion_table(readers: SetReaders) -> Table:
    """Called and missed fractures, passed and alarmed normal bodies, for each level."""
    rows = []
    for system, reader in readers.averages.items():
        bodies = _judged(reader)
        for level in (*JUDGED_LEVELS, None):
            chosen = [body for body in bodies if level is None or body.level is level]
            rows.append(Row((str(level or "All"), *_counts(chosen)), f"{system}, {reader.words}"))
    return Table(
        key=f"confusion-{file_key(readers.facts.name)}",
        title=f"Fracture calls by level. {readers.title}",
        columns=(
            Column("Level"),
            Column("Fractured, called", "count"),
            Column("Fractured, missed", "count"),
            Column("Normal, called", "count"),
            Column("Normal, passed", "count"),
            Column("Sensitivity (95 % interval)", "figure"),
            Column("Specificity (95 % interval)", "figure"),
        ),
        rows=tuple(rows),
        notes=(
            "Bodies of known status. Intervals are Wilson’s, which do not know that several bodies "
            "are one patient’s; those of the table of figures do.",
        ),
    )


def _judged(reader: Reader) -> list[BodyOutcome]:
    return [body for film in reader.outcomes for body in film.judged]


def _counts(bodies: Sequence[BodyOutcome]) -> tuple[int | Figure, ...]:
    cells = Counter(
        (body.status, body.called_fractured) for body in bodies if body.status is not Status.UNKNOWN
    )
    called, missed = cells[Status.FRACTURED, True], cells[Status.FRACTURED, False]
    alarmed, passed = cells[Status.NORMAL, True], cells[Status.NORMAL, False]
    return called, missed, alarmed, passed, _share(called, missed), _share(passed, alarmed)


def _share(right: int, wrong: int) -> Figure:
    n = right + wrong
    return Figure(right / n, n, *wilson(right, n), "Wilson") if n else Figure(None, 0)


def naming_table(readers: SetReaders, reader: Reader) -> Table:
    """True level against the name that was given; what was never found is a column of its own."""
    bodies = _judged(reader)
    seen = {body.named for body in bodies if body.named is not None}
    names = [level for level in Level if level in seen or level in JUDGED_LEVELS]
    rows = []
    for level in JUDGED_LEVELS:
        own = [body for body in bodies if body.level is level]
        given = Counter(body.named for body in own if body.found)
        right = given[level]
        rows.append(
            Row((
                str(level),
                *(given[name] for name in names),
                len(own) - sum(given.values()),
                _share(right, len(own) - right),
            ))
        )  # fmt: skip
    return Table(
        key=f"naming-{file_key(readers.facts.name)}-{file_key(reader.system)}",
        title=f"Names given, by true level. {reader.system}, {reader.words}. {readers.title}",
        columns=(
            Column("True level"),
            *(Column(str(name), "count") for name in names),
            Column(_NOT_FOUND, "count"),
            Column("Named right (95 % interval)", "figure"),
        ),
        rows=tuple(rows),
        notes=("Every labelled body T11–L5, of whatever status. Intervals are Wilson’s.",),
    )
