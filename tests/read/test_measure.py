"""Lost heights against the level's norm and the film's other bodies."""

import numpy as np
import pytest
from ideal_maps import spine

from spondyl.anatomy import NORMS, Level
from spondyl.geometry import body_frame
from spondyl.read.engine import BodyOutputs
from spondyl.read.framing import CropSettings
from spondyl.read.measure import Measured, NamedBody, lost_heights, measure_bodies
from spondyl.read.site import JudgeSettings

GEOMETRY = JudgeSettings(geometry_share=1.0)
LEVELS = (Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)


def _normal(level: Level, y: float, posterior: float, squeeze: float = 1.0) -> np.ndarray:
    norm = NORMS[level]
    depth = posterior * norm.depth_to_posterior
    anterior = posterior * norm.anterior_posterior * squeeze
    middle = posterior * norm.middle_posterior * squeeze
    x = np.array([0, depth, depth, 0, depth / 2, depth / 2])
    h = np.array([-posterior, -anterior, anterior, posterior, -middle, middle]) / 2
    return np.stack([x, y + h], axis=1)


def _column(squeeze: float = 1.0) -> dict[Level, np.ndarray]:
    column, posterior = {}, 100.0
    for k, level in reversed(list(enumerate(LEVELS))):
        if level is not Level.L5:
            posterior *= NORMS[level].posterior_to_below
        column[level] = _normal(level, 140.0 * k, posterior, squeeze)
    return {level: column[level] for level in LEVELS}


def _measured(points: dict[Level, np.ndarray], loss: dict | None = None) -> list[Measured]:
    return [
        Measured(NamedBody(level, p, 0.9, -5.0, 0.9), p, 1.0, -5.0, 5.0,
                 np.array((loss or {}).get(level, (0.0, 0.0, 0.0))))
        for level, p in points.items()
    ]  # fmt: skip


def test_normal_bodies_have_lost_nothing() -> None:
    for losses in lost_heights(_measured(_column()), GEOMETRY).values():
        assert losses.largest < 0.01


def test_a_film_of_slim_bodies_is_normal() -> None:
    """Where all bodies are a little lower in front, none is suspicious for it."""
    for losses in lost_heights(_measured(_column(0.94)), GEOMETRY).values():
        assert losses.largest < 0.02


@pytest.mark.parametrize("loss", [0.15, 0.25, 0.40, 0.6])
def test_wedge(loss: float) -> None:
    points = _column()
    body = points[Level.L1]
    body[1, 1] += loss * (body[2, 1] - body[1, 1])
    answer = lost_heights(_measured(points), GEOMETRY)
    assert answer[Level.L1].anterior == pytest.approx(loss, abs=0.03)
    assert answer[Level.L1].posterior == pytest.approx(0.0, abs=0.03)
    assert all(answer[level].largest < 0.05 for level in LEVELS if level is not Level.L1)


@pytest.mark.parametrize("level", [Level.T11, Level.L2, Level.L5])
def test_crush_is_seen_against_the_neighbours(level: Level) -> None:
    points = _column()
    body = points[level]
    body[:, 1] = body[:, 1].mean() + 0.6 * (body[:, 1] - body[:, 1].mean())
    answer = lost_heights(_measured(points), GEOMETRY)[level]
    for value in (answer.anterior, answer.middle, answer.posterior):
        assert value == pytest.approx(0.4, abs=0.04)


def test_fractured_neighbours_are_no_reference() -> None:
    points = _column()
    for level in (Level.L1, Level.L2):
        body = points[level]
        body[:, 1] = body[:, 1].mean() + 0.55 * (body[:, 1] - body[:, 1].mean())
    answer = lost_heights(_measured(points), GEOMETRY)
    assert answer[Level.L1].posterior == pytest.approx(0.45, abs=0.05)
    assert answer[Level.T12].largest < 0.05
    assert answer[Level.L3].largest < 0.05


def test_ordinary_lumbar_wedge_is_no_loss() -> None:
    """L5 is higher in front than behind: max minus min over the body would call it lost."""
    points = _column()
    assert lost_heights(_measured(points), GEOMETRY)[Level.L5].largest < 0.01
    body = points[Level.L5]
    body[0, 1] += 0.08 * (body[3, 1] - body[0, 1])
    assert lost_heights(_measured(points), GEOMETRY)[Level.L5].largest < 0.12


def test_network_losses_are_blended() -> None:
    losses = {Level.L1: (0.4, 0.2, 0.0)}
    answer = lost_heights(_measured(_column(), losses), JudgeSettings(geometry_share=0.5))
    assert answer[Level.L1].anterior == pytest.approx(0.2, abs=0.02)


