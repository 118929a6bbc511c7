"""From outcomes to figures: finding, naming, fracture per body and per film, shape.

Headline figures count T11-L5. Unknown statuses are left out of every fracture figure. A body that
was never found counts as probability 0 and as called normal, and so does a film that could not be
read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from spondyl.anatomy import GenantGrade, Level, Shape, Status
from spondyl.evaluate.calibration import Bin
from spondyl.evaluate.fracture import (
    Figures,
    alarm_figures,
    body_cases,
    confusion,
    film_cases,
    fracture_figures,
    reliability_bins,
)
from spondyl.evaluate.mix import Mix, count_mix
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.evaluate.statistics import (
    RESAMPLES,
    SEED,
    Clusters,
    Figure,
    mean,
    median,
    proportion,
)

GRADES = tuple(grade.name.lower() for grade in GenantGrade)
#: Groups of normal bodies by mimic: those without any, those with any; then each by its name.
NO_MIMIC, ANY_MIMIC = "no mimic", "any mimic"


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
    by_mimic : dict of group to dict of name to Figure
        Normal bodies alone; empty where no label speaks of mimics.
    by_site : dict of group to dict of name to Figure
        By the films' sites; empty where no label names one.
    confusion : dict
        Counts of true and called fractures, per body and per film.
    mix : Mix
    reliability : dict
        Bins of the reliability diagram, per body and per film.
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
    by_mimic: dict[str, Figures]
    by_site: dict[str, Figures]
    mix: Mix
    confusion: dict[str, dict[str, int]] = field(default_factory=dict)
    reliability: dict[str, tuple[Bin, ...]] = field(default_factory=dict)


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
    everywhere = [body for film in films for body in film.bodies]
    cases, whole = body_cases(bodies), film_cases(films)
    sites = sorted({film.site for film in films if film.site is not None})
    return Evaluation(
        films=len(films),
        films_failed=sum(film.error is not None for film in films),
        films_not_assessable=sum(film.error is None and not film.assessable for film in films),
        patients=len({film.patient for film in films}),
        bodies=len(bodies),
        finding=_finding(bodies, clusters),
        numbering=_numbering(films, bodies, clusters),
        fracture_body=fracture_figures(cases, clusters) | alarm_figures(films, clusters),
        fracture_film=fracture_figures(whole, clusters),
        shape=_shape(bodies, clusters),
        by_level=_groups(everywhere, lambda body: (str(body.level),), map(str, Level), clusters),
        by_grade=_groups(bodies, _grade, GRADES, clusters),
        by_shape=_groups(bodies, _shape_name, map(str, Shape), clusters),
        by_mimic=_by_mimic(bodies, clusters),
        by_site={
            site: _group([b for f in films if f.site == site for b in f.judged], clusters)
            for site in sites
        },
        confusion={"body": confusion(cases), "film": confusion(whole)},
        mix=count_mix(bodies),
        reliability={"body": reliability_bins(cases), "film": reliability_bins(whole)},
    )


def _share(
    bodies: Iterable[BodyOutcome], right: Callable[[BodyOutcome], bool], clusters: Clusters
) -> Figure:
    bodies = list(bodies)
    return proportion([right(body) for body in bodies], [body.patient for body in bodies], clusters)


def _average(
    bodies: Iterable[BodyOutcome],
    value: Callable[[BodyOutcome], float | None],
    clusters: Clusters,
    kind: Callable[[Sequence[float], Sequence[str], Clusters], Figure] = mean,
) -> Figure:
    known = [(number, body.patient) for body in bodies if (number := value(body)) is not None]
    return kind([number for number, _ in known], [patient for _, patient in known], clusters)


def _finding(bodies: Sequence[BodyOutcome], clusters: Clusters) -> Figures:
    return {
        "found": _share(bodies, lambda body: body.found, clusters),
        "found_and_named_right": _share(bodies, lambda body: body.named_right, clusters),
        "corner_error": _average(bodies, lambda body: body.corner_error, clusters),
        "corner_error_median": _average(bodies, lambda body: body.corner_error, clusters, median),
        "dice": _average(bodies, lambda body: body.dice, clusters),
        "assessable_of_found": _share(
            [body for body in bodies if body.found], lambda body: body.assessable, clusters
        ),
    }


def _numbering(
    films: Sequence[FilmOutcome], bodies: Sequence[BodyOutcome], clusters: Clusters
) -> Figures:
    found = [body for body in bodies if body.found]
    sacrum = [film for film in films if film.sacrum_in_view]

    def share(of: Sequence[FilmOutcome], value: Callable[[FilmOutcome], bool | None]) -> Figure:
        known = [(right, film.patient) for film in of if (right := value(film)) is not None]
        return proportion(
            [right for right, _ in known], [patient for _, patient in known], clusters
        )

    return {
        "named_right_of_found": _share(found, lambda body: body.named_right, clusters),
        "off_by_one_of_found": _share(
            found, lambda body: body.shift is not None and abs(body.shift) == 1, clusters
        ),
        "films_wholly_right": share(films, lambda film: film.wholly_right),
        "films_wholly_right_sacrum": share(sacrum, lambda film: film.wholly_right),
        "films_wholly_right_sacrum_ordinary": share(
            [film for film in sacrum if not film.transitional], lambda film: film.wholly_right
        ),
        "films_found_named_right": share(films, lambda film: film.found_named_right),
        "side_right": share(films, lambda film: film.side_right),
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

    def ratio(body: BodyOutcome) -> float | None:
        return body.ratio_error

    graded = [b for b in bodies if b.genant_grade is not None and b.called_grade is not None]
    return {
        "height_loss_mae": _average(bodies, loss, clusters),
        "height_loss_mae_fractured": _average(fractured, loss, clusters),
        "compression_ratio_mae": _average(bodies, ratio, clusters),
        "compression_ratio_mae_fractured": _average(fractured, ratio, clusters),
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


def _grade(body: BodyOutcome) -> tuple[str, ...]:
    return () if body.genant_grade is None else (GRADES[body.genant_grade],)


def _shape_name(body: BodyOutcome) -> tuple[str, ...]:
    return () if body.shape is None else (str(body.shape),)


def _by_mimic(bodies: Sequence[BodyOutcome], clusters: Clusters) -> dict[str, Figures]:
    normal = [body for body in bodies if body.status is Status.NORMAL]
    names = sorted({name for body in normal for name in body.mimics})
    if not names:
        return {}
    return _groups(
        normal,
        lambda body: (ANY_MIMIC, *body.mimics) if body.mimics else (NO_MIMIC,),
        (NO_MIMIC, ANY_MIMIC, *names),
        clusters,
    )


def _groups(
    bodies: Sequence[BodyOutcome],
    keys: Callable[[BodyOutcome], tuple[str, ...]],
    order: Iterable[str],
    clusters: Clusters,
) -> dict[str, Figures]:
    groups: dict[str, list[BodyOutcome]] = {name: [] for name in order}
    for body in bodies:
        for name in keys(body):
            groups[name].append(body)
    return {name: _group(group, clusters) for name, group in groups.items() if group}


def _group(bodies: Sequence[BodyOutcome], clusters: Clusters) -> Figures:
    fracture = fracture_figures(body_cases(bodies), clusters)
    wanted = ("sensitivity", "specificity", "auc", "calibration_error")
    return {
        "found": _share(bodies, lambda body: body.found, clusters),
        "found_and_named_right": _share(bodies, lambda body: body.named_right, clusters),
        "corner_error": _average(bodies, lambda body: body.corner_error, clusters),
    } | {name: fracture[name] for name in wanted}
