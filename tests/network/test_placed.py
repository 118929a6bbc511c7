import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.geometry import identity, quad_area
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.network.placed import (
    bodies_in_network,
    complete_first_sacral_segment,
    unlabelled_regions,
)


def square(x: float, y: float, width: float = 40, height: float = 30) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], float)


def film(**bodies: np.ndarray) -> FilmLabel:
    vertebrae = {Level(name): VertebraLabel(Level(name), quad) for name, quad in bodies.items()}
    return FilmLabel("film", (200, 300), "left", vertebrae)


def test_a_body_over_the_edge_is_not_whole():
    label = film(L1=square(50, -12), L2=square(50, 40), L3=square(50, 290))
    inside = {b.label.level: b.inside for b in bodies_in_network(label, identity(), (200, 300))}
    assert inside[Level.L1] == 0.5
    assert inside[Level.L2] == 1.0
    assert inside[Level.L3] == 0.5


def test_sacrum_counts_as_whole_while_its_endplate_is_seen():
    (body,) = bodies_in_network(film(S1=square(50, 290)), identity(), (200, 300))
    assert body.inside == 1.0


def test_sacrum_from_its_endplate_alone():
    half = square(60, 250)
    half[2:] = np.nan
    (body,) = bodies_in_network(film(S1=half), identity(), (200, 300))
    assert np.isfinite(body.quad).all()
    assert np.isnan(body.points[2:]).all()
    assert body.quad[2, 1] > body.quad[1, 1]


def test_half_a_lumbar_body_is_left_out():
    half = square(60, 100)
    half[2:] = np.nan
    assert bodies_in_network(film(L3=half), identity(), (200, 300)) == []


@pytest.mark.parametrize("turn", [-1.0, 1.0])
def test_completed_sacrum_goes_down_on_both_slopes(turn):
    quad = complete_first_sacral_segment(np.array([10.0, 50.0]), np.array([60.0, 50.0 + turn * 30]))
    assert (quad[2:, 1] > quad[[1, 0], 1]).all()
    assert quad_area(quad) > 0


def test_gap_between_labelled_levels_is_unknown_unless_complete():
    bodies = bodies_in_network(film(L1=square(50, 60), L3=square(50, 160)), identity(), (200, 300))
    assert len(unlabelled_regions(bodies, complete=False)) == 3
    assert len(unlabelled_regions(bodies, complete=True)) == 2


def test_nothing_is_known_without_corners():
    (everywhere,) = unlabelled_regions([], complete=False)
    assert quad_area(everywhere) > 1e8
    assert unlabelled_regions([], complete=True) == []
