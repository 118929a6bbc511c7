"""What a diagnostic study reports of one reader on one set, per film or per body.

Figures of a reader
-------------------
accuracy, sensitivity, specificity, ppv, npv
    Shares of the cases of known status; a body never found and a film that could not be read
    count as called normal.
f1
    ``2 * hits / (2 * hits + misses + alarms)``: the harmonic mean of sensitivity and PPV.
auc
    By ranks, ties a half; a body never found has probability 0.
level_success
    Per body: found and named right, of all labelled T11-L5 bodies. Per film: all of them found
    and named right.
false_alarms_per_film
    Findings called fractured on a normal body or on no body, at the reading's own threshold.
    ``false_alarms_on_normal_per_film`` counts labelled T11-L5 bodies alone, at any threshold.

Their intervals
---------------
Where every patient brings one case: Wilson's (of F1, by the share ``hits / (hits + misses +
alarms)``, of which it is a rising function), and DeLong's of the AUC. Where a patient brings
several: the patient-clustered bootstrap, and Obuchowski's of the AUC. Both can be asked for.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from spondyl.anatomy import Status
from spondyl.evaluate.calibration_target import Unit
from spondyl.evaluate.fracture import Case, Figures, body_cases, film_cases
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.evaluate.ratio import Ratio
from spondyl.evaluate.roc import clustered_delong_interval, delong_interval
from spondyl.evaluate.statistics import (
    WILSON,
    Clusters,
    Figure,
    area,
    proportion,
    rate,
    wilson,
)

#: The shares that a table of calls gives.
SHARES = ("accuracy", "sensitivity", "specificity", "ppv", "npv")
KEYS = (*SHARES, "f1", "auc", "level_success", "false_alarms_per_film")


class Interval(StrEnum):
    """How intervals are made.

    ``AUTO``: for independent cases where every patient brings one, by patient else. ``WILSON``
    takes cases for independent, ``BOOTSTRAP`` resamples patients.
    """

    AUTO = "auto"
    WILSON = "wilson"
    BOOTSTRAP = "bootstrap"


def diagnostics(
    outcomes: Sequence[FilmOutcome],
    unit: Unit | str = Unit.FILM,
    threshold: float | None = None,
    *,
    interval: Interval | str = Interval.AUTO,
    clusters: Clusters | None = None,
) -> Figures:
    """The figures of a reader on a set.

    Parameters
    ----------
    outcomes : sequence of FilmOutcome
    unit : Unit
        ``"film"`` or ``"body"``.
    threshold : float, optional
        Calls are made anew: fractured where a judged case has a probability at or above it. By
        default they stand as the readings made them.
    interval : Interval
    clusters : Clusters, optional
        The bootstrap to use; by default one over the patients of these films.

    Returns
    -------
    dict of str to Figure
        Keys :data:`KEYS` and ``false_alarms_on_normal_per_film``. Figures without a case have no
        value. ``false_alarms_per_film`` has none at another threshold per body, since findings on
        no body are known by their call alone.

    Raises
    ------
    ValueError
        If unit or interval are none of theirs, or a probability is not a finite number.
    """
    unit, interval = _unit(unit), _interval(interval)
    draws = clusters or Clusters([film.patient for film in outcomes])
    cases = cases_of(outcomes, unit, threshold)
    films = [film.patient for film in outcomes]
    own = threshold is None or unit is Unit.FILM
    return case_figures(cases, interval, draws) | {
        "level_success": share(*level_success(outcomes, unit), interval, draws),
        "false_alarms_per_film": rate([film.false_alarms for film in outcomes], films, draws)
        if own
        else Figure(None, len(outcomes)),
        "false_alarms_on_normal_per_film": rate(
            alarms_on_normal(outcomes, None if own else threshold), films, draws
        ),
    }


def cases_of(
    outcomes: Sequence[FilmOutcome], unit: Unit | str, threshold: float | None = None
) -> list[Case]:
    """Films, or T11-L5 bodies, of known status; called anew where a threshold is given."""
    if _unit(unit) is Unit.FILM:
        cases = film_cases(outcomes)
    else:
        cases = body_cases([body for film in outcomes for body in film.judged])
    return cases if threshold is None else [recalled(case, threshold) for case in cases]


def recalled(case: Case, threshold: float) -> Case:
    """The case as another threshold calls it; what was not judged is never called."""
    return replace(case, called=case.stated and case.probability >= threshold)


def level_success(
    outcomes: Sequence[FilmOutcome], unit: Unit | str
) -> tuple[list[bool], list[str]]:
    """What was named right, and whose it is: films wholly right, or bodies found and named."""
    if _unit(unit) is Unit.FILM:
        known = [(right, f.patient) for f in outcomes if (right := f.wholly_right) is not None]
    else:
        known = [(b.named_right, b.patient) for f in outcomes for b in f.judged]
    return [right for right, _ in known], [patient for _, patient in known]


def alarms_on_normal(outcomes: Sequence[FilmOutcome], threshold: float | None = None) -> list[int]:
    """Normal T11-L5 bodies called fractured, film by film."""

    def called(body: BodyOutcome) -> bool:
        if threshold is None:
            return body.called_fractured
        return body.assessable and body.fracture_probability >= threshold

    return [
        sum(body.status is Status.NORMAL and called(body) for body in film.judged)
        for film in outcomes
    ]


def ratios(cases: Sequence[Case]) -> dict[str, Ratio]:
    """Every share of a table of calls, and F1, as sums over the cases."""
    patients = [case.patient for case in cases]
    true = np.array([case.fractured for case in cases], dtype=bool)
    called = np.array([case.called for case in cases], dtype=bool)
    hit, miss, alarm = true & called, true & ~called, ~true & called

    def of(right: np.ndarray, among: np.ndarray) -> Ratio:
        return Ratio((right & among).astype(float), among.astype(float), patients)

    return {
        "accuracy": of(true == called, np.ones(len(cases), dtype=bool)),
        "sensitivity": of(called, true),
        "specificity": of(~called, ~true),
        "ppv": of(true, called),
        "npv": of(~true, ~called),
        "f1": Ratio(2.0 * hit, 2.0 * hit + miss + alarm, patients),
    }


def case_figures(
    cases: Sequence[Case], interval: Interval = Interval.AUTO, clusters: Clusters | None = None
) -> Figures:
    """Shares, F1 and AUC of cases that were chosen already, as a subgroup's are."""
    draws = clusters or Clusters([case.patient for case in cases])
    figures: Figures = {}
    for name, ratio in ratios(cases).items():
        if name == "f1":
            figures[name] = _f1(ratio, interval, draws)
            continue
        among = ratio.denominator > 0
        patients = [p for p, counts in zip(ratio.patients, among, strict=True) if counts]
        figures[name] = share((ratio.numerator[among] > 0).tolist(), patients, interval, draws)
    figures["auc"] = _auc(cases, interval, draws)
    return figures


