"""A data set that comes in as a zip: what it may hold, and how much of it.

Nothing is ever unpacked to a path of the archive's own choosing: its files are read one by one, by
name, into memory, each no further than it may be. What is refused: more files or bytes than the
room takes, files that are packed smaller than pictures can be, paths that lead elsewhere, links,
encrypted files, the same name twice.
"""

import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import TracebackType
from typing import BinaryIO

from spondyl.labels import FILE_NAME

#: Under this a small file may be packed as tightly as it likes.
_SMALL_BYTES = 1_000_000
_PIECE = 1 << 20
_NOISE = ("__MACOSX",)


class ArchiveError(ValueError):
    """A zip is refused as a whole, or one of its files cannot be read; a sentence says why."""


@dataclass(frozen=True)
class ArchiveLimits:
    """How large a zip may be, unpacked.

    Attributes
    ----------
    files : int
    file_bytes : int
        Of one file.
    total_bytes : int
        Of all files together.
    ratio : float
        Unpacked over packed size of a file.
    """

    files: int = 20_000
    file_bytes: int = 200_000_000
    total_bytes: int = 2_000_000_000
    ratio: float = 200.0


class Archive:
    """A zip that has passed its checks.

    Parameters
    ----------
    file : binary file
        Can be sought in.
    limits : ArchiveLimits

    Raises
    ------
    ArchiveError
        If it is no zip, or holds what is refused.
    """

    def __init__(self, file: BinaryIO, limits: ArchiveLimits) -> None:
        self.limits = limits
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ArchiveError(
                f"This is not a whole zip file ({error}). Pack the data set's folder anew."
            ) from None
        self.entries: Mapping[str, zipfile.ZipInfo] = _checked(self._zip.infolist(), limits)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    @property
    def root(self) -> str:
        """The folder that holds ``films.json``, with a slash at its end, or "".

        Raises
        ------
        ArchiveError
            If no or more than one ``films.json`` is there.
        """
        found = [name for name in self.entries if PurePosixPath(name).name == FILE_NAME]
        if len(found) != 1:
            raise ArchiveError(
                f"A data set is a zip with one {FILE_NAME}; found {len(found)}. "
                "Pack the folder that holds it, pictures beside it."
            )
        return found[0].removesuffix(FILE_NAME)

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises
        ------
        ArchiveError
            If it is not there, damaged, or larger than it says.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise ArchiveError(f"The zip holds no file {name!r}.")
        pieces, size = [], 0
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(_PIECE):
                    size += len(piece)
                    if size > self.limits.file_bytes:
                        raise ArchiveError(_too_large(name, self.limits))
                    pieces.append(piece)
        except (
            zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError,
            ValueError,
        ) as error:  # fmt: skip
            if isinstance(error, ArchiveError):
                raise
            raise ArchiveError(f"{name} in the zip cannot be unpacked ({error}).") from None
        return b"".join(pieces)


def _checked(entries: list[zipfile.ZipInfo], limits: ArchiveLimits) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > limits.files:
        raise ArchiveError(
            f"The zip holds {len(entries)} files; at most {limits.files} are taken at once. "
            "Split the data set."
        )
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for entry in entries:
        name = safe_name(entry.filename)
        if entry.is_dir() or name.startswith(_NOISE) or PurePosixPath(name).name.startswith("."):
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ArchiveError(f"{name!r} in the zip is a link; only files are taken.")
        if entry.flag_bits & 0x1:
            raise ArchiveError("The zip is encrypted; pack it without a password.")
        if name in found:
            raise ArchiveError(f"{name!r} is in the zip twice.")
        if entry.file_size > limits.file_bytes:
            raise ArchiveError(_too_large(name, limits))
        if entry.file_size > max(_SMALL_BYTES, limits.ratio * max(1, entry.compress_size)):
            raise ArchiveError(
                f"{name!r} in the zip would become more than {limits.ratio:g} times as large; no "
                "picture is packed so tightly."
            )
        total += entry.file_size
        if total > limits.total_bytes:
            raise ArchiveError(
                f"Unpacked, the zip has more than {limits.total_bytes / 1e6:.0f} MB. "
                "Split the data set."
            )
        found[name] = entry
    return found


def safe_name(name: str) -> str:
    """A path inside the archive as it stands, if it is one.

    Raises
    ------
    ArchiveError
        If it leads anywhere else.

    Examples
    --------
    >>> safe_name("a/film.png")
    'a/film.png'
    """
    path = PurePosixPath(name)
    bad = (
        not path.parts
        or len(name) > 300
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or ":" in path.parts[0]
        or any(ord(letter) < 32 for letter in name)
    )
    if bad:
        shown = name if len(name) <= 80 else name[:80] + "..."
        raise ArchiveError(f"{shown!r} in the zip is no path inside a data set.")
    return str(path)


def _too_large(name: str, limits: ArchiveLimits) -> str:
    return (
        f"{name!r} in the zip is larger than {limits.file_bytes / 1e6:.0f} MB, the most that one "
        "file may have."
    )
