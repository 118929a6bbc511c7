"""Two readers on the same films: each figure's difference with the test that fits it."""

from collections.abc import Sequence

import numpy as np

from spondyl.evaluate.calibration_target import Unit
from spondyl.evaluate.diagnostics import cases_of, level_success, ratios
from spondyl.evaluate.fracture import Case
from spondyl.evaluate.outcome import FilmOutcome
from spondyl.evaluate.pair import PairedTest
from spondyl.evaluate.paired_auc import clustered_delong_test
from spondyl.evaluate.paired_bootstrap import paired_bootstrap
from spondyl.evaluate.paired_calls import clustered_mcnemar
from spondyl.evaluate.ratio import Ratio
from spondyl.evaluate.statistics import Clusters

_OWN_CASES = ("ppv", "npv", "f1")


def compare_outcomes(
    first: Sequence[FilmOutcome],
    second: Sequence[FilmOutcome],
    unit: Unit | str = Unit.FILM,
    *,
    clusters: Clusters | None = None,
) -> dict[str, PairedTest]:
    """Every figure of :func:`~spondyl.evaluate.diagnostics.diagnostics`, first minus second.

    AUC: DeLong, or Obuchowski where a patient brings several cases. Accuracy, sensitivity,
    specificity and level success: McNemar's exact test, or exact sign flips by patient. Predictive
    values, F1 and false alarms: the patient-clustered bootstrap, since the readers' cases differ.

    Parameters
    ----------
    first, second : sequence of FilmOutcome
        Of the same films with the same labels, in any order.
    unit : Unit
        ``"film"`` or ``"body"``.
    clusters : Clusters, optional
        The bootstrap to use; by default one over the patients of these films.

    Raises
    ------
    ValueError
        If the films or their labels differ.
    """
    second = aligned(first, second)
    draws = clusters or Clusters([film.patient for film in first])
    a, b = cases_of(first, unit), cases_of(second, unit)
    tests = {
        "auc": clustered_delong_test(
            [case.probability for case in a],
            [case.probability for case in b],
            [case.fractured for case in a],
            [case.patient for case in a],
        )
    }
    for name, wanted in (("accuracy", None), ("sensitivity", True), ("specificity", False)):
        tests[name] = _right(a, b, wanted, draws)
    ratios_a, ratios_b = ratios(a), ratios(b)
    for name in _OWN_CASES:
        tests[name] = paired_bootstrap(ratios_a[name], ratios_b[name], draws)
    named_a, patients = level_success(first, unit)
    named_b, _ = level_success(second, unit)
    tests["level_success"] = clustered_mcnemar(named_a, named_b, patients, clusters=draws)
    tests["false_alarms_per_film"] = paired_bootstrap(_alarms(first), _alarms(second), draws)
    return tests


def aligned(first: Sequence[FilmOutcome], second: Sequence[FilmOutcome]) -> tuple[FilmOutcome, ...]:
    """The second reader's films in the order of the first's.

    Raises
    ------
    ValueError
        If the films or what is true of them differ, or a film is there twice.
    """
    by_name = {film.film: film for film in second}
    names = [film.film for film in first]
    if len(by_name) != len(second) or len(set(names)) != len(names):
        raise ValueError("A film is there twice; each must be read once by each reader.")
    if set(names) != set(by_name):
        only = sorted(set(names) ^ set(by_name))
        raise ValueError(
            f"Two readers can only be compared on the same films; {len(only)} films were read by "
            f"one of them alone, first {only[0]}."
        )
    ordered = tuple(by_name[name] for name in names)
    for one, other in zip(first, ordered, strict=True):
        if _truth(one) != _truth(other):
            raise ValueError(
                f"{one.film}: the two readers were judged by different labels; judge both by the "
                "same data set."
            )
    return ordered


def _truth(film: FilmOutcome) -> tuple[object, ...]:
    bodies = tuple((body.level, body.status) for body in film.judged)
    return film.patient, film.fractured, bodies


def _right(
    a: Sequence[Case], b: Sequence[Case], wanted: bool | None, clusters: Clusters
) -> PairedTest:
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if wanted in (None, x.fractured)]
    return clustered_mcnemar(
        [x.called == x.fractured for x, _ in pairs],
        [y.called == y.fractured for _, y in pairs],
        [x.patient for x, _ in pairs],
        clusters=clusters,
    )


def _alarms(films: Sequence[FilmOutcome]) -> Ratio:
    counts = np.array([film.false_alarms for film in films], dtype=float)
    return Ratio(counts, np.ones(len(films)), [film.patient for film in films])
