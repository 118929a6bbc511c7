"""Decision curves: what calls are worth to someone who weighs a miss against a false alarm.

Whoever acts from a probability ``t`` on says that one miss weighs as much as ``(1 - t) / t`` false
alarms. Net benefit counts hits less false alarms so weighed, per case (Vickers and Elkin 2006, Med
Decis Making 26:565)::

    net benefit = hits / n - alarms / n * t / (1 - t)
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.evaluate.placements import checked_cases
from spondyl.evaluate.statistics import Clusters

FloatArray = NDArray[np.float64]

#: From 1 % to 99 %.
THRESHOLDS = np.arange(1, 100) / 100


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit of a reader, of acting on every case, and of acting on none.

    Attributes
    ----------
    thresholds : ndarray, shape (k,)
    model, treat_all, treat_none : ndarray, shape (k,)
        Net benefit per case, at most the prevalence; ``treat_none`` is 0.
    low, high : ndarray, shape (k,)
        Pointwise 95 % band of ``model`` by the patient-clustered bootstrap.
    gain_low, gain_high : ndarray, shape (k,)
        The same of ``model`` less the better of the other two.
    prevalence : float
    n : int
    """

    thresholds: FloatArray
    model: FloatArray
    treat_all: FloatArray
    treat_none: FloatArray
    low: FloatArray
    high: FloatArray
    gain_low: FloatArray
    gain_high: FloatArray
    prevalence: float
    n: int

    @property
    def gain(self) -> FloatArray:
        """Net benefit beyond the better of acting on every case and on none, shape (k,)."""
        return np.asarray(self.model - np.maximum(self.treat_all, self.treat_none))

    @property
    def standardised(self) -> FloatArray:
        """Net benefit of the model as a share of the greatest there is, shape (k,)."""
        return np.asarray(self.model / self.prevalence)


def net_benefit(
    probabilities: ArrayLike,
    positive: ArrayLike,
    thresholds: ArrayLike | None = None,
    *,
    patients: Sequence[Hashable] | None = None,
    clusters: Clusters | None = None,
) -> DecisionCurve:
    """The decision curve of a reader's probabilities.

    Parameters
    ----------
    probabilities : array, shape (n,)
        Between 0 and 1, calibrated to the set: net benefit takes them at their word.
    positive : array of bool, shape (n,)
    thresholds : array, shape (k,), optional
        Between 0 and 1; by default :data:`THRESHOLDS`. A case is acted on where its probability
        is at or above.
    patients : sequence, length n, optional
        By default every case is a patient's own.
    clusters : Clusters, optional
        The bootstrap to use; by default one over these patients.

    Raises
    ------
    ValueError
        If there is no positive, a probability or threshold lies outside its bounds, or lengths
        differ.

    Examples
    --------
    >>> curve = net_benefit([0.9, 0.6, 0.6, 0.1], [True, True, False, False], [0.2, 0.5])
    >>> curve.model.tolist(), curve.treat_all.tolist()
    ([0.4375, 0.25], [0.375, 0.0])
    """
    p, truth = checked_cases(probabilities, positive, patients)
    if not truth.any():
        raise ValueError(
            f"A decision curve needs at least one positive case, found none of {len(p)}."
        )
    if p.min() < 0 or p.max() > 1:
        raise ValueError(
            f"A decision curve needs probabilities between 0 and 1, found {p.min():g} to "
            f"{p.max():g}; calibrate the scores first."
        )
    at = THRESHOLDS if thresholds is None else np.atleast_1d(np.asarray(thresholds, np.float64))
    if at.ndim != 1 or not ((at > 0) & (at < 1)).all():
        raise ValueError("Thresholds of a decision curve must lie between 0 and 1, both left out.")
    whose: Sequence[Hashable] = range(len(p)) if patients is None else patients
    draws = clusters or Clusters(whose)
    odds = at / (1 - at)
    ones = np.ones(len(p))
    worth_all = np.where(truth, 1.0, -odds[:, None])
    worth = np.where(p >= at[:, None], worth_all, 0.0)
    resampled = np.array([draws.ratio(row, ones, whose) for row in worth])
    resampled_all = np.array([draws.ratio(row, ones, whose) for row in worth_all])
    low, high = np.nanpercentile(resampled, [2.5, 97.5], axis=1)
    gains = resampled - np.maximum(resampled_all, 0)
    gain_low, gain_high = np.nanpercentile(gains, [2.5, 97.5], axis=1)
    return DecisionCurve(
        thresholds=at,
        model=worth.mean(axis=1),
        treat_all=worth_all.mean(axis=1),
        treat_none=np.zeros(len(at)),
        low=low,
        high=high,
        gain_low=gain_low,
        gain_high=gain_high,
        prevalence=float(truth.mean()),
        n=len(p),
    )
