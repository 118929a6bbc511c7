"""Placements: how high each case stands among those of the other class; all that AUCs are made of.

The placement of a positive is the share of negatives that score below it (ties a half), that of a
negative the share of positives above it. Their means are the AUC, their spread is its variance
(DeLong 1988, Biometrics 44:837). Ranks give them all in O(n log n) (Sun and Xu 2014, IEEE Signal
Process Lett 21:1389). Sums over patients in the place of single cases give the variance where a
patient brings several cases (Obuchowski 1997, Biometrics 53:567).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Fewer than this of a class, or fewer patients with one, have no spread.
LEAST = 2


def checked_cases(
    scores: ArrayLike, positive: ArrayLike, patients: Sequence[Hashable] | None = None
) -> tuple[FloatArray, BoolArray]:
    """Scores and classes as arrays, one entry per case.

    Parameters
    ----------
    scores : array, shape (n,)
        Finite.
    positive : array of bool (or 0 and 1), shape (n,)
    patients : sequence, length n, optional

    Raises
    ------
    ValueError
        If lengths differ, a score is not finite, or a class is neither true nor false.
    """
    score = np.asarray(scores, dtype=np.float64)
    given = np.asarray(positive)
    if score.ndim != 1 or score.shape != given.shape:
        raise ValueError(
            "Scores and classes must be two lists of the same length, found shapes "
            f"{score.shape} and {given.shape}."
        )
    if patients is not None and len(patients) != len(score):
        raise ValueError(
            f"Each case needs its patient: found {len(score)} cases and {len(patients)} patients."
        )
    bad = np.flatnonzero(~np.isfinite(score))
    if len(bad):
        raise ValueError(
            f"Scores must be finite numbers, found {score[bad[0]]} at place {bad[0]} "
            f"({len(bad)} such in all); leave these cases out or give them a score."
        )
    return score, checked_truths(given)


def checked_truths(values: ArrayLike) -> BoolArray:
    """An array of bool out of bool or of 0 and 1.

    Raises
    ------
    ValueError
        If a value is neither.
    """
    given = np.asarray(values)
    if given.dtype == bool or given.size == 0:
        return given.astype(bool)
    if given.dtype.kind not in "iuf" or not np.isin(given, (0, 1)).all():
        raise ValueError("What is true of a case must be true or false (or 1 or 0).")
    return given.astype(bool)


def midranks(values: ArrayLike) -> FloatArray:
    """Ranks from 1 on, shape (n,); equal values share the mean of their ranks.

    Examples
    --------
    >>> midranks([3.0, 1.0, 3.0]).tolist()
    [2.5, 1.0, 2.5]
    """
    _, place, count = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place], dtype=np.float64)


def placements(scores: FloatArray, positive: BoolArray) -> FloatArray:
    """The placement of each case, shape (n,); NaN throughout where a class is missing."""
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives:
        return np.full(len(positive), np.nan)
    among_all = midranks(scores)
    placed = np.empty(len(scores))
    placed[positive] = (among_all[positive] - midranks(scores[positive])) / negatives
    placed[~positive] = 1 - (among_all[~positive] - midranks(scores[~positive])) / positives
    return placed


@dataclass(frozen=True)
class Areas:
    """AUCs of several readers on the same cases.

    Attributes
    ----------
    values : ndarray, shape (k,)
        NaN where a class is missing.
    covariance : ndarray, shape (k, k), or None
        None where a class has fewer than two cases, or where these belong to fewer than two
        patients.
    positives, negatives, patients : int
    """

    values: FloatArray
    covariance: FloatArray | None
    positives: int
    negatives: int
    patients: int

    @property
    def clustered(self) -> bool:
        """A patient brings more than one case."""
        return self.patients < self.positives + self.negatives


def areas(
    scores: Sequence[FloatArray], positive: BoolArray, patients: Sequence[Hashable] | None = None
) -> Areas:
    """AUCs with their covariance.

    Parameters
    ----------
    scores : sequence of ndarray, each of shape (n,)
        One per reader.
    positive : ndarray of bool, shape (n,)
    patients : sequence, length n, optional
        Whose the cases are; by default each is a patient's own.

    Notes
    -----
    With every case of another patient, Obuchowski's sums are DeLong's.
    """
    n = len(positive)
    owner = (
        np.arange(n) if patients is None else np.array(_rows(patients), dtype=np.int64).reshape(n)
    )
    count = int(owner.max(initial=-1)) + 1
    placed = np.array([placements(one, positive) for one in scores])
    ups, downs = int(positive.sum()), int((~positive).sum())
    values = placed[:, positive].mean(axis=1) if ups and downs else np.full(len(scores), np.nan)
    up_count, down_count = (np.bincount(owner[c], minlength=count) for c in (positive, ~positive))
    with_up, with_down = int((up_count > 0).sum()), int((down_count > 0).sum())
    if min(with_up, with_down) < LEAST:
        return Areas(values, None, ups, downs, count)

    def per_patient(of: BoolArray) -> FloatArray:
        away = (placed - values[:, None])[:, of]
        return np.array([np.bincount(owner[of], row, minlength=count) for row in away])

    up, down = per_patient(positive), per_patient(~positive)
    cross = count / (count - 1) * (up @ down.T) / (ups * downs)
    covariance = (
        with_up / (with_up - 1) * (up @ up.T) / ups**2
        + with_down / (with_down - 1) * (down @ down.T) / downs**2
        + cross
        + cross.T
    )
    return Areas(values, covariance, ups, downs, count)


def _rows(patients: Sequence[Hashable]) -> list[int]:
    row: dict[Hashable, int] = {}
    return [row.setdefault(patient, len(row)) for patient in patients]
