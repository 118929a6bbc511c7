"""What is handed in becomes films: pictures and DICOM files, and those inside zip archives.

Nothing is unpacked to a disk and no name inside an archive is ever used as a path. How large an
archive becomes is counted while it is unpacked; what it says of itself is believed only where that
has it refused earlier.
"""

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from spondyl.serve.room.errors import UnfitError

MOST_NAME = 200
_MB = 1_000_000
_CHUNK = 1 << 20
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
#: Left by systems and by CDs beside their films: no words are made about them.
_SILENT = frozenset({"thumbs.db", "desktop.ini", "dicomdir", "autorun.inf", "lockfile", "version"})
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: The end record and the longest comment after it, with the locator before it.
_LONGEST_END = 22 + 65_535 + 20
_BYTES_PER_NAME = 1024
#: Small entries may pack very well without meaning harm.
_RATIO_FROM_BYTES = 10 * _MB


@dataclass(frozen=True)
class TakingLimits:
    """What is refused.

    Attributes
    ----------
    film_bytes : int
        Of one film's file.
    total_bytes : int
        Of all that one archive unpacks to.
    entries : int
        Of one archive.
    ratio : float
        Unpacked over packed size of an archive or of one large entry in it.
    """

    film_bytes: int = 200 * _MB
    total_bytes: int = 2000 * _MB
    entries: int = 20_000
    ratio: float = 200.0


@dataclass(frozen=True)
class Piece:
    """One file that was handed in.

    Attributes
    ----------
    name : str
        To be shown, never to be opened.
    content : bytes
        Empty where it is refused.
    refusal : str
        Why it cannot be a film, as a sentence; "" where it may be one.
    """

    name: str
    content: bytes = b""
    refusal: str = ""


