import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from spondyl.evaluate.placements import areas, checked_cases, midranks, placements

SEEDS = st.integers(0, 2**32 - 1)


def made(seed, readers=2, n=None):
    """Scores with ties, and both classes at least twice."""
    generator = np.random.default_rng(seed)
    n = n or int(generator.integers(6, 40))
    positive = generator.random(n) < 0.4
    positive[:4] = [True, False, True, False]
    scores = [generator.integers(0, 7, n) + 2.0 * positive for _ in range(readers)]
    return scores, positive


def direct(scores, positive):
    """Areas and their covariance as DeLong 1988 writes them: every pair of cases looked at."""
    x, y = np.array(scores)[:, positive], np.array(scores)[:, ~positive]
    psi = (x[:, :, None] > y[:, None, :]) + 0.5 * (x[:, :, None] == y[:, None, :])
    v10, v01 = psi.mean(axis=2), psi.mean(axis=1)
    covariance = np.cov(v10) / v10.shape[1] + np.cov(v01) / v01.shape[1]
    return psi.mean(axis=(1, 2)), covariance


class TestPlacements:
    @given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
    def test_midranks_are_scipys(self, values):
        np.testing.assert_array_equal(midranks(values), rankdata(values))

    @settings(max_examples=50)
    @given(SEEDS)
    def test_ranks_give_what_every_pair_gives(self, seed):
        scores, positive = made(seed)
        values, covariance = direct(scores, positive)
        found = areas(scores, positive)
        np.testing.assert_allclose(found.values, values, atol=1e-12)
        np.testing.assert_allclose(found.covariance, covariance, atol=1e-12)

    def test_a_missing_class_has_no_placement(self):
        assert np.isnan(placements(np.arange(3.0), np.ones(3, dtype=bool))).all()


class TestAreas:
    @settings(max_examples=50)
    @given(SEEDS)
    def test_patients_of_one_case_are_delong(self, seed):
        scores, positive = made(seed)
        alone = areas(scores, positive)
        named = areas(scores, positive, [f"p{i}" for i in range(len(positive))])
        np.testing.assert_allclose(named.covariance, alone.covariance, atol=1e-12)
        assert not named.clustered

    @settings(max_examples=50)
    @given(SEEDS)
    def test_cases_told_twice_say_no_more(self, seed):
        scores, positive = made(seed)
        once = areas(scores, positive)
        patients = [*range(len(positive)), *range(len(positive))]
        twice = areas([np.tile(one, 2) for one in scores], np.tile(positive, 2), patients)
        np.testing.assert_allclose(twice.values, once.values, atol=1e-12)
        np.testing.assert_allclose(twice.covariance, once.covariance, atol=1e-12)

    def test_by_patient_agrees_with_the_spread_of_new_patients(self):
        generator = np.random.default_rng(4)

        def study():
            patients = np.repeat(np.arange(60), 6)
            of_patient = generator.normal(0, 1.5, 60)[patients]
            # fractures run in patients
            positive = (generator.random(60) < 0.4)[patients] ^ (generator.random(360) < 0.1)
            return of_patient + generator.normal(0, 1, 360) + 1.5 * positive, positive, patients

        studies = [study() for _ in range(300)]
        found = [areas([score], positive, patients) for score, positive, patients in studies]
        naive = [areas([score], positive).covariance[0, 0] for score, positive, _ in studies]
        spread = np.var([one.values[0] for one in found])
        assert np.mean([one.covariance[0, 0] for one in found]) == pytest.approx(spread, rel=0.2)
        assert np.mean(naive) < 0.6 * spread

    def test_two_patients_of_each_class_are_needed(self):
        scores, positive = [np.arange(4.0)], np.array([False, False, True, True])
        assert areas(scores, positive, ["a", "b", "c", "c"]).covariance is None
        assert areas(scores, positive, ["a", "b", "c", "d"]).covariance is not None


class TestChecked:
    def test_accepts_zeros_and_ones(self):
        score, truth = checked_cases([1, 2, 3], [0, 1, 1])
        assert truth.dtype == bool
        assert score.tolist() == [1.0, 2.0, 3.0]

    @pytest.mark.parametrize(
        ("scores", "positive", "words"),
        [
            ([1.0, 2.0], [True], "same length"),
            ([1.0, np.nan], [True, False], r"finite numbers, found nan at place 1 \(1 such"),
            ([1.0, np.inf], [True, False], "finite numbers, found inf"),
            ([1.0, 2.0], [2, 0], "true or false"),
            ([1.0, 2.0], ["yes", "no"], "true or false"),
        ],
    )
    def test_says_what_is_wrong(self, scores, positive, words):
        with pytest.raises(ValueError, match=words):
            checked_cases(scores, positive)

    def test_every_case_needs_its_patient(self):
        with pytest.raises(ValueError, match="2 cases and 1 patients"):
            checked_cases([1.0, 2.0], [True, False], ["a"])
