"""From film pixels to the inputs of the three networks, each with the exact map of coordinates.

Training and reading both go through these functions: a network never sees a picture that was
prepared in another way. Canonical frame: posterior side left, superior up, dense bone bright.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.film.normalise import local_normalise, rank_normalise, robust_window
from spondyl.geometry import Affine, BodyFrame, translation

FloatImage = NDArray[np.float32]

#: Width and height of the finder's input, network px.
FINDER_SIZE_PX: tuple[int, int] = (320, 448)
#: Cells of the finder's maps are this many network px wide.
FINDER_STRIDE = 4
#: Neighbourhood of the locally normalised channel, network px.
FINDER_SIGMA_PX = 12.0
#: Side of the view network's input.
VIEW_SIZE_PX = 128
#: Side of a body crop, and the body's depth in it.
CROP_SIZE_PX = 112
CROP_DEPTH_PX = 52.0
#: Side of the central square whose mean and deviation normalise a crop.
_CROP_CORE_PX = 80
_WINDOW_PERCENT = (2.0, 98.0)


def _require_picture(pixels: FloatImage) -> FloatImage:
    if pixels.ndim != 2 or min(pixels.shape) < 2:
        raise ValueError(
            f"Expected grey pixels of shape (height, width), at least 2 x 2, found {pixels.shape}."
        )
    return np.ascontiguousarray(pixels, dtype=np.float32)


def shrink_to_fit(pixels: FloatImage, box_px: tuple[int, int]) -> tuple[FloatImage, Affine]:
    """Scale a picture to fit a box, to whole pixels, area-averaged when it shrinks.

    Parameters
    ----------
    pixels : ndarray, shape (H, W)
    box_px : (width, height)

    Returns
    -------
    content : ndarray, shape (h, w)
        h, w at most the box.
    to_box : Affine
        Film px to box px, content centred in the box. Its two scales differ by the rounding of
        h and w (under half a box pixel over the whole film) and are exact for this content.
    """
    pixels = _require_picture(pixels)
    height, width = pixels.shape
    factor = min(box_px[0] / width, box_px[1] / height)
    content_width = min(box_px[0], max(1, round(width * factor)))
    content_height = min(box_px[1], max(1, round(height * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    content = cv2.resize(pixels, (content_width, content_height), interpolation=how)
    scale = np.array([content_width / width, content_height / height])
    margin = np.array([(box_px[0] - content_width) // 2, (box_px[1] - content_height) // 2])
    return np.asarray(content, np.float32), Affine(np.diag(scale), 0.5 * scale - 0.5 + margin)


def _pad(content: FloatImage, to_box: Affine, box_px: tuple[int, int], value: float) -> FloatImage:
    """Put (..., h, w) into the box where ``to_box`` says."""
    top_left = np.round(to_box([-0.5, -0.5]) + 0.5).astype(int)
    height, width = content.shape[-2:]
    out = np.full((*content.shape[:-2], box_px[1], box_px[0]), value, np.float32)
    out[..., top_left[1] : top_left[1] + height, top_left[0] : top_left[0] + width] = content
    return out


def finder_channels(image: FloatImage, valid: NDArray[np.bool_] | None = None) -> FloatImage:
    """The finder's two channels of a picture at network scale.

    Parameters
    ----------
    image : ndarray, shape (H, W)
        Grey values of any scale, bone bright, at network resolution.
    valid : ndarray of bool, shape (H, W), optional
        Where the picture is film. Elsewhere both channels are 0, and it takes no part in windows
        or local means: the result inside is the one of the film alone.

    Returns
    -------
    ndarray, shape (2, H, W), float32
        Channel 0: windowed to about -1..1 by the 2nd and 98th percentile of the anatomy. Channel
        1: channel 0 less its local mean, over its local deviation, clipped to -3..3.
    """
    image = _require_picture(image)
    windowed = robust_window(image, *_WINDOW_PERCENT, valid=valid)
    local = local_normalise(windowed, FINDER_SIGMA_PX, valid=valid)
    channels = np.stack([windowed, local])
    if valid is not None:
        channels *= valid
    return channels


def finder_input(
    canonical_pixels: FloatImage, size_px: tuple[int, int] = FINDER_SIZE_PX
) -> tuple[FloatImage, Affine]:
    """The finder's input of a film.

    Parameters
    ----------
    canonical_pixels : ndarray, shape (H, W)
        Posterior left, bone bright.
    size_px : (width, height)
        Of the network's input; that of the shipped finder by default.

    Returns
    -------
    channels : ndarray, shape (2, height, width), float32
        ``finder_channels`` of the film, letterboxed; the padding is 0 in both channels (middle
        grey, no contrast).
    to_network : Affine
        Film px (canonical) to network px.
    """
    content, to_network = shrink_to_fit(canonical_pixels, size_px)
    return _pad(finder_channels(content), to_network, size_px, 0.0), to_network


def view_input(pixels: FloatImage) -> FloatImage:
    """The view network's input of a picture as it was handed in, shape (1, 128, 128).

    Grey values become ranks (0..1) among the film's own pixels; the padding is the median rank.
    """
    box = (VIEW_SIZE_PX, VIEW_SIZE_PX)
    content, to_box = shrink_to_fit(pixels, box)
    return _pad(rank_normalise(content), to_box, box, 0.5)[None]


def body_crop(canonical_pixels: FloatImage, frame: BodyFrame) -> tuple[FloatImage, Affine]:
    """A body's own square picture, not yet normalised.

    Parameters
    ----------
    canonical_pixels : ndarray, shape (H, W)
    frame : BodyFrame
        In the same canonical film px.

    Returns
    -------
    crop : ndarray, shape (1, 112, 112), float32
        Grey values of the film, the body centred, anterior right, 52 px deep; beyond the film its
        edge is repeated.
    to_crop : Affine
        Film px (canonical) to crop px.
    """
    pixels = _require_picture(canonical_pixels)
    to_crop = frame.to_crop(CROP_SIZE_PX, CROP_DEPTH_PX)
    corners = to_crop.inverse()(
        [(0, 0), (CROP_SIZE_PX, 0), (CROP_SIZE_PX, CROP_SIZE_PX), (0, CROP_SIZE_PX)]
    )
    height, width = pixels.shape
    # Box-average whole blocks first: warpAffine alone would sample a fine film without averaging.
    block = max(1, int(1 / max(to_crop.scale, 1e-6)))
    left, top = np.clip(
        np.floor(corners.min(axis=0)).astype(int) - block, 0, [max(width - 1, 0), height - 1]
    )
    right, bottom = np.clip(
        np.ceil(corners.max(axis=0)).astype(int) + block + 1, [left + 1, top + 1], [width, height]
    )
    patch = pixels[top:bottom, left:right]
    if block > 1 and min(patch.shape) >= block:
        rows, columns = patch.shape[0] // block, patch.shape[1] // block
        blocks = patch[: rows * block, : columns * block]
        averaged = cv2.resize(blocks, (columns, rows), interpolation=cv2.INTER_AREA)
        patch = np.asarray(averaged, np.float32)
        from_patch = Affine(np.eye(2) * block, np.full(2, (block - 1) / 2))
    else:
        from_patch = Affine(np.eye(2), np.zeros(2))
    patch_to_crop = from_patch.then(translation(float(left), float(top))).then(to_crop)
    crop = cv2.warpAffine(
        patch,
        patch_to_crop.matrix,
        (CROP_SIZE_PX, CROP_SIZE_PX),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(crop, np.float32)[None], to_crop


def normalise_crop(crop: FloatImage) -> FloatImage:
    """Subtract the mean and divide by the deviation of the central 80 x 80, clipped to -4..4.

    Parameters
    ----------
    crop : ndarray, shape (..., 112, 112)
    """
    margin = (CROP_SIZE_PX - _CROP_CORE_PX) // 2
    core = crop[..., margin:-margin, margin:-margin]
    mean = core.mean(axis=(-2, -1), keepdims=True)
    deviation = core.std(axis=(-2, -1), keepdims=True)
    return np.clip((crop - mean) / (deviation + 1e-4), -4.0, 4.0).astype(np.float32)


def body_input(canonical_pixels: FloatImage, frame: BodyFrame) -> tuple[FloatImage, Affine]:
    """``body_crop`` and ``normalise_crop`` in one: the body network's input, (1, 112, 112)."""
    crop, to_crop = body_crop(canonical_pixels, frame)
    return normalise_crop(crop), to_crop
