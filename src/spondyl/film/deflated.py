"""Deflated DICOM files, unpacked only to see how large they become."""

import struct
import zlib

from spondyl.film.checks import MAX_FILE_BYTES
from spondyl.film.errors import FilmError, Reason
from spondyl.film.picture_headers import truncated

#: Transfer syntax Deflated Explicit VR Little Endian.
DEFLATED_UID = b"1.2.840.10008.1.2.1.99"
#: File Meta Information Group Length (0002,0000), UL: the first element after the mark.
_GROUP_LENGTH = b"\x02\0\0\0UL\x04\0"
_STEP = 1 << 24


def check_deflated(data: bytes, most_bytes: int = MAX_FILE_BYTES) -> None:
    """Refuse a deflated data set that unpacks to more than it may; others are none of its business.

    pydicom unpacks all of it at once, whatever part of it was asked for.

    Parameters
    ----------
    data : bytes
        A DICOM file.
    most_bytes : int
        Unpacked.

    Raises
    ------
    FilmError
        TOO_LARGE, UNREADABLE, TRUNCATED.
    """
    if DEFLATED_UID not in data[:2048]:
        return
    if data[132:140] != _GROUP_LENGTH or len(data) < 144:
        raise damaged_header()
    (group_length,) = struct.unpack_from("<I", data, 140)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    packed, total = data[144 + group_length :], 0
    try:
        while packed and not unpacker.eof:
            total += len(unpacker.decompress(packed, _STEP))
            packed = unpacker.unconsumed_tail
            if total > most_bytes:
                raise FilmError(
                    Reason.TOO_LARGE,
                    f"At most {most_bytes // 1_000_000} MB were expected, found a deflated file "
                    "that unpacks to more; export the film again.",
                )
    except zlib.error:
        raise damaged_header() from None
    if not unpacker.eof:
        raise truncated("a deflated DICOM file without its end")


def damaged_header() -> FilmError:
    """What a file is refused with whose header cannot be read."""
    return FilmError(
        Reason.UNREADABLE,
        "A DICOM file was expected, found one whose header is damaged; export the film again.",
    )
