"""ROC curves, and AUCs with DeLong's interval."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.evaluate.placements import areas, checked_cases
from spondyl.evaluate.statistics import WILSON, Z_95, Figure, wilson

FloatArray = NDArray[np.float64]

DELONG = "DeLong"
OBUCHOWSKI = "Obuchowski, by patient"


class Scale(StrEnum):
    """On which scale an AUC's interval is symmetric.

    ``LOGIT`` stays within 0..1 and keeps its coverage near 1 (Pepe 2003, The Statistical
    Evaluation of Medical Tests, 5.2.5); ``PLAIN`` is the interval that pROC and SAS print.
    """

    LOGIT = "logit"
    PLAIN = "plain"


@dataclass(frozen=True)
class RocCurve:
    """A ROC curve from (0, 0) to (1, 1).

    Attributes
    ----------
    thresholds : ndarray, shape (k,)
        Falling; a case is called where its score is at or above. The first is infinite.
    false_positive_rate, sensitivity : ndarray, shape (k,)
    positives, negatives : int
    """

    thresholds: FloatArray
    false_positive_rate: FloatArray
    sensitivity: FloatArray
    positives: int
    negatives: int

    @property
    def area(self) -> float:
        """Under the curve, by trapezoids: the same as the AUC by ranks."""
        return float(np.trapezoid(self.sensitivity, self.false_positive_rate))

    def at(self, threshold: float) -> tuple[float, float]:
        """(false positive rate, sensitivity) of calling scores at or above a threshold."""
        place = int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1
        return float(self.false_positive_rate[place]), float(self.sensitivity[place])


def roc_curve(scores: ArrayLike, positive: ArrayLike) -> RocCurve:
    """The ROC curve, one point for every score that occurs.

    Parameters
    ----------
    scores : array, shape (n,)
    positive : array of bool, shape (n,)

    Raises
    ------
    ValueError
        If a class is missing, lengths differ or a score is not finite.

    Examples
    --------
    >>> curve = roc_curve([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    >>> curve.false_positive_rate.tolist(), curve.sensitivity.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0])
    """
    score, truth = checked_cases(scores, positive)
    ups, downs = int(truth.sum()), int((~truth).sum())
    if not ups or not downs:
        raise ValueError(
            f"A ROC curve needs positives and negatives, found {ups} positives and {downs} "
            "negatives."
        )
    values, place = np.unique(-score, return_inverse=True)
    called = np.cumsum(np.bincount(place, truth, minlength=len(values)))
    alarmed = np.cumsum(np.bincount(place, ~truth, minlength=len(values)))
    return RocCurve(
        thresholds=np.r_[np.inf, -values],
        false_positive_rate=np.r_[0.0, alarmed / downs],
        sensitivity=np.r_[0.0, called / ups],
        positives=ups,
        negatives=downs,
    )


def delong_interval(scores: ArrayLike, positive: ArrayLike, scale: Scale = Scale.LOGIT) -> Figure:
    """AUC with DeLong's 95 % interval, for cases that are independent of one another.

    Parameters
    ----------
    scores : array, shape (n,)
    positive : array of bool, shape (n,)
    scale : Scale

    Returns
    -------
    Figure
        No value where a class is missing. Where DeLong's variance is 0 or does not exist (classes
        wholly apart, or one case of a class), the interval is Wilson's of a proportion of the
        smaller class, and says so.

    Raises
    ------
    ValueError
        If lengths differ or a score is not finite.

    Examples
    --------
    >>> figure = delong_interval([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    >>> figure.value, figure.method
    (0.75, 'DeLong, logit scale')
    """
    return _figure(scores, positive, None, scale)


def clustered_delong_interval(
    scores: ArrayLike,
    positive: ArrayLike,
    patients: Sequence[Hashable],
    scale: Scale = Scale.LOGIT,
) -> Figure:
    """AUC with Obuchowski's 95 % interval, for cases of which a patient may bring several.

    As :func:`delong_interval`; with a patient for every case both are the same.
    """
    return _figure(scores, positive, patients, scale)


def _figure(
    scores: ArrayLike, positive: ArrayLike, patients: Sequence[Hashable] | None, scale: Scale
) -> Figure:
    score, truth = checked_cases(scores, positive, patients)
    n = len(score)
    found = areas([score], truth, patients)
    value = float(found.values[0])
    if not np.isfinite(value):
        return Figure(None, n)
    variance = 0.0 if found.covariance is None else float(found.covariance[0, 0])
    if not variance > 0 or not 0 < value < 1:
        smaller = min(found.positives, found.negatives)
        return Figure(value, n, *wilson(value * smaller, smaller), WILSON)
    name = OBUCHOWSKI if found.clustered else DELONG
    low, high = _interval(value, float(np.sqrt(variance)), scale)
    return Figure(value, n, low, high, f"{name}, {scale} scale" if scale is Scale.LOGIT else name)


def _interval(value: float, error: float, scale: Scale) -> tuple[float, float]:
    if scale is Scale.PLAIN:
        return max(0.0, value - Z_95 * error), min(1.0, value + Z_95 * error)
    middle = np.log(value / (1 - value))
    half = Z_95 * error / (value * (1 - value))
    low, high = 1 / (1 + np.exp(-(middle + np.array([-half, half]))))
    return float(low), float(high)
