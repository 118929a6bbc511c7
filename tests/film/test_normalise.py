"""Grey values made comparable between films."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.film import local_normalise, rank_normalise, robust_window
from tests.film.makers import phantom

FUNCTIONS = [robust_window, local_normalise, rank_normalise]


def film(seed: int = 0, size: int = 128) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.03, (size, size))
    return (0.25 + 0.5 * phantom(size, size) + noise).clip(0, 1).astype(np.float32)


def collimated(pixels: np.ndarray) -> np.ndarray:
    framed = pixels.copy()
    framed[:, :40] = 0
    framed[:20] = 0
    framed[:, -15:] = 1
    return framed


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("size", [(64, 64), (200, 131), (131, 200)])
def test_form(function, size):
    made = function(phantom(*size).astype(np.float32))
    assert made.shape == size
    assert made.dtype == np.float32
    assert np.isfinite(made).all()


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("grey", [0.0, 0.4, 1.0])
def test_constant_films_give_a_constant(function, grey):
    made = function(np.full((80, 80), grey, np.float32))
    assert np.isfinite(made).all()
    assert np.ptp(made) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_input_is_left_alone_and_results_repeat(function):
    pixels = film()
    before = pixels.copy()
    assert np.array_equal(function(pixels), function(pixels))
    assert np.array_equal(pixels, before)


def test_window_is_not_moved_by_collimation_and_direct_exposure():
    inside = (slice(20, None), slice(40, -15))
    framed = robust_window(collimated(film()))[inside]
    alone = robust_window(film()[inside])
    assert np.abs(framed - alone).mean() < 0.1


@settings(max_examples=30, deadline=None)
@given(gain=st.floats(0.01, 1000), offset=st.floats(-100, 100))
def test_window_does_not_depend_on_exposure(gain, offset):
    pixels = film().astype(np.float64)
    scaled = (pixels * gain + offset).astype(np.float32)
    # float32 keeps few digits of a small film on a large offset.
    if gain < 1e-2 * abs(offset):
        return
    assert np.abs(robust_window(scaled) - robust_window(film())).max() < 0.05


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 50), low=st.floats(0, 40), high=st.floats(60, 100))
def test_window_is_monotone(seed, low, high):
    pixels = film(seed, 64)
    made = robust_window(pixels, low, high)
    order = np.argsort(pixels, axis=None)
    assert (np.diff(made.ravel()[order]) >= 0).all()


def test_local_mean_is_taken_away():
    slope = np.linspace(0, 3, 256, dtype=np.float32)[None, :] + film(size=256)
    made = local_normalise(slope, 10)[30:-30, 30:-30]
    assert abs(float(made[:, :98].mean()) - float(made[:, -98:].mean())) < 0.1
    assert float(made.std()) > 0.15


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 50))
def test_ranks_are_even_and_mirror_under_inversion(seed):
    pixels = film(seed, 64)
    ranks = rank_normalise(pixels)
    assert ranks.mean() == pytest.approx(0.5, abs=1e-4)
    assert 0 <= ranks.min() < ranks.max() <= 1
    assert np.abs(rank_normalise(1 - pixels) - (1 - ranks)).max() < 0.01
    assert np.abs(rank_normalise(pixels**2) - ranks).max() < 0.01


def test_ties_share_a_rank():
    pixels = np.zeros((64, 64), np.float32)
    pixels[:32] = 1
    assert np.unique(rank_normalise(pixels)).tolist() == [0.25, 0.75]
