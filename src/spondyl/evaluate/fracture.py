"""Figures of fracture calls: per body, per film, and how far their probabilities can be trusted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spondyl.anatomy import Status
from spondyl.evaluate.calibration import (
    Bin,
    brier,
    calibration_intercept,
    calibration_slope,
    ece,
    reliability,
)
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.evaluate.statistics import Clusters, Figure, area, proportion, rate

Figures = dict[str, Figure]


@dataclass(frozen=True)
class Case:
    """One body or film with a known status; ``stated`` where a probability was given at all."""

    patient: str
    fractured: bool
    called: bool
    probability: float
    stated: bool


def body_cases(bodies: Sequence[BodyOutcome]) -> list[Case]:
    """Bodies of known status."""
    return [
        Case(
            body.patient,
            body.status is Status.FRACTURED,
            body.called_fractured,
            body.fracture_probability,
            body.assessable,
        )
        for body in bodies
        if body.status is not Status.UNKNOWN
    ]


def film_cases(films: Sequence[FilmOutcome]) -> list[Case]:
    """Films of known status."""
    return [
        Case(
            film.patient,
            film.fractured,
            film.called_fractured,
            film.fracture_probability,
            film.assessable,
        )
        for film in films
        if film.fractured is not None
    ]


def fracture_figures(cases: Sequence[Case], clusters: Clusters) -> Figures:
    """AUC, the shares at the threshold, and how far the probabilities mean what they say.

    Calibration counts only cases that were given a probability: a body that was not
    found, or could not be judged, was promised nothing.
    """

    def share(among: Callable[[Case], bool], right: Callable[[Case], bool]) -> Figure:
        chosen = [case for case in cases if among(case)]
        return proportion(
            [right(case) for case in chosen], [case.patient for case in chosen], clusters
        )

    stated = [case for case in cases if case.stated]
    said = [case.probability for case in stated]
    so = [case.fractured for case in stated]
    of = [case.patient for case in stated]
    return {
        "auc": area(
            [case.probability for case in cases],
            [case.fractured for case in cases],
            [case.patient for case in cases],
            clusters,
        ),
        "sensitivity": share(lambda case: case.fractured, lambda case: case.called),
        "specificity": share(lambda case: not case.fractured, lambda case: not case.called),
        "ppv": share(lambda case: case.called, lambda case: case.fractured),
        "npv": share(lambda case: not case.called, lambda case: not case.fractured),
        "accuracy": share(lambda case: True, lambda case: case.called == case.fractured),
        "calibration_error": ece(said, so, of, clusters),
        "calibration_slope": calibration_slope(said, so, of),
        "calibration_intercept": calibration_intercept(said, so, of),
        "brier": brier(said, so, of, clusters),
    }


def reliability_bins(cases: Sequence[Case]) -> tuple[Bin, ...]:
    """The reliability diagram of the cases that were given a probability."""
    stated = [case for case in cases if case.stated]
    return reliability([case.probability for case in stated], [case.fractured for case in stated])


def alarm_figures(films: Sequence[FilmOutcome], clusters: Clusters) -> Figures:
    """False alarms per film, on normal bodies and where the label has no body."""
    patients = [film.patient for film in films]
    return {
        "false_alarms_per_film": rate([film.false_alarms for film in films], patients, clusters),
        "false_alarms_on_normal_per_film": rate(
            [film.false_alarms_on_normal for film in films], patients, clusters
        ),
        "false_alarms_on_no_body_per_film": rate(
            [film.false_alarms_on_no_body for film in films], patients, clusters
        ),
        "films_with_false_alarm": proportion(
            [film.false_alarms > 0 for film in films], patients, clusters
        ),
    }


def confusion(cases: Sequence[Case]) -> dict[str, int]:
    """Counts of true and called fractures."""
    return {
        "fractured_called": sum(case.fractured and case.called for case in cases),
        "fractured_missed": sum(case.fractured and not case.called for case in cases),
        "normal_called": sum(not case.fractured and case.called for case in cases),
        "normal_passed": sum(not case.fractured and not case.called for case in cases),
    }
