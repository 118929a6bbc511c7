import numpy as np

from spondyl.anatomy import LEVELS, Level
from spondyl.geometry import translation
from spondyl.train.config import FramingSettings
from spondyl.train.finder_data import body_table, finder_sample, usable
from spondyl.train.sources import GeometrySource, SimulatedScene
from tests.train.conftest import phantom


def scene(seed: int = 0) -> SimulatedScene:
    maps, label = phantom(np.random.default_rng(seed))
    return SimulatedScene(maps, label, ())


def test_samples_are_what_the_network_takes():
    sample = finder_sample(scene(), np.random.default_rng(0), FramingSettings(), 4)
    assert sample["film"].shape == (2, 448, 320)
    assert sample["film"].dtype == np.float32
    assert np.isfinite(sample["film"]).all()
    assert sample["level"].shape == (112, 80)
    assert sample["offsets"].shape == (12, 112, 80)
    assert (sample["fracture"] * sample["fracture_mask"]).any()


def test_same_chance_same_sample(geometries):
    source = GeometrySource(sorted(geometries.glob("*.json")))
    first, again = (
        finder_sample(source.scene(1), np.random.default_rng(5), FramingSettings(), 4) for _ in "ab"
    )
    assert all(np.array_equal(first[key], again[key], equal_nan=True) for key in first)


def test_bone_lies_where_the_label_says():
    still = FramingSettings(trim=0, rotation_deg=0, stretch=0)
    brighter = []
    for seed in range(6):
        sample = finder_sample(scene(seed), np.random.default_rng(seed), still, 4)
        grey = sample["film"][0, 1::4, 1::4]
        level = sample["level"]
        rows = np.flatnonzero(((level > 0) & (level < 255)).any(axis=1))
        inside = (level > 0) & (level < 255)
        columns = np.flatnonzero(inside.any(axis=0))
        around = np.zeros_like(inside)
        around[rows.min() : rows.max(), max(columns.min() - 8, 0) : columns.max() + 8] = True
        brighter.append(np.median(grey[inside]) > np.median(grey[around & ~inside & (level == 0)]))
    assert np.mean(brighter) > 0.6


def test_table_holds_whole_bodies():
    _, label = phantom(np.random.default_rng(0))
    table = body_table(label, translation(10, 20))
    assert table["table_used"].sum() == 8
    assert table["table_channel"][7] == LEVELS[Level.S1].channel
    assert table["table_status"][7] == -1
    assert sorted(table["table_status"][:7]) == [0] * 6 + [1]
    moved = table["table_points"][0] - label.vertebrae[Level.T11].six_points_px
    assert np.allclose(moved, [10, 20], atol=1e-4)


def test_films_without_bodies_are_not_used():
    maps, label = phantom(np.random.default_rng(0))
    few = dict(list(label.vertebrae.items())[:1])
    assert usable(SimulatedScene(maps, label, ()))
    assert not usable(SimulatedScene(maps, type(label)("x", label.size_px, "left", few), ()))
