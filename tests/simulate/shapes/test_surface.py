"""Surfaces and the simple closed shapes."""

import numpy as np
import pytest

from spondyl.simulate.shapes.primitives import ball, plate, smooth_path, superquadric, tube
from spondyl.simulate.shapes.surface import (
    Surface,
    is_closed,
    merge,
    oriented,
    vertex_normals,
)


def test_ball_has_the_volume_and_area_of_a_ball() -> None:
    sphere = superquadric((10, 10, 10), rows=60, columns=90)
    assert sphere.volume_mm3 == pytest.approx(4 / 3 * np.pi * 1000, rel=0.01)
    assert sphere.area_mm2 == pytest.approx(4 * np.pi * 100, rel=0.01)


@pytest.mark.parametrize(
    "surface",
    [
        ball((1, 2, 3), 5),
        superquadric((3, 5, 8), 4.0),
        tube([[0, 0, 0], [10, 1, 0], [20, 0, 4]], [3, 2, 1]),
        tube([[0, 0, 0], [0, 0, 9]], [[1, 4], [1, 4]], up=(0, 1, 0)),
        plate(np.stack(np.meshgrid(np.arange(6.0), np.arange(5.0), [1.0]), -1)[:, :, 0], 0.7),
    ],
)
def test_shapes_are_closed_and_face_outward(surface: Surface) -> None:
    assert is_closed(surface.faces)
    assert surface.volume_mm3 > 0
    assert 0 < surface.inner().volume_mm3 < surface.volume_mm3


def test_tube_has_the_volume_of_a_tube() -> None:
    bar = tube([[0, 0, 0], [50, 0, 0], [100, 0, 0]], 2.0, columns=60)
    assert bar.volume_mm3 == pytest.approx(np.pi * 4 * (100 + 4 / 3 * 2), rel=0.03)


def test_inner_lies_one_shell_inside() -> None:
    sphere = superquadric((10, 10, 10), rows=40, columns=60, shell_mm=1.5)
    radii = np.linalg.norm(sphere.inner().vertices_mm, axis=1)
    np.testing.assert_allclose(radii, 8.5, atol=0.02)


def test_thick_shell_does_not_turn_a_surface_inside_out() -> None:
    assert ball((0, 0, 0), 3, shell_mm=50.0).inner().volume_mm3 > 0


def test_transform_that_mirrors_stays_outward() -> None:
    bar = tube([[0, 0, 0], [10, 3, 0]], 2.0)
    mirrored = bar.transformed(scale=(1, -1, 1), translation_mm=(5, 0, 0))
    assert mirrored.volume_mm3 == pytest.approx(bar.volume_mm3, rel=1e-4)


def test_normals_of_a_ball_point_away() -> None:
    sphere = ball((0, 0, 0), 4)
    normals = vertex_normals(sphere.vertices_mm, sphere.faces)
    assert np.all(np.einsum("ij,ij->i", normals, sphere.vertices_mm) > 3.8)


def test_merged_volume_is_the_sum() -> None:
    both = merge([ball((0, 0, 0), 2), ball((9, 0, 0), 3, shell_mm=0.5)])
    assert is_closed(both.faces)
    assert both.volume_mm3 == pytest.approx(
        ball((0, 0, 0), 2).volume_mm3 + ball((0, 0, 0), 3).volume_mm3, rel=1e-3
    )


def test_open_and_empty_surfaces_are_noticed() -> None:
    sphere = ball((0, 0, 0), 2)
    assert not is_closed(sphere.faces[1:])
    with pytest.raises(ValueError, match="no volume"):
        oriented(np.zeros((3, 3)), [[0, 1, 2]])
    with pytest.raises(ValueError, match="shell per vertex"):
        Surface(sphere.vertices_mm, sphere.faces, np.ones(3, dtype=np.float32))


def test_smooth_path_meets_its_points() -> None:
    points = np.array([[0, 0, 0], [1, 2, 0], [3, 1, 1.0]])
    path = smooth_path(points, 21)
    np.testing.assert_allclose(path[[0, 10, 20]], points, atol=1e-6)
