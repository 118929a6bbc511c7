"""A cut keeps its target on the films that set it, and no stricter than it must."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.evaluate.calibration_cases import Truth
from spondyl.evaluate.calibration_target import (
    RATIOS,
    Goal,
    Target,
    TargetError,
    Unit,
    choose_cut,
    count_calls,
    ratios,
)
from tests.evaluate.made_cases import made_cases


def figures(cases, cut, weights=None):
    weights = np.ones(len(cases.patient)) if weights is None else weights
    values = ratios(count_calls(cases, cases.logits >= cut), weights)
    return dict(zip(RATIOS, values, strict=True))


@given(
    seed=st.integers(0, 1000),
    value=st.floats(0.3, 0.99),
    unit=st.sampled_from(Unit),
    weighted=st.booleans(),
    coarse=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_the_target_is_met_and_just_met(seed, value, unit, weighted, coarse):
    cases = made_cases(25, seed)
    if coarse:  # many equal log odds
        cases = replace(cases, logits=np.round(cases.logits))
    weights = None
    if weighted:
        weights = np.random.default_rng(seed).integers(0, 3, size=25).astype(float)
        weights[np.argmax(cases.film_truth == Truth.FRACTURED)] = 1
        weights[np.argmin(cases.film_truth)] = 1
    cut = choose_cut(cases, Target(Goal.SENSITIVITY, value, unit), weights)
    name = f"sensitivity_{unit}"
    assert figures(cases, cut, weights)[name] >= value - 1e-9
    higher = cases.logits[cases.logits > cut]
    if len(higher) and not coarse:
        # beyond the next fractured case the target would be missed
        wanted = (cases.truth == Truth.FRACTURED) & (cases.logits > cut)
        if unit is Unit.BODY and weights is None:
            assert figures(cases, cases.logits[wanted].min() + 1e-9)[name] < value
    cut = choose_cut(cases, Target(Goal.SPECIFICITY, value, unit), weights)
    assert figures(cases, cut, weights)[f"specificity_{unit}"] >= value - 1e-9
    cut = choose_cut(cases, Target(Goal.FALSE_ALARMS, 1 - value), weights)
    assert figures(cases, cut, weights)["false_alarms_per_film"] <= 1 - value + 1e-9


def test_a_strict_target_has_the_higher_cut():
    cases = made_cases(40)
    cuts = [choose_cut(cases, Target(Goal.FALSE_ALARMS, value)) for value in (0.0, 0.1, 1.0)]
    assert cuts[0] > cuts[1] > cuts[2]
    cuts = [choose_cut(cases, Target(Goal.SENSITIVITY, value)) for value in (0.5, 0.9)]
    assert cuts[0] > cuts[1]


def test_bodies_that_were_never_found_count():
    cases = made_cases(40)
    before = choose_cut(cases, Target(Goal.SENSITIVITY, 0.8))
    lost = np.zeros(40, dtype=np.int64)
    lost[0] = 5
    fewer = replace(cases, lost_fractured=lost)
    assert choose_cut(fewer, Target(Goal.SENSITIVITY, 0.8)) < before
    with pytest.raises(TargetError, match=r"only 0\.\d+ were found and judged"):
        choose_cut(fewer, Target(Goal.SENSITIVITY, 0.999))
    more_normal = replace(cases, lost_normal=20 * lost)
    strict = Target(Goal.SPECIFICITY, 0.97)
    assert choose_cut(more_normal, strict) < choose_cut(cases, strict), "never called: specific"


def test_a_finding_on_no_body_is_a_false_alarm_of_no_sensitivity_or_specificity():
    cases = made_cases(30)
    truth, headline = cases.truth.copy(), cases.headline.copy()
    k = int(np.argmax(np.where(truth == Truth.NORMAL, cases.logits, -99)))
    cut = cases.logits[k] - 1e-6
    truth[k], headline[k] = Truth.NO_BODY, False
    moved = replace(cases, truth=truth, headline=headline)
    before, after = figures(cases, cut), figures(moved, cut)
    assert after["false_alarms_per_film"] == before["false_alarms_per_film"]
    assert after["specificity_body"] > before["specificity_body"]
    truth[k] = Truth.UNKNOWN
    unknown = figures(replace(moved, truth=truth), cut)
    assert unknown["false_alarms_per_film"] < before["false_alarms_per_film"]


def test_normal_films_set_no_sensitivity():
    cases = made_cases(20, fractures=False)
    for unit, noun in ((Unit.BODY, "bodies"), (Unit.FILM, "films")):
        with pytest.raises(TargetError, match=f"needs fractured .*{noun}"):
            choose_cut(cases, Target(Goal.SENSITIVITY, 0.9, unit))
    cut = choose_cut(cases, Target(Goal.FALSE_ALARMS, 0.05))
    assert figures(cases, cut)["false_alarms_per_film"] == 0.05
    assert np.isnan(figures(cases, cut)["sensitivity_body"])


@pytest.mark.parametrize(("goal", "value", "words"), [
    (Goal.SENSITIVITY, 95, "write 0.95"),
    (Goal.SPECIFICITY, 1.0, "between 0 and 1"),
    (Goal.FALSE_ALARMS, -0.1, "between 0 and 10"),
])  # fmt: skip
def test_targets_that_make_no_sense(goal, value, words):
    with pytest.raises(TargetError, match=words):
        Target(goal, value)
