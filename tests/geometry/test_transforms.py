import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spondyl.geometry import Affine, fit_inside, identity, mirror, rotation, scaling, translation

coordinates = st.floats(-5000, 5000)
points = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(2)), elements=coordinates)
sizes = st.tuples(st.integers(1, 4000), st.integers(1, 4000))
affines = st.one_of(
    st.builds(translation, coordinates, coordinates),
    st.builds(scaling, st.floats(0.05, 20)),
    st.builds(rotation, st.floats(-7, 7), st.tuples(coordinates, coordinates)),
    st.builds(mirror, st.integers(1, 4000)),
    st.builds(fit_inside, sizes, st.tuples(st.integers(32, 1000), st.integers(32, 1000))),
)


def close(one, other):
    np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-5)


@given(affines, points)
def test_there_and_back(affine, start):
    back = affine.inverse()
    # a shrunk point comes back with its rounding error grown again
    tolerance = 1e-9 * (1 + np.abs(affine(start)).max()) * max(1.0, back.scale)
    np.testing.assert_allclose(back(affine(start)), start, atol=tolerance + 1e-8)


@given(affines, affines, points)
def test_then_is_one_after_the_other(first, second, start):
    close(first.then(second)(start), second(first(start)))


@given(affines, affines)
def test_scales_multiply(first, second):
    assert first.then(second).scale == pytest.approx(first.scale * second.scale)


@given(affines, affines, points)
def test_inverse_of_a_chain_is_the_chain_of_inverses_backwards(first, second, start):
    end = first.then(second)(start)
    one = first.then(second).inverse()(end)
    other = second.inverse().then(first.inverse())(end)
    np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-3)


@given(points)
def test_identity_changes_nothing(start):
    np.testing.assert_array_equal(identity()(start), start)


@given(st.integers(1, 4000), points)
def test_mirror_is_its_own_inverse(width, start):
    close(mirror(width)(mirror(width)(start)), start)


@given(st.integers(1, 4000))
def test_mirror_swaps_the_first_and_last_column(width):
    np.testing.assert_array_equal(mirror(width)([[0, 3]]), [[width - 1, 3]])


@given(st.floats(0.05, 20))
def test_scaling_keeps_the_outer_edge(factor):
    close(scaling(factor)([-0.5, -0.5]), [-0.5, -0.5])


def test_scaling_maps_pixel_areas():
    # the two pixels 0 and 1 become the one pixel 0
    close(scaling(0.5)([0.5, 0.5]), [0.0, 0.0])


@given(st.floats(-7, 7), coordinates, coordinates)
def test_rotation_keeps_its_centre_and_lengths(angle, x, y):
    turn = rotation(angle, (x, y))
    close(turn([x, y]), [x, y])
    assert turn.scale == pytest.approx(1)


def test_positive_rotation_turns_x_towards_y():
    close(rotation(np.pi / 2, (0, 0))([1, 0]), [0, 1])


@given(sizes, sizes)
def test_fit_inside_touches_and_centres(size, box):
    affine = fit_inside(size, box)
    corners = affine([[-0.5, -0.5], [size[0] - 0.5, size[1] - 0.5]])
    near, far = corners + 0.5
    assert (near >= -1e-6).all()
    assert (far <= np.array(box) + 1e-6).all()
    close(near, np.array(box) - far)
    assert np.isclose(far - near, box).any()


@given(sizes)
def test_fit_inside_its_own_size_is_the_identity(size):
    close(fit_inside(size, size).matrix, identity().matrix)


def test_matrix_is_linear_and_offset():
    np.testing.assert_array_equal(translation(2, 3).matrix, [[1, 0, 2], [0, 1, 3]])


def test_maps_stacks_of_points():
    stack = np.zeros((2, 5, 2))
    assert translation(1, 2)(stack).shape == stack.shape


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"\(3, 3\)"):
        Affine(np.eye(3), np.zeros(2))


def test_collapsed_map_has_no_inverse():
    with pytest.raises(ValueError, match="no inverse"):
        Affine(np.zeros((2, 2)), np.zeros(2)).inverse()


@pytest.mark.parametrize("factor", [0, -1])
def test_scaling_needs_a_positive_factor(factor):
    with pytest.raises(ValueError, match="above 0"):
        scaling(factor)
