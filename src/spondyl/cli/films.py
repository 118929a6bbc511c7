"""Which files are films, and what their results are called."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Endings of films; files without one of these are looked into for DICOM's mark.
SUFFIXES: frozenset[str] = frozenset(
    {".dcm", ".dicom", ".dic", ".ima", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}
)
#: Endings of files that lie beside films and are never DICOM.
_OTHER: frozenset[str] = frozenset(
    {".json", ".txt", ".md", ".csv", ".html", ".pdf", ".xml", ".zip", ".gz", ".py", ".npz", ".onnx"}
)
_DICOM_MARK = b"DICM"
_DICOM_MARK_AT = 128
#: A folder with this file is a result of ours: its picture is not a film.
RESULT_FILE = "reading.json"


@dataclass(frozen=True)
class FilmFile:
    """A file to read, and the name of the folder that its results go to (relative, with ``/``)."""

    path: Path
    name: str


def find_films(paths: Sequence[Path]) -> list[FilmFile]:
    """Every film under the paths, in a fixed order, each once.

    Parameters
    ----------
    paths : sequence of Path
        Files are taken as they are; folders are searched to any depth, hidden names and folders of
        results left out.

    Returns
    -------
    list of FilmFile
        A file from a folder is named by its path inside that folder, a single file by its own
        name. Of two with one name, the later gets ``-2`` before its ending, and so on. Paths that
        do not exist are in the list, so that reading them names the reason.
    """
    found: list[FilmFile] = []
    seen: set[str] = set()
    taken: set[str] = set()
    for path in paths:
        members = (
            ((file, file.relative_to(path)) for file in _walk(path))
            if path.is_dir()
            else [(path, Path(path.name))]
        )
        for file, name in members:
            key = os.path.realpath(file)
            if key not in seen:
                seen.add(key)
                found.append(FilmFile(file, _free(name, taken)))
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if RESULT_FILE in files:
            continue
        for name in sorted(files):
            file = Path(root, name)
            if not name.startswith(".") and is_film(file):
                yield file


def is_film(file: Path) -> bool:
    """By its ending, or else by DICOM's mark at byte 128."""
    suffix = file.suffix.lower()
    if suffix in SUFFIXES:
        return True
    if suffix in _OTHER or not file.is_file():
        return False
    try:
        with file.open("rb") as stream:
            stream.seek(_DICOM_MARK_AT)
            return stream.read(len(_DICOM_MARK)) == _DICOM_MARK
    except OSError:
        return False


def _free(name: Path, taken: set[str]) -> str:
    """The name, or the name with the first number that is free; case does not tell names apart."""
    for candidate in _numbered(name):
        if candidate.lower() not in taken:
            taken.add(candidate.lower())
            return candidate
    raise AssertionError("numbers do not end")


def _numbered(name: Path) -> Iterable[str]:
    yield name.as_posix()
    number = 2
    while True:
        yield name.with_name(f"{name.stem}-{number}{name.suffix}").as_posix()
        number += 1
