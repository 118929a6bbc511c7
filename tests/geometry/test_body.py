import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.geometry import (
    CORNER_NAMES,
    POINT_NAMES,
    body_frame,
    heights,
    mirror,
    points_in_quad,
    quad_area,
    quad_centre,
    rotation,
    scaling,
    translation,
)

#: Posterior left, 60 deep, posterior wall 40, anterior wall 30.
WEDGE = np.array([[0.0, 0.0], [60.0, 5.0], [60.0, 35.0], [0.0, 40.0]])
MIDS = np.array([[30.0, 4.0], [30.0, 36.0]])

angles = st.floats(-1.2, 1.2)
shifts = st.floats(-2000, 2000)
factors = st.floats(0.2, 8)


def test_names_go_round_the_outline_and_the_mids_come_last():
    assert POINT_NAMES[:4] == CORNER_NAMES
    assert POINT_NAMES[4:] == ("superior_middle", "inferior_middle")
    # neighbours in the order share a wall or an endplate, so the outline never crosses itself
    for name, following in zip(CORNER_NAMES, CORNER_NAMES[1:] + CORNER_NAMES[:1], strict=True):
        shared = set(name.split("_")) & set(following.split("_"))
        assert len(shared) == 1


class TestHeights:
    def test_four_points(self):
        found = heights(WEDGE)
        assert (found.anterior, found.middle, found.posterior) == (30, 35, 40)
        assert found.anterior_posterior == pytest.approx(0.75)
        assert found.middle_posterior == pytest.approx(0.875)

    def test_six_points_measure_the_middle(self):
        assert heights(np.vstack([WEDGE, MIDS])).middle == 32

    @given(angles, shifts, shifts, factors, st.booleans())
    def test_ratios_do_not_depend_on_pose_scale_or_side(self, angle, x, y, factor, mirrored):
        move = rotation(angle, (5, 9)).then(scaling(factor)).then(translation(x, y))
        if mirrored:
            move = move.then(mirror(3000))
        found = heights(move(np.vstack([WEDGE, MIDS])))
        assert found.anterior_posterior == pytest.approx(0.75)
        assert found.middle_posterior == pytest.approx(0.8)
        assert found.posterior == pytest.approx(40 * factor)

    @pytest.mark.parametrize("shape", [(3, 2), (5, 2), (4, 3), (8,)])
    def test_other_shapes_are_refused(self, shape):
        with pytest.raises(ValueError, match="must have shape"):
            heights(np.zeros(shape))


class TestQuad:
    def test_centre_and_area(self):
        np.testing.assert_allclose(quad_centre(WEDGE), [30, 20])
        assert quad_area(WEDGE) == pytest.approx(35 * 60)

    @given(angles, shifts, shifts, st.booleans())
    def test_area_is_kept_by_motion_and_never_negative(self, angle, x, y, mirrored):
        move = rotation(angle, (0, 0)).then(translation(x, y))
        move = move.then(mirror(100)) if mirrored else move
        assert quad_area(move(WEDGE)) == pytest.approx(2100, rel=1e-6)

    @given(angles, shifts, shifts, st.booleans())
    def test_inside_is_kept_by_motion(self, angle, x, y, mirrored):
        move = rotation(angle, (0, 0)).then(translation(x, y))
        move = move.then(mirror(100)) if mirrored else move
        asked = np.array([[30.0, 20.0], [59.0, 20.0], [61.0, 20.0], [30.0, -3.0], [1.0, 38.0]])
        inside = points_in_quad(move(asked), move(WEDGE))
        assert inside.tolist() == [True, True, False, False, True]

    def test_the_outline_belongs_to_it(self):
        assert points_in_quad(WEDGE, WEDGE).all()

    def test_shape_follows_the_points(self):
        assert points_in_quad(np.zeros((3, 4, 2)), WEDGE).shape == (3, 4)


class TestBodyFrame:
    def test_axes(self):
        frame = body_frame(WEDGE)
        np.testing.assert_allclose(frame.centre_px, [30, 20])
        np.testing.assert_allclose(frame.anterior, [1, 0])
        assert frame.height_px == 35
        assert frame.depth_px == pytest.approx(np.hypot(60, 5))

    def test_mids_do_not_move_the_frame(self):
        four, six = body_frame(WEDGE), body_frame(np.vstack([WEDGE, MIDS + 5]))
        np.testing.assert_array_equal(four.centre_px, six.centre_px)

    def test_coinciding_corners_have_no_direction(self):
        with pytest.raises(ValueError, match="coincide"):
            body_frame(np.ones((4, 2)))

    @given(angles, shifts, shifts, factors, st.booleans())
    def test_crop_shows_every_body_alike(self, angle, x, y, factor, mirrored):
        """Whatever its pose, scale and side: centred, 52 px deep, anterior right, superior up."""
        move = rotation(angle, (30, 20)).then(scaling(factor)).then(translation(x, y))
        move = move.then(mirror(3000)) if mirrored else move
        corners = move(WEDGE)
        seen = body_frame(corners).to_crop(112, 52.0)(corners)
        np.testing.assert_allclose(seen.mean(axis=0), [55.5, 55.5], atol=1e-6)
        assert body_frame(seen).depth_px == pytest.approx(52)
        upright = body_frame(WEDGE).to_crop(112, 52.0)(WEDGE)
        np.testing.assert_allclose(seen, upright, atol=1e-6)
        sp, sa, ia, ip = seen
        assert (sa - sp)[0] > 0
        assert (ip - sp)[1] > 0
        assert (ia - sa)[1] > 0

    @given(angles, factors, st.booleans())
    def test_crop_there_and_back(self, angle, factor, mirrored):
        move = rotation(angle, (30, 20)).then(scaling(factor))
        move = move.then(mirror(3000)) if mirrored else move
        corners = move(WEDGE)
        crop = body_frame(corners).to_crop(112, 52.0)
        np.testing.assert_allclose(crop.inverse()(crop(corners)), corners, atol=1e-6)
