"""Perceptual prints: one film in two files, of another size, grey scale, negative or mirrored.

A print is a picture of 48 x 48, each place set against its surroundings, so that window, gamma and
uneven exposure hardly change it; two prints are compared by their correlation. A difference hash of
64 or 256 bits, as is usual for photographs, does not tell lateral films apart: from afar all look
alike. The page on decisions has the figures.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE = 48
_SURROUNDINGS = 2.0
_FLOOR = 0.05
#: Places at the rim that do not count, and two more that count by a third and two: the frame of a
#: scan or of a collimator is much alike on films of different patients, and is all that is left of
#: one whose bones are faint.
_RIM = 3
#: Of the largest value: less difference than this is rounding.
_FLAT = 1e-5
#: Prints that are at least so alike are of one picture.
SAME_FROM = 0.7
_BLOCK = 512

Print = NDArray[np.float32]


def _inner() -> Print:
    """Weight of each place: 0 at the rim, 1 inside."""
    place = np.arange(_SIDE)
    weight = np.clip((np.minimum(place, place[::-1]) - _RIM + 1) / 3, 0, 1)
    return np.outer(weight, weight).astype(np.float32)


_INNER = _inner()


def picture_print(pixels: NDArray[np.floating]) -> Print:
    """The print of a picture (rows, columns) of any grey values.

    Returns
    -------
    ndarray, shape (48, 48), float32
        Of mean 0 and length 1; all 0 for a picture without any structure.
    """
    # By area and not by points: noise must not matter.
    small = cv2.resize(
        np.ascontiguousarray(pixels, dtype=np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA
    )
    if float(np.ptp(small)) <= _FLAT * float(np.abs(small).max()):
        return np.zeros((_SIDE, _SIDE), dtype=np.float32)
    # A bright frame must not drown what is inside it.
    inside = small[_RIM:-_RIM, _RIM:-_RIM]
    small = np.clip(small, inside.min(), inside.max())
    detail = small - cv2.GaussianBlur(small, (0, 0), _SURROUNDINGS)
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 2 * _SURROUNDINGS))
    detail = detail / (spread + _FLOOR * float(spread.max()) + 1e-9)
    detail *= _INNER
    detail -= detail.mean()
    scaled: Print = (detail / float(np.linalg.norm(detail))).astype(np.float32)
    return scaled


def same_pictures(
    prints: Sequence[Print], same_from: float = SAME_FROM
) -> list[tuple[int, int, float]]:
    """Pairs of prints that are of one picture, as it is, negative or mirrored.

    Parameters
    ----------
    prints : sequence of ndarray
        From `picture_print`.
    same_from : float
        How alike, 0..1.

    Returns
    -------
    list of (int, int, float)
        Places of the two (the first before the second), and how alike they are.
    """
    if len(prints) < 2:
        return []
    stack = np.stack(prints)
    plain = stack.reshape(len(stack), -1)
    mirrored = np.ascontiguousarray(stack[:, :, ::-1]).reshape(len(stack), -1)
    found = []
    for start in range(0, len(plain), _BLOCK):
        block = plain[start : start + _BLOCK]
        # A negative has the opposite sign.
        alike = np.maximum(np.abs(block @ plain.T), np.abs(block @ mirrored.T))
        for row, column in np.argwhere(alike >= same_from):
            if start + row < column:
                found.append((int(start + row), int(column), float(alike[row, column])))
    return found
