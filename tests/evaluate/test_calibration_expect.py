"""Intervals hold what a site does on all films of its source, about as often as they say."""

import numpy as np
import pytest

from spondyl.evaluate.calibration import calibration_error
from spondyl.evaluate.calibration_expect import expect, fit_once
from spondyl.evaluate.calibration_fit import Refit, fit_of
from spondyl.evaluate.calibration_target import RATIOS, Goal, Target, count_calls, ratios
from spondyl.evaluate.logistic import sigmoid
from spondyl.read.calibration import CalibrationMap
from tests.evaluate.made_cases import made_cases

PLAIN = CalibrationMap()
SETS = 12


@pytest.fixture(scope="module")
def everyone():
    return made_cases(20_000, seed=999, stretch=2.0, shift=1.0)


@pytest.mark.parametrize("target", [Target(Goal.SENSITIVITY, 0.85), Target(Goal.FALSE_ALARMS, 0.2)])
def test_intervals_hold_the_truth(everyone, target):
    fit = fit_of(Refit.TEMPERATURE, PLAIN)
    held = dict.fromkeys([*RATIOS, "ece"], 0)
    away = dict.fromkeys([*RATIOS, "ece"], 0.0)
    for seed in range(SETS):
        cases = made_cases(70, seed, stretch=2.0, shift=1.0)
        fitted = fit_once(cases, fit, target, np.ones(70))
        expected = expect(cases, fit, target, fitted, PLAIN, 60, seed)
        counts = count_calls(everyone, everyone.logits >= fitted.cut)
        truth = dict(zip(RATIOS, ratios(counts, np.ones(20_000)), strict=True))
        said = sigmoid(fitted.map.on_logits(everyone.logits))
        truth["ece"] = calibration_error(said, everyone.fractured)
        for name, value in truth.items():
            held[name] += expected[name].low <= value <= expected[name].high
            away[name] += (expected[name].value - value) / SETS
    # 95 % of 12 is 11.4; fewer than 9 would be one time in a hundred thousand
    assert min(held.values()) >= 9, held
    assert max(abs(away[name]) for name in RATIOS if name != "false_alarms_per_film") < 0.04, away


def test_a_target_met_by_chance_is_corrected():
    """On the very films that set it a sensitivity is met exactly; on others it strays."""
    target = Target(Goal.SENSITIVITY, 0.9)
    fit = fit_of(Refit.NONE, PLAIN)
    cases = made_cases(40, seed=3)
    fitted = fit_once(cases, fit, target, np.ones(40))
    found = expect(cases, fit, target, fitted, PLAIN, 200, 1)["sensitivity_body"]
    assert found.low < 0.85
    assert 0.93 < found.high < 1


def test_nothing_wrong_is_no_certainty():
    cases = made_cases(30, seed=1, fractures=False)
    target = Target(Goal.FALSE_ALARMS, 0.0)
    fit = fit_of(Refit.NONE, PLAIN)
    fitted = fit_once(cases, fit, target, np.ones(30))
    found = expect(cases, fit, target, fitted, PLAIN, 50, 1)
    assert found["specificity_body"].low < 1
    assert found["false_alarms_per_film"].high > 0.02
    assert "sensitivity_body" not in found
    assert "ece" not in found


def test_too_few_fractures_to_repeat_a_fit():
    """All fractures in one patient: a third of the resamples lack him, and one held-out fit."""
    cases = made_cases(20, seed=2, fractures=False)
    truth, film_truth = cases.truth.copy(), cases.film_truth.copy()
    truth[:6], film_truth[0] = 1, 1
    cases = type(cases)(**{**vars(cases), "truth": truth, "film_truth": film_truth})
    target = Target(Goal.FALSE_ALARMS, 0.1)
    fit = fit_of(Refit.LOGISTIC, PLAIN)
    fitted = fit_once(cases, fit, target, np.ones(20))
    found = expect(cases, fit, target, fitted, PLAIN, 40, 1)
    assert "ece" not in found
    assert found["sensitivity_body"].n == 6
