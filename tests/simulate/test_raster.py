import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.simulate.projection import Beam
from spondyl.simulate.raster import add_ellipsoids, add_surface, lung, trunk
from spondyl.simulate.shapes.primitives import ball

BEAM = Beam(1e7, (0.0, 0.0), -30.0, 30.0, 0.5, (120, 120))


def path_through(surface, beam=BEAM):
    out = np.zeros(beam.size_px[::-1], np.float32)
    add_surface(out, beam.project(surface.vertices_mm), surface.faces, 1.0)
    return out


def chord(radius_mm, beam=BEAM):
    """Closed form: a ray at distance d from a ball's centre runs 2 sqrt(r^2 - d^2) inside it."""
    width, height = beam.size_px
    x = beam.left_mm + (np.arange(width) + 0.5) * beam.pitch_mm
    z = beam.top_mm - (np.arange(height) + 0.5) * beam.pitch_mm
    square = radius_mm**2 - x[None, :] ** 2 - z[:, None] ** 2
    return 2 * np.sqrt(np.maximum(square, 0))


def test_path_through_a_ball_is_its_chord():
    surface = ball((0.0, 0.0, 0.0), 20.0, 0.0)
    found = path_through(surface)
    expected = chord(20.0)
    inside = expected > 20
    assert found[inside] == pytest.approx(expected[inside], rel=0.06)
    assert found[expected == 0].max() < 1e-3


def test_sum_of_paths_is_the_volume():
    surface = ball((3.0, 0.0, -2.0), 15.0, 0.0)
    volume = path_through(surface).sum() * BEAM.pitch_mm**2
    assert volume == pytest.approx(surface.volume_mm3, rel=0.01)


@given(x=st.floats(-8, 8), z=st.floats(-8, 8), radius=st.floats(3, 18))
def test_no_pixel_is_counted_twice_or_left_out(x, z, radius):
    found = path_through(ball((x, 0.0, z), radius, 0.0))
    assert found.min() > -1e-2
    assert found.max() <= 2 * radius + 1e-2


def test_what_lies_off_the_picture_adds_nothing():
    assert not path_through(ball((500.0, 0.0, 0.0), 20.0, 0.0)).any()


def test_weight_scales_and_takes_away():
    surface = ball((0.0, 0.0, 0.0), 10.0, 0.0)
    out = path_through(surface)
    add_surface(out, BEAM.project(surface.vertices_mm), surface.faces, -1.0)
    assert np.abs(out).max() < 1e-3


def test_ellipsoid_has_its_path_in_the_middle_and_none_outside():
    out = np.zeros((60, 60), np.float32)
    add_ellipsoids(out, np.array([[30.0, 20.0, 10.0, 5.0, 0.0, 7.0]]), 1.0)
    assert out[20, 30] == pytest.approx(7.0)
    assert out[20, 41] == 0
    assert out[26, 30] == 0
    assert out[20, 39] > 0


def test_ellipsoid_turns_from_x_towards_y():
    out = np.zeros((60, 60), np.float32)
    add_ellipsoids(out, np.array([[30.0, 30.0, 20.0, 4.0, np.pi / 2, 5.0]]), 1.0)
    assert out[45, 30] > 0
    assert out[30, 45] == 0


def test_trunk_is_thickest_in_its_middle_and_ends_at_the_skin():
    out = np.zeros((4, 50), np.float32)
    trunk(out, np.full(4, 10.0), np.full(4, 40.0), np.full(4, 200.0), 2.0)
    assert out[0, 25] == pytest.approx(200.0)
    assert (out[:, :10] == 0).all()
    assert (out[:, 41:] == 0).all()
    assert out[0, 12] < out[0, 20]


def test_lung_lies_above_its_dome_alone():
    out = np.zeros((80, 60), np.float32)
    lung(out, np.full(60, 40.0), 10.0, 50.0, -100.0, 20.0, 0.0)
    assert (out[41:] == 0).all()
    assert out[5, 30] == pytest.approx(-100.0)
    assert (out <= 0).all()
