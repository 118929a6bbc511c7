"""Calibrate a site on labelled films."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from spondyl.evaluate.calibration_cases import Cases, Seen, Truth, collect, film_truth_of
from spondyl.evaluate.calibration_expect import expect, fit_once
from spondyl.evaluate.calibration_fit import (
    LEAST_FOR_CURVE,
    LEAST_OF_EACH,
    Choice,
    Refit,
    choose_refit,
    fit_of,
)
from spondyl.evaluate.calibration_heights import best_share
from spondyl.evaluate.calibration_target import (
    Goal,
    Target,
    TargetError,
    Unit,
    wanted_cases,
)
from spondyl.evaluate.logistic import sigmoid
from spondyl.evaluate.statistics import RESAMPLES, SEED
from spondyl.read.calibration import MadeFrom
from spondyl.read.site import Site

#: A threshold keeps clear of 0 and 1.
_MARGIN = 1e-6


def calibrate(
    films: Sequence[Seen],
    start: Site,
    target: Target,
    *,
    refit: Refit = Refit.AUTO,
    name: str | None = None,
    dataset: str = "",
    note: str = "",
    model_sha256: str = "",
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
    target : Target
    refit : Refit
        ``logistic`` fits the share of measured heights and the fracture model anew; the others
        keep both.
    name : str, optional
        The new site's; that of ``start`` by default.
    dataset, note : str
        For the record: the set's name, and a sentence on it.
    model_sha256 : str
        Checksum of the networks that saw the films.
    resamples, seed : int
        Of the bootstrap and the folds; without resamples nothing is corrected.

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
        share = best_share(labelled, start)
        start = replace(start, judge=replace(start.judge, geometry_share=share))
    cases, _ = collect(labelled, start)
    if cases.patients < 2:
        raise TargetError(
            f"A site is calibrated on films of several patients; found {cases.patients} with a "
            'body of known status. Give more films, or tell their patients apart by "patient".'
        )
    choice = _choose(cases, refit, start, seed)
    fit = fit_of(choice.refit, start.calibration)
    fitted = fit_once(cases, fit, target, np.ones(len(labelled)))
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
        model_sha256=model_sha256,
        expected=expect(cases, fit, target, fitted, start.calibration, resamples, seed),
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
    few = known < LEAST_FOR_CURVE[0] or fractured < LEAST_FOR_CURVE[1]
    if choice.refit is Refit.ISOTONIC and few:
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
