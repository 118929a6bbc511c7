import numpy as np
import pytest

from spondyl.geometry import Affine, scaling
from spondyl.simulate.maps import PathMaps
from spondyl.train.config import FramingSettings
from spondyl.train.framing import Framing, draw_framing, label_box, move_label, warp, warp_maps
from tests.train.conftest import phantom

STILL = FramingSettings(trim=0, rotation_deg=0, stretch=0)


def test_still_framing_is_the_letterbox_of_the_whole_film():
    _, label = phantom(np.random.default_rng(0))
    framing = draw_framing(np.random.default_rng(1), label, (320, 448), STILL)
    assert framing.size_px == (317, 448)
    assert np.allclose(framing.to_view([-0.5, -0.5]), -0.5)
    assert np.allclose(framing.to_view([169.5, 239.5]), [316.5, 447.5])


@pytest.mark.parametrize("seed", range(20))
def test_views_fit_the_box_and_keep_the_column_between_the_sides(seed):
    _, label = phantom(np.random.default_rng(seed))
    settings = FramingSettings(trim=1, rotation_deg=0, stretch=0.03)
    framing = draw_framing(np.random.default_rng(seed), label, (320, 448), settings)
    width, height = framing.size_px
    assert width <= 320
    assert height <= 448
    assert width == 320 or height == 448
    left, _, right, _ = label_box(move_label(label, framing.to_view, framing.size_px))
    assert left > 0
    assert right < width - 1


def test_turned_views_turn_the_label_with_the_picture():
    pixels = np.zeros((240, 170), np.float32)
    pixels[100:103, 60:63] = 1
    _, label = phantom(np.random.default_rng(0))
    for seed in range(5):
        settings = FramingSettings(trim=0, rotation_deg=8, stretch=0.05)
        framing = draw_framing(np.random.default_rng(seed), label, (320, 448), settings)
        view = warp(pixels, framing)
        y, x = np.average(np.indices(view.shape).reshape(2, -1), axis=1, weights=view.ravel())
        assert np.allclose(framing.to_view([61, 101]), [x, y], atol=0.15)


def test_shrinking_averages():
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((400, 400)).astype(np.float32)
    small = warp(noise, Framing(scaling(0.25), (100, 100)))
    assert small.std() == pytest.approx(0.25, rel=0.15)
    assert small.mean() == pytest.approx(noise.mean(), abs=0.02)


def test_beyond_the_film_its_edge_is_repeated():
    view = warp(np.full((20, 20), 7.0), Framing(Affine(np.eye(2), np.array([5.0, 5.0])), (30, 30)))
    assert (view == 7).all()


def test_maps_keep_their_scale_in_millimetres():
    maps, _ = phantom(np.random.default_rng(0), pitch_mm=1.0)
    seen = warp_maps(maps, Framing(scaling(0.5), (85, 120)))
    assert isinstance(seen, PathMaps)
    assert seen.pitch_mm == pytest.approx(2.0)
    assert seen.size_px == (85, 120)
    area = maps.trabecular_mm.sum() * maps.pitch_mm**2
    assert seen.trabecular_mm.sum() * seen.pitch_mm**2 == pytest.approx(area, rel=0.01)
    assert not seen.metal_mm.any()
