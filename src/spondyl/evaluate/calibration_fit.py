"""Fitting a calibration: slope and offset, a monotone curve, or a new fracture model.

All fits take a weight per case, so that a bootstrap can repeat them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spondyl.evaluate.calibration_cases import Cases
from spondyl.evaluate.logistic import fit_logistic, log_loss
from spondyl.read.calibration import CalibrationMap
from spondyl.read.site import FractureModel

FloatArray = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Fractured and normal bodies under which slope and offset are noise.
LEAST_OF_EACH = 5
#: Bodies, and fractured ones, from which a free curve is tried: with fewer an isotonic fit follows
#: the noise (Niculescu-Mizil and Caruana 2005, ICML: about a thousand cases).
LEAST_FOR_CURVE = (1000, 50)
#: Pull of slope and offset towards 1 and 0, as strong as one case or so: without it classes that do
#: not overlap would give an endless slope.
_PULL = np.array([0.1, 1.0])
#: Pull of a new fracture model's weights towards 0; none on its intercept.
_WEIGHT_RIDGE = 0.1
_LEAST_SLOPE = 0.02
FOLDS = 10


class Refit(StrEnum):
    """How probabilities are calibrated."""

    AUTO = "auto"
    NONE = "none"
    TEMPERATURE = "temperature"
    ISOTONIC = "isotonic"
    LOGISTIC = "logistic"


@dataclass(frozen=True)
class Choice:
    """A way to calibrate, and why it was taken."""

    refit: Refit
    why: str


def fit_map(
    refit: Refit,
    logits: FloatArray,
    fractured: Bools,
    weights: FloatArray,
    start: CalibrationMap | None = None,
) -> CalibrationMap:
    """Fit a calibration of the given kind.

    Parameters
    ----------
    refit : Refit
        TEMPERATURE (slope and offset) or ISOTONIC; NONE keeps ``start``.
    logits : ndarray, shape (n,)
        Log odds before any calibration.
    fractured : ndarray of bool, shape (n,)
    weights : ndarray, shape (n,)
    start : CalibrationMap, optional
    """
    if refit is Refit.TEMPERATURE:
        return fit_slope(logits, fractured, weights)
    if refit is Refit.ISOTONIC:
        return fit_curve(logits, fractured, weights)
    return start or CalibrationMap()


def fit_slope(logits: FloatArray, fractured: Bools, weights: FloatArray) -> CalibrationMap:
    """Likeliest slope and offset on the logit (Platt 1999), weakly pulled to 1 and 0."""
    offset, slope = fit_logistic(
        logits[:, None],
        fractured,
        weights=weights,
        towards=[0.0, 1.0],
        ridge=_PULL,
        start=[0.0, 1.0],
    )
    # Networks that rank wrongly cannot be mended by turning them round.
    return CalibrationMap(slope=max(float(slope), _LEAST_SLOPE), offset=float(offset))


def fit_curve(logits: FloatArray, fractured: Bools, weights: FloatArray) -> CalibrationMap:
    """A rising curve through the pooled shares of an isotonic regression.

    Each pool of equal share becomes a knot at its mean logit. Its share is drawn in by half a case
    of each kind (Jeffreys), so that no pool says never or always.
    """
    from sklearn.isotonic import isotonic_regression

    held = weights > 0
    values, place = np.unique(logits[held], return_inverse=True)
    count = np.bincount(place, weights[held])
    positive = np.bincount(place, weights[held] * fractured[held])
    fitted = isotonic_regression(positive / count, sample_weight=count, y_min=0.0, y_max=1.0)
    pool = np.concatenate([[0], np.cumsum(np.diff(fitted) > 1e-12)])
    n = np.bincount(pool, count)
    xs = np.bincount(pool, count * values) / n
    share = (np.bincount(pool, positive) + 0.5) / (n + 1)
    ys = np.log(share) - np.log1p(-share)
    # Drawing in may lift a small low pool above its upper neighbour: such a knot is left out.
    knots: list[tuple[float, float]] = []
    for k in np.argsort(-n, kind="stable"):
        below = [y for x, y in knots if x < xs[k]]
        above = [y for x, y in knots if x > xs[k]]
        if max(below, default=-np.inf) < ys[k] - 1e-6 and ys[k] + 1e-6 < min(above, default=np.inf):
            knots.append((round(float(xs[k]), 6), round(float(ys[k]), 6)))
    return CalibrationMap(knots=tuple(sorted(knots)))


def fit_fracture_model(cases: Cases, weights: FloatArray) -> FractureModel:
    """The logistic model of a body's fracture of largest likelihood, weakly pulled to 0.

    Parameters
    ----------
    cases : Cases
    weights : ndarray, shape (n,)
        How often each finding counts; those of unknown status are left out.
    """
    held = cases.known
    ridge = np.full(cases.features.shape[1] + 1, _WEIGHT_RIDGE)
    ridge[0] = 0.0
    intercept, body, finder, loss = fit_logistic(
        cases.features[held], cases.fractured[held], weights=weights[held], ridge=ridge
    )
    return FractureModel(
        intercept=round(float(intercept), 4),
        body=round(float(body), 4),
        finder=round(float(finder), 4),
        loss=round(float(loss), 4),
    )


def with_model(cases: Cases, model: FractureModel) -> Cases:
    """The same cases with the logits of another fracture model."""
    weights = np.array([model.body, model.finder, model.loss])
    return replace(cases, logits=model.intercept + cases.features @ weights)


def patient_folds(cases: Cases, folds: int, seed: int) -> NDArray[np.int64]:
    """Fold of each patient, shape (patients,), those with a fracture spread evenly."""
    rng = np.random.default_rng(seed)
    has_fracture = np.zeros(cases.patients, dtype=bool)
    has_fracture[cases.patient[cases.film[cases.fractured]]] = True
    order = rng.permutation(cases.patients)
    order = order[np.argsort(~has_fracture[order], kind="stable")]
    fold = np.empty(cases.patients, dtype=np.int64)
    fold[order] = np.arange(cases.patients) % max(2, min(folds, cases.patients))
    return fold


def _held_out_losses(
    cases: Cases, refit: Refit, start: CalibrationMap, fold: NDArray[np.int64]
) -> FloatArray:
    """Log loss of each known case by a fit without its patient's fold."""
    held = np.flatnonzero(cases.known)
    logits, truth = cases.logits[held], cases.fractured[held]
    fold_of = fold[cases.patient[cases.film[held]]]
    losses = np.empty(len(held))
    for k in range(int(fold.max()) + 1):
        out = fold_of == k
        fitted = fit_map(refit, logits, truth, (~out).astype(np.float64), start)
        losses[out] = log_loss(fitted.on_logits(logits[out]), truth[out])
    return losses