def share(
    right: Sequence[bool], patients: Sequence[Hashable], interval: Interval, clusters: Clusters
) -> Figure:
    """Share of cases that are right; no value without any."""
    if not len(right) or _resampled(interval, patients):
        return proportion(right, patients, clusters)
    n = len(right)
    return Figure(sum(right) / n, n, *wilson(sum(right), n), WILSON)


def _f1(ratio: Ratio, interval: Interval, clusters: Clusters) -> Figure:
    """Counted cases are those of the union: fractured, or called, or both."""
    if ratio.value is None:
        return Figure(None, 0)
    counted = ratio.denominator > 0
    patients = [p for p, counts in zip(ratio.patients, counted, strict=True) if counts]
    if _resampled(interval, patients):
        figure = ratio.figure(clusters)
        if figure.low is not None:
            return figure
    low, high = wilson(float((ratio.numerator > 0).sum()), ratio.n)
    return Figure(ratio.value, ratio.n, 2 * low / (1 + low), 2 * high / (1 + high), WILSON)


def _auc(cases: Sequence[Case], interval: Interval, clusters: Clusters) -> Figure:
    scores = [case.probability for case in cases]
    positive = [case.fractured for case in cases]
    patients = [case.patient for case in cases]
    if interval is Interval.WILSON:
        return delong_interval(scores, positive)
    if interval is Interval.BOOTSTRAP:
        return area(scores, positive, patients, clusters)
    return clustered_delong_interval(scores, positive, patients)


def _resampled(interval: Interval, patients: Sequence[Hashable]) -> bool:
    if interval is Interval.AUTO:
        return len(set(patients)) < len(patients)
    return interval is Interval.BOOTSTRAP


def _unit(unit: Unit | str) -> Unit:
    try:
        return Unit(unit)
    except ValueError:
        raise ValueError(f'unit must be "film" or "body", found {unit!r}.') from None


def _interval(interval: Interval | str) -> Interval:
    try:
        return Interval(interval)
    except ValueError:
        known = ", ".join(f'"{one}"' for one in Interval)
        raise ValueError(f"interval must be one of {known}, found {interval!r}.") from None
