"""How good the report labels were, and how readers do against the truth as well as the reports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from spondyl.anatomy import JUDGED_LEVELS, LEVELS, Status
from spondyl.evaluate.diagnostics import diagnostics
from spondyl.evaluate.outcome import FilmOutcome
from spondyl.evaluate.statistics import Clusters, Figure, proportion
from spondyl.labels import FilmLabel
from spondyl.study.results.mean import averaged
from spondyl.study.results.model import Comparison
from spondyl.study.results.readers import UNITS
from spondyl.study.tables.table import Column, Row, Table, Value

_SHOWN = ("sensitivity", "specificity", "auc")


def report_labels(
    sets: Mapping[str, tuple[Sequence[FilmLabel], Sequence[FilmLabel]]],
) -> Table | None:
    """Labels out of reports held against the truth, body by body (T11-L5, drawn).

    Parameters
    ----------
    sets : mapping
        Name -> labels by report, and the truth of the same films.

    Returns
    -------
    Table or None
        None where no truth is known.
    """
    rows = []
    for name, (labels, truth) in sets.items():
        pairs = body_pairs(labels, truth)
        if not pairs:
            continue
        clusters = Clusters([patient for _, _, patient in pairs])
        for status in (Status.FRACTURED, Status.NORMAL):
            told = [(t, p) for said, t, p in pairs if said is status]
            really = [(said, p) for said, t, p in pairs if t is status]
            silent = [(said is Status.UNKNOWN, p) for said, t, p in pairs if t is status]
            rows.append(
                Row(
                    (
                        str(status), len(really), len(told),
                        _share([(said is status, p) for said, p in really], clusters),
                        _share([(t is status, p) for t, p in told], clusters),
                        _share(silent, clusters),
                    ),
                    group=name,
                )
            )  # fmt: skip
    if not rows:
        return None
    return Table(
        "report-labels",
        "Labels from reports against the truth, per vertebral body",
        (
            Column("Status"), Column("Truly so", "count"), Column("Labelled so", "count"),
            Column("Of those truly so, labelled so", "figure"),
            Column("Of those labelled so, truly so", "figure"),
            Column("Of those truly so, report silent or unsure", "figure"),
        ),
        tuple(rows),
        (
            "T11-L5 with drawn trapezoids. What a report misses, puts on another level or leaves "
            "open counts here, and what its reading by machine gets wrong.",
        ),
    )  # fmt: skip


def body_pairs(
    labels: Sequence[FilmLabel], truth: Sequence[FilmLabel]
) -> list[tuple[Status, Status, str]]:
    """(by report, truly, patient) of every assessable drawn body T11-L5 of which both are known."""
    known = {film.name: film for film in truth}
    pairs: list[tuple[Status, Status, str]] = []
    for film in labels:
        true = known.get(film.name)
        if true is None:
            continue
        for level, body in film.vertebrae.items():
            real = true.vertebrae.get(level)
            asked = level in JUDGED_LEVELS and body.has_quad and body.assessable
            if asked and real is not None and real.status is not Status.UNKNOWN:
                pairs.append((body.status, real.status, film.patient or film.name))
    return pairs


def against_truth(
    comparison: Comparison, truths: Mapping[str, Sequence[FilmLabel]]
) -> Table | None:
    """Every system held against the reports and against the truth, by set.

    Parameters
    ----------
    comparison : Comparison
    truths : mapping
        Set -> the truth of its films.

    Returns
    -------
    Table or None
        None where no truth is known.
    """
    rows = []
    for facts in comparison.sets:
        truth = truths.get(facts.name, ())
        if not truth:
            continue
        place = "External" if facts.external else "Internal"
        kind = " (simulated films)" if facts.simulated else ""
        where = place if facts.name == "internal" else f"{place}: {facts.name}"
        for system in comparison.systems:
            results = comparison.of(system, facts.name)
            if not results:
                continue
            by_report = averaged(results)
            judged = {"reports": by_report, "truth": with_truth(by_report, truth)}
            for unit, words in UNITS:
                for against, outcomes in judged.items():
                    figures = diagnostics(outcomes, unit)
                    cells: list[Value] = [system, words, against]
                    cells += [figures[key] for key in _SHOWN]
                    rows.append(Row(tuple(cells), group=f"{where}{kind}"))
    if not rows:
        return None
    return Table(
        "against-truth",
        "The same readers held against the reports and against the truth",
        (
            Column("System"), Column("Unit"), Column("Held against"),
            Column("Sensitivity", "figure"), Column("Specificity", "figure"),
            Column("AUC", "figure"),
        ),
        tuple(rows),
        (
            "Trainings of a system averaged. Training and thresholds rest on the reports alone; "
            "the truth was kept apart.",
        ),
    )  # fmt: skip


def with_truth(
    outcomes: Iterable[FilmOutcome], truth: Sequence[FilmLabel]
) -> tuple[FilmOutcome, ...]:
    """The same readings judged by another reference; films without one are left out."""
    known = {film.name: film for film in truth}
    return tuple(
        _judged(outcome, known[outcome.film]) for outcome in outcomes if outcome.film in known
    )


def _judged(outcome: FilmOutcome, truth: FilmLabel) -> FilmOutcome:
    bodies = []
    for body in outcome.bodies:
        real = truth.vertebrae.get(body.level)
        bodies.append(
            replace(
                body,
                status=Status.UNKNOWN if real is None else real.status,
                genant_grade=None if real is None else real.genant_grade,
                shape=None if real is None else real.shape,
                loss_true=None if real is None else real.height_loss,
            )
        )
    known = [
        body.status
        for body in truth.vertebrae.values()
        if LEVELS[body.level].judged and body.assessable and body.status is not Status.UNKNOWN
    ]
    return replace(
        outcome,
        bodies=tuple(bodies),
        fractured=Status.FRACTURED in known if known else None,
        false_alarms_on_normal=sum(
            body.called_fractured and body.status is Status.NORMAL for body in bodies
        ),
    )


def _share(cases: Sequence[tuple[bool, str]], clusters: Clusters) -> Figure:
    if not cases:
        return Figure(None, 0)
    return proportion([right for right, _ in cases], [patient for _, patient in cases], clusters)
