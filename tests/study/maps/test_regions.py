import cv2
import numpy as np
import pytest

from spondyl.anatomy import MAPPED_LEVELS, Level
from spondyl.study.maps.regions import (
    Region,
    body_regions,
    class_regions,
    column_directions,
    region_quad,
)


def shares(shape=(40, 20)) -> np.ndarray:
    """Nothing but background."""
    out = np.full((1 + len(MAPPED_LEVELS), *shape), 0.01)
    out[0] = 0.9
    return out


def test_each_class_has_its_largest_region():
    maps = shares()
    l2 = 1 + MAPPED_LEVELS.index(Level.L2)
    maps[l2, 5:10, 3:9] = 0.95
    maps[l2, 20:23, 3:6] = 0.95  # a smaller one of the same name
    maps[1 + MAPPED_LEVELS.index(Level.L3), 14, 2:6] = 0.95  # a speck
    regions = class_regions(maps)
    assert [region.level for region in regions] == [Level.L2]
    assert (regions[0].rows.min(), regions[0].rows.max()) == (5, 9)
    assert regions[0].mean(maps[l2]) == pytest.approx(0.95)


def bodies(background: np.ndarray, level=Level.L2) -> np.ndarray:
    """Shares of a film all of whose bodies look like one level."""
    out = np.zeros((1 + len(MAPPED_LEVELS), *background.shape))
    out[0] = background
    out[1 + MAPPED_LEVELS.index(level)] = 1 - background
    return out


def test_bodies_that_touch_fall_apart_under_stricter_limits():
    background = np.ones((40, 20))
    background[4:11, 3:12] = 0.1
    background[11, 3:12] = 0.35  # a narrow disc
    background[12:19, 3:12] = 0.1
    background[24:31, 3:12] = 0.2
    background[35, 3:5] = 0.1  # a speck
    regions = body_regions(bodies(background))
    spans = [(int(r.rows.min()), int(r.rows.max())) for r in regions]
    assert len(spans) == 3
    assert spans[0][0] == 4
    assert spans[1][1] == 18
    assert spans[2] == (24, 30)
    assert sum(len(r.rows) for r in regions[:2]) == 9 * 15


def test_fused_bodies_are_cut_where_their_classes_change():
    background = np.ones((40, 20))
    background[4:20, 3:12] = 0.05
    shares_of = bodies(background)
    l2, l3 = (1 + MAPPED_LEVELS.index(level) for level in (Level.L2, Level.L3))
    shares_of[[l2, l3], 10:] = shares_of[[l3, l2], 10:]
    spans = [(int(r.rows.min()), int(r.rows.max())) for r in body_regions(shares_of)]
    assert spans == [(4, 9), (10, 19)]
    # Without a hint from the classes: evenly.
    spans = [(int(r.rows.min()), int(r.rows.max())) for r in body_regions(bodies(background))]
    assert len(spans) == 2
    assert abs(spans[0][1] - 11) <= 1
    # One body of two classes stays one: it is not too high.
    background[10:] = 1
    shares_of = bodies(background)
    shares_of[[l2, l3], 7:] = shares_of[[l3, l2], 7:]
    assert len(body_regions(shares_of)) == 1


def test_a_body_of_one_piece_stays_one():
    background = np.ones((30, 20))
    background[4:12, 3:12] = 0.55
    background[6:10, 5:10] = 0.05
    assert len(body_regions(bodies(background))) == 1
    assert body_regions(bodies(np.ones((30, 20)))) == []


def test_the_column_tells_which_way_a_steep_body_lies():
    box = np.array([[-24.0, -16], [24, -16], [24, 16], [-24, 16]])
    turn = 1.0
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    truth = box @ spin + 60
    mask = np.zeros((30, 30), np.uint8)
    cv2.fillPoly(mask, [np.round((truth - 1.5) / 4 * 256).astype(np.int32)], 1, shift=8)
    cells = Region(*np.nonzero(mask)).cells_px(4)
    down = np.array([-np.sin(0.7), np.cos(0.7)])
    assert np.abs(region_quad(cells, 4, down) - truth).max() < 8
    assert np.abs(region_quad(cells, 4) - truth).max() > 20
    ways = column_directions([np.array([0.0, 0]), np.array([0.0, 10]), np.array([-10.0, 20])])
    assert np.allclose(ways[0], [0, 1])
    assert np.allclose(np.hypot(*np.array(ways).T), 1)
    assert ways[2][0] < 0 < ways[2][1]


@pytest.mark.parametrize("turn", [-0.5, 0.0, 0.4])
def test_corners_of_a_wedge_come_back_in_order(turn):
    wedge = np.array([[-30.0, -22], [30, -8], [30, 22], [-30, 22]])
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    truth = wedge @ spin + 60
    mask = np.zeros((30, 30), np.uint8)
    stride = 4
    cells = (truth - 1.5) / stride
    cv2.fillPoly(mask, [np.round(cells * 256).astype(np.int32)], 1, shift=8)
    found = region_quad(Region(*np.nonzero(mask)).cells_px(stride), stride)
    assert np.abs(found - truth).max() < 2 * stride
    assert found[1, 1] - found[0, 1] > 0.4 * (truth[1, 1] - truth[0, 1]) or turn < 0
