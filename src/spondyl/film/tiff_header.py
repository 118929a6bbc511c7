"""Size, pages and completeness of a TIFF, read without decoding it."""

import struct
from dataclasses import dataclass

from spondyl.film.errors import FilmError, Reason
from spondyl.film.picture_headers import PictureHeader, PictureKind, truncated

TIFF_MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MAX_PAGES_LOOKED_AT = 16
MAX_VALUES = 1_000_000

_TYPES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_SUBFILE, _WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _ORIENTATION = 254, 256, 257, 258, 262, 274
_STRIP_OFFSETS, _STRIP_BYTES, _TILE_OFFSETS, _TILE_BYTES = 273, 279, 324, 325
_WANTED = {
    _SUBFILE,
    _WIDTH,
    _HEIGHT,
    _BITS,
    _PHOTOMETRIC,
    _ORIENTATION,
    _STRIP_OFFSETS,
    _STRIP_BYTES,
    _TILE_OFFSETS,
    _TILE_BYTES,
}


@dataclass(frozen=True)
class _Layout:
    """Sizes of the fields of a classic TIFF or a BigTIFF, with its byte order."""

    order: str
    count: str
    offset: str

    @property
    def entry_bytes(self) -> int:
        return 4 + 2 * struct.calcsize("=" + self.offset)


def tiff_header(data: bytes) -> PictureHeader:
    """Read the directories of a TIFF.

    Further pages that are marked as reduced copies (previews) are allowed.

    Raises
    ------
    FilmError
        TRUNCATED, UNREADABLE, MULTI_FRAME.
    """
    try:
        return _tiff_header(data)
    except struct.error:
        raise truncated("a TIFF cut off in its header") from None


def _tiff_header(data: bytes) -> PictureHeader:
    order = "<" if data[:2] == b"II" else ">"
    big = 43 in (data[2], data[3])
    layout = _Layout(order, "Q" if big else "H", "Q" if big else "I")
    (directory,) = struct.unpack_from(order + layout.offset, data, 8 if big else 4)
    first: dict[int, tuple[int, ...]] | None = None
    for _ in range(MAX_PAGES_LOOKED_AT):
        if directory == 0:
            break
        tags, directory = _directory(data, directory, layout)
        if first is None:
            first = tags
        elif not tags.get(_SUBFILE, (0,))[0] & 1:
            raise FilmError(
                Reason.MULTI_FRAME,
                "One picture was expected, found a TIFF of several pages; save each film to a "
                "file of its own.",
            )
    if first is None or not all(first.get(tag) for tag in (_WIDTH, _HEIGHT)):
        raise FilmError(
            Reason.UNREADABLE,
            "A TIFF with a width and a height was expected, found none; export it again.",
        )
    for offsets, lengths in ((_STRIP_OFFSETS, _STRIP_BYTES), (_TILE_OFFSETS, _TILE_BYTES)):
        for offset, length in zip(first.get(offsets, ()), first.get(lengths, ()), strict=False):
            if offset + length > len(data):
                raise truncated("a TIFF whose pixels are cut off")
    orientation = first.get(_ORIENTATION, (1,))[0]
    return PictureHeader(
        PictureKind.TIFF,
        first[_WIDTH][0],
        first[_HEIGHT][0],
        first.get(_BITS, (1,))[0],
        low_is_bright=first.get(_PHOTOMETRIC, (1,))[0] == 0,
        orientation=orientation if 1 <= orientation <= 8 else 1,
    )


def _directory(
    data: bytes, position: int, layout: _Layout
) -> tuple[dict[int, tuple[int, ...]], int]:
    """The wanted tags of one directory, and the place of the next one (0: none)."""
    (entries,) = struct.unpack_from(layout.order + layout.count, data, position)
    position += struct.calcsize("=" + layout.count)
    if position + entries * layout.entry_bytes > len(data):
        raise truncated("a TIFF cut off in its header")
    tags: dict[int, tuple[int, ...]] = {}
    for _ in range(entries):
        tag, kind = struct.unpack_from(layout.order + "HH", data, position)
        if tag in _WANTED and kind in _TYPES:
            tags[tag] = _values(data, position + 4, _TYPES[kind], layout)
        position += layout.entry_bytes
    (following,) = struct.unpack_from(layout.order + layout.offset, data, position)
    return tags, following


def _values(data: bytes, position: int, code: str, layout: _Layout) -> tuple[int, ...]:
    """Values of one entry; they lie in the entry itself if they fit."""
    (count,) = struct.unpack_from(layout.order + layout.offset, data, position)
    if count > MAX_VALUES:
        raise FilmError(
            Reason.UNREADABLE,
            "A TIFF of one film was expected, found a header too long for one; export it again.",
        )
    position += struct.calcsize("=" + layout.offset)
    if count * struct.calcsize("=" + code) > struct.calcsize("=" + layout.offset):
        (position,) = struct.unpack_from(layout.order + layout.offset, data, position)
    return struct.unpack_from(f"{layout.order}{count}{code}", data, position)
