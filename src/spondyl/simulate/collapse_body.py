"""Compression of one body in the picture: columns along its axis are pressed together, exactly.

Everything moves along one direction, the body's own axis, so that each column of the picture is a
one-dimensional monotone map: it cannot fold, and its inverse is known without iteration. The discs
next to the body take up what it loses; that the spine follows is the next step's part.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.geometry import body_frame

FloatArray = NDArray[np.float64]
Losses = tuple[float, float, float]

#: Bone and disc this near an endplate move as one piece (share of the height): squeezed or
#: stretched endplates would blur.
_STIFF_SHARE = 0.045
#: In front of and behind the body the move fades over this share of its depth.
_FADE_FRONT, _FADE_BACK = 0.50, 0.55
#: Height of a disc where no neighbour tells it, and the least that is taken for one.
_DISC_SHARE, _LEAST_DISC_SHARE = 0.30, 0.10
_TABLE = (112, 192)


@dataclass(frozen=True)
class Axes:
    """A body's frame in the picture, right-handed or not: ``down`` always points to inferior."""

    centre_px: FloatArray
    anterior: FloatArray
    down: FloatArray
    depth_px: float
    height_px: float

    def local(self, points_px: FloatArray) -> FloatArray:
        """Points (..., 2) as (forward, down) from the body's centre."""
        return np.asarray((points_px - self.centre_px) @ np.stack([self.anterior, self.down]).T)


def body_axes(corners_px: FloatArray) -> Axes:
    """Axes of a body from its corners (4, 2)."""
    frame = body_frame(corners_px)
    down = np.array([-frame.anterior[1], frame.anterior[0]])
    if (corners_px[2:] - corners_px[:2]).sum(axis=0) @ down < 0:
        down = -down
    return Axes(frame.centre_px, frame.anterior, down, frame.depth_px, frame.height_px)


@dataclass(frozen=True)
class Squeeze:
    """One body pressed together.

    Attributes
    ----------
    axes : Axes
    low, step : ndarray, shape (2,)
        Origin and cell of the table in the body's (forward, down) pixels.
    source : ndarray, shape (rows, columns), float32
        Where a place comes from: displacement along ``down``, film px.
    density : ndarray, shape (rows, columns), float32
        How much of the body is pressed into a place, less 1; 0 outside the body.
    points_px : ndarray, shape (6, 2)
        The six points afterwards.
    sunk_px : ndarray, shape (2, 2)
        How far the (superior, inferior) endplate moved inwards at the (posterior, anterior) wall.
    """

    axes: Axes
    low: FloatArray
    step: FloatArray
    source: NDArray[np.float32]
    density: NDArray[np.float32]
    points_px: FloatArray
    sunk_px: FloatArray


