"""The page's curves, from readers: ROC, decision, reliability."""

from collections.abc import Mapping, Sequence

import numpy as np

from spondyl.evaluate.calibration import Bin
from spondyl.evaluate.decision import DecisionCurve, net_benefit
from spondyl.evaluate.diagnostics import cases_of
from spondyl.evaluate.fracture import Case, reliability_bins
from spondyl.evaluate.roc import roc_curve
from spondyl.evaluate.statistics import Clusters, Figure
from spondyl.study.page.charts import (
    SHARE_TICKS,
    Axis,
    Band,
    Chart,
    Curve,
    Legend,
    Mark,
    even_ticks,
)
from spondyl.study.results.readers import Reader, SetReaders
from spondyl.study.tables.paper import PAPER, PUBLISHED
from spondyl.study.tables.table import shown

#: Thresholds of the decision curve: beyond these nobody would act on a film.
_DECISIONS = np.arange(1, 61) / 100
_NOUN = {"film": "films", "body": "bodies"}


def roc_chart(readers: SetReaders, unit: str) -> Chart | None:
    """ROC curves of every system, each training thin, the average thick; the paper's point.

    None where the set lacks fractured or normal cases.
    """
    curves, marks, legend = [], [], []
    for i, (system, average) in enumerate(readers.averages.items()):
        trained = readers.trainings[system]
        for reader in trained if len(trained) > 1 else ():
            points = _roc_points(reader, unit)
            curves.append(Curve(points, f"s{i} thin", f"{system}, {reader.words}"))
        points = _roc_points(average, unit)
        if not points:
            return None
        figures = average.figures[unit]
        curves.append(Curve(points, f"s{i}", f"{system}, {average.words}"))
        words = f"{system}, {average.words}: AUC {shown(figures['auc'], 'figure')}"
        legend.append(Legend(f"s{i}", words))
        at = _operating_point(figures)
        if at is not None:
            marks.append(
                Mark(
                    *at, f"s{i}", f"{system}: sensitivity {at[1]:.3f}, specificity {1 - at[0]:.3f}"
                )
            )
    published = PUBLISHED[readers.facts.external, unit].stated
    words = f"{PAPER}, published (other films)"
    marks.append(Mark(1 - published["specificity"], published["sensitivity"], "paper", words, True))
    legend.append(Legend("paper", words, True))
    return Chart(
        title=f"ROC curves per {unit}. {readers.title}",
        x=Axis(0, 1, SHARE_TICKS, "1 − specificity"),
        y=Axis(0, 1, SHARE_TICKS, "Sensitivity"),
        curves=(Curve(((0.0, 0.0), (1.0, 1.0)), "reference"), *curves),
        marks=tuple(marks),
        legend=tuple(legend),
        note="Circles: the thresholds that were chosen on validation films."
        + (" Thin lines: each training." if _several(readers) else ""),
    )


def _several(readers: SetReaders) -> bool:
    return any(len(trained) > 1 for trained in readers.trainings.values())


def _roc_points(reader: Reader, unit: str) -> tuple[tuple[float, float], ...]:
    cases = cases_of(reader.outcomes, unit)
    if len({case.fractured for case in cases}) < 2:
        return ()
    curve = roc_curve([case.probability for case in cases], [case.fractured for case in cases])
    rates = zip(curve.false_positive_rate.tolist(), curve.sensitivity.tolist(), strict=True)
    return tuple(rates)


def _operating_point(figures: Mapping[str, Figure]) -> tuple[float, float] | None:
    sensitivity, specificity = figures["sensitivity"].value, figures["specificity"].value
    return None if sensitivity is None or specificity is None else (1 - specificity, sensitivity)


def decision_chart(readers: SetReaders, unit: str) -> Chart | None:
    """Net benefit of each system's average with its band, of acting on all and on none.

    None where the set has no fractured case.
    """
    curves, bands, legend = [], [], []
    top = 0.0
    treat_all: tuple[tuple[float, float], ...] = ()
    for i, (system, reader) in enumerate(readers.averages.items()):
        cases = cases_of(reader.outcomes, unit)
        if not any(case.fractured for case in cases):
            return None
        found = _net_benefit(cases)
        xs = tuple(found.thresholds.tolist())
        top = max(top, found.prevalence)
        treat_all = tuple(zip(xs, found.treat_all.tolist(), strict=True))
        bands.append(Band(xs, tuple(found.low.tolist()), tuple(found.high.tolist()), f"s{i}"))
        points = tuple(zip(xs, found.model.tolist(), strict=True))
        curves.append(Curve(points, f"s{i}", f"{system}, {reader.words}"))
        legend.append(Legend(f"s{i}", f"{system}, {reader.words}"))
    high = top * 1.12
    low = -0.12 * top
    return Chart(
        title=f"Decision curves per {unit}. {readers.title}",
        x=Axis(0, 0.6, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), "Probability from which one acts"),
        y=Axis(low, high, even_ticks(high), f"Net benefit per {unit}"),
        curves=(
            Curve(treat_all, "reference dots", f"every {unit} acted on"),
            Curve(((0.0, 0.0), (0.6, 0.0)), "reference", "none acted on"),
            *curves,
        ),
        bands=tuple(bands),
        legend=(
            *legend,
            Legend("reference dots", f"Every {unit} acted on"),
            Legend("reference", "None acted on"),
        ),
        note="Bands: pointwise 95 %, patient-clustered bootstrap.",
    )


def _net_benefit(cases: Sequence[Case]) -> DecisionCurve:
    patients = [case.patient for case in cases]
    return net_benefit(
        [case.probability for case in cases],
        [case.fractured for case in cases],
        _DECISIONS,
        patients=patients,
        clusters=Clusters(patients),
    )


def reliability(reader: Reader, unit: str) -> tuple[tuple[Bin, ...], str]:
    """Bins of a reliability diagram, and what was counted, in the plural."""
    return reliability_bins(cases_of(reader.outcomes, unit)), _NOUN[unit]
