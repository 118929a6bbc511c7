"""Whether the model's answers have shifted: PSI and the Kolmogorov-Smirnov distance.

The population stability index compares the shares of films in bins that a reference fills evenly:
``sum((a - r) ln(a / r))``, half a film added to each bin. By custom (Siddiqi 2006, Credit Risk
Scorecards) less than 0.1 is steady, 0.1 to 0.25 a moderate and more than 0.25 a marked shift. Of
few films even an unshifted sample goes beyond that: without any shift PSI over ``1/n + 1/m``
follows a chi-square distribution of bins - 1 degrees of freedom (Yurdakul and Naranjo 2020, Journal
of Risk Model Validation 14). A shift is therefore told only where PSI is also beyond that
distribution's 99 % quantile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

BINS = 10
MODERATE, MARKED = 0.1, 0.25
#: A room has many months and sites, each of which would warn by chance once in twenty.
QUANTILE = 0.99
#: Fewer films than these say nothing of a shift.
LEAST_FILMS, LEAST_REFERENCE = 30, 50


class Shift(StrEnum):
    """What is made of a PSI."""

    STEADY = "steady"
    MODERATE = "moderate"
    MARKED = "marked"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Reference:
    """A distribution to hold later films against.

    Attributes
    ----------
    values : ndarray, shape (m,)
        Rising.
    edges : ndarray, shape (bins - 1,)
        Inner bounds of bins that hold about as many films each; fewer where values are alike.
    """

    values: FloatArray
    edges: FloatArray

    @property
    def shares(self) -> FloatArray:
        """Shares of the reference in each bin."""
        counts = _counts(self.values, self.edges)
        return np.asarray(counts / max(1.0, counts.sum()))


@dataclass(frozen=True)
class Drift:
    """One sample against a reference.

    Attributes
    ----------
    n : int
    psi, limit : float or None
        The index, and what an unshifted sample stays under in 99 %.
    ks, ks_p : float or None
        Largest distance of the two distributions, and its p.
    shift : Shift
    """

    n: int
    psi: float | None
    limit: float | None
    ks: float | None
    ks_p: float | None
    shift: Shift


def reference_of(values: Sequence[float]) -> Reference:
    """A reference from its films' probabilities.

    Examples
    --------
    >>> reference_of([0.1, 0.2, 0.3, 0.4]).edges.size > 0
    True
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if len(ordered) == 0:
        return Reference(ordered, np.zeros(0))
    inner = np.quantile(ordered, np.linspace(0, 1, BINS + 1)[1:-1])
    edges = np.unique(inner)
    return Reference(ordered, edges[(edges > ordered[0])])


def drift_of(values: Sequence[float], reference: Reference) -> Drift:
    """How far films have shifted from a reference.

    Parameters
    ----------
    values : sequence of float
        Of films that are not in the reference.
    reference : Reference
    """
    sample = np.asarray(values, dtype=np.float64)
    n, m = len(sample), len(reference.values)
    if n < LEAST_FILMS or m < LEAST_REFERENCE:
        return Drift(n, None, None, None, None, Shift.TOO_FEW)
    from scipy.stats import chi2, ks_2samp

    index = psi(_counts(reference.values, reference.edges), _counts(sample, reference.edges))
    bins = len(reference.edges) + 1
    limit = float(chi2.ppf(QUANTILE, max(1, bins - 1))) * (1 / n + 1 / m)
    distance = ks_2samp(sample, reference.values, method="asymp")
    return Drift(
        n, index, limit, float(distance.statistic), float(distance.pvalue), shift_of(index, limit)
    )


def psi(expected: FloatArray, found: FloatArray) -> float:
    """Population stability index of two counts in the same bins, half a case added to each.

    Examples
    --------
    >>> float(psi(np.array([50.0, 50.0]), np.array([50.0, 50.0])))
    0.0
    """
    r = (expected + 0.5) / (expected + 0.5).sum()
    a = (found + 0.5) / (found + 0.5).sum()
    return float(((a - r) * np.log(a / r)).sum())


def shift_of(index: float, limit: float) -> Shift:
    """What is made of a PSI: a shift only where chance does not explain it."""
    if index <= limit or index < MODERATE:
        return Shift.STEADY
    return Shift.MARKED if index >= MARKED else Shift.MODERATE


def _counts(values: FloatArray, edges: FloatArray) -> FloatArray:
    places = np.searchsorted(edges, values, side="right")
    return np.bincount(places, minlength=len(edges) + 1).astype(np.float64)
