"""Proportions, AUC and their intervals; vectorised, no randomness but a seed that is handed in."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z_95 = 1.959963984540054
RESAMPLES = 1000
SEED = 20261123
_CHUNK = 50

CLUSTERED = "patient-clustered bootstrap"
WILSON = "Wilson"
POISSON = "Poisson"
#: -ln(0.025): the 95 % upper end of the mean of a Poisson count of which none was seen.
_NONE_SEEN = 3.6888794541139363


@dataclass(frozen=True)
class Figure:
    """A figure with its number of cases and 95 % interval.

    Attributes
    ----------
    value : float or None
        None where there is no case to count.
    n : int
        Cases in the denominator.
    low, high : float or None
    method : str or None
        How the interval was made.
    """

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    method: str | None = None

    def to_json(self) -> dict[str, object]:
        """As it stands in ``evaluation.json``."""
        interval = (
            None if self.low is None or self.high is None else [_short(self.low), _short(self.high)]
        )
        return {
            "value": None if self.value is None else _short(self.value),
            "n": self.n,
            "interval": interval,
            "interval_method": self.method,
        }


def _short(value: float) -> float:
    return round(float(value), 5)


def wilson(successes: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % score interval of a proportion (Wilson 1927, J Am Stat Assoc 22:209).

    Raises
    ------
    ValueError
        If ``n`` is not above 0 or the successes are not between 0 and ``n``.

    Examples
    --------
    >>> [round(v, 4) for v in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(
            f"A proportion needs 0 <= successes <= n and n > 0, found {successes} of {n}."
        )
    share = successes / n
    centre = share + Z_95**2 / (2 * n)
    half = Z_95 * float(np.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n * n)))
    scale = 1 + Z_95**2 / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def auc(
    scores: ArrayLike, positive: ArrayLike, weights: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties a half.

    Parameters
    ----------
    scores : array, shape (n,)
    positive : array of bool, shape (n,)
    weights : array, shape (n,) or (resamples, n), optional
        How often each case counts.

    Returns
    -------
    ndarray, shape () or (resamples,)
        NaN where positives or negatives are missing.
    """
    scores = np.asarray(scores, dtype=np.float64)
    positive = np.asarray(positive, dtype=bool)
    weight = np.ones(len(scores)) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(scores) == 0:
        return np.full(weight.shape[:-1], np.nan)
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) > 0])
    ordered, sign = weight[..., order], positive[order]
    ups = np.add.reduceat(ordered * sign, starts, axis=-1)
    downs = np.add.reduceat(ordered * ~sign, starts, axis=-1)
    below = np.cumsum(downs, axis=-1) - downs / 2
    total = ups.sum(axis=-1) * downs.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((ups * below).sum(axis=-1) / total)


class Clusters:
    """Bootstrap over patients: every film and body of a drawn patient is drawn with it.

    Parameters
    ----------
    patients : sequence
        Every patient of the set, one entry per film (duplicates are one patient).
    resamples, seed : int
    """

    def __init__(
        self, patients: Sequence[Hashable], resamples: int = RESAMPLES, seed: int = SEED
    ) -> None:
        self._row = {patient: i for i, patient in enumerate(dict.fromkeys(patients))}
        count = len(self._row)
        generator = np.random.default_rng(seed)
        self._draws = (
            generator.multinomial(count, np.full(count, 1 / count), size=resamples).astype(float)
            if count
            else np.zeros((resamples, 0))
        )

    def _rows(self, patients: Sequence[Hashable]) -> NDArray[np.int64]:
        return np.array([self._row[patient] for patient in patients], dtype=np.int64)

    def ratio(
        self, numerator: ArrayLike, denominator: ArrayLike, patients: Sequence[Hashable]
    ) -> NDArray[np.float64]:
        """Resampled sum of numerators over sum of denominators, shape (resamples,)."""
        rows = self._rows(patients)
        count = len(self._row)
        up = np.bincount(rows, np.asarray(numerator, dtype=np.float64), minlength=count)
        down = np.bincount(rows, np.asarray(denominator, dtype=np.float64), minlength=count)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self._draws @ up) / (self._draws @ down))

    def median(self, values: ArrayLike, patients: Sequence[Hashable]) -> NDArray[np.float64]:
        """Resampled median, shape (resamples,); the lower one of an even number."""
        values = np.asarray(values, dtype=np.float64)
        order = np.argsort(values, kind="stable")
        ordered, rows = values[order], self._rows(patients)[order]
        medians = []
        for start in range(0, len(self._draws), _CHUNK):
            reached = np.cumsum(self._draws[start : start + _CHUNK, rows], axis=1)
            total = reached[:, -1:]
            place = np.argmax(reached >= total / 2, axis=1)
            medians.append(np.where(total[:, 0] > 0, ordered[place], np.nan))
        return np.concatenate(medians)

    def auc(
        self, scores: ArrayLike, positive: ArrayLike, patients: Sequence[Hashable]
    ) -> NDArray[np.float64]:
        """Resampled AUC, shape (resamples,)."""
        rows = self._rows(patients)
        # in chunks: a thousand resamples of ten thousand bodies are 80 MB at once
        return np.concatenate(
            [
                auc(scores, positive, self._draws[start : start + _CHUNK, rows])
                for start in range(0, len(self._draws), _CHUNK)
            ]
        )


