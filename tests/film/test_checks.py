"""Refusals by pixels."""

import numpy as np
import pytest

from spondyl.film import FilmError, Reason, check_exposed
from spondyl.film.checks import check_size
from tests.film.makers import phantom


def reason_of(pixels: np.ndarray) -> Reason:
    with pytest.raises(FilmError) as caught:
        check_exposed(pixels.astype(np.float32))
    return caught.value.reason


def test_films_pass():
    check_exposed(phantom().astype(np.float32))
    noisy = phantom() + np.random.default_rng(0).normal(0, 0.2, phantom().shape)
    check_exposed(noisy.astype(np.float32))


def test_faint_films_pass():
    check_exposed((0.5 + 0.01 * phantom()).astype(np.float32))


@pytest.mark.parametrize("grey", [0.0, 0.3, 1.0])
def test_constant(grey):
    assert reason_of(np.full((100, 100), grey)) is Reason.EMPTY


def test_few_levels():
    assert reason_of(np.rint(phantom() * 4) / 4) is Reason.EMPTY


def test_two_values_and_little_else():
    pixels = np.zeros((200, 200))
    pixels[:, 100:] = 1
    pixels[0, :50] = np.linspace(0, 1, 50)
    assert reason_of(pixels) is Reason.EMPTY


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [64, 300])
def test_noise_alone(seed, size):
    pixels = np.random.default_rng(seed).uniform(0, 1, (size, size))
    assert reason_of(pixels) is Reason.EMPTY


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        (63, 1000, Reason.TOO_SMALL),
        (1000, 63, Reason.TOO_SMALL),
        (20000, 20000, Reason.TOO_LARGE),
        (0, 0, Reason.TOO_SMALL),
    ],
)
def test_sizes(width, height, reason):
    with pytest.raises(FilmError) as caught:
        check_size(width, height)
    assert caught.value.reason is reason


def test_limits_are_inside():
    check_size(64, 64)
    check_size(10_000, 10_000)
