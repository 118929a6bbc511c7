import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.simulate.projection import Beam

BEAM = Beam(1000.0, (10.0, 20.0), -100.0, 150.0, 0.5, (400, 600))


def test_the_plane_of_the_spine_keeps_its_pitch():
    points = BEAM.project([[0.0, 0.0, 0.0], [50.0, 0.0, -25.0]])
    assert points[1, :2] - points[0, :2] == pytest.approx([100.0, 50.0])
    assert points[:, 2] == pytest.approx([0.0, 0.0])


def test_the_view_begins_at_its_outer_edge():
    assert BEAM.project([[-100.0, 0.0, 150.0]])[0, :2] == pytest.approx([-0.5, -0.5])


def test_what_is_nearer_to_the_source_is_larger():
    near, far = BEAM.project([[60.0, -100.0, 20.0], [60.0, 100.0, 20.0]])
    centre = BEAM.project([[10.0, 0.0, 20.0]])[0]
    assert near[0] - centre[0] > far[0] - centre[0] > 0


@given(x=st.floats(-200, 200), y=st.floats(-150, 150), z=st.floats(-200, 200))
def test_depth_is_measured_along_the_ray(x, y, z):
    # Two points of one ray: their depths differ by their distance.
    source = np.array([10.0, -1000.0, 20.0])
    first = np.array([x, y, z])
    second = source + (first - source) * 1.05
    a, b = BEAM.project([first, second])
    assert a[:2] == pytest.approx(b[:2], abs=1e-6)
    assert abs(b[2] - a[2]) == pytest.approx(np.linalg.norm(second - first), rel=1e-6)
