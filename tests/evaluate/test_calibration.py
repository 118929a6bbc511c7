"""Measures of calibration against known answers and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.evaluate.calibration import (
    brier,
    calibration_error,
    calibration_intercept,
    calibration_slope,
    ece,
    equal_mass_bins,
    reliability,
)
from spondyl.evaluate.logistic import sigmoid
from spondyl.evaluate.statistics import Clusters, wilson


@pytest.fixture(scope="module")
def drawn():
    """Logits, truths drawn from them, patients of seven cases each."""
    rng = np.random.default_rng(1)
    logits = rng.normal(-1.0, 2.0, size=2100)
    return logits, rng.random(2100) < sigmoid(logits), [i // 7 for i in range(2100)]


def test_error_of_known_cases():
    p = [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    assert calibration_error(p, [0, 0, 0, 1, 1, 1], 3) == 0
    # the middle bin is half off, and holds a third of the cases
    assert calibration_error(p, [0, 0, 1, 1, 1, 1], 3) == pytest.approx(1 / 6)
    assert calibration_error([1.0, 1.0], [0, 0]) == 1
    assert np.isnan(calibration_error([], []))


@given(st.lists(st.sampled_from([0.0, 0.1, 0.1, 0.5, 0.9, 1.0]), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_bins_keep_order_and_equals_together(p):
    bins = equal_mass_bins(p, 5)
    order = np.argsort(p, kind="stable")
    assert (np.diff(bins[order]) >= 0).all()
    for value in set(p):
        assert len(set(bins[np.array(p) == value])) == 1
    assert set(bins) == set(range(bins.max() + 1))


def test_bins_hold_equally_many(drawn):
    assert np.bincount(equal_mass_bins(drawn[0], 10)).tolist() == [210] * 10


def test_reliability_agrees_with_scikit_learn(drawn):
    from sklearn.calibration import calibration_curve

    logits, truths, _ = drawn
    p = sigmoid(logits)
    shares, means = calibration_curve(truths, p, n_bins=10, strategy="quantile")
    curve = reliability(p, truths)
    assert [point.share for point in curve] == pytest.approx(shares)
    assert [point.probability for point in curve] == pytest.approx(means)
    for point in curve:
        assert (point.low, point.high) == wilson(round(point.share * point.n), point.n)
    assert reliability([], []) == ()


def test_error_of_what_was_drawn_from_itself_may_be_nothing(drawn):
    logits, truths, patients = drawn
    clusters = Clusters(patients, 300)
    figure = ece(sigmoid(logits).tolist(), truths.tolist(), patients, clusters)
    assert figure.value < 0.03
    assert figure.low == 0
    assert figure.low <= figure.value <= figure.high < 0.05
    assert figure.n == 2100


def test_error_of_what_is_off_is_seen(drawn):
    logits, truths, patients = drawn
    off = sigmoid(logits + 1.5)
    true_error = float(np.mean(off - sigmoid(logits)))
    figure = ece(off.tolist(), truths.tolist(), patients, Clusters(patients, 300))
    assert 0 < figure.low < true_error < figure.high


def test_nothing_to_count():
    clusters = Clusters(["a", "b"], 10)
    assert ece([], [], [], clusters).value is None
    assert calibration_slope([], [], []).value is None
    assert calibration_intercept([0.2, 0.3], [False, False], ["a", "b"]).value is None
    assert calibration_slope([0.1, 0.9], [False, True], ["a", "b"]).value is None, "parted"
    # Two cases of one probability, as an untrained network gives.
    assert calibration_slope([0.1825] * 2, [True, False], ["a", "b"]).value is None


def test_brier_agrees_with_scikit_learn(drawn):
    from sklearn.metrics import brier_score_loss

    logits, truths, patients = drawn
    p = sigmoid(logits)
    figure = brier(p.tolist(), truths.tolist(), patients, Clusters(patients, 100))
    assert figure.value == pytest.approx(brier_score_loss(truths, p))
    assert figure.low < figure.value < figure.high


def test_slope_and_intercept_undo_what_was_done(drawn):
    logits, truths, patients = drawn
    slope = calibration_slope(sigmoid(2 * logits).tolist(), truths.tolist(), patients)
    assert slope.low < 0.5 < slope.high
    assert slope.high < 1
    intercept = calibration_intercept(sigmoid(logits - 1).tolist(), truths.tolist(), patients)
    assert intercept.low < 1 < intercept.high
    assert intercept.low > 0
