"""Shifts are found where there are some, and not where chance makes them."""

import numpy as np
import pytest

from spondyl.serve.quality.drift import Shift, drift_of, psi, reference_of
from spondyl.serve.quality.shares import apart, share_of


def beta(seed: int, count: int, a: float = 1.0, b: float = 6.0) -> list[float]:
    return np.random.default_rng(seed).beta(a, b, count).tolist()


class TestPsi:
    def test_of_a_textbook_table(self) -> None:
        # Two bins, 50 % and 50 % against 60 % and 40 %: 0.1 ln 1.2 - 0.1 ln 0.8 = 0.0405.
        found = psi(np.array([5e6, 5e6]), np.array([6e6, 4e6]))
        assert found == pytest.approx(0.1 * np.log(1.2) - 0.1 * np.log(0.8), abs=1e-6)

    def test_chance_seldom_goes_beyond_its_limit(self) -> None:
        beyond = 0
        for seed in range(200):
            found = drift_of(beta(1000 + seed, 60), reference_of(beta(seed, 200)))
            assert found.psi is not None
            assert found.limit is not None
            beyond += found.psi > found.limit
        # 1 % by its asymptotic distribution; up to 4 % leaves room for 200 draws of few films.
        assert beyond <= 8

    def test_few_films_do_not_warn_by_chance(self) -> None:
        shifts = [drift_of(beta(1000 + s, 40), reference_of(beta(s, 60))).shift for s in range(100)]
        assert shifts.count(Shift.STEADY) >= 90
        # The bare rule of thumb would.
        bare = [
            drift_of(beta(1000 + s, 40), reference_of(beta(s, 60))).psi or 0 for s in range(100)
        ]
        assert sum(value >= 0.25 for value in bare) > 30

    def test_a_real_shift_is_told(self) -> None:
        found = drift_of(beta(2, 150, a=3.0), reference_of(beta(1, 200)))
        assert found.shift is Shift.MARKED
        assert found.ks is not None
        assert found.ks_p is not None
        assert found.ks > 0.3
        assert found.ks_p < 1e-6

    def test_too_few_and_alike_values(self) -> None:
        assert drift_of(beta(1, 29), reference_of(beta(2, 200))).shift is Shift.TOO_FEW
        assert drift_of(beta(1, 50), reference_of(beta(2, 49))).shift is Shift.TOO_FEW
        assert drift_of([], reference_of([])).shift is Shift.TOO_FEW
        alike = drift_of([0.0] * 60, reference_of([0.0] * 100))
        assert alike.shift is Shift.STEADY
        assert alike.psi == pytest.approx(0.0)


class TestShares:
    def test_apart(self) -> None:
        assert apart(share_of(30, 100), share_of(10, 100))
        assert not apart(share_of(12, 100), share_of(10, 100))
        # Of many films the smallest difference is certain, and of no consequence.
        assert not apart(share_of(11_000, 100_000), share_of(10_000, 100_000))
        assert not apart(share_of(10, 10), share_of(0, 100))
