"""Gaussian smoothing whose cost does not grow with its width, and coarse noise."""

import cv2
import numpy as np
from numpy.typing import NDArray

_DIRECT_SIGMA_PX = 3.0


def smooth(picture: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Gaussian smoothing of a float32 picture; wide kernels run on a reduced copy.

    Parameters
    ----------
    picture : ndarray, shape (height, width), float32
    sigma_px : float
        Below 0.15 pixels nothing is done.
    """
    if sigma_px < 0.15:
        return picture
    if sigma_px <= _DIRECT_SIGMA_PX:
        return cv2.GaussianBlur(picture, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE)
    height, width = picture.shape
    factor = _DIRECT_SIGMA_PX / sigma_px
    small_size = max(2, round(width * factor)), max(2, round(height * factor))
    small = cv2.resize(picture, small_size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(
        small,
        (0, 0),
        sigmaX=max(sigma_px * small_size[0] / width, 0.3),
        sigmaY=max(sigma_px * small_size[1] / height, 0.3),
        borderType=cv2.BORDER_REPLICATE,
    )
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def coarse_noise(
    rng: np.random.Generator, size_px: tuple[int, int], grain_px: float
) -> NDArray[np.float32]:
    """Smooth random field of about unit variance whose grains are ``grain_px`` wide."""
    width, height = size_px
    grain = max(grain_px, 1.0)
    shape = max(2, round(height / grain)), max(2, round(width / grain))
    field = rng.standard_normal(shape, dtype=np.float32)
    if field.shape == (height, width):
        return field
    # Linear interpolation averages neighbours: 4/9 of the variance is left.
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(1.5)
