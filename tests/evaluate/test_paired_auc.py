import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from spondyl.evaluate.paired import clustered_delong_test, delong_test
from tests.evaluate.ovarian import ALBUMIN, BENEFIT, KG_SCORE, PROTEIN

SEEDS = st.integers(0, 2**32 - 1)


def readers(seed, n=60, apart=0.0):
    generator = np.random.default_rng(seed)
    positive = np.arange(n) % 3 == 0
    common = generator.normal(size=n) + positive
    return (
        common + generator.normal(size=n) + apart * positive,
        common + generator.normal(size=n),
        positive,
    )


class TestDeLong:
    @pytest.mark.parametrize(
        ("scores", "difference", "error", "chi_square", "p"),
        [
            (ALBUMIN, 0.0108, 0.0953, 0.0127, 0.9102),
            (PROTEIN, -0.0780, 0.1046, 0.5554, 0.4561),
        ],
    )
    def test_published_contrasts(self, scores, difference, error, chi_square, p):
        # the SAS/STAT guide, ROC contrast estimation against the K-G score
        test = delong_test(scores, KG_SCORE, BENEFIT)
        assert test.difference == pytest.approx(difference, abs=6e-5)
        assert (test.high - test.low) / 2 / norm.ppf(0.975) == pytest.approx(error, abs=6e-5)
        assert test.statistic**2 == pytest.approx(chi_square, abs=6e-5)
        assert test.p == pytest.approx(p, abs=6e-5)
        assert test.first - test.second == pytest.approx(test.difference)

    @settings(max_examples=30)
    @given(SEEDS)
    def test_the_other_way_round_only_the_sign_differs(self, seed):
        a, b, positive = readers(seed)
        one, other = delong_test(a, b, positive), delong_test(b, a, positive)
        turned = one.reversed()
        assert (turned.difference, turned.low, turned.high, turned.statistic) == pytest.approx(
            (other.difference, other.low, other.high, other.statistic)
        )
        assert one.p == pytest.approx(other.p)

    def test_only_the_order_of_scores_counts(self):
        a, b, positive = readers(3)
        one, other = delong_test(a, b, positive), delong_test(np.exp(a), b**3, positive)
        assert one.p == other.p

    def test_p_is_as_rare_as_it_says_where_readers_are_alike(self):
        found = [delong_test(*readers(seed)).p for seed in range(400)]
        assert 0.02 <= np.mean(np.array(found) < 0.05) <= 0.085

    def test_p_and_interval_agree(self):
        for seed in range(40):
            test = delong_test(*readers(seed, apart=0.6))
            assert (test.p < 0.05) == (not test.low <= 0 <= test.high)


class TestByPatient:
    def test_one_case_a_patient_is_delong(self):
        a, b, positive = readers(5)
        alone, named = delong_test(a, b, positive), clustered_delong_test(a, b, positive, range(60))
        assert named.p == pytest.approx(alone.p)
        assert named.method == alone.method == "DeLong"

    def test_cases_told_twice_do_not_lower_p(self):
        a, b, positive = readers(5, apart=0.5)
        alone = delong_test(a, b, positive)
        twice = [np.tile(values, 2) for values in (a, b, positive)]
        named = clustered_delong_test(*twice, [*range(60), *range(60)])
        assert named.p == pytest.approx(alone.p)
        assert delong_test(*twice).p < alone.p


class TestEdges:
    def test_alike_readers(self):
        a, _, positive = readers(1)
        test = delong_test(a, a, positive)
        assert (test.difference, test.p, test.low) == (0.0, 1.0, None)
        assert "no interval" in test.note

    def test_one_class(self):
        test = delong_test([1, 2], [2, 1], [True, True])
        assert (test.difference, test.p) == (None, None)
        assert test.note == "AUCs need both classes, found 2 positives and 0 negatives."

    def test_one_positive(self):
        test = delong_test([1, 2, 3], [3, 2, 1], [False, False, True])
        assert (test.difference, test.p) == (1.0, None)
        assert "Too few cases" in test.note

    def test_a_difference_that_does_not_vary(self):
        test = delong_test([1, 1, 2, 2], [1, 1, 1, 1], [False, False, True, True])
        assert (test.difference, test.p) == (0.5, None)
        assert "does not vary" in test.note

    def test_lengths_that_differ(self):
        with pytest.raises(ValueError, match="same length"):
            delong_test([1, 2], [1, 2, 3], [True, False])

    def test_json(self):
        value = delong_test(ALBUMIN, KG_SCORE, BENEFIT).to_json()
        assert value["p"] == 0.9102
        assert value["interval"][0] < value["difference"] < value["interval"][1]
