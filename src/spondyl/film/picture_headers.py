"""Sizes and completeness of PNG and JPEG bytes, read without decoding them."""

import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum

from spondyl.film.errors import FilmError, Reason

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
JPEG_MAGIC = b"\xff\xd8\xff"


class PictureKind(StrEnum):
    """Picture formats that are read."""

    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"


@dataclass(frozen=True)
class PictureHeader:
    """What a picture's header says before anything is decoded.

    Attributes
    ----------
    kind : PictureKind
    width_px, height_px : int
        As stored, before any turning by an orientation mark.
    bits : int
        Per channel.
    channels : int
        As stored; 0 where it was not looked at.
    process : int
        The start-of-frame marker of a JPEG (0xC0 baseline, 0xC1 extended, 0xC2 progressive,
        0xC3 lossless, 0xF7 JPEG-LS), else 0.
    low_is_bright : bool
        TIFF WhiteIsZero.
    orientation : int
        TIFF and EXIF orientation, 1..8; 1 is upright.
    """

    kind: PictureKind
    width_px: int
    height_px: int
    bits: int
    low_is_bright: bool = False
    orientation: int = 1
    channels: int = 0
    process: int = 0


def truncated(what: str) -> FilmError:
    """The error for a file that ends early."""
    return FilmError(
        Reason.TRUNCATED,
        f"A complete file was expected, found {what}; copy the file again from its source.",
    )


def png_header(data: bytes) -> PictureHeader:
    """Size and depth of a PNG; ``check_png_complete`` is the second step.

    Raises
    ------
    FilmError
        TRUNCATED, UNREADABLE.
    """
    if len(data) < 33:
        raise truncated("a PNG cut off in its header")
    if data[12:16] != b"IHDR":
        raise FilmError(
            Reason.UNREADABLE, "A PNG header was expected, found other data; export it again."
        )
    width, height, bits = struct.unpack(">IIB", data[16:25])
    return PictureHeader(PictureKind.PNG, width, height, bits)


def check_png_complete(data: bytes) -> None:
    """Walk the chunks of a PNG to its end mark, check sums included.

    OpenCV may return a picture whose lower part is missing; a damaged film must not be read as
    one with a missing spine.

    Raises
    ------
    FilmError
        TRUNCATED, UNREADABLE, MULTI_FRAME (animation).
    """
    position = len(PNG_MAGIC)
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        kind = data[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(data):
            break
        (stored,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(memoryview(data)[position + 4 : end - 4]) != stored:
            raise FilmError(
                Reason.UNREADABLE,
                "An undamaged PNG was expected, found a part whose check sum is wrong; copy the "
                "file again from its source.",
            )
        if kind == b"acTL" and length >= 4 and struct.unpack_from(">I", data, position + 8)[0] > 1:
            raise FilmError(
                Reason.MULTI_FRAME,
                "One picture was expected, found an animated PNG; export the film as a still.",
            )
        if kind == b"IEND":
            return
        position = end
    raise truncated("a PNG without its end")


def jpeg_header(data: bytes) -> PictureHeader:
    """Size and depth of a JPEG, and proof that it ends.

    Works on files and on the pixel streams of DICOM (JPEG and JPEG-LS).

    Raises
    ------
    FilmError
        TRUNCATED, UNREADABLE.
    """
    header: PictureHeader | None = None
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            raise FilmError(
                Reason.UNREADABLE,
                "A JPEG segment was expected, found other data; export the picture again.",
            )
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # segments without a length
            position += 2
            continue
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", data, position + 2)
        # Start of frame; C4, C8, CC share the range but are tables. F7 is JPEG-LS.
        if (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)) or marker == 0xF7:
            if position + 10 > len(data):
                break
            bits, height, width, channels = struct.unpack_from(">BHHB", data, position + 4)
            header = PictureHeader(
                PictureKind.JPEG, width, height, bits, channels=channels, process=marker
            )
        if marker == 0xDA:
            if header is None:
                break
            # A thumbnail's end mark lies before the scan, so only one after it counts.
            if data.rfind(b"\xff\xd9", position) < 0:
                raise truncated("a JPEG without its end")
            return header
        position += 2 + length
    raise truncated("a JPEG cut off before its picture")


def jpeg2000_header(data: bytes) -> PictureHeader:
    """Size of a JPEG 2000 code stream (bare or in boxes), and proof that it ends.

    Raises
    ------
    FilmError
        TRUNCATED, UNREADABLE.
    """
    start = data[:4096].find(b"\xff\x4f\xff\x51")
    if start < 0 or start + 43 > len(data):
        raise FilmError(
            Reason.UNREADABLE,
            "A JPEG 2000 code stream was expected, found other data; export the film again.",
        )
    right, bottom, left, top = struct.unpack_from(">IIII", data, start + 8)
    channels, bits = struct.unpack_from(">HB", data, start + 40)
    if data.rfind(b"\xff\xd9") < start:
        raise truncated("a JPEG 2000 stream without its end")
    return PictureHeader(
        PictureKind.JPEG, right - left, bottom - top, (bits & 0x7F) + 1, channels=channels
    )