def percentile_interval(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """The middle 95 % of resampled values; None where fewer than half of them exist."""
    known = values[np.isfinite(values)]
    if len(known) == 0 or 2 * len(known) < len(values):
        return None
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def proportion(right: Sequence[bool], patients: Sequence[Hashable], clusters: Clusters) -> Figure:
    """Share of cases that are right.

    The interval is the patient-clustered bootstrap; where it has no width (all right or all wrong,
    or one patient), Wilson's is given and named, since a width of zero would claim too much.
    """
    n = len(right)
    if n == 0:
        return Figure(None, 0)
    value = sum(right) / n
    interval = percentile_interval(clusters.ratio(np.asarray(right, float), np.ones(n), patients))
    if interval is not None and interval[0] < interval[1]:
        return Figure(value, n, *interval, CLUSTERED)
    return Figure(value, n, *wilson(sum(right), n), WILSON)


def mean(values: Sequence[float], patients: Sequence[Hashable], clusters: Clusters) -> Figure:
    """Mean with its patient-clustered bootstrap interval."""
    n = len(values)
    if n == 0:
        return Figure(None, 0)
    interval = percentile_interval(clusters.ratio(values, np.ones(n), patients))
    value = float(np.mean(values))
    return Figure(value, n) if interval is None else Figure(value, n, *interval, CLUSTERED)


def area(
    scores: Sequence[float],
    positive: Sequence[bool],
    patients: Sequence[Hashable],
    clusters: Clusters,
) -> Figure:
    """AUC with its patient-clustered bootstrap interval; no value where one class is missing.

    Where the classes are wholly apart the bootstrap has no width; the interval is then Wilson's of
    a proportion of the smaller class, which is wide enough whatever the larger one adds.
    """
    n = len(scores)
    value = float(auc(scores, positive)) if n else float("nan")
    if not np.isfinite(value):
        return Figure(None, n)
    interval = percentile_interval(clusters.auc(scores, positive, patients))
    if interval is not None and interval[0] < interval[1]:
        return Figure(value, n, *interval, CLUSTERED)
    positives = int(np.sum(positive))
    smaller = min(positives, n - positives)
    return Figure(value, n, *wilson(value * smaller, smaller), WILSON)


def median(values: Sequence[float], patients: Sequence[Hashable], clusters: Clusters) -> Figure:
    """Median with its patient-clustered bootstrap interval."""
    n = len(values)
    if n == 0:
        return Figure(None, 0)
    interval = percentile_interval(clusters.median(values, patients))
    value = float(np.median(values))
    return Figure(value, n) if interval is None else Figure(value, n, *interval, CLUSTERED)


def rate(counts: Sequence[int], patients: Sequence[Hashable], clusters: Clusters) -> Figure:
    """Mean count per film.

    The interval is the patient-clustered bootstrap; where nothing was counted at all it is the
    exact Poisson interval, since a width of zero would claim too much.
    """
    figure = mean(counts, patients, clusters)
    if figure.n and not any(counts):
        return Figure(0.0, figure.n, 0.0, _NONE_SEEN / figure.n, POISSON)
    return figure
