"""Refusals that look at sizes and pixels only."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.film.errors import FilmError, Reason

MIN_SIDE_PX = 64
"""Shorter sides hold no spine: a lumbar body would be a few pixels high."""
MAX_PIXELS = 100_000_000
"""Larger than any detector; guards against files that unpack to more than the memory."""
MAX_FILE_BYTES = 1_000_000_000

GREY_BINS = 1024
MIN_GREY_LEVELS = 8
MAX_TWO_LEVEL_SHARE = 0.995
NOISE_BLOCK_PX = 16
NOISE_RATIO = 0.12
"""White noise keeps 1/16 of its spread after averaging 16 x 16 blocks; anatomy keeps most of it."""


def check_size(width_px: int, height_px: int) -> None:
    """Refuse sizes out of bounds, before any pixel is decoded.

    Raises
    ------
    FilmError
        TOO_SMALL, TOO_LARGE.
    """
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise FilmError(
            Reason.TOO_SMALL,
            f"A film needs at least {MIN_SIDE_PX} pixels on each side, found {width_px} x "
            f"{height_px}; hand in the original picture, not an icon of it.",
        )
    if width_px * height_px > MAX_PIXELS:
        raise FilmError(
            Reason.TOO_LARGE,
            f"A film may have at most {MAX_PIXELS // 1_000_000} megapixels, found {width_px} x "
            f"{height_px}; hand in a smaller copy.",
        )


def check_file_size(size_bytes: int) -> None:
    """Refuse empty and oversized files.

    Raises
    ------
    FilmError
        TRUNCATED, TOO_LARGE.
    """
    if size_bytes == 0:
        raise FilmError(
            Reason.TRUNCATED, "A picture or DICOM file was expected, found 0 bytes; copy it again."
        )
    if size_bytes > MAX_FILE_BYTES:
        raise FilmError(
            Reason.TOO_LARGE,
            f"A film's file may have at most {MAX_FILE_BYTES // 1_000_000} MB, found "
            f"{size_bytes // 1_000_000} MB; hand in one film per file.",
        )


def check_exposed(pixels: NDArray[np.float32]) -> None:
    """Refuse frames without a picture: constant, nearly two-valued, or noise alone.

    Parameters
    ----------
    pixels : ndarray, shape (height, width), float32
        Finite grey values, any range.

    Raises
    ------
    FilmError
        TOO_SMALL, TOO_LARGE, EMPTY.
    """
    height, width = pixels.shape
    check_size(width, height)
    lowest, highest = float(pixels.min()), float(pixels.max())
    if not highest > lowest:
        raise _empty("every pixel has the same grey value")
    scale = (GREY_BINS - 1) / (highest - lowest)
    counts = np.bincount(
        ((pixels - np.float32(lowest)) * np.float32(scale)).astype(np.int32).ravel(),
        minlength=GREY_BINS,
    )
    levels_used = int(np.count_nonzero(counts))
    if levels_used < MIN_GREY_LEVELS:
        raise _empty(f"only {levels_used} grey levels")
    share = float(np.sort(counts)[-2:].sum()) / pixels.size
    if share > MAX_TWO_LEVEL_SHARE:
        raise _empty(f"{share:.1%} of the pixels share two grey values")
    blocks = cv2.resize(
        pixels,
        (max(width // NOISE_BLOCK_PX, 1), max(height // NOISE_BLOCK_PX, 1)),
        interpolation=cv2.INTER_AREA,
    )
    if float(blocks.std()) < NOISE_RATIO * float(pixels.std()):
        raise _empty("noise without structure")


def _empty(found: str) -> FilmError:
    return FilmError(
        Reason.EMPTY,
        f"An exposed film was expected, found {found}; check that the exposure reached the file.",
    )
