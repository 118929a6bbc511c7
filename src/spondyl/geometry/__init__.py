"""Corners, six points, heights, body frames, transforms. Pure NumPy, no I/O.

Coordinates are film pixels, x right, y down, pixel centres at whole numbers.
"""

from spondyl.geometry.body import (
    CORNER_NAMES,
    POINT_NAMES,
    BodyFrame,
    Heights,
    body_frame,
    heights,
    points_in_quad,
    quad_area,
    quad_centre,
)
from spondyl.geometry.transforms import (
    Affine,
    fit_inside,
    identity,
    mirror,
    rotation,
    scaling,
    translation,
)

__all__ = [
    "CORNER_NAMES",
    "POINT_NAMES",
    "Affine",
    "BodyFrame",
    "Heights",
    "body_frame",
    "fit_inside",
    "heights",
    "identity",
    "mirror",
    "points_in_quad",
    "quad_area",
    "quad_centre",
    "rotation",
    "scaling",
    "translation",
]
