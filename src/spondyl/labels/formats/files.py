"""Files of labels: read as JSON with clear errors, written whole or not at all; film names."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

from spondyl.files import write_whole
from spondyl.labels.formats.drawn import FormatError


def read_json(file: Path) -> Any:
    """The content of a JSON file.

    Raises
    ------
    FormatError
        If it is no JSON or is cut short; names line and column.
    OSError
        If it cannot be read.
    """
    try:
        return json.loads(read_text(file))
    except json.JSONDecodeError as error:
        raise FormatError(
            f"{file}, line {error.lineno}, column {error.colno}: this is not whole JSON "
            f"({error.msg}); export it again."
        ) from None


def read_text(file: Path) -> str:
    """The content of a text file, with or without a byte order mark."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{file}: this is not UTF-8 text (byte {error.start}); export it again."
        ) from None


def write_json(file: Path, content: Any) -> Path:
    """Write a JSON file whole or not at all; names keep their letters."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return write_whole(file, text, make_folder=True)


def one_file(path: Path, name: str) -> Path:
    """The file to write: the path itself, or ``name`` in it where it is or looks like a folder."""
    return path / name if path.is_dir() or path.suffix == "" else path


def find_one(path: Path, suffix: str) -> Path:
    """The file to read: the path itself, or the only file with that ending in the folder.

    Raises
    ------
    FormatError
        If there is no such file, or more than one.
    """
    if not path.is_dir():
        return path
    files = sorted(p for p in path.iterdir() if p.suffix.lower() == suffix)
    if len(files) != 1:
        found = f"{len(files)} are there" if files else "none is there"
        raise FormatError(f"{path}: one file *{suffix} was expected, {found}; name the file.")
    return files[0]


def film_name(text: str) -> str:
    r"""A path of a film as a data set writes it: with ``/``, without ``.`` and ``..``.

    Examples
    --------
    >>> film_name(r"..\films\a b.png"), film_name("./north//ä.dcm"), film_name(r"C:\x\y.png")
    ('films/a b.png', 'north/ä.dcm', 'x/y.png')
    """
    parts: list[str] = []
    for part in PurePosixPath(text.replace("\\", "/")).parts:
        if part == "..":
            if parts:
                parts.pop()
        elif part != "/" and not (len(part) == 2 and part[1] == ":"):
            parts.append(part)
    return "/".join(parts)


def need(value: Any, kind: type | tuple[type, ...], where: str, what: str) -> Any:
    """The value, if it is of the kind.

    Raises
    ------
    FormatError
        Otherwise; says where and what was expected.
    """
    if not isinstance(value, kind) or isinstance(value, bool):
        raise FormatError(f"{where}: expected {what}, found {type(value).__name__}.")
    return value
