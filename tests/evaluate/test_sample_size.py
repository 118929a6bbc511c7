import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import samplesize_confint_proportion

from spondyl.evaluate.sample_size import (
    AucVariance,
    auc_variance,
    binormal_variance,
    cases_for_auc,
    cases_for_auc_difference,
    cases_for_share,
    design_effect,
    hanley_mcneil_variance,
    independent_discordance,
    pairs_for_mcnemar,
    quantile,
)
from spondyl.evaluate.statistics import auc
from tests.evaluate.ct_readings import ct

inside = st.floats(0.02, 0.98)


class TestShares:
    @given(inside, st.floats(0.01, 0.2))
    def test_agrees_with_statsmodels(self, expected, half_width):
        needed = samplesize_confint_proportion(expected, half_width, 0.05)
        assert cases_for_share(expected, half_width) in {
            max(1, int(np.ceil(needed))), max(1, int(np.ceil(needed - 1e-6))),
        }  # fmt: skip

    @given(inside, st.floats(0.02, 0.2))
    def test_a_narrower_interval_needs_more(self, expected, half_width):
        assert cases_for_share(expected, half_width / 2) >= cases_for_share(expected, half_width)
        assert cases_for_share(expected, half_width, 0.99) >= cases_for_share(expected, half_width)

    def test_design_effect(self):
        assert design_effect(1, 0.5) == 1
        assert design_effect(7, 0) == 1
        assert design_effect(7, 1) == 7


class TestAucs:
    def test_hanley_and_mcneils_example(self):
        # their CT readings: 51 abnormal, 58 normal, area 0.893, standard error 0.032
        scores, positive = ct()
        area = float(auc(scores, positive))
        assert round(area, 3) == 0.893
        assert round(hanley_mcneil_variance(area, 51, 58) ** 0.5, 3) == 0.032

    @pytest.mark.parametrize("distance", [0.74, 1.19, 1.81])
    def test_binormal_variance_is_that_of_normal_scores(self, distance):
        generator = np.random.default_rng(0)
        positive = np.arange(150) < 50
        found = [
            float(auc(generator.normal(size=150) + distance * positive, positive))
            for _ in range(1500)
        ]
        expected = binormal_variance(float(np.mean(found)), 2.0) / 50
        # the formula is an approximation that errs on the safe side, the more the higher the AUC
        assert 0.9 * np.var(found) < expected < 2 * np.var(found)

    def test_exponential_variance_is_that_of_exponential_scores(self):
        generator = np.random.default_rng(0)
        positive = np.arange(150) < 50
        found = [float(auc(generator.exponential(1 + 5 * positive), positive)) for _ in range(1500)]
        expected = hanley_mcneil_variance(float(np.mean(found)), 50, 100)
        assert expected == pytest.approx(np.var(found), rel=0.12)

    @settings(max_examples=30)
    @given(st.floats(0.6, 0.97), st.floats(0.02, 0.1), inside, st.sampled_from(AucVariance))
    def test_the_least_number_that_reaches_the_half_width(self, area, half, prevalence, variance):
        n = cases_for_auc(area, half, prevalence, variance=variance)
        assert quantile(0.95) * auc_variance(area, n, prevalence, variance) ** 0.5 <= half
        assert (
            n == 4
            or quantile(0.95) * (auc_variance(area, n - 1, prevalence, variance) ** 0.5) > half
        )

    def test_a_difference_is_found_as_often_as_planned(self):
        n = cases_for_auc_difference(
            0.85, 0.75, 0.4, correlation=0.0, variance=AucVariance.EXPONENTIAL
        )
        generator = np.random.default_rng(1)
        positive = np.arange(n) < 0.4 * n
        # exponential scores whose means stand as 17 to 3 and as 3 to 1 have these AUCs
        found = [
            float(auc(generator.exponential(1 + 14 / 3 * positive), positive))
            - float(auc(generator.exponential(1 + 2 * positive), positive))
            for _ in range(800)
        ]
        power = np.mean(np.abs(found) / np.std(found) > quantile(0.95))
        assert power == pytest.approx(0.8, abs=0.05)

    def test_correlated_readers_need_fewer_cases(self):
        alone, together = (cases_for_auc_difference(0.95, 0.9, 0.5, r) for r in (0.0, 0.6))
        assert together < 0.6 * alone


class TestMcNemar:
    def test_published_examples(self):
        # powerandsamplesize.com, "Paired proportions: McNemar's Z-test, 2-sided" (Connor 1987)
        assert pairs_for_mcnemar(0.45 - 0.05, 0.45 + 0.05) == 23
        # clinicaltrials-tools, same formula: p10 0.30, p01 0.15
        assert pairs_for_mcnemar(0.15, 0.45) == 155

    def test_a_difference_is_found_as_often_as_planned(self):
        n = pairs_for_mcnemar(0.10, 0.20)
        drawn = np.random.default_rng(0).multinomial(n, [0.15, 0.05, 0.80], size=4000)
        first, second = drawn[:, 0], drawn[:, 1]
        z = (first - second) / np.sqrt(np.maximum(first + second, 1))
        assert np.mean(np.abs(z) > quantile(0.95)) == pytest.approx(0.8, abs=0.03)

    def test_the_less_readers_disagree_the_fewer_cases(self):
        worst = independent_discordance(0.95, 0.9)
        assert pairs_for_mcnemar(0.05, 0.06) < pairs_for_mcnemar(0.05, worst)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: cases_for_share(1.0, 0.05),
            "expected share must lie above 0 and below 1, found 1",
        ),
        (lambda: cases_for_share(0.9, 0.5), "half width must lie above 0 and below 0.5"),
        (lambda: cases_for_share(0.9, 0.05, 1.0), "confidence must lie"),
        (lambda: design_effect(0.5, 0.1), "at least one case, found 0.5"),
        (lambda: design_effect(5, 1.5), "correlation within patients lies in 0..1"),
        (lambda: cases_for_auc(0.9, 0.05, 0), "prevalence must lie"),
        (lambda: cases_for_auc(1.0, 0.05, 0.5), "An AUC must lie"),
        (lambda: cases_for_auc_difference(0.9, 0.9, 0.5), "must differ, found 0.9 twice"),
        (lambda: cases_for_auc_difference(0.9, 0.8, 0.5, 1.0), "correlation of two AUCs"),
        (lambda: pairs_for_mcnemar(0.0, 0.2), "must differ, found 0"),
        (lambda: pairs_for_mcnemar(0.3, 0.2), "between the difference, 0.3, and 1; found 0.2"),
        (lambda: pairs_for_mcnemar(0.1, 0.2, power=1), "power must lie"),
    ],
)
def test_says_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()
