"""What to expect of a calibrated site on new films, with intervals.

A figure on the films that were fitted to flatters. What is told is that figure less what the fit
flatters itself by (Harrell 1996, Stat Med 15:361): patients are resampled, everything is fitted
anew to each resample (fracture model, calibration, cut), and its figure there is held against its
figure on the films themselves. The mean of the difference is taken off, its spread makes the
interval; so the interval holds the uncertainty of a threshold that was chosen on these very films.

The calibration error is that of a cross-validation by patient, since a curve flatters itself by
more than resampling shows. The kind of calibration is chosen once, and so is the share of measured
heights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.evaluate.calibration import BINS, calibration_error, ece, equal_mass_bins
from spondyl.evaluate.calibration_cases import Cases
from spondyl.evaluate.calibration_fit import FOLDS, Fit, patient_folds
from spondyl.evaluate.calibration_target import (
    RATIOS,
    Target,
    choose_cut,
    count_calls,
    ratios,
)
from spondyl.evaluate.logistic import sigmoid
from spondyl.evaluate.statistics import Clusters, wilson
from spondyl.read.calibration import CalibrationMap, Expected
from spondyl.read.site import FractureModel

FloatArray = NDArray[np.float64]

#: Cross-validations, each with its own folds, whose mean is told.
_REPEATS = 5
#: The figures of RATIOS that are shares; the other is a rate.
_SHARES = [name for name in RATIOS if name != "false_alarms_per_film"]


@dataclass(frozen=True)
class Fitted:
    """One fit: the cases with their logits, cut, calibration, and the model if it is a new one."""

    cases: Cases
    cut: float
    map: CalibrationMap
    model: FractureModel | None

    @property
    def called(self) -> NDArray[np.bool_]:
        """Findings at or above the cut, shape (n,)."""
        return self.cases.logits >= self.cut

    @property
    def probabilities(self) -> FloatArray:
        """Calibrated, shape (n,)."""
        return sigmoid(self.map.on_logits(self.cases.logits))


def fit_once(cases: Cases, fit: Fit, target: Target, films: FloatArray) -> Fitted:
    """One fit to the films, counted ``films`` times each."""
    fitted, calibration, model = fit(cases, films)
    return Fitted(fitted, choose_cut(fitted, target, films), calibration, model)


def expect(
    cases: Cases,
    fit: Fit,
    target: Target,
    fitted: Fitted,
    start: CalibrationMap,
    resamples: int,
    seed: int,
) -> dict[str, Expected]:
    """Every figure by its name, with its interval.

    Parameters
    ----------
    cases : Cases
    fit : callable
        The fit to repeat (:func:`~.calibration_fit.fit_of`).
    target : Target
    fitted : Fitted
        To all films.
    start : CalibrationMap
        What the site had before.
    resamples, seed : int
        Without resamples there are no intervals, and nothing is corrected.
    """
    ones = np.ones(len(cases.patient))
    totals = vars(count_calls(cases, fitted.called)) | {"films": ones}
    sizes = np.array([totals[below].sum() for _, below in RATIOS.values()])
    bins = equal_mass_bins(fitted.probabilities[_scored(cases)], BINS)
    values = ratios(count_calls(fitted.cases, fitted.called), ones)
    flattery = _bootstrap(cases, fit, target, bins, sizes, resamples, seed)
    found = {}
    for k, name in enumerate(RATIOS):
        n = int(sizes[k])
        if n:
            found[name] = _figure(float(values[k]), n, flattery[:, k], name in _SHARES)
    if len(bins):
        found["ece_before"] = _ece_before(cases, start, resamples, seed)
        held_out = _held_out_error(cases, fit, seed)
        if held_out is not None:
            found["ece"] = _plain(held_out, len(bins), flattery[:, -1])
    return found


def _scored(cases: Cases) -> NDArray[np.bool_]:
    """T11-L5 bodies of known status that were judged: the calibration error counts these."""
    return cases.headline & cases.known


def _held_out_error(cases: Cases, fit: Fit, seed: int) -> float | None:
    """Calibration error with each patient held out, the mean of several ways to hold out.

    None where the fractures are so few that without some patients nothing can be fitted.
    """
    scored, errors = _scored(cases), []
    for repeat in range(_REPEATS):
        fold = patient_folds(cases, FOLDS, seed + repeat)[cases.patient]
        probabilities = np.zeros(len(cases.logits))
        for k in range(int(fold.max()) + 1):
            try:
                fitted, calibration, _ = fit(cases, (fold != k).astype(np.float64))
            except ValueError:
                return None
            out = fold[cases.film] == k
            probabilities[out] = sigmoid(calibration.on_logits(fitted.logits[out]))
        errors.append(calibration_error(probabilities[scored], cases.fractured[scored]))
    return float(np.mean(errors))


def _attempt(cases: Cases, fit: Fit, target: Target, films: FloatArray) -> Fitted | None:
    """A fit on some films; None where they happen to hold too little to fit or to set a target."""
    try:
        return fit_once(cases, fit, target, films)
    except ValueError:
        return None


def _bootstrap(
    cases: Cases,
    fit: Fit,
    target: Target,
    bins: NDArray[np.int64],
    sizes: FloatArray,
    resamples: int,
    seed: int,
) -> FloatArray:
    """How far each figure of a fit flatters itself, shape (resamples, 6), on the figures' scales.

    Shares are compared by their log odds and rates by their logarithms, both with half a case
    added, so that no interval leaves what is possible.
    """
    rng = np.random.default_rng(seed)
    ones = np.ones(len(cases.patient))
    scored = _scored(cases)
    truth, film = cases.fractured[scored], cases.film[scored]
    rows = np.full((resamples, len(RATIOS) + 1), np.nan)
    for b in range(resamples):
        drawn = np.bincount(
            rng.integers(cases.patients, size=cases.patients), minlength=cases.patients
        )
        films = drawn[cases.patient].astype(np.float64)
        fitted = _attempt(cases, fit, target, films)
        if fitted is None:
            continue
        counts = count_calls(cases, fitted.called)
        inside, outside = ratios(counts, films), ratios(counts, ones)
        rows[b, :-1] = _scale(inside, sizes) - _scale(outside, sizes)
        gap = fitted.probabilities[scored] - truth
        rows[b, -1] = _binned(gap, bins, films[film]) - _binned(gap, bins, np.ones(len(gap)))
    return rows


def _binned(gap: FloatArray, bins: NDArray[np.int64], weights: FloatArray) -> float:
    total = weights.sum()
    return float(np.abs(np.bincount(bins, gap * weights)).sum() / total) if total else np.nan


def _scale(values: FloatArray, sizes: FloatArray) -> FloatArray:
    """Log odds of the four shares, logarithm of the rate, half a case added; shape (5,)."""
    above = values * sizes + 0.5
    below = (1 - values) * sizes + 0.5
    below[-1] = sizes[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(above) - np.log(below))


def _figure(value: float, n: int, flattery: FloatArray, share: bool) -> Expected:
    """A share or a rate, corrected; where resampling shows no spread, with Wilson's interval."""
    known = flattery[np.isfinite(flattery)]
    if len(known) == 0 or not np.isfinite(value) or 2 * len(known) < len(flattery):
        return Expected(value, None, None, n)
    if np.ptp(known) < 1e-12:
        low, high = wilson(min(value, 1.0) * n, n)
        return Expected(value, low, high, n)
    odds = np.log(value * n + 0.5) - np.log((1 - value) * n + 0.5 if share else n)
    corrected = odds - np.array([known.mean(), *np.percentile(known, [97.5, 2.5])])
    if share:  # the half case that was added is taken off again
        middle, low, high = np.clip((sigmoid(corrected) * (n + 1) - 0.5) / n, 0, 1)
    else:
        middle, low, high = np.maximum(np.exp(corrected) - 0.5 / n, 0)
    return Expected(float(middle), float(low), float(high), n)


def _plain(value: float, n: int, flattery: FloatArray) -> Expected:
    known = flattery[np.isfinite(flattery)]
    if len(known) == 0 or 2 * len(known) < len(flattery):
        return Expected(value, None, None, n)
    low, high = value + known.mean() - np.percentile(known, [97.5, 2.5])
    return Expected(value, float(np.clip(low, 0, value)), float(np.clip(high, value, 1)), n)


def _ece_before(cases: Cases, start: CalibrationMap, resamples: int, seed: int) -> Expected:
    scored = _scored(cases)
    said = sigmoid(start.on_logits(cases.logits[scored]))
    patients = cases.patient[cases.film[scored]].tolist()
    clusters = Clusters(range(cases.patients), resamples, seed)
    figure = ece(said.tolist(), cases.fractured[scored].tolist(), patients, clusters)
    return Expected(float(figure.value or 0.0), figure.low, figure.high, figure.n)