def test_one_body_alone() -> None:
    points = {Level.L3: _column()[Level.L3]}
    assert lost_heights(_measured(points), GEOMETRY)[Level.L3].largest < 0.02


def test_a_badly_framed_body_is_read_again() -> None:
    truth = spine(("L1", "L2", "L3"), top=(300.0, 300.0), step=100.0)
    truth = {
        level: points + 3 * (points - points[:4].mean(axis=0)) for level, points in truth.items()
    }
    bodies = [
        NamedBody(level, points + (12.0 if level is Level.L2 else 0.0), 0.9, 0.0, 0.9)
        for level, points in truth.items()
    ]
    networks = _Tracker(list(truth.values()))
    measured = measure_bodies(np.zeros((900, 700), np.float32), bodies, networks)
    assert networks.sizes == [3, 1]
    for m, points in zip(measured, truth.values(), strict=True):
        assert np.abs(m.points_px - points).max() < 4.0
    assert np.abs(measured[0].points_px - truth[Level.L1]).max() < 1e-3


class _Tracker:
    """Body network that finds the body although the crop is off by the frame's error."""

    def __init__(self, truth: list[np.ndarray]) -> None:
        self.truth = truth
        self.sizes: list[int] = []

    def body(self, crops: np.ndarray) -> BodyOutputs:
        count = len(crops)
        self.sizes.append(count)
        picked = self.truth if count == 3 else [self.truth[1]]
        points = []
        for truth in picked:
            off = 12.0 if count == 3 and truth is self.truth[1] else 0.0
            points.append(body_frame(truth + off).to_crop(112, 52.0)(truth))
        return BodyOutputs(
            np.array(points, np.float32), np.ones((count, 6), np.float32),
            np.zeros(count, np.float32), np.zeros((count, 3), np.float32),
            np.full(count, 5.0, np.float32),
        )  # fmt: skip


class _Blind:
    """Body network that sees a body of one size in the middle of each crop, with a given error."""

    def __init__(self, error_px: float = 0.0) -> None:
        self.error_px = error_px
        self.sizes: list[int] = []

    def body(self, crops: np.ndarray) -> BodyOutputs:
        count = len(crops)
        self.sizes.append(count)
        points = np.array(_normal(Level.L3, 0.0, 40.0))
        points = points - points[:4].mean(axis=0) + 55.5 + self.error_px
        return BodyOutputs(
            np.repeat(points[None], count, 0).astype(np.float32), np.ones((count, 6), np.float32),
            np.arange(count, dtype=np.float32), np.zeros((count, 3), np.float32),
            np.full(count, 5.0, np.float32),
        )  # fmt: skip


def _three() -> list[NamedBody]:
    truth = spine(("L1", "L2", "S1"), top=(300.0, 300.0), step=100.0)
    return [
        NamedBody(level, 3 * points - 2 * points[:4].mean(axis=0), 0.9, 0.0, 0.9)
        for level, points in truth.items()
    ]


def _read(networks: _Blind, settings: CropSettings) -> tuple[Measured, ...]:
    return measure_bodies(np.zeros((900, 700), np.float32), _three(), networks, settings)


def test_no_pass_leaves_the_finders_points() -> None:
    networks = _Blind()
    for m in _read(networks, CropSettings(passes=0)):
        assert m.points_px is m.body.points_px
        assert np.isnan(m.body_logit)
    assert networks.sizes == []


def test_one_pass_reads_each_judged_body_once() -> None:
    networks = _Blind(error_px=15.0)
    measured = _read(networks, CropSettings(passes=1))
    assert networks.sizes == [2]
    assert np.isnan(measured[2].body_logit), "S1 is not judged"


def test_views_are_averaged_and_their_errors_cancel() -> None:
    networks = _Blind()
    once = _read(networks, CropSettings(passes=1))
    thrice = _read(networks, CropSettings(passes=1, views=3))
    assert networks.sizes == [2, 6]
    # The network sees the same in every crop, so that the points follow the frames: the two
    # beside it err by as much to opposite sides.
    for one, three in zip(once[:2], thrice[:2], strict=True):
        assert np.abs(one.points_px - three.points_px).max() < 0.01 * one.frame.depth_px
    assert [m.fracture_logit for m in thrice[:2]] == [1.0, 4.0]


def test_always_reframed() -> None:
    networks = _Blind()
    _read(networks, CropSettings(reframe=(-1.0, 0.0, 0.0)))
    assert networks.sizes == [2, 2]


@pytest.mark.parametrize("wrong", [{"passes": 3}, {"views": 0}, {"views": 6}])
def test_settings_out_of_range(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="passes of 1 to 5 views"):
        CropSettings(**wrong)
