"""How far probabilities can be trusted, how figures differ between groups, what training took."""

from collections.abc import Mapping, Sequence

from spondyl.evaluate.fracture import body_cases, film_cases, fracture_figures
from spondyl.evaluate.statistics import Clusters, Figure
from spondyl.evaluate.subgroups import Grouping, all_subgroups
from spondyl.study.results.model import Comparison
from spondyl.study.results.readers import BODY, FILM, UNITS, Reader, SetReaders
from spondyl.study.results.words import budget_words, goal_words, hardware_words
from spondyl.study.tables.paper import file_key
from spondyl.study.tables.table import Column, Row, Table, Value

_CALIBRATION: tuple[tuple[str, str], ...] = (
    ("calibration_slope", "Calibration slope"),
    ("calibration_intercept", "Calibration intercept, at slope 1"),
    ("calibration_error", "Expected calibration error"),
    ("brier", "Brier score"),
)
_BY: Mapping[Grouping, str] = {
    Grouping.LEVEL: "By level",
    Grouping.GRADE: "By true grade (Genant)",
    Grouping.SEX: "By sex",
    Grouping.AGE: "By age, years",
    Grouping.SITE: "By site",
    Grouping.VIEW: "By view",
}
_SHOWN: tuple[tuple[str, str], ...] = (
    ("sensitivity", "Sensitivity"),
    ("specificity", "Specificity"),
    ("auc", "AUC"),
)


def calibration_table(readers: SetReaders) -> Table:
    """Calibration of each system's average, per film and per body."""
    figures = {system: _calibration(reader) for system, reader in readers.averages.items()}
    rows = [
        Row((words, *(figures[system][unit][key] for system in figures)), unit_words)
        for unit, unit_words in UNITS
        for key, words in _CALIBRATION
    ]
    return Table(
        key=f"calibration-{file_key(readers.facts.name)}",
        title=f"Calibration. {readers.title}",
        columns=(
            Column(""),
            *(Column(f"{r.system}, {r.words}", "number") for r in readers.averages.values()),
        ),
        rows=tuple(rows),
        notes=(
            "Slope 1 and intercept 0 are perfect; a slope below 1 is overconfidence. Films and "
            "bodies that were given no probability are left out. 95 % intervals, clustered by "
            "patient.",
        ),
    )


def _calibration(reader: Reader) -> dict[str, Mapping[str, Figure]]:
    clusters = Clusters([film.patient for film in reader.outcomes])
    bodies = [body for film in reader.outcomes for body in film.judged]
    return {
        FILM: fracture_figures(film_cases(reader.outcomes), clusters),
        BODY: fracture_figures(body_cases(bodies), clusters),
    }


def training_table(comparison: Comparison) -> Table:
    """Every training: seed, steps, minutes."""
    budget = budget_words(comparison.plan)
    rows = [
        Row((
            run.arm, run.seed, run.fold, run.steps, run.epochs, run.minutes, run.parameters,
            run.score,
        ))
        for run in comparison.runs
    ]  # fmt: skip
    return Table(
        key="training",
        title="Training",
        columns=(
            Column("Arm"),
            Column("Seed", "count"),
            Column("Fold", "count"),
            Column("Steps", "count"),
            Column("Epochs", "number"),
            Column("Minutes", "number"),
            Column("Parameters", "count"),
            Column("Validation score", "share"),
        ),
        rows=tuple(rows),
        notes=(
            " ".join(
                filter(
                    None,
                    (
                        f"{comparison.minutes:,.1f} minutes of training in all.",
                        f"Budget of each: {budget}." if budget else "",
                        hardware_words(comparison),
                    ),
                )
            ),
        ),
    )


def thresholds_table(comparison: Comparison, sets: Sequence[SetReaders]) -> Table:
    """Where calls are made; chosen on validation films, the same for every set."""
    goal = goal_words(comparison.plan)
    rows: dict[tuple[Value, ...], None] = {}
    for readers in sets:
        for system, trained in readers.trainings.items():
            for one in trained:
                rows[system, one.words, one.film_threshold, one.body_threshold] = None
    return Table(
        key="thresholds",
        title="Thresholds",
        columns=(
            Column("System"),
            Column("Training"),
            Column("Film", "share"),
            Column("Body", "share"),
        ),
        rows=tuple(Row(cells) for cells in rows),
        notes=(
            f"Chosen on validation films alone{f', for {goal}' if goal else ''}; the same for "
            "every test set.",
        ),
    )


def subgroup_table(readers: SetReaders, reader: Reader) -> Table:
    """Figures per body of the parts of a set, as far as its labels name any."""
    groups = all_subgroups(reader.outcomes, readers.facts.labels, BODY)
    rows = [
        Row(
            (_name(name, grouping), *(figures.get(key) for key, _ in _SHOWN), _cases(figures)),
            _BY[grouping],
        )
        for grouping, named in groups.items()
        for name, figures in named.items()
    ]
    return Table(
        key=f"subgroups-{file_key(readers.facts.name)}-{file_key(reader.system)}",
        title=f"Subgroups, per body. {reader.system}, {reader.words}. {readers.title}",
        columns=(
            Column(""),
            *(Column(f"{words} (95 % interval)", "figure") for _, words in _SHOWN),
            Column("Bodies", "count"),
        ),
        rows=tuple(rows),
        notes=(
            "Small groups have wide intervals; no test was made between groups. A grouping of "
            "which the labels know fewer than two parts is not shown; “unknown” holds films "
            "whose labels are silent.",
        ),
    )


def _name(name: str, grouping: Grouping) -> str:
    """Ages with a dash between them, as intervals have."""
    return name.replace("-", "–") if grouping is Grouping.AGE else name


def _cases(figures: Mapping[str, Figure]) -> int | None:
    """Fractured and normal cases of a group."""
    known = [figures[key].n for key in ("sensitivity", "specificity") if key in figures]
    return sum(known) if known else None
