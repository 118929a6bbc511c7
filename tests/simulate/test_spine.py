import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.simulate.shapes import (
    build_sacrum,
    build_vertebra,
    draw_person,
    draw_sacrum,
    draw_vertebra,
)
from spondyl.simulate.spine import Disc, Posture, draw_posture, rotation_matrix, stack

LEVELS = [level for level in Level if level is not Level.L6]


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(5)
    person = draw_person(rng)
    made = {
        level: build_vertebra(draw_vertebra(level, 1.0, rng, person)).points_mm
        for level in LEVELS
        if level is not Level.S1
    }
    return {**made, Level.S1: build_sacrum(draw_sacrum(1.0, rng)).points_mm}


def straight(balance_deg=0.0, disc=None):
    return Posture(
        sacral_slope_deg=35.0,
        discs={level: disc or Disc(8.0, 3.0) for level in LEVELS},
        coronal_deg=dict.fromkeys(LEVELS, 0.0),
        axial_deg=dict.fromkeys(LEVELS, 0.0),
        turn_deg=0.0,
        lean_deg=0.0,
        balance_deg=balance_deg,
    )


def test_rotation_keeps_lengths_and_turns_the_front_down():
    rotation = rotation_matrix(0.3, 0.2, -0.1)
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-12)
    assert (rotation_matrix(0.3) @ [1.0, 0.0, 0.0])[2] < 0


def test_levels_stand_in_order_and_the_sacrum_in_the_origin(points):
    poses = stack(points, points, straight())
    heights = [poses[level].origin_mm[2] for level in LEVELS]
    assert heights == sorted(heights, reverse=True)
    endplate = poses[Level.S1](points[Level.S1][:2])
    assert endplate.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)


@pytest.mark.parametrize("balance", [-20.0, 0.0, 10.0])
def test_the_column_leans_as_drawn(points, balance):
    poses = stack(points, points, straight(balance))
    x, _, z = poses[Level.T12].origin_mm
    # Turning the whole column about the sacrum is exact but for S1's own centre.
    assert np.degrees(np.arctan2(x, z)) == pytest.approx(balance, abs=1.0)


def test_disc_height_is_the_gap(points):
    poses = stack(points, points, straight(disc=Disc(9.0, 0.0)))
    upper = poses[Level.L3](points[Level.L3])[[3, 2]].mean(axis=0)
    lower = poses[Level.L4](points[Level.L4])[[0, 1]].mean(axis=0)
    assert np.linalg.norm(upper - lower) == pytest.approx(9.0, abs=1e-9)


def test_a_slip_moves_the_body_forward(points):
    still = stack(points, points, straight())
    discs = {**straight().discs, Level.L4: Disc(8.0, 3.0, 7.0)}
    moved = stack(
        points, points, Posture(**{**vars(straight()), "discs": discs, "balance_deg": 0.0})
    )
    gap_still = still[Level.L4].origin_mm - still[Level.L5].origin_mm
    gap_moved = moved[Level.L4].origin_mm - moved[Level.L5].origin_mm
    assert gap_moved[0] - gap_still[0] > 3.0


def test_postures_are_drawn_within_what_people_show():
    slopes, tilts = [], []
    for seed in range(60):
        posture = draw_posture(np.random.default_rng(seed), LEVELS)
        slopes.append(posture.sacral_slope_deg)
        tilts.append(max(abs(v) for v in posture.coronal_deg.values()))
        assert all(disc.height_mm > 0 for disc in posture.discs.values())
        assert Level.S1 not in posture.discs
    assert 25 < np.mean(slopes) < 50
    assert max(tilts) > 8 > np.median(tilts)
