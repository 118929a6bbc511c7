"""What ``spondyl read --out`` writes: one registry of formats."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spondyl.read.model import Reading


@dataclass(frozen=True)
class Format:
    """A form of a reading as a file: its name in the film's folder, and what writes it."""

    file_name: str
    write: "Callable[[Reading, Path], None]"


def _json(reading: "Reading", path: Path) -> None:
    from spondyl.deliver import write_reading_json

    write_reading_json(reading, path)


def _png(reading: "Reading", path: Path) -> None:
    from spondyl.deliver import write_overlay

    write_overlay(reading, path)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "json": Format("reading.json", _json),
        "png": Format("overlay.png", _png),
    }
)


def choose(names: str) -> tuple[Format, ...]:
    """The formats of a list such as ``json,png``.

    Raises
    ------
    ValueError
        If a name is not known, or none is given.

    Examples
    --------
    >>> [chosen.file_name for chosen in choose("png, json")]
    ['overlay.png', 'reading.json']
    """
    wanted = [name.strip().lower() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        found = ", ".join(unknown) or "nothing"
        raise ValueError(
            f"--formats takes {', '.join(FORMATS)}, separated by commas; found {found}."
        )
    return tuple(FORMATS[name] for name in dict.fromkeys(wanted))


def write(reading: "Reading", out: Path, name: str, formats: Sequence[Format]) -> None:
    """Write a reading into ``out/name``.

    Raises
    ------
    ValueError
        If a file stands where the film's folder must go.
    """
    folder = out / name
    if folder.is_file():
        raise ValueError(
            f"--out must not be the folder that the films lie in: {folder} is a file; "
            "name another folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for form in formats:
        form.write(reading, folder / form.file_name)
