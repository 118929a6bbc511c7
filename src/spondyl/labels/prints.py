"""Perceptual prints of pictures: the same film in another file, size, grey scale or turned over.

A difference hash (Krawetz 2013) of 16 x 16 comparisons. Eight by eight, as is usual for
photographs, is too coarse here: all lateral films look alike from afar.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE = 16
BITS = _SIDE * _SIDE
#: Prints that differ in at most so many bits are of one picture; see the page on decisions.
SAME_BITS = 26
_BLOCK = 512


@dataclass(frozen=True)
class Print:
    """The print of one picture, and that of its mirror image.

    Attributes
    ----------
    bits : ndarray of uint8, shape (32,)
    mirrored : ndarray of uint8, shape (32,)
    """

    bits: NDArray[np.uint8]
    mirrored: NDArray[np.uint8]


def picture_print(pixels: NDArray[np.float32]) -> Print:
    """The print of a picture (rows, columns) of any grey values.

    Only which of two neighbours is brighter counts, so brightness and contrast do not matter; a
    negative is found because prints are compared with their complement, too.
    """
    # By area and not by points: noise and fine detail must not decide which one is brighter.
    small = cv2.resize(
        np.asarray(pixels, dtype=np.float32), (_SIDE + 1, _SIDE), interpolation=cv2.INTER_AREA
    )
    plain = np.diff(small, axis=1) > 0
    turned = np.diff(small[:, ::-1], axis=1) > 0
    return Print(np.packbits(plain), np.packbits(turned))


def same_pictures(
    prints: Sequence[Print], most_bits: int = SAME_BITS
) -> list[tuple[int, int, int]]:
    """Pairs of prints that are of one picture.

    Parameters
    ----------
    prints : sequence of Print
    most_bits : int
        Of 256.

    Returns
    -------
    list of (int, int, int)
        Places of the two (the first before the second), and the bits in which they differ.
    """
    if len(prints) < 2:
        return []
    plain = np.stack([p.bits for p in prints])
    mirrored = np.stack([p.mirrored for p in prints])
    found = []
    for start in range(0, len(prints), _BLOCK):
        block = plain[start : start + _BLOCK]
        distance = _distance(block, plain)
        turned = _distance(block, mirrored)
        nearest = np.minimum(
            np.minimum(distance, BITS - distance), np.minimum(turned, BITS - turned)
        )
        for row, column in np.argwhere(nearest <= most_bits):
            if start + row < column:
                found.append((int(start + row), int(column), int(nearest[row, column])))
    return found


def _distance(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Bits in which each of ``one`` differs from each of ``other``."""
    total = np.zeros((len(one), len(other)), dtype=np.int32)
    for byte in range(one.shape[1]):
        total += _COUNTS[one[:, None, byte] ^ other[None, :, byte]]
    return total


_COUNTS = np.array([bin(value).count("1") for value in range(256)], dtype=np.int32)
