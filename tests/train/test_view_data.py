from dataclasses import replace

import numpy as np

from spondyl.train.config import FramingSettings
from spondyl.train.sources import SimulatedScene
from spondyl.train.view_data import view_sample
from tests.train.conftest import phantom


def drawn(count: int = 40, **change):
    maps, label = phantom(np.random.default_rng(0))
    scene = SimulatedScene(maps, replace(label, **change), ())
    return [view_sample(scene, np.random.default_rng(i), FramingSettings()) for i in range(count)]


def test_lateral_films_come_in_all_ways():
    samples = drawn()
    others = [s for s in samples if s["lumbar"] != 1]
    assert others
    # What is no lateral film has no side.
    assert all(np.isnan(s["side"]) for s in others)
    for sample in samples:
        assert sample["film"].shape == (1, 128, 128)
        assert 0 <= sample["film"].min() <= sample["film"].max() <= 1
    lateral = [s for s in samples if s["lumbar"] == 1]
    assert len(lateral) > 20
    assert 0.25 < np.mean([s["side"] for s in lateral]) < 0.75
    assert 0.25 < np.mean([s["inverted"] for s in lateral]) < 0.75


def test_views_without_bodies_are_not_lumbar():
    assert all(s["lumbar"] == 0 for s in drawn(12, vertebrae={}))