def shown_name(name: str) -> str:
    r"""A file's name as it may be shown and kept: its last part, without control characters.

    Examples
    --------
    >>> shown_name("../../etc/pass\nwd"), shown_name("C:\\films\\a.dcm"), shown_name("")
    ('passwd', 'a.dcm', 'film')
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    name = clean_text(last, MOST_NAME)
    return name if name.strip(".") else "film"


def clean_text(text: str, most: int) -> str:
    """Text of a header or name that databases and pages can hold: printable, one line, cut."""
    # Control, format (such as marks that turn the writing direction), surrogate, private.
    kept = "".join(each for each in text if unicodedata.category(each)[0] != "C")
    return " ".join(kept.split())[:most].strip()


def pieces(name: str, file: BinaryIO, size: int, limits: TakingLimits) -> Iterator[Piece]:
    """The files that one handed-in file is or holds.

    Parameters
    ----------
    name : str
        As the browser called it.
    file : binary file
        At its begin; seekable.
    size : int
        Its bytes.
    limits : TakingLimits

    Yields
    ------
    Piece
        One for each film, and one for each thing that cannot be taken. Of an archive as a whole
        that is refused, what was yielded before stays.
    """
    start = file.read(4)
    file.seek(0)
    if start in ZIP_MARKS:
        yield from _unpacked(name, file, size, limits)
        return
    if size > limits.film_bytes:
        yield Piece(shown_name(name), refusal=_too_large(limits))
        return
    yield Piece(shown_name(name), file.read())


def _too_large(limits: TakingLimits) -> str:
    return (
        f"A film's file may have at most {limits.film_bytes // _MB} MB; hand in one film per file."
    )


def _unpacked(name: str, file: BinaryIO, size: int, limits: TakingLimits) -> Iterator[Piece]:
    try:
        _check_contents(file, size, limits)
        with zipfile.ZipFile(file) as archive:
            entries = _entries(archive, size, limits)
            budget = _Budget(limits, size)
            for entry in entries:
                yield _entry(archive, entry, budget)
    except UnfitError as refusal:
        yield Piece(shown_name(name), refusal=refusal.message)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, EOFError):
        yield Piece(
            shown_name(name),
            refusal="A whole zip archive was expected, found a damaged one; pack it again.",
        )


def _check_contents(file: BinaryIO, size: int, limits: TakingLimits) -> None:
    """Refuse a table of contents that would fill the memory before its entries could be counted."""
    tail_at = max(0, size - _LONGEST_END)
    file.seek(tail_at)
    tail = file.read(_LONGEST_END)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(tail):
        raise zipfile.BadZipFile
    (length,) = struct.unpack_from("<I", tail, end + 12)
    locator = tail[max(0, end - 20) : end]
    if locator[:4] == b"PK\x06\x07":
        (at,) = struct.unpack_from("<Q", locator, 8)
        if at + 56 > size:
            raise zipfile.BadZipFile
        file.seek(at)
        (length,) = struct.unpack_from("<Q", file.read(56), 40)
    file.seek(0)
    if length > limits.entries * _BYTES_PER_NAME:
        raise UnfitError(
            f"A zip archive may hold at most {limits.entries} files, found more; hand in several "
            "smaller ones."
        )


def _entries(archive: zipfile.ZipFile, size: int, limits: TakingLimits) -> list[zipfile.ZipInfo]:
    """The entries that may be films, after what can be refused by the table of contents."""
    listed = archive.infolist()
    if len(listed) > limits.entries:
        raise UnfitError(
            f"A zip archive may hold at most {limits.entries} files, found {len(listed)}; hand in "
            "several smaller ones."
        )
    wanted = [entry for entry in listed if not entry.is_dir() and not _is_silent(entry.filename)]
    total = sum(entry.file_size for entry in wanted)
    if total > limits.total_bytes:
        raise UnfitError(_too_much(limits))
    if total > _RATIO_FROM_BYTES and total > limits.ratio * max(size, 1):
        raise UnfitError(_too_dense(limits))
    return wanted


def _is_silent(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts:
        return True
    last = parts[-1].lower()
    return "__MACOSX" in parts or last.startswith(".") or last in _SILENT


def _too_much(limits: TakingLimits) -> str:
    return (
        f"A zip archive may unpack to at most {limits.total_bytes // _MB} MB, found one that "
        "becomes larger; hand in several smaller ones."
    )


def _too_dense(limits: TakingLimits) -> str:
    return (
        f"A zip archive may unpack to at most {limits.ratio:g} times its size, found one that "
        "becomes larger; films do not pack so well. Hand in the films themselves."
    )


class _Budget:
    """Counts what an archive really unpacks to."""

    def __init__(self, limits: TakingLimits, packed: int) -> None:
        self.limits, self.packed, self.used = limits, max(packed, 1), 0

    def take(self, count: int) -> None:
        self.used += count
        if self.used > self.limits.total_bytes:
            raise UnfitError(_too_much(self.limits))
        if self.used > _RATIO_FROM_BYTES and self.used > self.limits.ratio * self.packed:
            raise UnfitError(_too_dense(self.limits))


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget) -> Piece:
    name = shown_name(entry.filename)
    limits = budget.limits
    if entry.flag_bits & 0x1:
        return Piece(
            name, refusal="An open zip archive was expected, found a file with a password."
        )
    if entry.compress_type not in _METHODS:
        return Piece(
            name, refusal="A zip archive packed by deflate was expected; pack it again as zip."
        )
    if entry.file_size > limits.film_bytes:
        return Piece(name, refusal=_too_large(limits))
    content = io.BytesIO()
    try:
        with archive.open(entry) as packed:
            while chunk := packed.read(_CHUNK):
                budget.take(len(chunk))
                if content.tell() + len(chunk) > limits.film_bytes:
                    return Piece(name, refusal=_too_large(limits))
                content.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        return Piece(name, refusal="A whole file was expected in the archive, found a damaged one.")
    data = content.getvalue()
    if data[:4] in ZIP_MARKS:
        return Piece(name, refusal="Films were expected in the archive, found another zip in it.")
    return Piece(name, data)


def all_pieces(name: str, content: bytes, limits: TakingLimits | None = None) -> list[Piece]:
    """:func:`pieces` of bytes."""
    return list(pieces(name, io.BytesIO(content), len(content), limits or TakingLimits()))