def squeeze_body(
    points_px: FloatArray,
    losses: Losses,
    superior_share: float,
    roundness: float = 2.0,
    above_px: FloatArray | None = None,
    below_px: FloatArray | None = None,
) -> Squeeze:
    """Press a body together so that its heights lose given shares, exactly.

    Parameters
    ----------
    points_px : ndarray, shape (6, 2)
        Order ``POINT_NAMES``.
    losses : (anterior, middle, posterior)
        Lost shares of the body's own heights.
    superior_share : float
        Share that the superior endplate takes, 0..1.
    roundness : float
        Power of the dent between the rims: 2 is a parabola, more is a box.
    above_px, below_px : ndarray, shape (3, 2), optional
        The neighbours' facing endplates (posterior, middle, anterior).

    Raises
    ------
    ValueError
        If a wall slants so much that no move along the axis leaves the height asked for.
    """
    axes = body_axes(points_px[:4])
    local = axes.local(points_px)
    superior, inferior = local[[0, 4, 1]], local[[3, 5, 2]]
    lost = _shortening(inferior - superior, np.array(losses)[::-1])
    sink, rise = superior_share * lost, (1 - superior_share) * lost
    moved = points_px.copy()
    moved[[0, 4, 1]] += sink[:, None] * axes.down
    moved[[3, 5, 2]] -= rise[:, None] * axes.down

    back = min(superior[0, 0], inferior[0, 0])
    front = max(superior[2, 0], inferior[2, 0])
    x = np.linspace(
        back - _FADE_BACK * axes.depth_px, front + _FADE_FRONT * axes.depth_px, _TABLE[0]
    )
    fade = _ramp((x - x[0]) / (_FADE_BACK * axes.depth_px))
    fade *= _ramp((x[-1] - x) / (_FADE_FRONT * axes.depth_px))
    top, bottom = _curve(superior, x), _curve(inferior, x)
    sunk = fade * _dent(superior[:, 0], sink, x, roundness)
    risen = fade * _dent(inferior[:, 0], rise, x, roundness)
    height = axes.height_px
    roof = _neighbour(axes, above_px, x, top, -1.0)
    floor = _neighbour(axes, below_px, x, bottom, 1.0)
    stiff_up = np.minimum(_STIFF_SHARE * height, 0.3 * (top - roof))
    stiff_low = np.minimum(_STIFF_SHARE * height, 0.3 * (floor - bottom))
    stiff_in = np.minimum(_STIFF_SHARE * height, 0.2 * (bottom - top - sunk - risen))
    before = np.stack(
        [
            roof, roof + stiff_up, top - stiff_up, top + stiff_in,
            bottom - stiff_in, bottom + stiff_low, floor - stiff_low, floor,
        ]
    )  # fmt: skip
    zero = np.zeros_like(x)
    after = before + np.stack([zero, zero, sunk, sunk, -risen, -risen, zero, zero])
    y = np.linspace(roof.min() - 2.0, floor.max() + 2.0, _TABLE[1])
    columns = [np.interp(y, a, b) for a, b in zip(after.T, before.T, strict=True)]
    inside = y[:, None]
    source = np.where(
        (inside > after[0]) & (inside < after[-1]), np.stack(columns, axis=1) - inside, 0.0
    )
    step = np.array([x[1] - x[0], y[1] - y[0]])
    # Kinks are rounded within the stiff layers, where they do not reach the endplates.
    sigma = max(0.25 * _STIFF_SHARE * height / step[1], 0.3)
    source = cv2.GaussianBlur(source.astype(np.float32), (0, 0), 0.8, sigmaY=sigma)
    within = (inside > after[3]) & (inside < after[4])
    density = np.where(within, np.gradient(source, step[1], axis=0), 0.0)
    density = cv2.GaussianBlur(np.maximum(density, 0.0).astype(np.float32), (0, 0), 1.5)
    return Squeeze(
        axes, np.array([x[0], y[0]]), step, source, density * _ramp(4 * fade - 3).astype("f4"),
        moved, np.array([sink[[0, 2]], rise[[0, 2]]]),
    )  # fmt: skip


def _shortening(walls: FloatArray, losses: FloatArray) -> FloatArray:
    """How far one end of each wall (3, 2) moves along the axis so that its length loses a share.

    A wall (w, h) becomes (w, h - m): m solves w^2 + (h - m)^2 = (1 - loss)^2 (w^2 + h^2).
    """
    kept = (1 - losses) ** 2 * (walls**2).sum(axis=1) - walls[:, 0] ** 2
    if (kept <= 0).any():
        raise ValueError(
            "A wall of this body slants too much for the loss asked for; ask for a smaller loss "
            "or leave this body as it is."
        )
    return np.asarray(walls[:, 1] - np.sqrt(kept))


def _ramp(t: FloatArray) -> FloatArray:
    t = np.clip(t, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _curve(points: FloatArray, x: FloatArray) -> FloatArray:
    """Height of an endplate (posterior, middle, anterior) over x: a parabola held at its ends."""
    at = np.clip(x, points[0, 0], points[2, 0])
    return np.asarray(np.polyval(np.polyfit(points[:, 0], points[:, 1], 2), at))


def _dent(nodes: FloatArray, depth: FloatArray, x: FloatArray, roundness: float) -> FloatArray:
    """Sinking over x: a line between the rims and a dent, exact at the three nodes."""
    at = np.clip(x, nodes[0], nodes[2])
    line = np.interp(at, nodes[[0, 2]], depth[[0, 2]])
    half = np.where(at < nodes[1], nodes[1] - nodes[0], nodes[2] - nodes[1])
    shape = 1 - np.abs((at - nodes[1]) / half) ** roundness
    extra = depth[1] - np.interp(nodes[1], nodes[[0, 2]], depth[[0, 2]])
    return np.asarray(line + extra * shape)


def _neighbour(
    axes: Axes, endplate_px: FloatArray | None, x: FloatArray, own: FloatArray, way: float
) -> FloatArray:
    """The facing endplate over x, or where a disc of ordinary height would end."""
    least = own + way * _LEAST_DISC_SHARE * axes.height_px
    if endplate_px is None:
        return np.asarray(own + way * _DISC_SHARE * axes.height_px)
    plate = axes.local(endplate_px)
    facing = _curve(plate[np.argsort(plate[:, 0])], x)
    return np.maximum(facing, least) if way > 0 else np.minimum(facing, least)
