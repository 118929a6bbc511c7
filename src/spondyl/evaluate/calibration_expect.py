"""What to expect of a calibrated site on new films, with intervals.

A figure on the films that were fitted to flatters. What is told is that figure less what the fit
flatters itself by (Harrell 1996, Stat Med 15:361): patients are resampled, everything is fitted
anew to each resample (fracture model, calibration, cut), and its figure there is held against its
figure on the films themselves. The mean of the difference is taken off, its spread makes the
interval; so the interval holds the uncertainty of a threshold that was chosen on these very films.

The calibration error is that of patients held out of the fit. The kind of calibration is chosen
once, and so is the share of measured heights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.evaluate.calibration import ece
from spondyl.evaluate.calibration_cases import Cases
from spondyl.evaluate.calibration_fit import FOLDS, Fit, Refit, fit_of, patient_folds
from spondyl.evaluate.calibration_target import (
    RATIOS,
    Target,
    choose_cut,
    count_calls,
    ratios,
)
from spondyl.evaluate.logistic import sigmoid
from spondyl.evaluate.statistics import Z_95, Clusters, wilson
from spondyl.read.calibration import CalibrationMap, Expected
from spondyl.read.site import FractureModel

FloatArray = NDArray[np.float64]

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
    counts = count_calls(cases, fitted.called)
    totals = vars(counts) | {"films": ones}
    sizes = np.array([totals[below].sum() for _, below in RATIOS.values()])
    values = ratios(counts, ones)
    # A calibration rises: it moves the cut, but not which findings are above it.
    repeated = fit if fitted.model is not None else fit_of(Refit.NONE, start)
    flattery = _bootstrap(cases, repeated, target, sizes, resamples, seed)
    found = {
        name: _corrected(float(values[k]), int(sizes[k]), flattery[:, k], name in _SHARES)
        for k, name in enumerate(RATIOS)
        if sizes[k]
    }
    if not cases.fractured[_scored(cases)].any():  # of normal bodies alone it would say nothing
        return found
    before = sigmoid(start.on_logits(cases.logits))
    found["ece_before"] = _error(cases, before, resamples, seed)
    held_out = _held_out(cases, fit, seed)
    if held_out is not None:
        found["ece"] = _error(cases, held_out, resamples, seed)
    return found


def _scored(cases: Cases) -> NDArray[np.bool_]:
    """T11-L5 bodies of known status that were judged: the calibration error counts these."""
    return cases.headline & cases.known


def _held_out(cases: Cases, fit: Fit, seed: int) -> FloatArray | None:
    """Probabilities by fits without the patient's fold, shape (n,).

    None where the fractures are so few that without some patients nothing can be fitted.
    """
    fold = patient_folds(cases, FOLDS, seed)[cases.patient]
    probabilities = np.zeros(len(cases.logits))
    for k in range(int(fold.max()) + 1):
        try:
            fitted, calibration, _ = fit(cases, (fold != k).astype(np.float64))
        except ValueError:
            return None
        out = fold[cases.film] == k
        probabilities[out] = sigmoid(calibration.on_logits(fitted.logits[out]))
    return probabilities


def _error(cases: Cases, probabilities: FloatArray, resamples: int, seed: int) -> Expected:
    scored = _scored(cases)
    patients = cases.patient[cases.film[scored]].tolist()
    figure = ece(
        probabilities[scored].tolist(),
        cases.fractured[scored].tolist(),
        patients,
        Clusters(range(cases.patients), resamples, seed),
    )
    return Expected(float(figure.value or 0.0), figure.low, figure.high, figure.n)


def _attempt(cases: Cases, fit: Fit, target: Target, films: FloatArray) -> Fitted | None:
    """A fit on some films; None where they happen to hold too little to fit or to set a target."""
    try:
        return fit_once(cases, fit, target, films)
    except ValueError:
        return None


def _bootstrap(
    cases: Cases, fit: Fit, target: Target, sizes: FloatArray, resamples: int, seed: int
) -> FloatArray:
    """How far each figure of a fit flatters itself, shape (resamples, 5), on the figures' scales.

    Shares are compared by their log odds and rates by their logarithms, both with half a case
    added, so that no interval leaves what is possible.
    """
    rng = np.random.default_rng(seed)
    ones = np.ones(len(cases.patient))
    rows = np.full((resamples, len(RATIOS)), np.nan)
    for b in range(resamples):
        drawn = rng.integers(cases.patients, size=cases.patients)
        films = np.bincount(drawn, minlength=cases.patients)[cases.patient].astype(np.float64)
        fitted = _attempt(cases, fit, target, films)
        if fitted is None:
            continue
        counts = count_calls(cases, fitted.called)
        inside, outside = ratios(counts, films), ratios(counts, ones)
        rows[b] = _scale(inside, sizes) - _scale(outside, sizes)
    return rows


def _scale(values: FloatArray, sizes: FloatArray) -> FloatArray:
    """Log odds of the four shares, logarithm of the rate, half a case added; shape (5,)."""
    above = values * sizes + 0.5
    below = (1 - values) * sizes + 0.5
    below[-1] = sizes[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(above) - np.log(below))


def _corrected(value: float, n: int, flattery: FloatArray, share: bool) -> Expected:
    """A share or a rate less its flattery; its interval is no narrower than Wilson's or Poisson's.

    Where nothing went wrong on these films, nothing does on resampled ones either, and their
    interval would have no width.
    """
    known = flattery[np.isfinite(flattery)]
    if len(known) == 0 or 2 * len(known) < len(flattery):
        return Expected(value, None, None, n)
    odds = np.log(value * n + 0.5) - np.log((1 - value) * n + 0.5 if share else n)
    corrected = odds - np.array([known.mean(), *np.percentile(known, [97.5, 2.5])])
    if share:  # the half case that was added is taken off again
        middle, low, high = np.clip((sigmoid(corrected) * (n + 1) - 0.5) / n, 0, 1)
        least, most = wilson(middle * n, n)
    else:
        middle, low, high = np.maximum(np.exp(corrected) - 0.5 / n, 0)
        least, most = (count / n for count in poisson(middle * n))
    return Expected(float(middle), float(min(low, least)), float(max(high, most)), n)


def poisson(count: float) -> tuple[float, float]:
    """Byar's 95 % interval of the mean behind a count (Breslow and Day 1987, vol. 2, p. 69).

    Examples
    --------
    >>> [round(v, 2) for v in poisson(0)], [round(v, 2) for v in poisson(10)]
    ([0.0, 3.67], [4.79, 18.39])
    """
    more = count + 1
    high = more * (1 - 1 / (9 * more) + Z_95 / (3 * np.sqrt(more))) ** 3
    low = count * (1 - 1 / (9 * count) - Z_95 / (3 * np.sqrt(count))) ** 3 if count > 0 else 0.0
    return max(0.0, float(low)), float(high)
