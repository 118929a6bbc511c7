"""Check a data set's file: every fault named with file, film and level."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spondyl.anatomy import Level
from spondyl.labels.dataset import (
    FILE_NAME,
    SCHEMA,
    DatasetError,
    film_from_json,
    vertebra_from_json,
)
from spondyl.labels.fault_rules import CheckSettings, FaultKind
from spondyl.labels.faults import Fault, film_faults
from spondyl.labels.model import FilmLabel

#: Path of a film -> (width, height) of its picture; raises what reading it raises.
SizeOf = Callable[[Path], tuple[int, int]]


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    file : Path
    films : tuple of FilmLabel
        Those that follow the form.
    faults : tuple of Fault
    """

    file: Path
    films: tuple[FilmLabel, ...]
    faults: tuple[Fault, ...]


class _Repeated(dict[str, Any]):
    """An object of JSON that remembers which of its keys came more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.repeated = sorted(
            {key for key in keys if keys.count(key) > 1} if len(keys) > len(self) else ()
        )


def check_dataset(
    path: Path, settings: CheckSettings | None = None, size_of: SizeOf | None = None
) -> Checked:
    """Check a data set, however broken its labels are.

    Parameters
    ----------
    path : Path
        The folder, or its ``films.json``.
    settings : CheckSettings, optional
    size_of : callable, optional
        Looks at a film's picture; without it, pictures are not looked at.

    Raises
    ------
    DatasetError
        If the file as a whole cannot be read: no JSON, or another form.
    """
    file = path / FILE_NAME if path.is_dir() else path
    content = _content(file)
    films: list[FilmLabel] = []
    faults: list[Fault] = []
    for name in content["films"].repeated:
        faults.append(Fault(name, None, FaultKind.DUPLICATE, "the film is there more than once."))
    for name, value in content["films"].items():
        film, found = _film(file, name, value)
        faults += found
        if film is None:
            continue
        films.append(film)
        picture = None
        if size_of is not None:
            try:
                picture = size_of(file.parent / name)
            except (OSError, ValueError) as error:
                faults.append(Fault(name, None, FaultKind.PICTURE, _sentence(error)))
        faults += film_faults(film, settings, picture)
    return Checked(file, tuple(films), tuple(faults))


def _content(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_Repeated)
    except FileNotFoundError:
        raise DatasetError(
            f"A data set is a folder with a {FILE_NAME}; {file} does not exist."
        ) from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"{file} is not UTF-8 text (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        raise DatasetError(
            f"{file}, line {error.lineno}, column {error.colno}: this is not whole JSON "
            f"({error.msg})."
        ) from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise DatasetError(f'{file}: expected an object with "schema": "{SCHEMA}".')
    if not isinstance(content.get("films"), dict):
        raise DatasetError(f'{file}: expected an object "films" of file name to label.')
    return content


def _film(file: Path, name: str, value: Any) -> tuple[FilmLabel | None, list[Fault]]:
    """A film without those of its bodies that do not follow the form, and what is wrong with it."""
    faults = []
    if isinstance(value, dict) and isinstance(value.get("vertebrae"), dict):
        kept = {}
        for key in getattr(value["vertebrae"], "repeated", ()):
            faults.append(
                _body_fault(name, key, FaultKind.DUPLICATE, "it is there more than once.")
            )
        for key, body in value["vertebrae"].items():
            try:
                vertebra_from_json("", Level(key), body)
            except ValueError as error:
                sentence = _sentence(error).removeprefix(": ")
                faults.append(_body_fault(name, key, FaultKind.FORM, sentence))
            else:
                kept[key] = body
        value = {**value, "vertebrae": kept}
    try:
        return film_from_json("", name, value), faults
    except DatasetError as error:
        sentence = _sentence(error).partition(": ")[2]
        return None, [*faults, Fault(name, None, FaultKind.FORM, sentence)]


def _body_fault(film: str, key: str, kind: FaultKind, sentence: str) -> Fault:
    known = key in set(Level)
    return Fault(
        film,
        Level(key) if known else None,
        kind,
        sentence if known else f"{key!r} is no level Spondyl knows.",
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such picture."
    return " ".join(str(error).split())
