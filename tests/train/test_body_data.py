import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.geometry import body_frame
from spondyl.train.body_data import body_samples, jittered
from spondyl.train.config import BodySettings, FramingSettings
from spondyl.train.sources import SimulatedScene
from tests.train.conftest import phantom

STILL = FramingSettings(trim=0, rotation_deg=0, stretch=0)
ALL = BodySettings(normal_keep=1, negatives=4, pitch_mm=(0.7, 0.7))


def samples(settings: BodySettings, seed: int = 0):
    maps, label = phantom(np.random.default_rng(seed))
    return body_samples(
        SimulatedScene(maps, label, ()), np.random.default_rng(seed), settings, STILL
    )


def test_samples_of_one_film():
    found = samples(ALL)
    bodies = [s for s in found if s["body"] == 1]
    assert len(bodies) == 7
    assert sum(s["fracture"] == 1 for s in bodies) == 1
    for sample in found:
        assert sample["crop"].shape == (1, 112, 112)
        assert np.isfinite(sample["crop"]).all()
    broken = next(s for s in bodies if s["fracture"] == 1)
    assert np.allclose(broken["loss"], [0.45, 0.225, 0])


def test_places_without_a_body_have_no_points():
    beside = [s for seed in range(4) for s in samples(ALL, seed) if s["body"] == 0]
    negatives = [s for s in beside if np.isnan(s["points"]).all()]
    assert len(negatives) >= 4
    assert all(np.isnan(s["fracture"]) and np.isnan(s["loss"]).all() for s in negatives)


def test_sacrum_has_points_but_is_no_body():
    sacra = [s for s in samples(ALL) if s["body"] == 0 and np.isfinite(s["points"]).any()]
    assert len(sacra) == 1
    assert np.isnan(sacra[0]["fracture"])


def test_without_jitter_the_body_is_centred_and_52_px_deep():
    still = ALL.model_copy(update={"shift": 0.0, "rotation_deg": 0.0, "scale": 0.0})
    for sample in samples(still):
        if sample["body"] == 1 and sample["fracture"] == 0:
            points = sample["points"]
            assert np.allclose(points[:4].mean(axis=0), 55.5, atol=0.01)
            assert points[1, 0] - points[0, 0] == pytest.approx(52, abs=0.01)
            assert points[2, 1] > points[1, 1]
            assert sample["height"] == pytest.approx(52 * 21 / 25, rel=0.01)


def test_bone_is_bright_between_the_points():
    brighter = []
    for seed in range(5):
        for sample in samples(ALL, seed):
            if sample["body"] == 1 and sample["fracture"] == 0:
                x, y = sample["points"][:4].mean(axis=0)
                sp, sa = sample["points"][:2]
                disc = (sp + sa) / 2 - [0, 6]
                crop = sample["crop"][0]
                bone = np.median(crop[int(y) - 4 : int(y) + 5, int(x) - 6 : int(x) + 7])
                dx, dy = int(disc[0]), int(disc[1])
                brighter.append(bone > np.median(crop[dy - 1 : dy + 2, dx - 6 : dx + 7]))
    assert np.mean(brighter) > 0.7


def test_jitter_has_the_asked_spread():
    _, label = phantom(np.random.default_rng(0))
    frame = body_frame(label.vertebrae[Level.L3].corners_px)
    rng = np.random.default_rng(0)
    settings = BodySettings(tail_share=0)
    frames = [jittered(frame, rng, settings) for _ in range(2000)]
    shifts = np.array([f.centre_px - frame.centre_px for f in frames]) / frame.depth_px
    angles = np.rad2deg([np.arctan2(f.anterior[1], f.anterior[0]) for f in frames])
    scales = np.log([f.depth_px / frame.depth_px for f in frames])
    assert shifts.std(axis=0) == pytest.approx([0.06, 0.06], rel=0.1)
    assert angles.std() == pytest.approx(5, rel=0.1)
    assert scales.std() == pytest.approx(0.08, rel=0.1)


def test_fractured_bodies_are_kept_when_normal_ones_are_not():
    few = ALL.model_copy(update={"normal_keep": 0.0, "negatives": 0})
    found = samples(few)
    assert [float(s["fracture"]) for s in found] == [1.0]
