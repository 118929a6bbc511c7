"""From outcomes to figures: finding, naming, fracture per body and per film, shape.

Headline figures count T11-L5. Unknown statuses are left out of every fracture figure. A body that
was never found counts as probability 0 and as called normal, and so does a film that could not be
read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from spondyl.anatomy import GenantGrade, Level, Shape, Status
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.evaluate.statistics import RESAMPLES, SEED, Clusters, Figure, area, mean, proportion

Figures = dict[str, Figure]
GRADES = tuple(grade.name.lower() for grade in GenantGrade)


@dataclass(frozen=True)
class Evaluation:
    """All figures of one set.

    Attributes
    ----------
    films, films_failed, films_not_assessable, patients : int
    bodies : int
        T11-L5 bodies asked for.
    finding, numbering, fracture_body, fracture_film, shape : dict of name to Figure
    by_level, by_grade, by_shape : dict of group to dict of name to Figure
    confusion : dict
        Counts of true and called fractures, per body and per film.
    """

    films: int
    films_failed: int
    films_not_assessable: int
    patients: int
    bodies: int
    finding: Figures
    numbering: Figures
    fracture_body: Figures
    fracture_film: Figures
    shape: Figures
    by_level: dict[str, Figures]
    by_grade: dict[str, Figures]
    by_shape: dict[str, Figures]
    confusion: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Case:
    """One body or film with a known status."""

    patient: str
    fractured: bool
    called: bool
    probability: float


def summarise(
    films: Sequence[FilmOutcome], resamples: int = RESAMPLES, seed: int = SEED
) -> Evaluation:
    """Count everything.

    Parameters
    ----------
    films : sequence of FilmOutcome
    resamples, seed : int
        Of the patient-clustered bootstrap; the same seed gives the same intervals.
    """
    clusters = Clusters([film.patient for film in films], resamples, seed)
    bodies = [body for film in films for body in film.judged]
    body_cases = [_body_case(body) for body in bodies if body.status is not Status.UNKNOWN]
    film_cases = [
        _Case(film.patient, film.fractured, film.called_fractured, film.fracture_probability)
        for film in films
        if film.fractured is not None
    ]
    everywhere = [body for film in films for body in film.bodies]
    return Evaluation(
        films=len(films),
        films_failed=sum(film.error is not None for film in films),
        films_not_assessable=sum(film.error is None and not film.assessable for film in films),
        patients=len({film.patient for film in films}),
        bodies=len(bodies),
        finding=_finding(bodies, clusters),
        numbering=_numbering(films, bodies, clusters),
        fracture_body=_fracture(body_cases, clusters) | _alarms(films, clusters),
        fracture_film=_fracture(film_cases, clusters),
        shape=_shape(bodies, clusters),
        by_level=_grouped(everywhere, lambda body: str(body.level), list(Level), clusters),
        by_grade=_grouped(
            bodies,
            lambda body: None if body.genant_grade is None else GRADES[body.genant_grade],
            GRADES,
            clusters,
        ),
        by_shape=_grouped(
            bodies,
            lambda body: None if body.shape is None else str(body.shape),
            list(Shape),
            clusters,
        ),
        confusion={"body": _confusion(body_cases), "film": _confusion(film_cases)},
    )


def _body_case(body: BodyOutcome) -> _Case:
    return _Case(
        body.patient,
        body.status is Status.FRACTURED,
        body.called_fractured,
        body.fracture_probability,
    )


def _share(
    bodies: Iterable[BodyOutcome], right: Callable[[BodyOutcome], bool], clusters: Clusters
) -> Figure:
    bodies = list(bodies)
    return proportion([right(body) for body in bodies], [body.patient for body in bodies], clusters)


def _average(
    bodies: Iterable[BodyOutcome], value: Callable[[BodyOutcome], float | None], clusters: Clusters
) -> Figure:
    known = [(number, body.patient) for body in bodies if (number := value(body)) is not None]
    return mean([number for number, _ in known], [patient for _, patient in known], clusters)


def _finding(bodies: Sequence[BodyOutcome], clusters: Clusters) -> Figures:
    return {
        "found": _share(bodies, lambda body: body.found, clusters),
        "found_and_named_right": _share(bodies, lambda body: body.named_right, clusters),
        "corner_error": _average(bodies, lambda body: body.corner_error, clusters),
        "dice": _average(bodies, lambda body: body.dice, clusters),
        "assessable_of_found": _share(
            [body for body in bodies if body.found], lambda body: body.assessable, clusters
        ),
    }


def _numbering(
    films: Sequence[FilmOutcome], bodies: Sequence[BodyOutcome], clusters: Clusters
) -> Figures:
    found = [body for body in bodies if body.found]

    def films_share(value: Callable[[FilmOutcome], bool | None]) -> Figure:
        known = [(right, film.patient) for film in films if (right := value(film)) is not None]
        return proportion(
            [right for right, _ in known], [patient for _, patient in known], clusters
        )

    return {
        "named_right_of_found": _share(found, lambda body: body.named_right, clusters),
        "off_by_one_of_found": _share(
            found, lambda body: body.shift is not None and abs(body.shift) == 1, clusters
        ),
        "films_wholly_right": films_share(lambda film: film.wholly_right),
        "films_found_named_right": films_share(lambda film: film.found_named_right),
        "side_right": films_share(lambda film: film.side_right),
    }


def _fracture(cases: Sequence[_Case], clusters: Clusters) -> Figures:
    def share(among: Callable[[_Case], bool], right: Callable[[_Case], bool]) -> Figure:
        chosen = [case for case in cases if among(case)]
        return proportion(
            [right(case) for case in chosen], [case.patient for case in chosen], clusters
        )

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
    }


def _alarms(films: Sequence[FilmOutcome], clusters: Clusters) -> Figures:
    patients = [film.patient for film in films]
    return {
        "false_alarms_per_film": mean([film.false_alarms for film in films], patients, clusters),
        "false_alarms_on_normal_per_film": mean(
            [film.false_alarms_on_normal for film in films], patients, clusters
        ),
        "false_alarms_on_no_body_per_film": mean(
            [film.false_alarms_on_no_body for film in films], patients, clusters
        ),
        "films_with_false_alarm": proportion(
            [film.false_alarms > 0 for film in films], patients, clusters
        ),
    }


def _shape(bodies: Sequence[BodyOutcome], clusters: Clusters) -> Figures:
    fractured = [body for body in bodies if body.status is Status.FRACTURED]

    def loss(body: BodyOutcome) -> float | None:
        if body.loss_true is None or body.loss_measured is None:
            return None
        return abs(body.loss_measured - body.loss_true)

    def absolute(name: str) -> Callable[[BodyOutcome], float | None]:
        def value(body: BodyOutcome) -> float | None:
            error = getattr(body, name)
            return None if error is None else abs(error)

        return value

    graded = [b for b in bodies if b.genant_grade is not None and b.called_grade is not None]
    return {
        "height_loss_mae": _average(bodies, loss, clusters),
        "height_loss_mae_fractured": _average(fractured, loss, clusters),
        "anterior_posterior_mae": _average(bodies, absolute("anterior_posterior_error"), clusters),
        "anterior_posterior_bias": _average(
            bodies, lambda body: body.anterior_posterior_error, clusters
        ),
        "middle_posterior_mae": _average(bodies, absolute("middle_posterior_error"), clusters),
        "middle_posterior_bias": _average(
            bodies, lambda body: body.middle_posterior_error, clusters
        ),
        "grade_exact": _share(
            graded, lambda body: body.called_grade == body.genant_grade, clusters
        ),
    }


def _grouped(
    bodies: Sequence[BodyOutcome],
    key: Callable[[BodyOutcome], str | None],
    order: Iterable[object],
    clusters: Clusters,
) -> dict[str, Figures]:
    groups: dict[str, list[BodyOutcome]] = {str(name): [] for name in order}
    for body in bodies:
        name = key(body)
        if name is not None:
            groups[name].append(body)
    return {name: _group(group, clusters) for name, group in groups.items() if group}


def _group(bodies: Sequence[BodyOutcome], clusters: Clusters) -> Figures:
    cases = [_body_case(body) for body in bodies if body.status is not Status.UNKNOWN]
    fracture = _fracture(cases, clusters)
    return {
        "found": _share(bodies, lambda body: body.found, clusters),
        "found_and_named_right": _share(bodies, lambda body: body.named_right, clusters),
        "corner_error": _average(bodies, lambda body: body.corner_error, clusters),
        "sensitivity": fracture["sensitivity"],
        "specificity": fracture["specificity"],
        "auc": fracture["auc"],
    }


def _confusion(cases: Sequence[_Case]) -> dict[str, int]:
    return {
        "fractured_called": sum(case.fractured and case.called for case in cases),
        "fractured_missed": sum(case.fractured and not case.called for case in cases),
        "normal_called": sum(not case.fractured and case.called for case in cases),
        "normal_passed": sum(not case.fractured and not case.called for case in cases),
    }
