import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from spondyl.evaluate.paired import adjusted, holm, mcnemar

p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=20)


class TestHolm:
    def test_worked_example(self):
        # thresholds alpha / 4, / 3, / 2, / 1 of Holm 1979, turned into adjusted p
        assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))

    @given(p_lists)
    def test_agrees_with_statsmodels(self, p_values):
        np.testing.assert_allclose(
            holm(p_values), multipletests(p_values, method="holm")[1], atol=1e-12
        )

    @given(p_lists)
    def test_order_is_kept_and_nothing_becomes_smaller(self, p_values):
        after = np.array(holm(p_values))
        assert (after >= np.array(p_values) - 1e-15).all()
        assert (after <= 1).all()
        order = np.argsort(p_values, kind="stable")
        assert (np.diff(after[order]) >= 0).all()

    @given(p_lists)
    def test_never_above_bonferroni(self, p_values):
        bonferroni = np.minimum(1, np.array(p_values) * len(p_values))
        assert (np.array(holm(p_values)) <= bonferroni + 1e-12).all()

    def test_tests_that_could_not_be_made_do_not_count(self):
        assert holm([0.02, None, 0.5]) == (0.04, None, 0.5)
        assert holm([]) == ()

    @pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
    def test_refuses_what_is_no_p(self, p):
        with pytest.raises(ValueError, match="between 0 and 1"):
            holm([0.5, p])


def test_adjusted_tests_keep_their_own_p():
    tests = {
        "sensitivity": mcnemar([True] * 12, [False] * 12),
        "nothing": mcnemar([], []),
        "specificity": mcnemar([True, False], [False, True]),
    }
    after = adjusted(tests)
    assert after["sensitivity"].p == tests["sensitivity"].p
    assert after["sensitivity"].adjusted_p == pytest.approx(2 * tests["sensitivity"].p)
    assert after["nothing"].adjusted_p is None
    assert after["specificity"].adjusted_p == 1.0
