"""Grey-value normalisation that does not depend on exposure, window or collimation.

The functions know of padding (``valid``), because training pictures are turned and shifted; the
networks' grey channels are made of them, so that a change here asks for new training.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

FloatImage = NDArray[np.float32]

#: Local standard deviation under this share of the film's median one counts as flat.
_FLAT_SHARE = 0.25
#: Blurs wider than this run on a picture shrunk by 4: same result, a fraction of the time.
_DIRECT_SIGMA_PX = 6.0


def _sampled_interior(pixels: FloatImage, valid: NDArray[np.bool_] | None) -> FloatImage:
    """Grey values of the anatomy: a thinned sample without black or white plateaus.

    Collimator shutters and direct exposure are flat and lie at the ends of the grey scale; both
    conditions together mark a plateau, so that a flat muscle or a textured marker stays.
    """
    step = max(1, int(np.sqrt(pixels.size / 15_000)))
    small = np.ascontiguousarray(pixels[::step, ::step], dtype=np.float32)
    mean = cv2.blur(small, (5, 5))
    spread = np.sqrt(np.maximum(cv2.blur(small * small, (5, 5)) - mean * mean, 0))
    inside = np.ones(small.shape, bool) if valid is None else valid[::step, ::step]
    if not inside.any():
        return small.ravel()
    textured = inside & (spread > _FLAT_SHARE * np.median(spread[inside]))
    core = small[textured] if textured.mean() > 0.05 else small[inside]
    dark, bright = np.percentile(core, (10, 90))
    keep = inside & (textured | ((small > dark) & (small < bright)))
    # Values stuck to the very ends are clipped or direct exposure even where noise ripples them.
    ends = (small[inside].min(), small[inside].max())
    margin = 0.01 * (ends[1] - ends[0])
    for at_end in (small <= ends[0] + margin, small >= ends[1] - margin):
        if (at_end & keep).sum() > 0.02 * keep.sum():
            keep &= ~at_end
    return small[keep] if keep.sum() >= 0.05 * inside.sum() else small[inside]


def robust_window(
    pixels: FloatImage,
    low: float = 2.0,
    high: float = 98.0,
    valid: NDArray[np.bool_] | None = None,
) -> FloatImage:
    """Scale grey values so that two percentiles of the anatomy become -1 and 1.

    Parameters
    ----------
    pixels : ndarray, shape (H, W)
        Any grey scale.
    low, high : float
        Percentiles, taken over the picture without the plateaus of collimation and direct
        exposure.
    valid : ndarray of bool, shape (H, W), optional
        Where the picture is film (False in padding).

    Returns
    -------
    ndarray, shape (H, W), float32
        Clipped to -1.5..1.5. A picture of one grey value becomes 0.
    """
    dark, bright = np.percentile(_sampled_interior(pixels, valid), (low, high))
    half = 0.5 * float(bright - dark)
    if not half > 0:
        return np.zeros(pixels.shape, np.float32)
    middle = 0.5 * float(bright + dark)
    scaled = (np.asarray(pixels, np.float32) - np.float32(middle)) * np.float32(1 / half)
    return np.clip(scaled, -1.5, 1.5, out=scaled)


def _blur(stack: FloatImage, sigma_px: float) -> FloatImage:
    if sigma_px <= _DIRECT_SIGMA_PX:
        direct = cv2.GaussianBlur(stack, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT)
        return np.asarray(direct, np.float32)
    height, width = stack.shape[:2]
    coarse = cv2.resize(
        stack, (max(1, round(width / 4)), max(1, round(height / 4))), interpolation=cv2.INTER_AREA
    )
    coarse = cv2.GaussianBlur(coarse, (0, 0), sigma_px / 4, borderType=cv2.BORDER_REFLECT)
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine, np.float32)


def local_normalise(
    pixels: FloatImage,
    sigma_px: float = 12.0,
    valid: NDArray[np.bool_] | None = None,
    floor: float = 0.05,
    limit: float = 3.0,
) -> FloatImage:
    """Subtract the local mean and divide by the local standard deviation.

    Parameters
    ----------
    pixels : ndarray, shape (H, W)
        Windowed grey values (``robust_window``), so that ``floor`` has a meaning.
    sigma_px : float
        Width of the Gaussian neighbourhood.
    valid : ndarray of bool, shape (H, W), optional
        Where the picture is film; padding takes no part in mean and deviation.
    floor : float
        Added to the deviation, so that noise in flat regions is not blown up.
    limit : float
        Values are clipped to ``+-limit``.

    Returns
    -------
    ndarray, shape (H, W), float32
    """
    image = np.asarray(pixels, np.float32)
    if valid is None:
        blurred = _blur(np.dstack([image, image * image]), sigma_px)
        share = np.ones(image.shape, np.float32)
    else:
        weight = valid.astype(np.float32)
        inside = image * weight
        blurred = _blur(np.dstack([inside, inside * image, weight]), sigma_px)
        share = np.maximum(blurred[..., 2], 1e-3)
    mean, square = blurred[..., 0] / share, blurred[..., 1] / share
    deviation = np.sqrt(np.maximum(square - mean * mean, 0)) + np.float32(floor)
    return np.clip((image - mean) / deviation, -limit, limit).astype(np.float32, copy=False)


def rank_normalise(pixels: FloatImage) -> FloatImage:
    """Replace each grey value by its mean rank, 0..1 (the mean of the ecdf; ties share a rank).

    Any monotone rising change of the grey scale leaves the result as it is; an inverted picture
    gives one minus it.
    """
    flat = np.asarray(pixels, np.float32).ravel()
    order = np.sort(flat)
    rank = np.searchsorted(order, flat, "left") + np.searchsorted(order, flat, "right")
    return (rank / (2.0 * flat.size)).astype(np.float32).reshape(np.shape(pixels))