def choose_refit(cases: Cases, start: CalibrationMap, seed: int) -> Choice:
    """The simplest calibration that no other beats by more than its standard error.

    Log loss of patients held out of the fit, 10 folds; simpler is: none, slope and offset, curve.

    Parameters
    ----------
    cases : Cases
    start : CalibrationMap
        What the site has now.
    seed : int
        Of the folds.
    """
    fractured = int(cases.fractured.sum())
    normal = int(cases.known.sum()) - fractured
    if min(fractured, normal) < LEAST_OF_EACH or cases.patients < 2:
        return Choice(
            Refit.NONE,
            f"{fractured} fractured and {normal} normal bodies are too few to calibrate "
            f"probabilities (at least {LEAST_OF_EACH} of each).",
        )
    tried = [Refit.NONE, Refit.TEMPERATURE]
    if fractured + normal >= LEAST_FOR_CURVE[0] and fractured >= LEAST_FOR_CURVE[1]:
        tried.append(Refit.ISOTONIC)
    fold = patient_folds(cases, FOLDS, seed)
    losses = {refit: _held_out_losses(cases, refit, start, fold) for refit in tried}
    patients = cases.patient[cases.film[cases.known]]
    best = min(tried, key=lambda refit: losses[refit].mean())
    taken = next(refit for refit in tried if _about_as_good(losses[refit], losses[best], patients))
    said = ", ".join(f"{_WORDS[refit]} {losses[refit].mean():.4f}" for refit in tried)
    reason = "the least" if taken is best else "the simplest within a standard error of the least"
    few = "" if Refit.ISOTONIC in tried else (
        f" An isotonic curve is tried from {LEAST_FOR_CURVE[0]} bodies, {LEAST_FOR_CURVE[1]} of "
        "them fractured."
    )  # fmt: skip
    return Choice(taken, f"Log loss of patients held out: {said}; taken is {reason}.{few}")


_WORDS = {
    Refit.NONE: "as they were",
    Refit.TEMPERATURE: "slope and offset",
    Refit.ISOTONIC: "isotonic curve",
}


def _about_as_good(losses: FloatArray, best: FloatArray, patients: NDArray[np.int64]) -> bool:
    worse = losses - best
    mean = float(worse.mean())
    if mean <= 0:
        return True
    per_patient = np.bincount(patients, worse - mean)
    return mean <= float(np.sqrt((per_patient**2).sum())) / len(worse)


Fit = Callable[[Cases, FloatArray], tuple[Cases, CalibrationMap, FractureModel | None]]


def fit_of(refit: Refit, start: CalibrationMap) -> Fit:
    """The fit to repeat: cases and film weights -> cases with their logits, the map, the model.

    Parameters
    ----------
    refit : Refit
        Not AUTO.
    start : CalibrationMap
        What NONE keeps.
    """

    def fit(cases: Cases, films: FloatArray) -> tuple[Cases, CalibrationMap, FractureModel | None]:
        weights = films[cases.film]
        if refit is Refit.LOGISTIC:
            model = fit_fracture_model(cases, weights)
            return with_model(cases, model), CalibrationMap(), model
        held = cases.known
        fitted = fit_map(refit, cases.logits[held], cases.fractured[held], weights[held], start)
        return cases, fitted, None

    return fit
