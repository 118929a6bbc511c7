"""Meshes from files: found points, exact fitting, the library and its cache."""

from pathlib import Path

import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.simulate.shapes import (
    SacrumParameters,
    build_vertebra,
    draw_vertebra,
    is_closed,
)
from spondyl.simulate.shapes.decimate import decimate
from spondyl.simulate.shapes.library import ShapeLibrary
from spondyl.simulate.shapes.meshes import MeshError, adapt, import_vertebra, read_mesh
from spondyl.simulate.shapes.primitives import superquadric
from spondyl.simulate.shapes.surface import Surface, merge
from spondyl.simulate.shapes.volumes import mask_surface

trimesh = pytest.importorskip("trimesh", reason="the simulate extra is not installed")

SHARED = Path(__file__).parents[3] / ".." / "shared" / "anatomy"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="no folder ../shared/anatomy with bone meshes beside the repository"
)


def turned(surface: Surface, pitch: float, axial: float) -> Surface:
    cp, sp, ca, sa = np.cos(pitch), np.sin(pitch), np.cos(axial), np.sin(axial)
    about_y = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    about_z = np.array([[ca, -sa, 0], [sa, ca, 0], [0, 0, 1]])
    return surface.transformed(about_z @ about_y, (40, -7, 120))


def test_points_of_a_turned_vertebra_are_found_again() -> None:
    shape = build_vertebra(draw_vertebra(Level.L2, 1.0, np.random.default_rng(8)))
    found, frame = import_vertebra(turned(merge_all(shape.surfaces), 0.2, 0.1), Level.L2, 10**6)
    assert np.abs(found.points_mm - shape.points_mm).max() < 1.5
    np.testing.assert_allclose(found.heights_mm, shape.heights_mm, rtol=0.05)
    assert found.half_width_mm == pytest.approx(shape.half_width_mm, rel=0.12)
    np.testing.assert_allclose(frame.rotation @ frame.rotation.T, np.eye(3), atol=1e-6)


def merge_all(surfaces: tuple[Surface, ...]) -> Surface:
    return merge([Surface(s.vertices_mm, s.faces) for s in surfaces])


def test_fitting_is_exact_at_the_points() -> None:
    rng = np.random.default_rng(3)
    shape = build_vertebra(draw_vertebra(Level.L2, 1.0, rng))
    for level in (Level.T9, Level.L5):
        wanted = draw_vertebra(level, 0.9, rng)
        fitted = adapt(shape, wanted)
        assert fitted.level is level
        body = wanted.body
        np.testing.assert_allclose(
            fitted.heights_mm,
            (body.height_anterior, body.height_middle, body.height_posterior),
            rtol=1e-6,
        )
        surface = fitted.surfaces[0]
        gap = np.linalg.norm(surface.vertices_mm[:, None] - fitted.points_mm[None], axis=-1)
        assert gap.min(axis=0).max() < 1.5
        assert is_closed(surface.faces)
        assert surface.inner().volume_mm3 > 0


def test_decimation_keeps_a_closed_shape() -> None:
    fine = superquadric((20, 15, 10), rows=20, columns=32)
    coarse = decimate(fine, 500)
    assert len(coarse.faces) <= 500
    assert is_closed(coarse.faces)
    assert coarse.volume_mm3 == pytest.approx(fine.volume_mm3, rel=0.03)


def test_mask_becomes_a_smooth_closed_surface() -> None:
    z, y, x = np.mgrid[-12:13, -12:13, -6:7].astype(float)
    mask = (z / 10) ** 2 + (y / 10) ** 2 + (x * 2 / 10) ** 2 < 1
    surface = mask_surface(mask, (1.0, 1.0, 2.0))
    assert is_closed(surface.faces)
    assert surface.volume_mm3 == pytest.approx(4 / 3 * np.pi * 1000, rel=0.1)
    np.testing.assert_allclose(surface.vertices_mm.mean(axis=0), [12, 12, 12], atol=0.4)


def test_a_ball_is_no_vertebra(tmp_path: Path) -> None:
    with pytest.raises(MeshError, match="human size"):
        import_vertebra(superquadric((4, 4, 4)), Level.L1)
    broken = superquadric((9, 9, 9))
    path = tmp_path / "open_L1.ply"
    trimesh.Trimesh(broken.vertices_mm, broken.faces[5:], process=False).export(path)
    with pytest.raises(MeshError, match="not a closed mesh"):
        read_mesh(path)


def test_library_of_a_folder_is_kept(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    surface = merge_all(build_vertebra(draw_vertebra(Level.L3, 1.0, rng)).surfaces[:1])
    folder = tmp_path / "bones"
    folder.mkdir()
    trimesh.Trimesh(surface.vertices_mm, surface.faces, process=False).export(folder / "own_L3.ply")
    trimesh.Trimesh(surface.vertices_mm, surface.faces, process=False).export(folder / "thing.stl")
    library = ShapeLibrary.from_folder(folder, tmp_path / "cache")
    assert [item.name for item in library.vertebrae] == ["own_L3"]
    assert len(library.skipped) == 1
    assert "holds no level" in library.skipped[0]
    kept = list((tmp_path / "cache").glob("*.npz"))
    assert len(kept) == 1
    again = ShapeLibrary.from_folder(folder, tmp_path / "cache")
    first, second = library.vertebrae[0].shape, again.vertebrae[0].shape
    np.testing.assert_array_equal(first.points_mm, second.points_mm)
    np.testing.assert_array_equal(first.surfaces[0].faces, second.surfaces[0].faces)
    fitted = again.vertebra(draw_vertebra(Level.T12, 1.0, rng), rng)
    assert fitted.level is Level.T12
    with pytest.raises(FileNotFoundError, match="no folder"):
        ShapeLibrary.from_folder(tmp_path / "nothing")
    with pytest.raises(ValueError, match="no sacrum"):
        library.sacrum(SacrumParameters(), rng)


@needs_shared
@pytest.mark.parametrize(("name", "level"), [("vhm_L1", Level.L1), ("vhm_L5", Level.L5)])
def test_real_mesh_has_a_body_of_human_size(name: str, level: Level) -> None:
    shape, _ = import_vertebra(read_mesh(SHARED / f"{name}.ply"), level, 10**6)
    anterior, _, posterior = shape.heights_mm
    assert 24 < posterior < 34
    assert (anterior > posterior) == (level is Level.L5)
    assert 30 < np.linalg.norm(shape.points_mm[1] - shape.points_mm[0]) < 44
    body = shape.surfaces[0].vertices_mm
    gap = np.linalg.norm(body[:, None] - shape.points_mm[None], axis=-1).min(axis=0)
    assert gap.max() < 2.0
