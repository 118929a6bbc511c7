import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from spondyl.evaluate.decision import THRESHOLDS, net_benefit

said = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=3, max_size=40).filter(
    lambda rows: any(positive for _, positive in rows)
)


class TestNetBenefit:
    @settings(max_examples=25)
    @given(said, st.floats(0.01, 0.99))
    def test_is_the_published_formula(self, rows, at):
        # Vickers and Elkin 2006: TP / n - FP / n * pt / (1 - pt)
        p, positive = np.array([k for k, _ in rows]) / 20, np.array([y for _, y in rows])
        _, alarms, _, hits = confusion_matrix(positive, p >= at, labels=[False, True]).ravel()
        curve = net_benefit(p, positive, [at])
        assert curve.model[0] == pytest.approx((hits - alarms * at / (1 - at)) / len(p))
        share = positive.mean()
        assert curve.treat_all[0] == pytest.approx(share - (1 - share) * at / (1 - at))
        assert curve.treat_none[0] == 0
        assert curve.model[0] <= share + 1e-12

    def test_acting_on_all_is_worth_nothing_at_the_prevalence(self):
        curve = net_benefit([0.5] * 10, [True] * 3 + [False] * 7, [0.3])
        assert curve.treat_all[0] == pytest.approx(0)
        assert curve.gain[0] == pytest.approx(0)

    def test_a_perfect_reader_reaches_the_prevalence_throughout(self):
        curve = net_benefit([1.0, 1.0, 0.0, 0.0, 0.0], [True, True, False, False, False])
        np.testing.assert_allclose(curve.model, 0.4)
        np.testing.assert_allclose(curve.standardised, 1)
        assert (curve.gain >= -1e-12).all()
        assert len(curve.thresholds) == len(THRESHOLDS) == 99

    def test_low_thresholds_act_on_all(self):
        generator = np.random.default_rng(0)
        curve = net_benefit(generator.uniform(0.2, 1, 50), generator.random(50) < 0.4, [0.1, 0.2])
        np.testing.assert_allclose(curve.model, curve.treat_all)

    def test_band_holds_the_curve_and_widens_by_patient(self):
        generator = np.random.default_rng(1)
        positive = (generator.random(40) < 0.5).repeat(5)
        p = np.clip(0.3 + 0.4 * positive + 0.2 * generator.normal(size=200), 0, 1)
        alone = net_benefit(p, positive, [0.3, 0.5])
        together = net_benefit(p, positive, [0.3, 0.5], patients=np.arange(40).repeat(5).tolist())
        assert (alone.low < alone.model).all()
        assert (alone.model < alone.high).all()
        assert (together.high - together.low > 1.4 * (alone.high - alone.low)).all()
        np.testing.assert_allclose(alone.model, together.model)

    @pytest.mark.parametrize(
        ("p", "positive", "thresholds", "words"),
        [
            ([0.2, 0.4], [False, False], None, "at least one positive case, found none of 2"),
            ([0.2, 1.4], [False, True], None, "between 0 and 1, found 0.2 to 1.4"),
            ([0.2, 0.4], [False, True], [0.0], "both left out"),
            ([0.2, 0.4], [False, True], [0.5, 1.0], "both left out"),
            ([0.2, float("nan")], [False, True], None, "finite"),
            ([0.2], [False, True], None, "same length"),
            ([], [], None, "at least one positive case, found none of 0"),
        ],
    )
    def test_says_what_is_wrong(self, p, positive, thresholds, words):
        with pytest.raises(ValueError, match=words):
            net_benefit(p, positive, thresholds)
