"""Grey pictures stored in colour: told from photographs by how much their colour varies."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.film.errors import FilmError, Reason

CHROMA_LIMIT = 24.0 / 255.0
"""Colour differences up to this are lossy-compression noise, as a share of full scale."""
COLOURED_SHARE = 0.02
"""More coloured pixels than this share make a picture coloured; fewer are a burned-in mark."""
TINT_LIMIT = 0.35
"""Largest even tint (the blue base of a scanned film), as a share of full scale."""
SAMPLE_PIXELS = 250_000
TINT_BINS = 32

MARK_WARNING = "A few pixels are coloured, as burned-in marks are; they were read as grey."
TINT_WARNING = "The picture has an even tint, as a scanned film base has; it was read as grey."


def grey_of_colour(colour: NDArray[Any], full_scale: float) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The grey picture that was stored as three channels.

    Parameters
    ----------
    colour : ndarray, shape (height, width, 3), uint8, uint16 or float32
        Channel order red, green, blue.
    full_scale : float
        The largest value that the channels can hold.

    Returns
    -------
    grey : ndarray, shape (height, width), dtype of ``colour``
        Luma (ITU-R BT.601); exactly the common value where the channels are equal.
    warnings : tuple of str

    Raises
    ------
    FilmError
        COLOUR: the picture is really coloured.
    """
    step = max(int(np.sqrt(colour.shape[0] * colour.shape[1] / SAMPLE_PIXELS)), 1)
    sample = colour[::step, ::step].reshape(-1, 3).astype(np.float32) / np.float32(full_scale)
    warnings: tuple[str, ...] = ()
    coloured = _coloured_share(sample)
    if coloured > COLOURED_SHARE:
        tint, rest = _split_tint(sample)
        if tint > TINT_LIMIT or _coloured_share(rest) > COLOURED_SHARE:
            raise FilmError(
                Reason.COLOUR,
                f"A grey radiograph was expected, found a colour picture ({coloured:.0%} of its "
                "pixels are coloured); hand in the radiograph itself, in grey.",
            )
        warnings = (TINT_WARNING,)
    elif coloured > 0.0:
        warnings = (MARK_WARNING,)
    return cv2.cvtColor(np.ascontiguousarray(colour), cv2.COLOR_RGB2GRAY), warnings


def _coloured_share(sample: NDArray[np.float32]) -> float:
    chroma = sample.max(axis=1) - sample.min(axis=1)
    return float(np.mean(chroma > CHROMA_LIMIT))


def _split_tint(sample: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
    """Largest mean colour difference at one grey level, and the sample without those means.

    A tinted grey picture has one colour for each grey level, a photograph has many.
    """
    luma = sample @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    index = np.minimum((luma * TINT_BINS).astype(np.int32), TINT_BINS - 1)
    counts = np.maximum(np.bincount(index, minlength=TINT_BINS), 1)
    rest = np.empty_like(sample)
    means = np.empty((TINT_BINS, 3), dtype=np.float32)
    for channel in range(3):
        difference = sample[:, channel] - luma
        means[:, channel] = (
            np.bincount(index, weights=difference, minlength=TINT_BINS) / counts
        ).astype(np.float32)
        rest[:, channel] = difference - means[index, channel]
    return float((means.max(axis=1) - means.min(axis=1)).max()), rest
