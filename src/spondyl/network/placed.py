"""Labelled bodies in network pixels, and the places where unlabelled ones may lie."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Level
from spondyl.geometry import POINT_NAMES, Affine
from spondyl.labels import FilmLabel, VertebraLabel

#: A corner may lie this share of the body's depth outside the film and still count as seen.
_OUTSIDE_SHARE = 0.05
#: Height of the first sacral segment over the depth of its endplate, used where only the superior
#: endplate was marked. A rough choice: it decides which cells are called S1, no corner offset.
_S1_HEIGHT_SHARE = 0.6
#: How far, in body heights, the strip past the last labelled body gives no signal: where bodies may
#: go on unlabelled, and where only a cut-off one can follow.
_UNSEEN_HEIGHTS = 8.0
_CUT_OFF_HEIGHTS = 1.4
_POINT_COUNT = len(POINT_NAMES)

Points = NDArray[np.float64]


@dataclass(frozen=True)
class NetworkBody:
    """One body in network pixels.

    Attributes
    ----------
    label : VertebraLabel
    points : ndarray, (6, 2)
        NaN rows where a point is not known.
    quad : ndarray, (4, 2)
        Finite corners (S1's inferior ones may be completed).
    inside : float
        Share of the four corners that lie on the film and on the network's canvas.
    """

    label: VertebraLabel
    points: Points
    quad: Points
    inside: float


def complete_first_sacral_segment(superior_posterior: Points, superior_anterior: Points) -> Points:
    """The quad (4, 2) of S1 from its superior endplate alone, in a y-down picture frame."""
    along = superior_anterior - superior_posterior
    normal = np.array([-along[1], along[0]])
    if normal[1] < 0:
        normal = -normal
    down = _S1_HEIGHT_SHARE * normal
    return np.stack(
        [superior_posterior, superior_anterior, superior_anterior + down, superior_posterior + down]
    )


def bodies_in_network(
    label: FilmLabel, to_network: Affine, size_px: tuple[int, int]
) -> list[NetworkBody]:
    """Bodies with usable corners, top to bottom, in network pixels.

    Parameters
    ----------
    label : FilmLabel
        In the film frame that ``to_network`` starts from (canonical).
    to_network : Affine
    size_px : (width, height)
        Of the network's canvas.
    """
    bodies = []
    canvas_low, canvas_high = np.array([-0.5, -0.5]), np.array(size_px) - 0.5
    film_high = np.array(label.size_px) - 0.5
    for level, vertebra in label.vertebrae.items():
        corners = vertebra.corners_px
        if corners is None:
            continue
        points_film = np.full((_POINT_COUNT, 2), np.nan)
        points_film[:4] = corners
        if vertebra.mid_endplates_px is not None:
            points_film[4:] = vertebra.mid_endplates_px
        quad_film = corners
        if not np.isfinite(corners).all():
            if level is not Level.S1 or not np.isfinite(corners[:2]).all():
                continue
            quad_film = complete_first_sacral_segment(corners[0], corners[1])
        quad = to_network(quad_film)
        slack = _OUTSIDE_SHARE * float(np.hypot(*(quad_film[1] - quad_film[0])))
        on_film = ((quad_film >= -0.5 - slack) & (quad_film <= film_high + slack)).all(axis=1)
        slack = slack * to_network.scale
        on_canvas = ((quad >= canvas_low - slack) & (quad <= canvas_high + slack)).all(axis=1)
        inside = np.asarray(on_film & on_canvas)
        share = float(inside.mean())
        if level is Level.S1 and inside[:2].all():
            # The sacrum's superior endplate anchors the count; films often end just under it.
            share = 1.0
        bodies.append(NetworkBody(vertebra, to_network(points_film), quad, share))
    return bodies


def unlabelled_regions(bodies: list[NetworkBody], complete: bool) -> list[Points]:
    """Quads where bodies may lie that nobody labelled: along the spine, beyond and between."""
    drawn = sorted(bodies, key=lambda body: LEVELS[body.label.level].order)
    if not drawn:
        # No corners at all: nothing is known of any place, unless there is nothing.
        everywhere = np.array([[-1e4, -1e4], [1e4, -1e4], [1e4, 1e4], [-1e4, 1e4]])
        return [] if complete else [everywhere]
    heights = _CUT_OFF_HEIGHTS if complete else _UNSEEN_HEIGHTS
    regions = [_beyond(drawn[0].quad, heights, upwards=True)]
    if drawn[-1].label.level is not Level.S1:
        regions.append(_beyond(drawn[-1].quad, heights, upwards=False))
    for upper, lower in pairwise(drawn):
        steps = LEVELS[lower.label.level].order - LEVELS[upper.label.level].order
        if complete or steps <= 1:
            continue
        if upper.label.level is not Level.L5 or lower.label.level is not Level.S1:
            wide = _widened(np.stack([upper.quad[3], upper.quad[2], lower.quad[1], lower.quad[0]]))
            regions.append(wide)
    return regions


def _beyond(quad: Points, heights: float, upwards: bool) -> Points:
    """The spine's strip past an end body: twice as wide as the body, some body heights long."""
    axis = quad[:2].mean(axis=0) - quad[2:].mean(axis=0)
    near = quad[:2] if upwards else quad[[3, 2]]
    reach = heights * (axis if upwards else -axis)
    return _widened(np.stack([near[0] + reach, near[1] + reach, near[1], near[0]]))


def _widened(quad: Points) -> Points:
    """The quad stretched by half its width to the front and to the back."""
    out = quad.copy()
    for back, front in ((0, 1), (3, 2)):
        half = 0.5 * (quad[front] - quad[back])
        out[back] -= half
        out[front] += half
    return out
