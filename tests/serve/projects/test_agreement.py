"""Figures of agreement against scikit-learn, statsmodels and published examples."""

import math

import numpy as np
import pytest

from spondyl.serve.projects.agreement import Pair, agreement
from spondyl.serve.projects.bland_altman import limits_of_agreement
from spondyl.serve.projects.differences import differences, together
from spondyl.serve.projects.kappa import ANALYTIC, Weights, kappa
from tests.serve.projects.made import view

#: Peak flow by two meters, L/min: Bland and Altman 1986, Lancet 327:307, table 1 (first readings).
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def drawn_grades(n: int = 400, seed: int = 3) -> tuple[list[int], list[int]]:
    generator = np.random.default_rng(seed)
    first = generator.choice(4, n, p=[0.7, 0.15, 0.1, 0.05])
    noisy = np.clip(first + generator.choice([-1, 0, 0, 0, 1], n), 0, 3)
    return first.tolist(), noisy.tolist()


class TestKappa:
    @pytest.mark.parametrize("weights", list(Weights))
    def test_is_scikit_learns(self, weights: Weights) -> None:
        metrics = pytest.importorskip("sklearn.metrics")
        first, second = drawn_grades()
        name = None if weights is Weights.NONE else str(weights)
        assert kappa(first, second, 4, weights, resamples=0).value == pytest.approx(
            metrics.cohen_kappa_score(first, second, weights=name)
        )

    @pytest.mark.parametrize(
        ("weights", "name"),
        [(Weights.NONE, None), (Weights.LINEAR, "linear"), (Weights.QUADRATIC, "quadratic")],
    )
    def test_standard_error_is_statsmodels(self, weights: Weights, name: str | None) -> None:
        rater = pytest.importorskip("statsmodels.stats.inter_rater")
        first, second = drawn_grades()
        found = kappa(first, second, 4, weights, resamples=0)
        expected = rater.cohens_kappa(
            np.array(found.table), weights=None if name is None else np.arange(4), wt=name
        )
        assert found.value == pytest.approx(expected.kappa)
        assert found.standard_error == pytest.approx(expected.std_kappa)
        assert (found.low, found.high) == pytest.approx(
            (expected.kappa_low, expected.kappa_upp), abs=1e-6
        )
        assert found.method == ANALYTIC

    def test_published_example(self) -> None:
        # Fleiss, Cohen and Everitt 1969, table 1: two judges, three categories, of 200 cases;
        # kappa 0.429, its standard error 0.054.
        shares = np.array([[0.53, 0.05, 0.02], [0.11, 0.14, 0.05], [0.01, 0.06, 0.03]])
        counts = np.rint(200 * shares).astype(int)
        first = [i for i in range(3) for j in range(3) for _ in range(counts[i, j])]
        second = [j for i in range(3) for j in range(3) for _ in range(counts[i, j])]
        found = kappa(first, second, 3, resamples=0)
        assert found.value == pytest.approx(0.429, abs=0.0005)
        assert found.standard_error == pytest.approx(0.054, abs=0.0006)

    def test_bodies_of_one_patient_widen_the_interval(self) -> None:
        first, second = drawn_grades(60)
        alone = kappa(first * 5, second * 5, 4)
        clustered = kappa(first * 5, second * 5, 4, patients=list(range(60)) * 5)
        assert alone.value == pytest.approx(clustered.value)
        widths = [found.high - found.low for found in (alone, clustered)]
        assert widths[1] > 1.8 * widths[0]

    def test_does_not_exist_of_one_category(self) -> None:
        found = kappa([0] * 10, [0] * 10, 2)
        assert found.value is None
        assert found.observed == 1.0
        assert kappa([], [], 2).n == 0

    def test_specific_agreement(self) -> None:
        found = kappa([0] * 90 + [1] * 10, [0] * 92 + [1] * 8, 2)
        assert found.positive_agreement == pytest.approx(16 / 18)
        assert found.negative_agreement == pytest.approx(180 / 182)


class TestLimits:
    def test_published_example(self) -> None:
        found = limits_of_agreement(np.subtract(WRIGHT, MINI).tolist())
        assert found.bias is not None
        assert found.lower is not None
        assert found.bias.value == pytest.approx(-2.1, abs=0.05)
        assert found.sd == pytest.approx(38.8, abs=0.05)
        # The paper's interval of the bias: -22.0 to 17.8; its standard error 9.4.
        assert (found.bias.low, found.bias.high) == pytest.approx((-22.0, 17.8), abs=0.15)
        # It takes 2 standard deviations for the limits: -79.7 and 75.5; here it is 1.96.
        assert found.lower.value == pytest.approx(-2.118 - 1.96 * 38.765, abs=0.01)

    def test_of_nothing_and_one(self) -> None:
        assert limits_of_agreement([]).bias is None
        one = limits_of_agreement([2.0])
        assert one.bias is not None
        assert (one.bias.value, one.bias.low, one.sd) == (2.0, None, None)


class TestDifferences:
    def test_of_alike_readers(self) -> None:
        assert differences(view({"L1": 2}), view({"L1": 2}, shift=1.0)) == ()

    @pytest.mark.parametrize(
        ("other", "said"),
        [
            (view(), "L1: fractured to one reader, normal to the other."),
            (view({"L1": 3}), "L1: grades 2 and 3."),
        ],
    )
    def test_are_said(self, other, said: str) -> None:
        assert [d.sentence for d in differences(view({"L1": 2}), other)] == [said]

    def test_of_corners(self) -> None:
        found = differences(view(), view(shift=10.0))
        assert found[0].sentence == "T12: corners lie 20% of the posterior height apart."

    def test_together_is_the_mean(self) -> None:
        both = together(view({"L1": 2}), view({"L1": 2}, shift=3.0))
        corners = [body.corners_px[0, 0] for body in both.label.vertebrae.values()]
        assert corners == pytest.approx([151.5] * 5)


def test_agreement_of_known_readers() -> None:
    pairs = [
        Pair(f"film-{k}", f"p{k % 20}", view({"L1": 2}), view({"L1": 2} if k % 4 else None), None)
        for k in range(40)
    ]
    found = agreement(pairs)
    assert (found.films, found.patients) == (40, 20)
    assert found.fracture.table == ((160, 0), (10, 30))
    po, pe = 190 / 200, 0.8 * 0.85 + 0.2 * 0.15
    assert found.fracture.value == pytest.approx((po - pe) / (1 - pe))
    assert found.fracture.low < found.fracture.value < found.fracture.high
    # The loss of 15 px on 10 of 200 corners' mean of four.
    assert found.corners.median == 0.0
    assert found.heights["posterior"].limits.sd == pytest.approx(0.0, abs=1e-9)
    anterior = [p.difference for p in found.heights["anterior"].points if p.difference]
    assert anterior == pytest.approx([100 * 15 / 42.5] * 10)
    in_mm = agreement(pairs, in_mm=True)
    assert in_mm.heights["anterior"].limits.n == 0
    assert any("pixel spacing" in note for note in in_mm.notes)
    assert math.isfinite(found.grade.value or math.nan)
