from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats import contingency_tables

from spondyl.evaluate.paired import (
    ByPatient,
    clustered_mcnemar,
    mcnemar,
    newcombe_paired,
    sign_flip_p,
)
from spondyl.evaluate.paired_calls import binomial_p
from spondyl.evaluate.statistics import CLUSTERED, Clusters

counts = st.tuples(*(st.integers(0, 30),) * 4).filter(lambda table: sum(table) > 0)


def pairs(both, first, second, neither):
    a = [True] * (both + first) + [False] * (second + neither)
    b = [True] * both + [False] * first + [True] * second + [False] * neither
    return a, b


class TestMcNemar:
    @pytest.mark.parametrize(
        ("table", "exact", "mid"),
        [
            # Fagerland 2013 (BMC Med Res Methodol 13:91), tables 1 and 2
            ((1, 1, 7, 12), 0.070, 0.039),
            ((59, 6, 16, 80), 0.052, 0.035),
        ],
    )
    def test_published_p(self, table, exact, mid):
        a, b = pairs(*table)
        assert round(mcnemar(a, b).p, 3) == exact
        assert round(mcnemar(a, b, mid_p=True).p, 3) == mid

    @given(counts)
    def test_agrees_with_statsmodels(self, table):
        both, first, second, neither = table
        other = contingency_tables.mcnemar([[both, first], [second, neither]], exact=True)
        assert mcnemar(*pairs(*table)).p == pytest.approx(other.pvalue)

    @given(st.integers(0, 40), st.integers(0, 40))
    def test_agrees_with_scipy(self, k, more):
        n = k + more
        expected = binomtest(k, n).pvalue if n else 1.0
        assert binomial_p(k, n) == pytest.approx(expected)

    @given(counts)
    def test_the_other_way_round_only_the_sign_differs(self, table):
        a, b = pairs(*table)
        one, other = mcnemar(a, b), mcnemar(b, a)
        assert (one.p, one.difference) == (other.p, -other.difference)
        assert (one.low, one.high) == pytest.approx((-other.high, -other.low))

    @given(counts)
    def test_mid_p_is_never_larger(self, table):
        a, b = pairs(*table)
        assert 0 < mcnemar(a, b, mid_p=True).p <= mcnemar(a, b).p <= 1

    def test_only_discordant_cases_count_for_p(self):
        assert mcnemar(*pairs(0, 3, 9, 0)).p == mcnemar(*pairs(500, 3, 9, 70)).p

    def test_many_cases_do_not_overflow(self):
        assert 0 < binomial_p(2000, 4200) < 0.01

    def test_no_case(self):
        test = mcnemar([], [])
        assert (test.p, test.note) == (None, "There is no case to compare.")

    @pytest.mark.parametrize(
        ("a", "b", "words"),
        [([True], [True, False], "same cases"), ([0.5], [1], "true or false")],
    )
    def test_says_what_is_wrong(self, a, b, words):
        with pytest.raises(ValueError, match=words):
            mcnemar(a, b)


class TestNewcombe:
    @pytest.mark.parametrize(
        ("table", "low", "high"),
        [
            # Newcombe 1998 (Stat Med 17:2635), method 10
            ((36, 12, 2, 0), 0.0569, 0.3404),
            # Cavo 2012 by the R package contingencytables (Fagerland, Lydersen, Laake)
            ((59, 6, 16, 80), -0.1186, -0.0046),
        ],
    )
    def test_published_intervals(self, table, low, high):
        assert newcombe_paired(*table) == pytest.approx((low, high), abs=5e-5)

    @given(counts)
    def test_holds_the_difference_within_bounds(self, table):
        _, first, second, _ = table
        low, high = newcombe_paired(*table)
        assert -1 - 1e-12 <= low <= (first - second) / sum(table) + 1e-12
        assert (first - second) / sum(table) - 1e-12 <= high <= 1 + 1e-12


class TestByPatient:
    @given(st.lists(st.integers(-3, 3), max_size=9))
    def test_sign_flips_are_all_counted(self, surplus):
        sums = [
            abs(sum(s * x for s, x in zip(signs, surplus, strict=True)))
            for signs in product((-1, 1), repeat=len(surplus))
        ]
        expected = np.mean([one >= abs(sum(surplus)) for one in sums])
        assert sign_flip_p(np.array(surplus, dtype=np.int64)) == pytest.approx(expected)

    @settings(max_examples=30)
    @given(counts)
    def test_one_case_a_patient_is_mcnemar(self, table):
        a, b = pairs(*table)
        assert clustered_mcnemar(a, b, range(len(a))) == mcnemar(a, b)

    @settings(max_examples=30)
    @given(counts.filter(lambda table: table[1] + table[2] > 0))
    def test_durkalski_with_one_case_a_patient_is_mcnemars_chi_square(self, table):
        both, first, second, neither = table
        a, b = pairs(*table)
        found = clustered_mcnemar(a, b, range(len(a)), by=ByPatient.DURKALSKI)
        other = contingency_tables.mcnemar(
            [[both, first], [second, neither]], exact=False, correction=False
        )
        assert found.statistic**2 == pytest.approx(other.statistic)
        assert found.p == pytest.approx(other.pvalue)

    def test_durkalskis_formula(self):
        # patients of 2, 3 and 1 cases with surpluses 2, -1 and 1
        patients = ["a", "a", "b", "b", "b", "c"]
        a, b = [1, 1, 0, 1, 0, 1], [0, 0, 1, 1, 0, 0]
        found = clustered_mcnemar(a, b, patients, by=ByPatient.DURKALSKI)
        shares = np.array([2 / 2, -1 / 3, 1 / 1])
        assert found.statistic == pytest.approx(shares.sum() / np.sqrt((shares**2).sum()))
        assert found.difference == pytest.approx(2 / 6)

    def test_bodies_of_one_patient_are_not_taken_for_many(self):
        generator = np.random.default_rng(0)
        patients = np.repeat(np.arange(30), 7)
        clusters = Clusters(patients, resamples=50)
        rejected = {"by patient": 0, "by body": 0}
        for _ in range(200):
            # whom a reader has right goes by the patient, alike for both readers
            a, b = (generator.random((2, 30)) < 0.8)[:, patients]
            rejected["by patient"] += clustered_mcnemar(a, b, patients, clusters=clusters).p < 0.05
            rejected["by body"] += mcnemar(a, b).p < 0.05
        assert rejected["by patient"] / 200 <= 0.08
        assert rejected["by body"] / 200 > 0.3

    def test_interval_is_by_patient(self):
        patients = np.repeat(np.arange(20), 5)
        a = np.arange(100) % 4 > 0
        b = np.arange(100) % 3 > 0
        test = clustered_mcnemar(a, b, patients)
        assert test.interval_method == CLUSTERED
        assert test.low < test.difference < test.high

    def test_patients_must_be_as_many_as_cases(self):
        with pytest.raises(ValueError, match="2 cases and 1 patients"):
            clustered_mcnemar([True, True], [True, False], ["a"])

    def test_no_case(self):
        assert clustered_mcnemar([], [], []).p is None
