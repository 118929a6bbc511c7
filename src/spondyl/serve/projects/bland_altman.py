"""Limits of agreement of two readers' measurements (Bland and Altman 1986, Lancet 327:307; 1999,
Stat Methods Med Res 8:135).

The bias is the mean of the differences, the limits lie 1.96 standard deviations beside it. Bias and
limits come with 95 % intervals by Student's t; the variance of a limit is
``s^2 (1/n + 1.96^2 / (2 (n - 1)))``. Bodies of one film are counted as separate cases, as the
figures of readers usually are: the intervals are then somewhat too narrow, the limits are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spondyl.evaluate.statistics import Z_95


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval; ends are None where there is none."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Limits:
    """Bias and limits of agreement, second reader minus first.

    Attributes
    ----------
    n : int
    bias, lower, upper : Interval or None
        None without cases; limits are None of a single one.
    sd : float or None
    """

    n: int
    bias: Interval | None
    sd: float | None
    lower: Interval | None
    upper: Interval | None


def limits_of_agreement(differences: Sequence[float]) -> Limits:
    """Bias and limits of differences of two measurements.

    Examples
    --------
    >>> found = limits_of_agreement([1.0, -1.0, 2.0, -2.0])
    >>> round(found.bias.value, 3), round(found.sd, 3), round(found.upper.value, 3)
    (0.0, 1.826, 3.578)
    """
    values = np.asarray(differences, dtype=np.float64)
    n = len(values)
    if n == 0:
        return Limits(0, None, None, None, None)
    bias = float(values.mean())
    if n == 1:
        return Limits(1, Interval(bias, None, None), None, None, None)
    from scipy.stats import t

    sd = float(values.std(ddof=1))
    quantile = float(t.ppf(0.975, n - 1))
    half = quantile * sd / np.sqrt(n)
    half_limit = quantile * sd * np.sqrt(1 / n + Z_95**2 / (2 * (n - 1)))

    def around(value: float, width: float) -> Interval:
        return Interval(value, float(value - width), float(value + width))

    return Limits(
        n,
        around(bias, half),
        sd,
        around(bias - Z_95 * sd, half_limit),
        around(bias + Z_95 * sd, half_limit),
    )
