"""Finding the column on a film: one look at the whole film, a closer one where bodies are small."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.geometry import Affine, translation
from spondyl.read.column import best_column
from spondyl.read.decode import Candidate, decode_candidates
from spondyl.read.engine import Networks
from spondyl.read.orient import Orientation, to_canonical
from spondyl.read.prepare import FINDER_SIZE_PX, finder_input

FloatImage = NDArray[np.float32]


@dataclass(frozen=True)
class CloserSettings:
    """When and how a film is looked at again from nearer. Lengths in median body depths.

    Attributes
    ----------
    small_px : float
        Median depth of the bodies in network px under which they are too small to be read well.
    least_gain : float
        Enlargement that makes a second look worth its time.
    least_bodies : int
        Candidates that the first look must have chained.
    beside, above, below : float
        Room round the column: the pelvis and ribs help to name it.
    """

    small_px: float = 24.0
    least_gain: float = 1.25
    least_bodies: int = 3
    beside: float = 2.6
    above: float = 1.5
    below: float = 3.0


@dataclass(frozen=True)
class Found:
    """What the finder makes of one orientation of a film.

    Attributes
    ----------
    orientation : Orientation
    pixels : ndarray, shape (H, W)
        Canonical.
    to_canonical : Affine
        Film px to canonical px.
    to_network : Affine
        Canonical px to network px.
    column : tuple of Candidate
        Top to bottom, network px.
    score : float
        About one per clear body.
    """

    orientation: Orientation
    pixels: FloatImage
    to_canonical: Affine
    to_network: Affine
    column: tuple[Candidate, ...]
    score: float

    @property
    def bottom_px(self) -> float:
        """Lower edge of the film in network px."""
        return float(self.to_network([0.0, self.pixels.shape[0] - 0.5])[1])


def find_column(
    pixels: FloatImage,
    orientation: Orientation,
    networks: Networks,
    settings: CloserSettings | None = None,
) -> Found:
    """Look for the column on a film that lies as ``orientation`` says.

    Parameters
    ----------
    pixels : ndarray, shape (H, W)
        As handed in.
    orientation : Orientation
    networks : Networks
    settings : CloserSettings, optional
    """
    settings = settings or CloserSettings()
    canonical, to_canonical_px = to_canonical(pixels, orientation)
    channels, to_network = finder_input(canonical)
    column, score = best_column(decode_candidates(networks.finder(channels)))
    found = Found(orientation, canonical, to_canonical_px, to_network, column, score)
    box = _closer_box(found, settings)
    if box is None:
        return found
    left, top, right, bottom = box
    channels, from_box = finder_input(canonical[top:bottom, left:right])
    column, score = best_column(decode_candidates(networks.finder(channels)))
    # The closer look may lose bodies at its border; it must be about as good to count.
    if score < 0.8 * found.score:
        return found
    to_network = translation(-left, -top).then(from_box)
    return replace(found, to_network=to_network, column=column, score=score)


def _closer_box(found: Found, settings: CloserSettings) -> tuple[int, int, int, int] | None:
    """(left, top, right, bottom) of the part worth a closer look, canonical px; None: no part."""
    if len(found.column) < settings.least_bodies or found.to_network.scale >= 1:
        return None
    depth = float(np.median([candidate.depth_px for candidate in found.column]))
    if depth >= settings.small_px:
        return None
    corners = np.vstack([candidate.points_px[:4] for candidate in found.column])
    room_above = np.array([settings.beside, settings.above]) * depth
    room_below = np.array([settings.beside, settings.below]) * depth
    to_film = found.to_network.inverse()
    height, width = found.pixels.shape
    low = np.floor(to_film(corners.min(axis=0) - room_above)).astype(int)
    high = np.ceil(to_film(corners.max(axis=0) + room_below)).astype(int)
    left, top = np.clip(low, 0, [width, height])
    right, bottom = np.clip(high, 0, [width, height])
    if min(right - left, bottom - top) < 32:
        return None
    scale = min(FINDER_SIZE_PX[0] / (right - left), FINDER_SIZE_PX[1] / (bottom - top))
    gain = scale / found.to_network.scale
    return (left, top, right, bottom) if gain >= settings.least_gain else None
