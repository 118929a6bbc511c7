"""Seams are found, wires are not; what lies under a seam is counted."""

import cv2
import numpy as np
import pytest

from spondyl.read.seams import Seam, covered_share, find_seams

SIZE = (900, 1300)


def _film(seed: int = 0) -> np.ndarray:
    """Soft shades and grain: no line anywhere."""
    rng = np.random.default_rng(seed)
    width, height = SIZE
    soft = cv2.resize(rng.normal(0.5, 0.15, (9, 6)).astype(np.float32), SIZE, interpolation=2)
    return np.clip(soft + rng.normal(0, 0.01, (height, width)), 0, 1).astype(np.float32)


def _wires(film: np.ndarray, grey: float = 0.3) -> np.ndarray:
    film = film.copy()
    for row in range(60, SIZE[1], 180):
        film[row : row + 3] += grey
    for column in range(40, SIZE[0], 180):
        film[:, column : column + 3] += grey
    return np.clip(film, 0, 1)


def _seamed(film: np.ndarray, row: int, rise: int = 0) -> np.ndarray:
    """A step, a bright edge and the dark rungs of a rim above it."""
    film = film.copy()
    for x in range(SIZE[0]):
        at = row + round(rise * x / SIZE[0])
        film[at:, x] += 0.12
        film[at - 3 : at + 3, x] = 1.0
        for rung in range(1, 5):
            film[at - 8 * rung : at - 8 * rung + 3, x] -= 0.15
    return np.clip(film, 0, 1)


@pytest.mark.parametrize("seed", range(4))
def test_wires_and_bare_films_have_no_seam(seed: int) -> None:
    assert find_seams(_film(seed)) == ()
    assert find_seams(_wires(_film(seed))) == ()


@pytest.mark.parametrize(("row", "rise"), [(300, 0), (640, 5), (900, -7)])
def test_a_seam_is_found_where_it_is(row: int, rise: int) -> None:
    (seam,) = find_seams(_wires(_seamed(_film(), row, rise)))
    for x in (0, 450, 899):
        assert seam.row_px + seam.slope * x == pytest.approx(row + rise * x / 900, abs=4)
    assert 30 <= seam.above_px <= 60, "with its rungs"
    assert seam.below_px < 30


def test_two_seams_stand_in_order() -> None:
    found = find_seams(_seamed(_seamed(0.6 * _film(3), 850), 250))
    assert [round(seam.row_px, -2) for seam in found] == pytest.approx([200, 800], abs=100)
    assert len(found) == 2


def test_small_pictures_are_left_alone() -> None:
    assert find_seams(np.zeros((30, 30), np.float32)) == ()
    assert find_seams(np.zeros((400, 10), np.float32)) == ()
    assert find_seams(np.full((500, 400), 0.5, np.float32)) == ()


def test_share_of_an_endplate_under_a_seam() -> None:
    # Corners superior posterior, superior anterior, inferior anterior, inferior posterior, mids.
    body = np.array([[100, 200], [200, 200], [200, 280], [100, 280], [150, 205], [150, 275]], float)
    assert covered_share((), body) == 0
    assert covered_share((Seam(240, 0, 20, 20),), body) == 0, "between both endplates"
    assert covered_share((Seam(200, 0, 10, 10),), body) == 1
    assert covered_share((Seam(285, 0, 6, 6),), body) == pytest.approx(6 / 21), "the rims"
    half = (Seam(170, 0.2, 10, 6),)  # rises into the superior endplate half way
    assert 0.3 < covered_share(half, body) < 0.7
    assert covered_share((*half, Seam(275, 0, 10, 10)), body) == 1, "the larger of both"
