"""Whether probabilities mean what they say: reliability, expected calibration error, Brier, slope.

What is measured
----------------
bins
    Equal mass: the cases, sorted by probability, are cut into ten parts of (nearly) equal number;
    equal probabilities stay together, so that there may be fewer.
expected calibration error (ECE)
    Mean over the cases of how far mean probability and share of positives of their bin lie apart
    (Naeini 2015, AAAI; Guo 2017, ICML; with bins of equal mass as in Nixon 2019). Even of a
    perfect model it is above 0, by about the noise of a bin's share; the interval makes up for
    that.
slope, intercept
    Of the logistic regression of the truth on the logit: 1 and 0 are perfect, a slope below 1 is
    overconfidence. The intercept is that at slope 1, "calibration in the large" (Van Calster 2016,
    J Clin Epidemiol 74:167).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.evaluate.logistic import clustered_covariance, fit_logistic
from spondyl.evaluate.statistics import Z_95, Clusters, Figure, mean, wilson
from spondyl.read.calibration import logit

BINS = 10
PIVOTAL = "patient-clustered bootstrap, pivotal"
SANDWICH = "patient-clustered sandwich"

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """One bin of a reliability diagram.

    Attributes
    ----------
    probability : float
        Mean of what was said.
    share : float
        Of positives among its cases.
    low, high : float
        Wilson's 95 % interval of the share.
    n : int
    """

    probability: float
    share: float
    low: float
    high: float
    n: int


def equal_mass_bins(probabilities: ArrayLike, bins: int = BINS) -> NDArray[np.int64]:
    """The bin of each case, shape (n,), counted from 0 at the lowest probabilities.

    Examples
    --------
    >>> equal_mass_bins([0.1, 0.9, 0.2, 0.2, 0.8], 2).tolist()
    [0, 1, 1, 1, 1]
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if len(p) == 0:
        return np.zeros(0, dtype=np.int64)
    ordered = np.sort(p)
    cuts = np.unique(ordered[[len(p) * k // bins for k in range(1, bins)]])
    _, bin_of = np.unique(np.searchsorted(cuts, p, side="right"), return_inverse=True)
    return np.asarray(bin_of, dtype=np.int64)


def reliability(probabilities: ArrayLike, truths: ArrayLike, bins: int = BINS) -> tuple[Bin, ...]:
    """What was said against what was so, bin by bin from low to high; empty without cases."""
    p, y = np.asarray(probabilities, dtype=np.float64), np.asarray(truths, dtype=bool)
    bin_of = equal_mass_bins(p, bins)
    return tuple(
        Bin(float(p[inside].mean()), float(y[inside].mean()), *wilson(int(y[inside].sum()), n), n)
        for k in range(bin_of.max(initial=-1) + 1)
        if (n := int((inside := bin_of == k).sum()))
    )


def calibration_error(probabilities: ArrayLike, truths: ArrayLike, bins: int = BINS) -> float:
    """ECE alone, 0..1; NaN without cases.

    Examples
    --------
    >>> round(calibration_error([0.1, 0.1, 0.9, 0.9], [0, 0, 1, 0], 2), 6)
    0.25
    """
    p = np.asarray(probabilities, dtype=np.float64)
    gaps = np.bincount(equal_mass_bins(p, bins), p - np.asarray(truths, dtype=bool))
    return float(np.abs(gaps).sum() / len(p)) if len(p) else float("nan")


def ece(
    probabilities: Sequence[float],
    truths: Sequence[bool],
    patients: Sequence[Hashable],
    clusters: Clusters,
    bins: int = BINS,
) -> Figure:
    """Expected calibration error with its interval.

    Resampling adds to the noise that lifts an ECE above 0 by as much again as the sample's own
    noise did; so the interval turns round the value (``value - (resampled - value)``) and takes
    that lift off. It always holds the value itself.

    Parameters
    ----------
    probabilities : sequence of float
        Of bodies (or films) that a reading judged.
    truths : sequence of bool
    patients : sequence
        One entry per case.
    clusters : Clusters
        Bootstrap over the patients of the whole set.
    """
    n = len(probabilities)
    if n == 0:
        return Figure(None, 0)
    value = calibration_error(probabilities, truths, bins)
    gap = np.asarray(probabilities, dtype=np.float64) - np.asarray(truths, dtype=bool)
    bin_of = equal_mass_bins(probabilities, bins)
    ones = np.ones(n)
    drawn = np.sum(
        [np.abs(clusters.ratio(gap * (bin_of == k), ones, patients)) for k in np.unique(bin_of)],
        axis=0,
    )
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) == 0 or np.ptp(drawn) == 0:
        return Figure(value, n)
    least, most = (float(v) for v in np.percentile(drawn, [2.5, 97.5]))
    low, high = max(0.0, 2 * value - most), min(1.0, 2 * value - least)
    return Figure(value, n, min(low, value), max(high, value), PIVOTAL)


def brier(
    probabilities: Sequence[float],
    truths: Sequence[bool],
    patients: Sequence[Hashable],
    clusters: Clusters,
) -> Figure:
    """Mean squared distance of probability and truth (Brier 1950), 0 is perfect."""
    gap = np.asarray(probabilities, dtype=np.float64) - np.asarray(truths, dtype=bool)
    return mean((gap**2).tolist(), patients, clusters)


def calibration_slope(
    probabilities: Sequence[float], truths: Sequence[bool], patients: Sequence[Hashable]
) -> Figure:
    """Slope of the truth on the logit; no value where one class is missing or nothing overlaps."""
    return _coefficient(logit(np.asarray(probabilities))[:, None], truths, patients, 0.0)


def calibration_intercept(
    probabilities: Sequence[float], truths: Sequence[bool], patients: Sequence[Hashable]
) -> Figure:
    """Intercept at slope 1: above 0, there are more positives than the probabilities say."""
    known = logit(np.asarray(probabilities))
    return _coefficient(np.zeros((len(known), 0)), truths, patients, known)


def _coefficient(
    features: FloatArray,
    truths: Sequence[bool],
    patients: Sequence[Hashable],
    offset: FloatArray | float,
) -> Figure:
    """The last coefficient with its interval."""
    y = np.asarray(truths, dtype=bool)
    if len(y) == 0 or y.all() or not y.any():
        return Figure(None, len(y))
    try:
        fitted = fit_logistic(features, y, offset=offset)
        variance = clustered_covariance(features, y, fitted, patients, offset)[-1, -1]
    except ValueError:  # nothing overlaps, or all probabilities are one
        return Figure(None, len(y))
    if not variance >= 0:  # nearly singular: as good as one probability for all
        return Figure(None, len(y))
    value, half = float(fitted[-1]), Z_95 * float(np.sqrt(variance))
    if len(set(patients)) < 2 or not np.isfinite(half):
        return Figure(value, len(y))
    return Figure(value, len(y), value - half, value + half, SANDWICH)
