"""Ideal maps give their bodies back."""

import numpy as np
import pytest
from ideal_maps import ideal_finder, six_points, spine

from spondyl.anatomy import LEVELS, Level
from spondyl.read.column import best_column, room_below
from spondyl.read.decode import decode_candidates


def test_points_come_back_within_a_pixel() -> None:
    bodies = spine(L1={"anterior_loss": 0.35}, L3={"middle_loss": 0.3})
    column, _ = best_column(decode_candidates(ideal_finder(bodies, fractured=[Level.L1])))
    assert len(column) == len(bodies)
    for candidate, (level, points) in zip(column, bodies.items(), strict=True):
        assert np.abs(candidate.points_px - points).max() < 1.0
        assert candidate.looks.argmax() == LEVELS[level].channel
        assert candidate.looks.sum() == pytest.approx(1.0)
        assert (candidate.fracture_logit > 0) == (level is Level.L1)
        assert candidate.heat > 0.9
        assert candidate.vote_spread_px < 1.0


def test_collapsed_body_between_two_is_found() -> None:
    bodies = spine(("L1", "L2", "L3"), step=24.0)
    flat = {"anterior_loss": 0.6, "posterior_loss": 0.55, "middle_loss": 0.6}
    bodies[Level.L2] = six_points(bodies[Level.L2][:4].mean(axis=0), **flat)
    column, _ = best_column(decode_candidates(ideal_finder(bodies)))
    assert len(column) == 3
    assert column[1].height_px < 11


def test_empty_maps_give_nothing() -> None:
    candidates = decode_candidates(ideal_finder({}))
    assert candidates == ()
    assert best_column(candidates) == ((), 0.0)
    assert room_below((), 448.0) == 0.0


def test_a_body_beside_the_spine_is_left_out() -> None:
    bodies = spine()
    maps = ideal_finder({**bodies, Level.T10: six_points((270.0, 150.0))}, heat={Level.T10: 0.5})
    candidates = decode_candidates(maps)
    assert len(candidates) == len(bodies) + 1
    column, _ = best_column(candidates)
    assert len(column) == len(bodies)
    assert max(candidate.centre_px[0] for candidate in column) < 200


def test_a_body_lying_across_is_left_out() -> None:
    bodies = spine()
    maps = ideal_finder({**bodies, Level.T10: six_points((120.0, 330.0), tilt_deg=110)})
    column, _ = best_column(decode_candidates(maps))
    assert len(column) == len(bodies)


def test_noise_gives_finite_candidates() -> None:
    rng = np.random.default_rng(0)
    maps = ideal_finder({})
    noisy = type(maps)(
        *(
            rng.normal(0, 3, part.shape).astype(np.float32)
            for part in (maps.levels, maps.fracture, maps.bodies)
        )
    )
    candidates = decode_candidates(noisy)
    assert 0 < len(candidates) <= 40
    assert all(np.isfinite(candidate.points_px).all() for candidate in candidates)


def test_room_below() -> None:
    column, _ = best_column(decode_candidates(ideal_finder(spine(("L3", "L4")))))
    bottom = float(column[-1].points_px[:4, 1].max())
    assert room_below(column, bottom) == pytest.approx(0.0, abs=0.15)
    assert room_below(column, bottom + 2 * 26.0) == pytest.approx(2.0, abs=0.15)
