"""AUCs of two readers on the same cases: DeLong's test, alone and by patient."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from spondyl.evaluate.pair import PairedTest, missing, normal_p
from spondyl.evaluate.placements import areas, checked_cases
from spondyl.evaluate.roc import DELONG, OBUCHOWSKI
from spondyl.evaluate.statistics import Z_95

#: Differences and variances below this are rounding.
_NOTHING = 1e-12


def delong_test(scores_a: ArrayLike, scores_b: ArrayLike, positive: ArrayLike) -> PairedTest:
    """DeLong's test of two AUCs, for cases that are independent of one another.

    DeLong 1988 (Biometrics 44:837), computed as in Sun and Xu 2014.

    Parameters
    ----------
    scores_a, scores_b : array, shape (n,)
        Of the same cases; only their order counts.
    positive : array of bool, shape (n,)

    Returns
    -------
    PairedTest
        Without p, and with a note, where a class has fewer than two cases or no difference of
        placements varies though the AUCs differ.

    Raises
    ------
    ValueError
        If lengths differ or a score is not finite.

    Examples
    --------
    >>> test = delong_test([1, 2, 3, 4], [2, 1, 4, 3], [False, False, True, True])
    >>> test.difference, test.p
    (0.0, 1.0)
    """
    return _compare(scores_a, scores_b, positive, None)


def clustered_delong_test(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    positive: ArrayLike,
    patients: Sequence[Hashable],
) -> PairedTest:
    """The same where a patient brings several cases (Obuchowski 1997, Biometrics 53:567).

    With a patient for every case this is DeLong's test.
    """
    return _compare(scores_a, scores_b, positive, patients)


def _compare(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    positive: ArrayLike,
    patients: Sequence[Hashable] | None,
) -> PairedTest:
    a, truth = checked_cases(scores_a, positive, patients)
    b, _ = checked_cases(scores_b, positive)
    found = areas([a, b], truth, patients)
    method = OBUCHOWSKI if found.clustered else DELONG
    if not np.isfinite(found.values).all():
        return missing(
            method,
            len(a),
            f"AUCs need both classes, found {found.positives} positives and {found.negatives} "
            "negatives.",
        )
    first, second = (float(value) for value in found.values)
    difference = first - second
    covariance = found.covariance
    variance = (
        0.0
        if covariance is None
        else float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    )
    if covariance is not None and variance > _NOTHING:
        error = float(np.sqrt(variance))
        z = difference / error
        low, high = (
            float(np.clip(difference + side * Z_95 * error, -1, 1)) for side in (-1.0, 1.0)
        )
        return PairedTest(
            difference, low, high, normal_p(z), z, method, len(a), first, second, method
        )
    if abs(difference) <= _NOTHING and covariance is not None:
        note = "Both readers put every case at the same place; no interval can be given."
        return PairedTest(0.0, None, None, 1.0, 0.0, method, len(a), first, second, note=note)
    note = (
        "Too few cases for a test: it needs two patients with a positive and two with a negative."
        if covariance is None
        else "The difference does not vary between cases; no test can be made."
    )
    return PairedTest(difference, None, None, None, None, method, len(a), first, second, note=note)
