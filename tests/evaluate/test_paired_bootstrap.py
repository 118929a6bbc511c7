import numpy as np
import pytest
from scipy import stats

from spondyl.evaluate.paired import Ratio, paired_bootstrap
from spondyl.evaluate.statistics import CLUSTERED, Clusters


def share(right, patients=None):
    right = np.asarray(right, dtype=float)
    return Ratio(right, np.ones(len(right)), range(len(right)) if patients is None else patients)


class TestRatio:
    def test_value_and_interval(self):
        ratio = share([1, 0, 1, 1] * 10)
        figure = ratio.figure(Clusters(range(40)))
        assert figure.value == 0.75
        assert figure.low < 0.75 < figure.high
        assert (figure.n, figure.method) == (40, CLUSTERED)

    def test_nothing_below_the_line(self):
        ratio = Ratio(np.zeros(3), np.zeros(3), range(3))
        assert (ratio.value, ratio.n) == (None, 0)
        assert ratio.figure(Clusters(range(3))).value is None


class TestPairedBootstrap:
    def test_agrees_with_scipys_bootstrap(self):
        generator = np.random.default_rng(0)
        a, b = generator.random((2, 80)) < [[0.9], [0.7]]
        test = paired_bootstrap(share(a), share(b), Clusters(range(80), 4000))
        other = stats.bootstrap(
            (a.astype(float), b.astype(float)),
            lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
            paired=True, vectorized=True, method="percentile", n_resamples=4000, rng=generator,
        ).confidence_interval  # fmt: skip
        assert (test.low, test.high) == pytest.approx((other.low, other.high), abs=0.013)
        assert test.difference == pytest.approx(a.mean() - b.mean())

    def test_the_other_way_round_only_the_sign_differs(self):
        generator = np.random.default_rng(2)
        a, b = generator.random((2, 60)) < 0.7
        clusters = Clusters(range(60))
        one = paired_bootstrap(share(a), share(b), clusters).reversed()
        other = paired_bootstrap(share(b), share(a), clusters)
        assert (one.difference, one.low, one.high) == pytest.approx(
            (other.difference, other.low, other.high)
        )
        assert one.p == other.p

    def test_p_is_as_rare_as_it_says_where_readers_are_alike(self):
        generator = np.random.default_rng(5)
        clusters = Clusters(range(60), 300)
        found = [
            paired_bootstrap(*(share(x) for x in generator.random((2, 60)) < 0.7), clusters).p
            for _ in range(300)
        ]
        assert 0.02 <= np.mean(np.array(found) < 0.05) <= 0.1

    def test_a_clear_difference_has_the_least_p(self):
        test = paired_bootstrap(share([1] * 30 + [0]), share([0] * 30 + [1]))
        assert test.p == pytest.approx(2 / 1001)

    def test_alike_readers(self):
        test = paired_bootstrap(share([1, 0, 1]), share([1, 0, 1]))
        assert (test.difference, test.p, test.low) == (0.0, 1.0, None)
        assert "does not vary" in test.note

    def test_nothing_to_count(self):
        nothing = Ratio(np.zeros(3), np.zeros(3), range(3))
        test = paired_bootstrap(nothing, share([1, 0, 1]))
        assert (test.difference, test.p) == (None, None)
        assert test.note == "One reader has no case to count."
