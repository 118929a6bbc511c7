"""Gaussian smoothing whose cost does not grow with its width, and coarse noise."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

_DIRECT_SIGMA_PX = 3.0
#: What is reduced must still be this much wider than a reduced pixel, and have that many of them.
_SMALL_SIGMA_PX = 1.5
_SMALL_SIZE_PX = 8


def smooth(picture: Picture, sigma_px: float) -> Picture:
    """Gaussian smoothing of a float32 picture; wide kernels run on a reduced copy.

    Parameters
    ----------
    picture : ndarray, shape (height, width), float32
    sigma_px : float
        Below 0.15 pixels nothing is done.
    """
    factor = reduction(sigma_px, picture.shape)
    return enlarged(smooth_small(reduced(picture, factor), sigma_px, factor), picture.shape, factor)


def reduction(sigma_px: float, shape: tuple[int, ...]) -> int:
    """How many times smaller a picture may be made to be smoothed: 1, or a power of two."""
    factor = 1
    if sigma_px > _DIRECT_SIGMA_PX:
        while (
            sigma_px >= 2 * factor * _SMALL_SIGMA_PX and min(shape) >= 2 * factor * _SMALL_SIZE_PX
        ):
            factor *= 2
    return factor


def reduced(picture: Picture, factor: int) -> Picture:
    """Means of blocks of ``factor`` x ``factor``; the rest at the right and below is left out."""
    if factor == 1:
        return picture
    height, width = (length // factor for length in picture.shape)
    whole = picture[: height * factor, : width * factor]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)


def smooth_small(small: Picture, sigma_px: float, factor: int) -> Picture:
    """Smooth a reduced picture by a sigma given in pixels of the whole one."""
    if sigma_px < 0.15:
        return small
    sigma = sigma_px / factor
    if factor > 1:
        # Block means (1/12) and the linear enlargement (1/6) smooth by themselves.
        sigma = float(np.sqrt(max(sigma**2 - 0.25, 0.04)))
    # Three sigmas hold 99.7 % of the kernel; the function's own choice for floats is four.
    size = 2 * int(np.ceil(3 * sigma)) + 1
    return cv2.GaussianBlur(small, (size, size), sigma, borderType=cv2.BORDER_REPLICATE)


def enlarged(small: Picture, shape: tuple[int, ...], factor: int) -> Picture:
    """A reduced picture at the size (height, width) that it had."""
    if factor == 1:
        return small
    height, width = (length * factor for length in small.shape)
    whole = np.empty(shape, dtype=np.float32)
    cv2.resize(small, (width, height), dst=whole[:height, :width], interpolation=cv2.INTER_LINEAR)
    whole[:height, width:] = whole[:height, width - 1 : width]
    whole[height:] = whole[height - 1]
    return whole


def coarse_noise(rng: np.random.Generator, size_px: tuple[int, int], grain_px: float) -> Picture:
    """Smooth random field of about unit variance whose grains are ``grain_px`` wide."""
    width, height = size_px
    grain = max(grain_px, 1.0)
    shape = max(2, round(height / grain)), max(2, round(width / grain))
    field = rng.standard_normal(shape, dtype=np.float32)
    if field.shape == (height, width):
        return field
    # Linear interpolation averages neighbours: 4/9 of the variance is left.
    field *= np.float32(1.5)
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
