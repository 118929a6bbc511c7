from dataclasses import replace

import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels.fault_rules import FaultKind
from spondyl.labels.faults import film_faults
from tests.labels.formats.made_labels import LEVELS, SIZE_PX, body_points, spine


def changed(level=Level.L2, side="left", points=None, **changes):
    film = spine(side)
    body = film.vertebrae[level]
    if points is not None:
        changes |= {"corners_px": points[:4], "mid_endplates_px": points[4:]}
    return replace(film, vertebrae={**film.vertebrae, level: replace(body, **changes)})


def found(film, **arguments):
    return [(fault.level, fault.kind) for fault in film_faults(film, **arguments)]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_good_spine_has_no_fault(side):
    assert found(spine(side, LEVELS)) == []


def test_crossed_corners():
    points = body_points(LEVELS.index(Level.L2))
    points[[0, 1]] = points[[1, 0]]
    film = changed(points=points)
    assert (Level.L2, FaultKind.CROSSED) in found(film)
    assert "cross" in film_faults(film)[0].sentence


def test_a_dent_is_told_from_a_crossing():
    points = body_points(LEVELS.index(Level.L2))
    points[1] = points[:4].mean(axis=0) + np.array([-6, 6])
    (fault, *_) = [f for f in film_faults(changed(points=points)) if f.kind is FaultKind.CROSSED]
    assert "dent" in fault.sentence


def test_upside_down():
    points = body_points(LEVELS.index(Level.L2))[[3, 2, 1, 0, 5, 4]]
    assert (Level.L2, FaultKind.UPSIDE_DOWN) in found(changed(points=points))


def test_one_body_on_the_wrong_side():
    points = body_points(LEVELS.index(Level.L2))[[1, 0, 3, 2, 4, 5]]
    assert found(changed(points=points)) == [(Level.L2, FaultKind.SIDE)]


def test_a_whole_film_on_the_wrong_side_is_one_fault():
    film = replace(spine("left"), posterior_side="right")
    assert found(film) == [(None, FaultKind.SIDE)]
    assert "all 6 bodies it is left" in film_faults(film)[0].sentence


def test_levels_out_of_order_and_one_upon_another():
    film = spine()
    bodies = film.vertebrae
    swapped = {
        **bodies,
        Level.L2: replace(bodies[Level.L3], level=Level.L2),
        Level.L3: replace(bodies[Level.L2], level=Level.L3),
    }
    assert (Level.L3, FaultKind.ORDER) in found(replace(film, vertebrae=swapped))
    twice = {**bodies, Level.L3: replace(bodies[Level.L2], level=Level.L3)}
    twice[Level.L3] = replace(
        twice[Level.L3], corners_px=bodies[Level.L2].corners_px + np.array([0, 2])
    )
    assert (Level.L3, FaultKind.OVERLAP) in found(replace(film, vertebrae=twice))


def test_off_the_film_and_cut_off():
    points = body_points(LEVELS.index(Level.L2)) - [440, 0]
    film = changed(points=points)
    assert (Level.L2, FaultKind.OFF_FILM) in found(film)
    cut = changed(points=points, assessable=False)
    assert (Level.L2, FaultKind.OFF_FILM) not in found(cut)


def test_the_rim_of_the_film_is_on_it():
    film = spine()
    least = min(body.corners_px[:, 0].min() for body in film.vertebrae.values())
    bodies = {
        level: replace(
            body, corners_px=body.corners_px - [least + 0.5, 0],
            mid_endplates_px=body.mid_endplates_px - [least + 0.5, 0],
        )
        for level, body in film.vertebrae.items()
    }  # fmt: skip
    assert found(replace(film, vertebrae=bodies)) == []


def test_size_of_the_picture():
    assert found(spine(), picture_px=SIZE_PX) == []
    assert found(spine(), picture_px=SIZE_PX[::-1]) == [(None, FaultKind.SIZE)]


@pytest.mark.parametrize(
    ("anterior", "middle", "faults"),
    [(1.0, 1.0, []), (0.35, 0.4, []), (0.12, 0.5, [FaultKind.HEIGHT]),
     (1.0, -0.6, [FaultKind.MIDDLE])],
)  # fmt: skip
def test_heights(anterior, middle, faults):
    """Collapse that occurs is let through; what no body can be is not."""
    points = body_points(LEVELS.index(Level.L2), turn=0.0)
    points[1] += (1 - anterior) * (points[2] - points[1])
    centre = points[4:].mean(axis=0)
    points[4:] = centre + middle * (points[4:] - centre)
    kinds = {kind for _, kind in found(changed(points=points))}
    assert kinds == set(faults)


def test_a_middle_beside_its_endplate():
    points = body_points(LEVELS.index(Level.L2))
    points[4] = points[1]
    assert found(changed(points=points)) == [(Level.L2, FaultKind.MIDDLE)]


def test_depth_against_the_other_bodies():
    level = Level.L2
    points = body_points(LEVELS.index(level), turn=0.0)
    wide = points.copy()
    wide[:, 0] = points[:, 0].mean() + 2.2 * (points[:, 0] - points[:, 0].mean())
    assert (level, FaultKind.DEPTH) in found(changed(points=wide))


@pytest.mark.parametrize(
    ("status", "grade", "faulty"),
    [("normal", 0, False), ("normal", 2, True), ("fractured", 0, True), ("fractured", 3, False),
     ("unknown", 1, False), ("fractured", 7, True)],
)  # fmt: skip
def test_status_and_grade(status, grade, faulty):
    film = changed(status=Status(status), genant_grade=grade)
    assert bool(found(film)) is faulty


def test_a_sacrum_of_two_points_and_bodies_without_points():
    film = spine(levels=LEVELS)
    s1 = film.vertebrae[Level.S1]
    corners = s1.corners_px.copy()
    corners[2:] = np.nan
    silent = replace(film.vertebrae[Level.T8], corners_px=None, mid_endplates_px=None)
    bodies = {
        **film.vertebrae,
        Level.S1: replace(s1, corners_px=corners, mid_endplates_px=None),
        Level.T8: silent,
    }
    assert found(replace(film, vertebrae=bodies)) == []
