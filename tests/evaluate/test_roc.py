import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from spondyl.evaluate.roc import (
    Scale,
    clustered_delong_interval,
    delong_interval,
    roc_curve,
)
from spondyl.evaluate.sample_size import hanley_mcneil_variance
from spondyl.evaluate.statistics import WILSON, Figure, auc, wilson
from tests.evaluate.ct_readings import ct
from tests.evaluate.ovarian import ALBUMIN, BENEFIT, KG_SCORE, PROTEIN

cases = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=6, max_size=50).filter(
    lambda rows: 2 <= sum(positive for _, positive in rows) <= len(rows) - 2
)


class TestRocCurve:
    @given(cases)
    def test_is_scikit_learns(self, rows):
        scores, positive = map(np.array, zip(*rows, strict=True))
        curve = roc_curve(scores, positive)
        fpr, tpr, thresholds = metrics.roc_curve(positive, scores, drop_intermediate=False)
        np.testing.assert_allclose(curve.false_positive_rate, fpr)
        np.testing.assert_allclose(curve.sensitivity, tpr)
        np.testing.assert_allclose(curve.thresholds, thresholds)

    @given(cases)
    def test_its_area_is_the_auc_by_ranks(self, rows):
        scores, positive = zip(*rows, strict=True)
        assert roc_curve(scores, positive).area == pytest.approx(float(auc(scores, positive)))

    def test_at_a_threshold(self):
        curve = roc_curve([0.1, 0.4, 0.4, 0.8], [False, False, True, True])
        assert curve.at(0.8) == (0.0, 0.5)
        assert curve.at(0.81) == (0.0, 0.0)
        assert curve.at(0.4) == (0.5, 1.0)
        assert curve.at(0.0) == (1.0, 1.0)

    def test_needs_both_classes(self):
        with pytest.raises(ValueError, match="found 0 positives and 2 negatives"):
            roc_curve([1, 2], [False, False])


class TestDeLongInterval:
    @pytest.mark.parametrize(
        ("scores", "value", "low", "high"),
        [
            (ALBUMIN, 0.7366, 0.5549, 0.9182),
            (PROTEIN, 0.6478, 0.4518, 0.8439),
            (KG_SCORE, 0.7258, 0.5243, 0.9273),
        ],
    )
    def test_published_intervals(self, scores, value, low, high):
        # the SAS/STAT guide's table of DeLong's ovarian cancer data: 95 % Wald limits
        figure = delong_interval(scores, BENEFIT, Scale.PLAIN)
        assert (figure.value, figure.low, figure.high) == pytest.approx(
            (value, low, high), abs=6e-5
        )
        assert (figure.n, figure.method) == (43, "DeLong")

    def test_hanley_and_mcneils_example(self):
        scores, positive = ct()
        figure = delong_interval(scores, positive, Scale.PLAIN)
        assert round(figure.value, 3) == 0.893
        error = (figure.high - figure.low) / 2 / 1.96
        assert error == pytest.approx(hanley_mcneil_variance(0.893, 51, 58) ** 0.5, rel=0.1)

    @settings(max_examples=50)
    @given(cases)
    def test_only_the_order_of_scores_counts(self, rows):
        scores, positive = map(np.array, zip(*rows, strict=True))
        assert delong_interval(scores, positive) == delong_interval(np.exp(scores / 3), positive)

    @settings(max_examples=50)
    @given(cases, st.sampled_from(Scale))
    def test_turned_scores_turn_the_interval(self, rows, scale):
        scores, positive = map(np.array, zip(*rows, strict=True))
        up, down = (delong_interval(s, positive, scale) for s in (scores, -scores))
        assert (up.value, up.low, up.high) == pytest.approx(
            (1 - down.value, 1 - down.high, 1 - down.low)
        )
        assert 0 <= up.low <= up.value + 1e-12
        assert up.value - 1e-12 <= up.high <= 1

    def test_covers_a_high_auc_about_as_often_as_it_says(self):
        generator = np.random.default_rng(1)
        positive = np.arange(110) < 30
        true = 0.9697  # of normal scores 2.655 apart
        hits = dict.fromkeys(Scale, 0)
        for _ in range(400):
            scores = generator.normal(size=110) + 2.655 * positive
            for scale in Scale:
                figure = delong_interval(scores, positive, scale)
                hits[scale] += figure.low <= true <= figure.high
        assert 0.91 <= hits[Scale.LOGIT] / 400 <= 0.98
        # the plain interval is too short on the side away from 1
        assert hits[Scale.PLAIN] / 400 < 0.91

    def test_classes_wholly_apart_are_given_wilsons_interval(self):
        figure = delong_interval([1, 2, 3, 7, 8], [False, False, False, True, True])
        assert figure == Figure(1.0, 5, *wilson(2, 2), WILSON)

    def test_one_positive_is_given_wilsons_interval(self):
        figure = delong_interval([1, 3, 2], [False, False, True])
        assert figure.value == 0.5
        assert figure.method == WILSON

    def test_one_class_has_no_value(self):
        assert delong_interval([0.2, 0.4], [True, True]) == Figure(None, 2)
        assert delong_interval([], []) == Figure(None, 0)

    def test_not_a_number_is_refused(self):
        with pytest.raises(ValueError, match="finite"):
            delong_interval([0.1, float("nan")], [True, False])


class TestByPatient:
    @settings(max_examples=30)
    @given(cases)
    def test_one_case_a_patient_is_delong(self, rows):
        scores, positive = zip(*rows, strict=True)
        alone = delong_interval(scores, positive)
        named = clustered_delong_interval(scores, positive, range(len(scores)))
        assert named.method == alone.method
        assert (named.low, named.high) == pytest.approx((alone.low, alone.high))

    def test_bodies_of_one_film_widen_the_interval(self):
        generator = np.random.default_rng(0)
        patients = np.repeat(np.arange(40), 5)
        positive = (np.arange(40) < 20)[patients]
        scores = generator.normal(size=40)[patients] + positive
        alone = delong_interval(scores, positive)
        together = clustered_delong_interval(scores, positive, patients)
        assert together.method == "Obuchowski, by patient, logit scale"
        assert together.high - together.low > 1.8 * (alone.high - alone.low)
