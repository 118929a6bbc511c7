"""PNG, JPEG and TIFF files become a film.

Orientation marks (EXIF, TIFF) are honoured: every viewer turns such pictures, so the film, and
with it all coordinates, is the picture as it is seen. Alpha channels are ignored.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.film.checks import check_size
from spondyl.film.colour import grey_of_colour
from spondyl.film.errors import FilmError, Reason
from spondyl.film.picture_headers import (
    JPEG_MAGIC,
    PNG_MAGIC,
    PictureHeader,
    PictureKind,
    check_png_complete,
    jpeg_header,
    png_header,
)
from spondyl.film.quiet import quiet_codecs, quiet_opencv
from spondyl.film.tiff_header import TIFF_MAGICS, tiff_header

NOT_A_NUMBER_WARNING = "Some pixels were not numbers; they were read as the darkest value."


@dataclass(frozen=True)
class Picture:
    """A decoded picture.

    Attributes
    ----------
    pixels : ndarray, shape (height, width), float32
        0..1, bright as displayed.
    header : PictureHeader
    warnings : tuple of str
    """

    pixels: NDArray[np.float32]
    header: PictureHeader
    warnings: tuple[str, ...]


def picture_kind(data: bytes) -> PictureKind | None:
    """The format by its first bytes; None if it is none of those read."""
    if data.startswith(PNG_MAGIC):
        return PictureKind.PNG
    if data.startswith(JPEG_MAGIC):
        return PictureKind.JPEG
    if data[:4] in TIFF_MAGICS:
        return PictureKind.TIFF
    return None


def read_picture(data: bytes) -> Picture:
    """Decode a PNG, JPEG or TIFF.

    Grey values are divided by full scale: the smallest 2**n - 1, n >= 8, that holds the brightest
    pixel, so that 10- and 12-bit values stored in 16 bits span the range. Floating-point TIFFs
    within 0..1 are taken as they are, others are stretched from darkest to brightest.

    Raises
    ------
    FilmError
        TRUNCATED, UNREADABLE, TOO_SMALL, TOO_LARGE, MULTI_FRAME, COLOUR, UNSUPPORTED, EMPTY.
    """
    kind = picture_kind(data)
    if kind is None:
        raise FilmError(
            Reason.NOT_AN_IMAGE, "A PNG, JPEG or TIFF was expected, found other data; convert it."
        )
    header = {
        PictureKind.PNG: png_header,
        PictureKind.JPEG: jpeg_header,
        PictureKind.TIFF: tiff_header,
    }[kind](data)
    # Before anything is unpacked: a few bytes may claim gigabytes.
    check_size(header.width_px, header.height_px)
    if kind is PictureKind.PNG:
        check_png_complete(data)
    decoded = _decode(data, header)
    grey: NDArray[Any]
    warnings: tuple[str, ...] = ()
    if decoded.dtype.kind == "f":
        grey, warnings = _scaled_float(decoded)
        grey, more = _as_grey(grey, 1.0)
    else:
        grey, more = _as_grey(decoded, float(np.iinfo(decoded.dtype).max))
        grey = scaled_integers(grey)
    # OpenCV turns WhiteIsZero round for 8 bits and fewer, but not for deeper pixels.
    if header.low_is_bright and decoded.dtype != np.uint8:
        grey = np.float32(1.0) - grey
    return Picture(np.ascontiguousarray(grey, dtype=np.float32), header, warnings + more)


def scaled_integers(grey: NDArray[Any]) -> NDArray[np.float32]:
    """Whole numbers divided by the smallest full scale (2**n - 1, n >= 8) that holds them."""
    offset = min(int(grey.min()), 0)
    return ((grey - offset) if offset else grey) * np.float32(1.0 / full_scale(grey.max() - offset))


def full_scale(highest: int) -> int:
    """The smallest 2**n - 1 with n >= 8 that is not below ``highest``."""
    return (1 << max(int(highest).bit_length(), 8)) - 1


def _decode(data: bytes, header: PictureHeader) -> NDArray[Any]:
    # These two flags, unlike IMREAD_UNCHANGED, honour orientation marks and drop alpha.
    flags = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR
    try:
        with quiet_opencv, quiet_codecs:
            decoded = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except cv2.error:
        decoded = None
    if decoded is None or decoded.size == 0:
        if header.bits not in (1, 2, 4, 8, 16, 32):
            raise FilmError(
                Reason.UNSUPPORTED,
                f"A {header.kind} of 8 or 16 bits was expected, found {header.bits} bits; save it "
                "as a 16-bit PNG.",
            )
        raise FilmError(
            Reason.UNREADABLE,
            f"A readable {header.kind} was expected, found one that cannot be decoded (damaged, "
            "or of a rare kind); save it again as PNG.",
        )
    if {decoded.shape[0], decoded.shape[1]} != {header.width_px, header.height_px}:
        raise FilmError(
            Reason.UNREADABLE,
            f"A picture of {header.width_px} x {header.height_px} pixels was expected from the "
            f"header, found {decoded.shape[1]} x {decoded.shape[0]}; save it again as PNG.",
        )
    return decoded


def _as_grey(decoded: NDArray[Any], full: float) -> tuple[NDArray[Any], tuple[str, ...]]:
    if decoded.ndim == 2:
        return decoded, ()
    if decoded.shape[2] == 1:
        return decoded[:, :, 0], ()
    return grey_of_colour(decoded[:, :, 2::-1], full)


def _scaled_float(values: NDArray[Any]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    good = np.isfinite(values)
    warnings: tuple[str, ...] = ()
    if not good.all():
        if not good.any():
            raise FilmError(
                Reason.EMPTY,
                "Grey values were expected, found no finite number; export the film again.",
            )
        values = np.where(good, values, values[good].min())
        warnings = (NOT_A_NUMBER_WARNING,)
    lowest, highest = float(values.min()), float(values.max())
    if lowest < 0.0 or highest > 1.0:
        values = (values - lowest) / max(highest - lowest, np.finfo(np.float64).tiny)
    return values.astype(np.float32), warnings
