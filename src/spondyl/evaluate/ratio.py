"""Figures that are a sum over cases divided by a sum over cases: shares, F1, rates per film."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.evaluate.statistics import CLUSTERED, Clusters, Figure, percentile_interval


@dataclass(frozen=True)
class Ratio:
    """A figure that is a sum over cases divided by a sum over cases.

    Attributes
    ----------
    numerator, denominator : ndarray, shape (n,)
        What each case adds. A share counts 1 below and 1 or 0 above; F1 counts
        ``2 * hit`` above and ``2 * hit + miss + alarm`` below; a rate per film counts alarms.
    patients : sequence, length n
    """

    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    patients: Sequence[Hashable]

    @property
    def value(self) -> float | None:
        """None where nothing is below the line."""
        below = float(self.denominator.sum())
        return float(self.numerator.sum()) / below if below else None

    @property
    def n(self) -> int:
        """Cases below the line."""
        return int((self.denominator > 0).sum())

    def resampled(self, clusters: Clusters) -> NDArray[np.float64]:
        """The figure of each resample, NaN where nothing is below the line."""
        return clusters.ratio(self.numerator, self.denominator, self.patients)

    def figure(self, clusters: Clusters) -> Figure:
        """With its patient-clustered interval; None where that has no width."""
        if self.value is None:
            return Figure(None, 0)
        interval = percentile_interval(self.resampled(clusters))
        if interval is None or interval[0] == interval[1]:
            return Figure(self.value, self.n)
        return Figure(self.value, self.n, *interval, CLUSTERED)
