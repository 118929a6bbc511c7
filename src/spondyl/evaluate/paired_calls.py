"""Shares of two readers on the same cases: McNemar's test, alone and by patient."""

from collections.abc import Hashable, Sequence
from enum import StrEnum
from math import comb, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.evaluate.pair import PairedTest, checked_pairs, missing, normal_p
from spondyl.evaluate.statistics import CLUSTERED, Clusters, percentile_interval, wilson

MCNEMAR = "McNemar, exact"
MCNEMAR_MID_P = "McNemar, mid-p"
SIGN_FLIP = "exact sign flips, by patient"
DURKALSKI = "Durkalski"
NEWCOMBE = "Newcombe's paired score interval"


class ByPatient(StrEnum):
    """How readers are compared where a patient brings several cases."""

    EXACT = "exact"
    DURKALSKI = "durkalski"


def mcnemar(first_right: ArrayLike, second_right: ArrayLike, *, mid_p: bool = False) -> PairedTest:
    """McNemar's test of two shares, for cases that are independent of one another.

    Parameters
    ----------
    first_right, second_right : array of bool, shape (n,)
        What each reader had right of the same cases: calls of the fractured give sensitivities,
        of the normal specificities, of all accuracies.
    mid_p : bool
        Mid-p in place of the exact p, which is never too small but often too large (Fagerland
        2013, BMC Med Res Methodol 13:91).

    Returns
    -------
    PairedTest
        With Newcombe's interval.

    Raises
    ------
    ValueError
        If lengths differ or a value is neither true nor false.

    Examples
    --------
    Bentur 2009, as given by Fagerland 2013: 1 case right by both, 1 and 7 by one alone, 12 by none.

    >>> first = [True] * 1 + [True] * 1 + [False] * 7 + [False] * 12
    >>> second = [True] * 1 + [False] * 1 + [True] * 7 + [False] * 12
    >>> round(mcnemar(first, second).p, 4), round(mcnemar(first, second, mid_p=True).p, 4)
    (0.0703, 0.0391)
    """
    a, b = checked_pairs(first_right, second_right)
    n = len(a)
    method = MCNEMAR_MID_P if mid_p else MCNEMAR
    if n == 0:
        return missing(method, 0, "There is no case to compare.")
    both, only_a, only_b = int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum())
    return PairedTest(
        (only_a - only_b) / n,
        *newcombe_paired(both, only_a, only_b, n - both - only_a - only_b),
        binomial_p(only_a, only_a + only_b, mid_p=mid_p),
        float(only_a - only_b),
        method,
        n,
        (both + only_a) / n,
        (both + only_b) / n,
        NEWCOMBE,
    )


def binomial_p(successes: int, n: int, *, mid_p: bool = False) -> float:
    """Two-sided p of as many heads of fair coins; 1 without any.

    The mid-p counts half the chance of the very number seen on either side.
    """
    if n == 0:
        return 1.0
    fewer = min(successes, n - successes)
    # whole numbers of any size: exact, and no overflow
    tail = 2 * sum(comb(n, k) for k in range(fewer + 1))
    own = comb(n, fewer)
    if mid_p:
        return (2**n * 2 - own) / 2**n / 2 if 2 * fewer == n else (tail - own) / 2**n
    return min(1.0, tail / 2**n)


def newcombe_paired(
    both: int, only_first: int, only_second: int, neither: int
) -> tuple[float, float]:
    """95 % interval of the difference of two shares of the same cases.

    Method 10 of Newcombe 1998 (Stat Med 17:2635): Wilson's intervals of both shares, squared and
    added with the correlation of the two readers, which is corrected for continuity.
    """
    n = both + only_first + only_second + neither
    p, q = (both + only_first) / n, (both + only_second) / n
    (p_low, p_high), (q_low, q_high) = (
        wilson(both + only_first, n),
        wilson(both + only_second, n),
    )
    product = (
        (both + only_first)
        * (only_second + neither)
        * (both + only_second)
        * (only_first + neither)
    )
    excess: float = both * neither - only_first * only_second
    if excess > 0:
        excess = max(excess - n / 2, 0)
    phi = excess / sqrt(product) if product else 0.0

    def half(one: float, other: float) -> float:
        return sqrt(max(0.0, one**2 - 2 * phi * one * other + other**2))

    return p - q - half(p - p_low, q_high - q), p - q + half(p_high - p, q - q_low)


def clustered_mcnemar(
    first_right: ArrayLike,
    second_right: ArrayLike,
    patients: Sequence[Hashable],
    *,
    by: ByPatient = ByPatient.EXACT,
    clusters: Clusters | None = None,
) -> PairedTest:
    """McNemar's test where a patient brings several cases.

    Parameters
    ----------
    first_right, second_right : array of bool, shape (n,)
    patients : sequence, length n
    by : ByPatient
        ``EXACT``: if the readers were alike, each patient's surplus of cases that only the first
        had right would as often have the other sign; p is the share of all such flips that are as
        far from 0 as what was seen, counted without sampling. ``DURKALSKI``: the test of Durkalski
        2003 (Stat Med 22:2417), in which every patient counts the same however many cases he
        brings.
    clusters : Clusters, optional
        Of the interval, which is the patient-clustered bootstrap.

    Returns
    -------
    PairedTest
        With a patient for every case the exact p is McNemar's, and so is the interval.

    Raises
    ------
    ValueError
        If lengths differ or a value is neither true nor false.
    """
    a, b = checked_pairs(first_right, second_right, patients)
    n = len(a)
    method = SIGN_FLIP if by is ByPatient.EXACT else DURKALSKI
    if n == 0:
        return missing(method, 0, "There is no case to compare.")
    if by is ByPatient.EXACT and len(set(patients)) == n:
        return mcnemar(a, b)
    row: dict[Hashable, int] = {}
    rows = np.array([row.setdefault(patient, len(row)) for patient in patients])
    surplus = np.bincount(rows, a.astype(float) - b)
    if by is ByPatient.EXACT:
        statistic = float(surplus.sum())
        p = sign_flip_p(np.rint(surplus).astype(np.int64))
    else:
        shares = surplus / np.bincount(rows)
        spread = float(np.sqrt((shares**2).sum()))
        statistic = float(shares.sum()) / spread if spread > 0 else 0.0
        p = normal_p(statistic)
    draws = Clusters(patients) if clusters is None else clusters
    interval = percentile_interval(draws.ratio(a.astype(float) - b, np.ones(n), patients))
    how = CLUSTERED
    if interval is None or interval[0] == interval[1]:
        both, only_a, only_b = int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum())
        interval = newcombe_paired(both, only_a, only_b, n - both - only_a - only_b)
        how = NEWCOMBE
    first, second = float(a.mean()), float(b.mean())
    return PairedTest(
        float(surplus.sum()) / n, *interval, p, statistic, method, n, first, second, how
    )


def sign_flip_p(surplus: NDArray[np.int64]) -> float:
    """Two-sided p of a sum of whole numbers under random signs, counted exactly.

    Examples
    --------
    >>> sign_flip_p(np.array([2, 2, -1]))
    0.5
    """
    sizes = np.abs(surplus[surplus != 0])
    if not len(sizes):
        return 1.0
    chances = np.ones(1)
    for size in sizes:
        wider = np.zeros(len(chances) + 2 * size)
        wider[: len(chances)] += chances / 2
        wider[2 * size :] += chances / 2
        chances = wider
    sums = np.arange(len(chances)) - int(sizes.sum())
    return min(1.0, float(chances[np.abs(sums) >= abs(int(surplus.sum()))].sum()))
