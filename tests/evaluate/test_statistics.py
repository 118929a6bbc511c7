import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from spondyl.evaluate.statistics import (
    CLUSTERED,
    POISSON,
    WILSON,
    Clusters,
    Figure,
    area,
    auc,
    mean,
    median,
    percentile_interval,
    proportion,
    rate,
    wilson,
)

scores_and_classes = st.lists(
    st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=60
).filter(lambda rows: 0 < sum(positive for _, positive in rows) < len(rows))


class TestWilson:
    def test_known_value(self):
        # Newcombe 1998, Stat Med 17:857, table I: 81 of 263
        assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)

    @given(st.integers(1, 500), st.floats(0, 1))
    def test_holds_the_share_and_stays_within_bounds(self, n, share):
        successes = round(share * n)
        low, high = wilson(successes, n)
        assert 0 <= low <= successes / n + 1e-12
        assert successes / n - 1e-12 <= high <= 1

    @pytest.mark.parametrize(("successes", "n"), [(1, 0), (-1, 5), (6, 5)])
    def test_refuses_what_is_no_proportion(self, successes, n):
        with pytest.raises(ValueError, match="0 <= successes <= n"):
            wilson(successes, n)


class TestAuc:
    @given(scores_and_classes)
    def test_agrees_with_scikit_learn(self, rows):
        scores, positive = zip(*rows, strict=True)
        assert float(auc(scores, positive)) == pytest.approx(roc_auc_score(positive, scores))

    @given(scores_and_classes, st.integers(0, 2**32 - 1))
    def test_weights_are_repetitions(self, rows, seed):
        scores, positive = (np.array(column) for column in zip(*rows, strict=True))
        weights = np.random.default_rng(seed).integers(0, 4, size=(3, len(rows)))
        for row, value in zip(weights, auc(scores, positive, weights), strict=True):
            repeated = np.repeat(positive, row)
            if 0 < repeated.sum() < len(repeated):
                assert value == pytest.approx(roc_auc_score(repeated, np.repeat(scores, row)))
            else:
                assert np.isnan(value)

    def test_no_case(self):
        assert np.isnan(auc([], []))


class TestClusters:
    def test_same_seed_same_interval_other_seed_another(self):
        patients = [f"p{i}" for i in range(40)]
        values = [i**2 for i in range(40)]
        first, again = (mean(values, patients, Clusters(patients, seed=1)) for _ in range(2))
        assert first == again
        assert first != mean(values, patients, Clusters(patients, seed=2))

    def test_films_of_one_patient_widen_the_interval(self):
        right = [i % 2 == 0 for i in range(40) for _ in range(10)]
        alone = [str(i) for i in range(400)]
        together = [str(i // 10) for i in range(400)]
        narrow = proportion(right, alone, Clusters(alone))
        wide = proportion(right, together, Clusters(together))
        assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low)

    def test_chunks_do_not_change_the_auc(self):
        generator = np.random.default_rng(3)
        scores, positive = generator.random(30), generator.random(30) < 0.4
        patients = list(range(30))
        clusters = Clusters(patients, resamples=120, seed=5)
        draws = np.random.default_rng(5).multinomial(30, np.full(30, 1 / 30), size=120)
        np.testing.assert_allclose(
            clusters.auc(scores, positive, patients), auc(scores, positive, draws)
        )

    def test_interval_covers_the_true_share_about_as_often_as_it_says(self):
        generator = np.random.default_rng(0)
        hits = 0
        for trial in range(120):
            right = list(generator.random(80) < 0.7)
            figure = proportion(right, list(range(80)), Clusters(range(80), 300, trial))
            hits += figure.low <= 0.7 <= figure.high
        assert 0.87 <= hits / 120 <= 1.0


class TestFigures:
    def test_all_right_is_given_wilsons_interval(self):
        figure = proportion([True] * 12, list(range(12)), Clusters(range(12)))
        assert figure.method == WILSON
        assert figure.low == pytest.approx(wilson(12, 12)[0])
        assert figure.low < figure.value == 1.0

    def test_mixed_is_bootstrapped(self):
        patients = list(range(12))
        figure = proportion([True] * 9 + [False] * 3, patients, Clusters(patients))
        assert figure.method == CLUSTERED
        assert figure.low < 0.75 < figure.high

    def test_no_case_has_no_value(self):
        clusters = Clusters([])
        assert proportion([], [], clusters) == mean([], [], clusters) == Figure(None, 0)
        assert area([0.1, 0.2], [True, True], [1, 2], Clusters([1, 2])).value is None

    def test_classes_wholly_apart_have_an_interval_all_the_same(self):
        scores, positive = [0.9] * 3 + [0.1] * 50, [True] * 3 + [False] * 50
        figure = area(scores, positive, range(53), Clusters(range(53)))
        assert (figure.value, figure.high, figure.method) == (1.0, 1.0, WILSON)
        assert figure.low == pytest.approx(wilson(3, 3)[0])

    def test_json_form(self):
        assert Figure(0.5, 4, 0.25, 0.75, CLUSTERED).to_json() == {
            "value": 0.5, "n": 4, "interval": [0.25, 0.75], "interval_method": CLUSTERED,
        }  # fmt: skip
        assert Figure(None, 0).to_json()["interval"] is None

    def test_interval_needs_half_of_the_resamples(self):
        assert percentile_interval(np.array([np.nan, np.nan, 1.0])) is None
        assert percentile_interval(np.array([np.nan, 0.5, 0.5])) == (0.5, 0.5)


class TestMedian:
    def test_value_and_interval(self):
        values = [float(v) for v in range(101)]
        clusters = Clusters(range(101))
        figure = median(values, range(101), clusters)
        assert (figure.value, figure.n, figure.method) == (50.0, 101, CLUSTERED)
        # of a flat distribution the median strays by about range / (2 sqrt n)
        assert 35 < figure.low < 45
        assert 55 < figure.high < 65

    def test_resampled_medians_are_those_of_repeated_cases(self):
        clusters = Clusters("abc", resamples=200)
        values, patients = [1.0, 9.0, 4.0, 2.0, 7.0], list("aabbc")
        drawn = clusters.median(values, patients)
        for weights, got in zip(clusters._draws, drawn, strict=True):
            counts = [int(weights["abc".index(p)]) for p in patients]
            cases = sorted(v for v, k in zip(values, counts, strict=True) for _ in range(k))
            assert got == cases[(len(cases) - 1) // 2]

    def test_nothing_to_count(self):
        assert median([], [], Clusters("a")).value is None


class TestRate:
    def test_counts_have_the_bootstrap(self):
        figure = rate([0, 1, 0, 2], "abcd", Clusters("abcd"))
        assert (figure.value, figure.method) == (0.75, CLUSTERED)

    def test_none_seen_has_poissons_upper_end(self):
        figure = rate([0] * 18, range(18), Clusters(range(18)))
        # 3.689 / 18 (Ulm 1990, Am J Epidemiol 131:373: chi-squared of 2 degrees, 0.975, halved)
        assert (figure.value, figure.low, figure.method) == (0.0, 0.0, POISSON)
        assert figure.high == pytest.approx(0.2049, abs=1e-4)
