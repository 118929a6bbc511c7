"""How much of a body carries no picture: metal, or grey values beyond what the film can show."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.geometry import body_frame, points_in_quad

#: Side of the patch that must show something, as a share of the body's depth.
_PATCH_SHARE = 0.08
#: Grey values within a patch that differ by less show nothing: under two steps of an 8-bit film.
_LEAST_RANGE = 1.5 / 255


def flat_share(pixels: NDArray[np.float32], corners_px: NDArray[np.float64]) -> float:
    """Share of a body's area where the film is of one grey, 0..1.

    Bone has grain and trabeculae in every patch; a rod, a cement filling, a saturated corner or a
    diaphragm of lead has not.

    Parameters
    ----------
    pixels : ndarray, shape (H, W)
        The film, 0..1.
    corners_px : ndarray, shape (4, 2)
        The body's, pixels of the same film. What lies outside the film is not counted; 0 for a
        body wholly outside.
    """
    height, width = pixels.shape
    side = max(3, round(_PATCH_SHARE * body_frame(corners_px).depth_px) | 1)
    low = np.floor(corners_px.min(axis=0)).astype(int) - side
    high = np.ceil(corners_px.max(axis=0)).astype(int) + side + 1
    left, top = np.maximum(low, 0)
    right, bottom = np.minimum(high, (width, height))
    if right <= left or bottom <= top:
        return 0.0
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    patch = np.ones((side, side), np.uint8)
    flat = cv2.dilate(part, patch) - cv2.erode(part, patch) < _LEAST_RANGE
    rows, columns = np.mgrid[top:bottom, left:right]
    inside = points_in_quad(np.stack([columns, rows], axis=-1).astype(np.float64), corners_px)
    return float(flat[inside].mean()) if inside.any() else 0.0
