import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.labels import FilmLabel
from spondyl.simulate.cache import GeometryStore
from spondyl.simulate.geometries import make_geometries
from spondyl.simulate.scene import simulate_scene
from spondyl.simulate.settings import SceneSettings

SMALL = SceneSettings(height_px=100)


def test_what_is_stored_comes_back(tmp_path):
    scene = simulate_scene(np.random.default_rng(8), SMALL)
    label = FilmLabel("x", scene.maps.size_px, "left", scene.vertebrae, extra={"view": "lumbar"})
    store = GeometryStore(tmp_path)
    store.save("x", scene.maps, label)
    maps, again = store[0]
    assert len(store) == 1
    assert maps.pitch_mm == scene.maps.pitch_mm
    assert np.asarray(maps.soft_mm, np.float32) == pytest.approx(
        scene.maps.soft_mm, rel=1e-3, abs=1e-3
    )
    assert again.extra["view"] == "lumbar"
    for level, body in scene.vertebrae.items():
        other = again.vertebrae[level]
        assert other.corners_px == pytest.approx(body.corners_px)
        assert other.mid_endplates_px == pytest.approx(body.mid_endplates_px)
        assert (other.status, other.height_losses) == (body.status, body.height_losses)


def test_a_geometry_depends_on_seed_and_number_alone(tmp_path):
    make_geometries(tmp_path / "one", 3, seed=9, settings=SMALL, workers=1)
    make_geometries(tmp_path / "two", 2, seed=9, settings=SMALL, workers=1)
    first, second = GeometryStore(tmp_path / "one")[1], GeometryStore(tmp_path / "two")[1]
    assert np.array_equal(first[0].soft_mm, second[0].soft_mm)
    assert Level.L3 in first[1].vertebrae


def test_a_stopped_run_goes_on(tmp_path):
    make_geometries(tmp_path, 2, seed=9, settings=SMALL, workers=1)
    kept = (tmp_path / "000001.json").stat().st_mtime_ns
    assert len(make_geometries(tmp_path, 3, seed=9, settings=SMALL, workers=1)) == 3
    assert (tmp_path / "000001.json").stat().st_mtime_ns == kept
