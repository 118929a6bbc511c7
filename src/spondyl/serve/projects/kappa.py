"""Cohen's kappa, plain and weighted, with its standard error and a patient-clustered interval.

Kappa (Cohen 1960, Educ Psychol Meas 20:37) is agreement beyond what the two readers' own shares
make by chance; with weights (Cohen 1968, Psychol Bull 70:213) a grade that is missed by one counts
less than one that is missed by two. The standard error is that of Fleiss, Cohen and Everitt (1969,
Psychol Bull 72:323). Bodies of one patient are not independent cases, so that the interval is a
bootstrap over patients; where it has no width it is that of the standard error, and says so.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spondyl.evaluate.statistics import (
    CLUSTERED,
    RESAMPLES,
    SEED,
    Z_95,
    percentile_interval,
)

FloatArray = NDArray[np.float64]
ANALYTIC = "standard error of Fleiss, Cohen and Everitt"


class Weights(StrEnum):
    """How much a disagreement by several grades counts."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True)
class Kappa:
    """Agreement of two readers on named categories.

    Attributes
    ----------
    value : float or None
        None where it does not exist: without cases, or where both readers used one category only.
    low, high : float or None
        95 % interval.
    standard_error : float or None
    method : str or None
        How the interval was made.
    n : int
        Bodies.
    observed, expected : float or None
        (Weighted) share of agreement, and that which chance would make.
    positive_agreement, negative_agreement : float or None
        Of two categories: share of agreement on the second and on the first (Cicchetti and
        Feinstein 1990, J Clin Epidemiol 43:551); low kappa with high agreement on both is a matter
        of few fractures, not of poor readers.
    table : tuple of tuple of int
        Rows: the first reader's, columns: the second's.
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    method: str | None
    n: int
    observed: float | None
    expected: float | None
    positive_agreement: float | None
    negative_agreement: float | None
    table: tuple[tuple[int, ...], ...]


def weight_matrix(categories: int, weights: Weights) -> FloatArray:
    """Agreement weights, 1 on the diagonal, shape (k, k)."""
    places = np.arange(categories, dtype=np.float64)
    apart = np.abs(places[:, None] - places[None, :]) / max(1, categories - 1)
    if weights is Weights.NONE:
        return np.asarray((apart == 0).astype(np.float64))
    return np.asarray(1 - (apart if weights is Weights.LINEAR else apart**2))


def kappa(
    first: Sequence[int],
    second: Sequence[int],
    categories: int,
    weights: Weights = Weights.NONE,
    patients: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Kappa:
    """Agreement of two readers.

    Parameters
    ----------
    first, second : sequence of int
        Category of each case, 0 to ``categories`` - 1.
    categories : int
    weights : Weights
    patients : sequence, optional
        Of each case; each its own by default.
    resamples, seed : int

    Raises
    ------
    ValueError
        If lengths differ or a category is out of range.

    Examples
    --------
    >>> found = kappa([0, 0, 1, 1, 1], [0, 1, 1, 1, 1], 2, resamples=0)
    >>> round(found.value, 4), found.table
    (0.5455, ((1, 1), (0, 3)))
    """
    one, other = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    if one.shape != other.shape or (patients is not None and len(patients) != len(one)):
        raise ValueError("Two readers are held against each other on the same cases.")
    if len(one) and not (
        0 <= min(one.min(), other.min()) <= max(one.max(), other.max()) < categories
    ):
        raise ValueError(f"Categories lie between 0 and {categories - 1}.")
    names = list(patients) if patients is not None else list(range(len(one)))
    rows = {name: k for k, name in enumerate(dict.fromkeys(names))}
    tables = np.zeros((len(rows), categories, categories))
    np.add.at(tables, (np.array([rows[name] for name in names], dtype=np.int64), one, other), 1)
    table = tables.sum(axis=0)
    counts = tuple(tuple(int(v) for v in row) for row in table)
    agreed = weight_matrix(categories, weights)
    value, observed, expected = (float(v) for v in _kappa(table[None], agreed)[:, 0])
    positive, negative = _specific(table) if categories == 2 else (None, None)
    if not np.isfinite(value):
        missing = None if not len(one) else observed
        return Kappa(
            None, None, None, None, None, len(one), missing, missing, positive, negative, counts
        )
    error = _standard_error(table, agreed)
    low, high, method = _interval(value, error, tables, agreed, resamples, seed)
    return Kappa(
        value, low, high, error, method, len(one), observed, expected, positive, negative, counts
    )


def _kappa(tables: FloatArray, agreed: FloatArray) -> FloatArray:
    """Kappa, observed and expected agreement of tables (m, k, k), shape (3, m)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = tables / tables.sum(axis=(1, 2), keepdims=True)
        observed = (shares * agreed).sum(axis=(1, 2))
        chance = shares.sum(axis=2)[:, :, None] * shares.sum(axis=1)[:, None, :]
        expected = (chance * agreed).sum(axis=(1, 2))
        room = np.where(1 - expected > 1e-12, 1 - expected, np.nan)
        return np.stack([(observed - expected) / room, observed, expected])


def _standard_error(table: FloatArray, agreed: FloatArray) -> float:
    """Fleiss, Cohen and Everitt's of a (weighted) kappa that is not zero."""
    n = table.sum()
    shares = table / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed = (shares * agreed).sum()
    expected = (np.outer(rows, columns) * agreed).sum()
    value = (observed - expected) / (1 - expected)
    by_row, by_column = agreed @ columns, rows @ agreed
    spread = agreed - (by_row[:, None] + by_column[None, :]) * (1 - value)
    variance = (shares * spread**2).sum() - (value - expected * (1 - value)) ** 2
    return float(np.sqrt(max(0.0, variance) / n) / (1 - expected))


def _interval(
    value: float, error: float, tables: FloatArray, agreed: FloatArray, resamples: int, seed: int
) -> tuple[float, float, str]:
    if resamples and len(tables) > 1:
        draws = np.random.default_rng(seed).multinomial(
            len(tables), np.full(len(tables), 1 / len(tables)), size=resamples
        )
        resampled = np.einsum("rp,pij->rij", draws.astype(np.float64), tables, optimize=True)
        found = percentile_interval(_kappa(resampled, agreed)[0])
        if found is not None and found[0] < found[1]:
            return (*found, CLUSTERED)
    half = Z_95 * error
    return max(-1.0, value - half), min(1.0, value + half), ANALYTIC


def _specific(table: FloatArray) -> tuple[float | None, float | None]:
    """Agreement on the second category and on the first."""
    apart = float(table[0, 1] + table[1, 0])

    def share(both: float) -> float | None:
        return 2 * both / (2 * both + apart) if both or apart else None

    return share(float(table[1, 1])), share(float(table[0, 0]))
