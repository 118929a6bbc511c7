"""Calibrate a site on labelled films, and say what to expect of it on new ones.

What to expect is the figure on the same films less what the fit flatters itself by (Harrell 1996,
Stat Med 15:361): patients are resampled, everything is fitted anew to each resample (fracture
model, calibration, cut), and its figure there is held against its figure on the films themselves.
The mean of the difference is taken off, its spread makes the interval; so the interval holds the
uncertainty of a threshold that was chosen on these very films. The calibration error is that of a
cross-validation by patient, since a curve flatters itself by more than resampling shows. The kind
of calibration is chosen once, and so is the share of measured heights.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from spondyl.evaluate.calibration import BINS, calibration_error, ece, equal_mass_bins
from spondyl.evaluate.calibration_cases import Cases, Seen, Truth, collect, film_truth_of
from spondyl.evaluate.calibration_fit import (
    FOLDS,
    LEAST_FOR_CURVE,
    LEAST_OF_EACH,
    Choice,
    Fit,
    Refit,
    choose_refit,
    fit_of,
    patient_folds,
)
from spondyl.evaluate.calibration_target import (
    RATIOS,
    Goal,
    Target,
    TargetError,
    Unit,
    choose_cut,
    count_calls,
    ratios,
    wanted_cases,
)
from spondyl.evaluate.fit_site import best_share
from spondyl.evaluate.logistic import sigmoid
from spondyl.evaluate.statistics import RESAMPLES, SEED, Clusters, wilson
from spondyl.read.calibration import CalibrationMap, Expected, MadeFrom
from spondyl.read.engine import Networks
from spondyl.read.site import FractureModel, Site

FloatArray = NDArray[np.float64]

#: Cross-validations, each with its own folds, whose mean is told.
_REPEATS = 5
#: A threshold keeps clear of 0 and 1.
_MARGIN = 1e-6
#: Counts and the ECE of a fit: the figures of RATIOS, then the calibration error.
_SHARES = [name for name in RATIOS if name != "false_alarms_per_film"]


@dataclass(frozen=True)
class _Fitted:
    """One fit: what it says of the cases it is shown."""

    cases: Cases
    cut: float
    map: CalibrationMap
    model: FractureModel | None

    @property
    def called(self) -> NDArray[np.bool_]:
        return self.cases.logits >= self.cut

    @property
    def probabilities(self) -> FloatArray:
        return sigmoid(self.map.on_logits(self.cases.logits))


def calibrate(
    films: Sequence[Seen],
    start: Site,
    networks: Networks,
    target: Target,
    *,
    refit: Refit = Refit.AUTO,
    name: str | None = None,
    dataset: str = "",
    note: str = "",
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Site:
    """Fit a site to labelled films.

    Parameters
    ----------
    films : sequence of Seen
        Pixels are not needed any more (:func:`~.calibration_cases.without_pixels`).
    start : Site
        Says what is judged, and the probabilities before calibration.
    networks : Networks
        Those that saw the films.
    target : Target
    refit : Refit
        ``logistic`` fits the share of measured heights and the fracture model anew; the others
        keep both.
    name : str, optional
        The new site's; that of ``start`` by default.
    dataset, note : str
        For the record: the set's name, and a sentence on it.
    resamples, seed : int
        Of the bootstrap and the folds.

    Returns
    -------
    Site
        With its record in ``made_from``.

    Raises
    ------
    TargetError
        If these films cannot set the target.
    """
    # A film without any body of known status is no evidence, not even of a false alarm.
    labelled = [seen for seen in films if film_truth_of(seen.label) is not Truth.UNKNOWN]
    if refit is Refit.LOGISTIC:
        share = best_share(labelled, start, networks)
        start = replace(start, judge=replace(start.judge, geometry_share=share))
    cases, _ = collect(labelled, start, networks)
    if cases.patients < 2:
        raise TargetError(
            f"A site is calibrated on films of several patients; found {cases.patients} with a "
            'body of known status. Give more films, or tell their patients apart by "patient".'
        )
    choice = _choose(cases, refit, start, seed)
    fit = fit_of(choice.refit, start.calibration)
    fitted = _fit(cases, fit, target, np.ones(len(labelled)))
    threshold = float(sigmoid(fitted.map.on_logits(fitted.cut)))
    headline = cases.headline
    record = MadeFrom(
        dataset=dataset,
        films=len(labelled),
        patients=cases.patients,
        bodies=int(headline.sum() + cases.lost_fractured.sum() + cases.lost_normal.sum()),
        fractured=int((headline & cases.fractured).sum() + cases.lost_fractured.sum()),
        date=date.today().isoformat(),
        target=str(target),
        method=f"{choice.refit}: {choice.why}",
        model_sha256=networks.identity.sha256,
        expected=_expected(cases, fit, target, fitted, start, resamples, seed),
        warnings=tuple(_warnings(cases, target, choice, len(films) - len(labelled))),
    )
    return replace(
        start,
        name=name or start.name,
        threshold=float(np.clip(threshold, _MARGIN, 1 - _MARGIN)),
        fracture=fitted.model or start.fracture,
        calibration=fitted.map,
        note=_note(record, note),
        made_from=record,
    )


def _choose(cases: Cases, refit: Refit, start: Site, seed: int) -> Choice:
    if refit is Refit.AUTO:
        return choose_refit(cases, start.calibration, seed)
    fractured = int(cases.fractured.sum())
    normal = int(cases.known.sum()) - fractured
    if refit is not Refit.NONE and min(fractured, normal) < LEAST_OF_EACH:
        raise TargetError(
            f"Probabilities are fitted to fractured and normal bodies, at least {LEAST_OF_EACH} of "
            f"each; found {fractured} fractured and {normal} normal ones. Give films with both, or "
            "leave the probabilities as they are (--refit none)."
        )
    return Choice(refit, "as asked for.")


def _fit(cases: Cases, fit: Fit, target: Target, films: FloatArray) -> _Fitted:
    fitted, calibration, model = fit(cases, films)
    return _Fitted(fitted, choose_cut(fitted, target, films), calibration, model)


def _expected(
    cases: Cases,
    fit: Fit,
    target: Target,
    fitted: _Fitted,
    start: Site,
    resamples: int,
    seed: int,
) -> dict[str, Expected]:
    """Every figure, less what the fit flatters itself by, with its bootstrap interval."""
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
        found["ece"] = _plain(held_out, len(bins), flattery[:, -1])
    return found


def _scored(cases: Cases) -> NDArray[np.bool_]:
    """T11-L5 bodies of known status that were judged: the calibration error counts these."""
    return cases.headline & cases.known


def _held_out_error(cases: Cases, fit: Fit, seed: int) -> float:
    """Calibration error with each patient held out, the mean of several ways to hold out."""
    scored, errors = _scored(cases), []
    for repeat in range(_REPEATS):
        fold = patient_folds(cases, FOLDS, seed + repeat)[cases.patient]
        probabilities = np.zeros(len(cases.logits))
        for k in range(int(fold.max()) + 1):
            fitted, calibration, _ = fit(cases, (fold != k).astype(np.float64))
            out = fold[cases.film] == k
            probabilities[out] = sigmoid(calibration.on_logits(fitted.logits[out]))
        errors.append(calibration_error(probabilities[scored], cases.fractured[scored]))
    return float(np.mean(errors))


def _attempt(cases: Cases, fit: Fit, target: Target, films: FloatArray) -> _Fitted | None:
    """A fit on some films; None where they happen to hold nothing to set the target by."""
    try:
        return _fit(cases, fit, target, films)
    except TargetError:
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
    if not np.isfinite(value) or 2 * len(known) < len(flattery):
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
    if 2 * len(known) < len(flattery):
        return Expected(value, None, None, n)
    low, high = value + known.mean() - np.percentile(known, [97.5, 2.5])
    return Expected(value, float(np.clip(low, 0, value)), float(np.clip(high, value, 1)), n)


def _ece_before(cases: Cases, start: Site, resamples: int, seed: int) -> Expected:
    scored = _scored(cases)
    said = sigmoid(start.calibration.on_logits(cases.logits[scored]))
    patients = cases.patient[cases.film[scored]].tolist()
    clusters = Clusters(range(cases.patients), resamples, seed)
    figure = ece(said.tolist(), cases.fractured[scored].tolist(), patients, clusters)
    return Expected(float(figure.value or 0.0), figure.low, figure.high, figure.n)


def _warnings(cases: Cases, target: Target, choice: Choice, silent: int) -> list[str]:
    found = []
    noun, there = _rests_on(cases, target)
    wanted = wanted_cases(target)
    if there < wanted:
        found.append(
            f"The threshold rests on {there} {noun}; about {wanted} are wanted for a target of "
            f"{target}. Until then take its figures for a rough guide."
        )
    if not cases.fractured.any():
        found.append(
            "No fractured body was found on these films: the probabilities stay as they were, and "
            "nothing is known of the sensitivity."
        )
    elif choice.refit is Refit.NONE and "too few" in choice.why:
        found.append(f"The probabilities stay as they were: {choice.why}")
    known, fractured = int(cases.known.sum()), int(cases.fractured.sum())
    if choice.refit is Refit.ISOTONIC and (known, fractured) < LEAST_FOR_CURVE:
        found.append(
            f"An isotonic curve of {known} bodies, {fractured} of them fractured, follows their "
            f"noise; {LEAST_FOR_CURVE[0]} and {LEAST_FOR_CURVE[1]} are wanted."
        )
    if silent:
        found.append(
            f"{silent} film{'s have' if silent > 1 else ' has'} no body of known status and "
            f"{'were' if silent > 1 else 'was'} left out."
        )
    return found


def _rests_on(cases: Cases, target: Target) -> tuple[str, int]:
    if target.goal is Goal.FALSE_ALARMS:
        return "films", len(cases.patient)
    wanted = Truth.FRACTURED if target.goal is Goal.SENSITIVITY else Truth.NORMAL
    word = wanted.name.lower()
    if target.unit is Unit.FILM:
        return f"{word} films", int((cases.film_truth == wanted).sum())
    lost = cases.lost_fractured if wanted is Truth.FRACTURED else cases.lost_normal
    return f"{word} bodies", int((cases.headline & (cases.truth == wanted)).sum() + lost.sum())


def _note(record: MadeFrom, note: str) -> str:
    of = f" of {record.dataset}" if record.dataset else ""
    text = (
        f"Calibrated on {record.films} films{of} ({record.patients} patients, {record.bodies} "
        f"bodies, {record.fractured} of them fractured) on {record.date} at {record.target}."
    )
    return f"{text} {note}".strip()
