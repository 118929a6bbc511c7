"""Fits rise, find what was done to the log odds, and are chosen by what they are worth."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.evaluate.calibration_cases import Truth
from spondyl.evaluate.calibration_fit import (
    Refit,
    choose_refit,
    fit_curve,
    fit_fracture_model,
    fit_of,
    fit_slope,
    patient_folds,
    with_model,
)
from spondyl.read.calibration import CalibrationMap
from tests.evaluate.made_cases import made_cases

PLAIN = CalibrationMap()


def test_slope_and_offset_undo_what_was_done():
    cases = made_cases(400, stretch=2.0, shift=1.0)
    found = fit_slope(cases.logits, cases.fractured, np.ones(len(cases.logits)))
    assert found.slope == pytest.approx(0.5, abs=0.06)
    assert found.offset == pytest.approx(-0.5, abs=0.25)


def test_networks_that_rank_wrongly_are_not_turned_round():
    cases = made_cases(100)
    found = fit_slope(-cases.logits, cases.fractured, np.ones(len(cases.logits)))
    assert 0 < found.slope < 0.1


def test_classes_that_do_not_overlap_give_a_finite_slope():
    logits = np.array([-3.0, -2.0, -1.0, 1.0, 2.0])
    found = fit_slope(logits, logits > 0, np.ones(5))
    assert 1 < found.slope < 10


def test_curve_is_the_isotonic_regression():
    from sklearn.isotonic import IsotonicRegression

    cases = made_cases(300)
    weights = np.ones(len(cases.logits))
    oracle = IsotonicRegression().fit(cases.logits, cases.fractured)
    found = fit_curve(cases.logits, cases.fractured, weights)
    inside = [x for x, _ in found.knots]
    said = 1 / (1 + np.exp(-found.on_logits(np.array(inside))))
    # half a case of each kind is added to every pool: large pools are where scikit-learn has them
    assert said == pytest.approx(oracle.predict(inside), abs=0.12)
    assert np.mean(np.abs(said - oracle.predict(inside))) < 0.04
    everywhere = 1 / (1 + np.exp(-found.on_logits(cases.logits)))
    assert np.mean(np.abs(everywhere - oracle.predict(cases.logits))) < 0.02


@given(
    st.lists(
        st.tuples(st.floats(-6, 6), st.booleans(), st.integers(0, 3)), min_size=2, max_size=60
    ).filter(lambda rows: any(row[2] for row in rows))
)
@settings(max_examples=60, deadline=None)
def test_every_fit_rises(rows):
    logits, truths, weights = (np.array(column) for column in zip(*rows, strict=True))
    for fit in (fit_slope, fit_curve):
        found = fit(logits.astype(float), truths.astype(bool), weights.astype(float))
        there = np.linspace(-8, 8, 200)
        assert (np.diff(found.on_logits(there)) > 0).all()


def test_a_fracture_model_is_found_again():
    cases = made_cases(400)
    model = fit_fracture_model(cases, np.ones(len(cases.logits)))
    assert model.intercept == pytest.approx(0, abs=0.3)
    assert model.body == pytest.approx(1, abs=0.12)
    assert abs(model.finder) < 0.3
    assert abs(model.loss) < 0.3
    again = with_model(cases, model)
    assert np.corrcoef(again.logits, cases.logits)[0, 1] > 0.97


def test_findings_of_unknown_status_are_no_evidence():
    cases = made_cases(100)
    truth = cases.truth.copy()
    truth[::3] = Truth.UNKNOWN
    unknown = replace(cases, truth=truth)
    other = replace(unknown, logits=np.where(truth == Truth.UNKNOWN, 9.0, cases.logits))
    ones = np.ones(100)
    for refit in (Refit.TEMPERATURE, Refit.ISOTONIC):
        assert fit_of(refit, PLAIN)(unknown, ones)[1] == fit_of(refit, PLAIN)(other, ones)[1]


def test_patients_share_a_fold_and_fractures_are_spread():
    cases = made_cases(50)
    fold = patient_folds(cases, 10, seed=1)
    assert np.bincount(fold).tolist() == [5] * 10
    has_fracture = cases.film_truth == Truth.FRACTURED
    assert np.ptp(np.bincount(fold[has_fracture], minlength=10)) <= 1
    assert (fold == patient_folds(cases, 10, seed=1)).all()
    assert (fold != patient_folds(cases, 10, seed=2)).any()


def test_what_is_calibrated_stays():
    choice = choose_refit(made_cases(100), PLAIN, seed=0)
    assert choice.refit is Refit.NONE
    assert "held out" in choice.why
    assert "isotonic curve is tried from 1000 bodies" in choice.why


def test_what_is_too_sure_gets_a_slope():
    choice = choose_refit(made_cases(150, stretch=3.0, shift=2.0), PLAIN, seed=0)
    assert choice.refit is Refit.TEMPERATURE
    assert "slope and offset" in choice.why


def test_what_a_line_cannot_mend_gets_a_curve():
    cases = made_cases(500)
    bent = replace(cases, logits=np.where(cases.logits < -2, 0.05, 6.0) * (cases.logits + 2))
    assert choose_refit(bent, PLAIN, seed=0).refit is Refit.ISOTONIC


def test_a_site_that_was_calibrated_is_taken_as_it_is():
    cases = made_cases(150, stretch=3.0, shift=2.0)
    right = CalibrationMap(slope=1 / 3, offset=-2 / 3)
    assert choose_refit(cases, right, seed=0).refit is Refit.NONE
    assert fit_of(Refit.NONE, right)(cases, np.ones(150))[1] == right


def test_few_bodies_are_left_alone():
    choice = choose_refit(made_cases(20, fractures=False), PLAIN, seed=0)
    assert choice.refit is Refit.NONE
    assert "too few" in choice.why
