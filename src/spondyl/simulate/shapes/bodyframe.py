"""Coordinates that follow a body: how far forward, how high, how far to the side a point lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.shapes.vertebra import BodyBox

Values = NDArray[np.float64]


def smoothstep(value: Values) -> Values:
    """0 below 0, 1 above 1, smooth between."""
    share = np.clip(value, 0.0, 1.0)
    return share * share * (3 - 2 * share)


def lagrange(u: Values) -> Values:
    """Quadratic weights (..., 3) of the nodes u = -1, 0, 1 (posterior, middle, anterior)."""
    return np.stack([u * (u - 1) / 2, 1 - u * u, u * (u + 1) / 2], axis=-1)


@dataclass(frozen=True)
class BodyCoordinates:
    """Body coordinates of points.

    Attributes
    ----------
    u : ndarray, shape (N,)
        -1 at the posterior wall, 0 at half depth, 1 at the anterior wall; goes on outside.
    t : ndarray, shape (N,)
        0 on the inferior endplate's line (through its three points), 1 on the superior one; goes
        on outside.
    v : ndarray, shape (N,)
        -1 .. 1 across the body (1 = left).
    column : ndarray, shape (N, 2)
        Vector (x, z) from the inferior to the superior endplate where the point stands, mm.
    """

    u: Values
    t: Values
    v: Values
    column: Values


def body_coordinates(points_mm: Values, box: BodyBox) -> BodyCoordinates:
    """Body coordinates of points (N, 3); exact at the six points.

    The place along the body and the height depend on each other, as walls and endplates slant:
    they are found together by a fixed-point iteration, which slants far below 1 make quick.
    """
    points = np.asarray(points_mm, dtype=np.float64)
    superior = box.points_mm[[0, 4, 1]][:, [0, 2]]
    inferior = box.points_mm[[3, 5, 2]][:, [0, 2]]
    x, z = points[:, 0], points[:, 2]
    u = np.zeros(len(points))
    t = np.full(len(points), 0.5)
    for _ in range(7):
        within = np.clip(t, -0.3, 1.3)[:, None]
        nodes = (1 - within) * inferior[:, 0] + within * superior[:, 0]
        front = x >= nodes[:, 1]
        u = np.where(
            front,
            (x - nodes[:, 1]) / (nodes[:, 2] - nodes[:, 1]),
            (x - nodes[:, 1]) / (nodes[:, 1] - nodes[:, 0]),
        )
        weights = lagrange(np.clip(u, -1, 1))
        low, high = weights @ inferior[:, 1], weights @ superior[:, 1]
        t = (z - low) / (high - low)
    column = weights @ (superior - inferior)
    v = points[:, 1] / max(box.half_width_mm, 1e-6)
    return BodyCoordinates(u, t, v, column)
