import numpy as np
import pytest

from spondyl.simulate.chain.blur import coarse_noise, smooth
from spondyl.simulate.chain.physics import attenuation_per_mm


def test_attenuation_meets_the_tables_and_falls_with_energy():
    # NIST at 50 keV: water 0.2269, cortical bone 0.4242 x 1.92 1/cm
    water, bone, titanium = attenuation_per_mm(50.0)
    assert water == pytest.approx(0.02269, rel=1e-3)
    assert bone == pytest.approx(0.0814, rel=1e-2)
    assert titanium == pytest.approx(0.551, rel=1e-2)
    assert all(
        a > b for a, b in zip(attenuation_per_mm(42.0), attenuation_per_mm(63.0), strict=True)
    )


@pytest.mark.parametrize("sigma", [0.5, 2.0, 6.0, 17.0])
def test_smoothing_keeps_constants_and_has_the_wanted_width(sigma):
    flat = np.full((80, 60), 0.7, dtype=np.float32)
    assert np.allclose(smooth(flat, sigma), 0.7, atol=1e-5)
    step = np.zeros((40, 240), dtype=np.float32)
    step[:, 120:] = 1
    edge = smooth(step, sigma)[20]
    spread = np.diff(edge)
    position = np.arange(len(spread))
    mean = (spread * position).sum()
    found = np.sqrt((spread * (position - mean) ** 2).sum())
    assert found == pytest.approx(sigma, rel=0.2)
    assert mean == pytest.approx(119, abs=0.3)


def test_no_smoothing_below_a_small_sigma():
    picture = np.random.default_rng(0).random((20, 20), dtype=np.float32)
    assert smooth(picture, 0.1) is picture


@pytest.mark.parametrize("grain", [1.0, 4.0, 12.0])
def test_coarse_noise_has_unit_variance(grain):
    field = coarse_noise(np.random.default_rng(0), (300, 400), grain)
    assert field.shape == (400, 300)
    assert field.dtype == np.float32
    assert 0.7 < field.std() < 1.3
