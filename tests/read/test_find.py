"""Films whose bodies are small are looked at again from nearer."""

import numpy as np
import pytest
from ideal_maps import ideal_finder, spine

from spondyl.geometry import Affine
from spondyl.read.engine import FinderMaps
from spondyl.read.find import find_column
from spondyl.read.orient import Orientation
from spondyl.read.prepare import finder_input

CANONICAL = Orientation(posterior_right=False, inverted=False)


class _Finder:
    """Finds bodies that are marked on the film by its grey values' gradient of known places."""

    def __init__(self, bodies: dict, blind_when_near: bool = False) -> None:
        self.bodies = bodies
        self.blind = blind_when_near
        self.scales: list[float] = []

    def finder(self, channels: np.ndarray) -> FinderMaps:
        to_network = _map_of(channels[0])
        self.scales.append(to_network.scale)
        if self.blind and len(self.scales) > 1:
            return ideal_finder({})
        return ideal_finder({level: to_network(p) for level, p in self.bodies.items()})


def _film(width: int, height: int) -> np.ndarray:
    """A film whose grey values count its pixels (exact in float32 up to 16 million)."""
    return np.arange(width * height, dtype=np.float32).reshape(height, width)


def _map_of(_: np.ndarray) -> Affine:
    return _map_of.current  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _follow_the_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fake finder know which part of the film it is shown."""
    from spondyl.read import find

    def followed(pixels: np.ndarray) -> tuple[np.ndarray, Affine]:
        channels, to_network = finder_input(pixels)
        top, left = divmod(int(pixels[0, 0]), 1500)
        shift = Affine(np.eye(2), -np.array([left, top], float))
        _map_of.current = shift.then(to_network)  # type: ignore[attr-defined]
        return channels, to_network

    monkeypatch.setattr(find, "finder_input", followed)


def _bodies(depth_px: float) -> dict:
    scale = depth_px / 26.0
    return {level: scale * (p - [130, 60]) + [700, 500] for level, p in spine().items()}


def test_small_bodies_are_read_from_nearer() -> None:
    bodies = _bodies(80.0)
    finder = _Finder(bodies)
    found = find_column(_film(1500, 2400), CANONICAL, finder)
    assert len(finder.scales) == 2
    assert finder.scales[1] > 1.5 * finder.scales[0]
    assert len(found.column) == len(bodies)
    to_film = found.to_network.inverse()
    for candidate, points in zip(found.column, bodies.values(), strict=True):
        assert np.abs(to_film(candidate.points_px) - points).max() < 2.0
    assert found.bottom_px > 448, "the film goes on under the part shown"


def test_large_bodies_are_read_once() -> None:
    finder = _Finder(_bodies(160.0))
    found = find_column(_film(1500, 2400), CANONICAL, finder)
    assert len(finder.scales) == 1
    assert found.bottom_px == pytest.approx(447.5, abs=0.6)


def test_a_worse_second_look_is_not_taken() -> None:
    finder = _Finder(_bodies(80.0), blind_when_near=True)
    found = find_column(_film(1500, 2400), CANONICAL, finder)
    assert len(finder.scales) == 2
    assert len(found.column) == 8
