import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.geometry import POINT_NAMES
from spondyl.labels import FilmLabel, VertebraLabel

QUAD = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]])
MIDS = np.array([[2.0, 0.5], [2.0, 2.5]])


def test_a_quad_needs_all_four_corners():
    half = QUAD.copy()
    half[2] = np.nan
    assert VertebraLabel(Level.L1, QUAD).has_quad
    assert not VertebraLabel(Level.L1, half).has_quad
    assert not VertebraLabel(Level.L1).has_quad


def test_six_points_are_corners_and_mids():
    body = VertebraLabel(Level.L1, QUAD, MIDS)
    assert body.six_points_px.shape == (len(POINT_NAMES), 2)
    np.testing.assert_array_equal(body.six_points_px[4:], MIDS)
    assert VertebraLabel(Level.L1, QUAD).six_points_px is None
    assert VertebraLabel(Level.L1, None, MIDS).six_points_px is None


@pytest.mark.parametrize(
    ("statuses", "fractured"),
    [
        ([], None),
        ([Status.UNKNOWN, Status.UNKNOWN], None),
        ([Status.UNKNOWN, Status.NORMAL], False),
        ([Status.FRACTURED, Status.UNKNOWN], True),
        ([Status.FRACTURED, Status.NORMAL], True),
    ],
)
def test_a_film_is_fractured_by_what_is_known(statuses, fractured):
    levels = (Level.L1, Level.L2)
    bodies = {
        level: VertebraLabel(level, status=status)
        for level, status in zip(levels, statuses, strict=False)
    }
    assert FilmLabel("a", (1, 1), "left", bodies).fractured is fractured
