"""Flat parts of a body are seen, grain is not."""

import numpy as np
import pytest

from spondyl.read.hidden import flat_share

QUAD = np.array([[40.0, 50.0], [140.0, 50.0], [140.0, 130.0], [40.0, 130.0]])


@pytest.fixture
def film():
    rng = np.random.default_rng(0)
    return (0.5 + 0.03 * rng.normal(size=(200, 200))).astype(np.float32)


def test_grain_is_a_picture(film):
    assert flat_share(film, QUAD) == 0.0


def test_a_ramp_without_grain_is_a_picture():
    ramp = np.tile(np.linspace(0, 1, 200, dtype=np.float32), (200, 1))
    assert flat_share(ramp, QUAD) == 0.0


@pytest.mark.parametrize("grey", [0.0, 0.6, 1.0])
def test_one_grey_is_none(film, grey):
    film[20:160, 10:180] = grey
    assert flat_share(film, QUAD) == 1.0


def test_half_covered(film):
    film[:, 90:] = 1.0
    # a patch that reaches over the border still shows something
    assert 0.4 < flat_share(film, QUAD) < 0.5


def test_eight_bit_steps_are_no_picture(film):
    rng = np.random.default_rng(1)
    film[:] = 1.0 - rng.integers(0, 2, film.shape) / 255
    assert flat_share(film, QUAD) == 1.0


def test_outside_the_film(film):
    assert flat_share(film, QUAD + 500) == 0.0
    film[:] = 1.0
    assert flat_share(film, QUAD - 80) == 1.0
