"""Logistic regression by Newton's method: weights, offsets, a pull towards known coefficients.

Small problems, solved a thousand times over inside a bootstrap; that is why it is not a call of a
larger library.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

_STEPS = 100
_DONE = 1e-10


def sigmoid(logits: FloatArray) -> FloatArray:
    """1 / (1 + exp(-x)), any shape, safe for large values."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -40.0, 40.0))))


def log_loss(logits: FloatArray, truths: NDArray[np.bool_]) -> FloatArray:
    """Minus the log probability of what is true, per case; natural logarithm."""
    return np.logaddexp(0.0, np.where(truths, -logits, logits))


def fit_logistic(
    features: ArrayLike,
    truths: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    offset: ArrayLike = 0.0,
    towards: ArrayLike | None = None,
    ridge: ArrayLike = 0.0,
    start: ArrayLike | None = None,
) -> FloatArray:
    """Coefficients that make the truths likeliest, intercept first, shape (k + 1,).

    Minimises ``sum(weights * log_loss) + 0.5 * sum(ridge * (coefficients - towards) ** 2)``.

    Parameters
    ----------
    features : array, shape (n, k)
        k may be 0: then only an intercept is fitted.
    truths : array of bool, shape (n,)
    weights : array, shape (n,), optional
        How often each case counts.
    offset : float or array, shape (n,)
        Known part of the logit.
    towards, ridge, start : array, shape (k + 1,), optional
        The pull's aim (0 by default) and strength (none by default); where to begin.

    Raises
    ------
    ValueError
        If there is no finite answer: without a pull, classes that a line parts.
    """
    x = np.asarray(features, dtype=np.float64)
    x = np.column_stack([np.ones(len(x)), x])
    y = np.asarray(truths, dtype=bool)
    count = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    aim = np.zeros(x.shape[1]) if towards is None else np.asarray(towards, dtype=np.float64)
    pull = np.broadcast_to(np.asarray(ridge, dtype=np.float64), aim.shape)
    known = np.asarray(offset, dtype=np.float64)

    def cost(coefficients: FloatArray) -> float:
        loss = log_loss(x @ coefficients + known, y)
        return float(count @ loss + 0.5 * pull @ (coefficients - aim) ** 2)

    at = aim.copy() if start is None else np.array(start, dtype=np.float64)
    now = cost(at)
    for _ in range(_STEPS):
        p = sigmoid(x @ at + known)
        slope = x.T @ (count * (y - p)) - pull * (at - aim)
        bend = (x * (count * p * (1 - p))[:, None]).T @ x + np.diag(pull)
        try:
            step = np.linalg.solve(bend, slope)
        except np.linalg.LinAlgError:
            break
        # Far from the answer a full step may overshoot.
        while (then := cost(at + step)) > now + 1e-12 and np.abs(step).max() > _DONE:
            step = step / 2
        at, now = at + step, then
        if np.abs(at).max() > 1e4:
            break
        if np.abs(step).max() < _DONE * (1 + np.abs(at).max()):
            return at
    raise ValueError(
        f"A logistic model of {len(x)} cases ({int(y.sum())} positive) has no finite answer: the "
        "classes do not overlap. Give more cases."
    )


def clustered_covariance(
    features: ArrayLike,
    truths: ArrayLike,
    coefficients: FloatArray,
    clusters: Sequence[Hashable],
    offset: ArrayLike = 0.0,
) -> FloatArray:
    """Covariance of fitted coefficients where cases of one cluster err together, (k + 1, k + 1).

    The sandwich of Liang and Zeger (1986, Biometrika 73:13) with the factor G / (G - 1) for G
    clusters.
    """
    x = np.asarray(features, dtype=np.float64)
    x = np.column_stack([np.ones(len(x)), x])
    p = sigmoid(x @ coefficients + np.asarray(offset, dtype=np.float64))
    bread = np.linalg.inv((x * (p * (1 - p))[:, None]).T @ x)
    rows = {cluster: i for i, cluster in enumerate(dict.fromkeys(clusters))}
    scores = np.zeros((len(rows), x.shape[1]))
    np.add.at(scores, [rows[c] for c in clusters], x * (np.asarray(truths, bool) - p)[:, None])
    factor = len(rows) / max(1, len(rows) - 1)
    return np.asarray(bread @ (factor * scores.T @ scores) @ bread)
