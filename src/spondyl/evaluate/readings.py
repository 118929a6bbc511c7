"""Readings on disk, in the form ``spondyl.reading/1``, as the evaluation takes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spondyl.anatomy import GenantGrade, Level, Shape
from spondyl.evaluate.outcome import FilmCall
from spondyl.files import write_whole
from spondyl.geometry import CORNER_NAMES, Heights
from spondyl.read.model import Finding

SCHEMA = "spondyl.reading/1"
FILE_NAME = "reading.json"


class ReadingError(ValueError):
    """A stored reading is not in the form ``spondyl.reading/1``; the message says where and why."""


def reading_file(folder: Path, film_name: str) -> Path:
    """Where a film's reading lies, as ``spondyl read`` lays it: ``folder/FILM/reading.json``.

    Raises
    ------
    ReadingError
        If the film's name leads out of the folder.
    """
    name = Path(film_name)
    if name.is_absolute() or ".." in name.parts:
        raise ReadingError(f"A film's name must lie inside its data set, found {film_name!r}.")
    return folder / name / FILE_NAME


def load_reading(file: Path) -> dict[str, Any]:
    """Read one ``reading.json``.

    Raises
    ------
    ReadingError
        If it is not JSON or not of the schema.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ReadingError(
            f"{file} is not valid JSON ({error}). Delete it to read the film anew."
        ) from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        found = content.get("schema") if isinstance(content, dict) else type(content).__name__
        raise ReadingError(f'{file}: expected "schema": "{SCHEMA}", found {found!r}.')
    return content


def save_reading(file: Path, reading: Mapping[str, Any]) -> None:
    """Write one reading, whole or not at all."""
    write_whole(file, json.dumps(reading, indent=1) + "\n", make_folder=True)


def call_from_json(reading: Mapping[str, Any]) -> FilmCall:
    """What a reading says, from its JSON form.

    Raises
    ------
    ReadingError
        If a key is missing or has a wrong value.
    """
    try:
        return FilmCall(
            findings=tuple(_finding(body) for body in reading["vertebrae"]),
            fracture_probability=float(reading["fracture_probability"]),
            fractured=bool(reading["fractured"]),
            assessable=bool(reading["assessable"]),
            numbering_confidence=float(reading["numbering"]["confidence"]),
            posterior_side=reading["film"]["posterior_side"],
        )
    except KeyError as error:
        raise ReadingError(f"A reading of the form {SCHEMA} needs the key {error}.") from None
    except (TypeError, ValueError) as error:
        raise ReadingError(f"A reading does not follow the form {SCHEMA}: {error}.") from None


def _finding(body: Mapping[str, Any]) -> Finding:
    corners = body["corners_px"]
    mids = body.get("mid_endplates_px")
    grade, shape = body.get("genant_grade"), body.get("shape")
    return Finding(
        level=Level(body["level"]),
        level_confidence=float(body["level_confidence"]),
        confidence=float(body["confidence"]),
        corners_px=np.array([corners[name] for name in CORNER_NAMES], dtype=np.float64),
        mid_endplates_px=np.array([mids["superior"], mids["inferior"]], dtype=np.float64)
        if mids
        else None,
        assessable=bool(body["assessable"]),
        reasons=tuple(body.get("reasons", ())),
        fracture_probability=float(body["fracture_probability"] or 0.0),
        fractured=bool(body["fractured"]),
        genant_grade=None if grade is None else GenantGrade(grade),
        shape=None if shape is None else Shape(shape),
        heights_px=_heights(body.get("heights_px")),
        height_loss=body.get("height_loss"),
    )


def _heights(lengths: Mapping[str, float | None] | None) -> Heights | None:
    if not lengths:
        return None
    anterior, middle, posterior = (lengths[k] for k in ("anterior", "middle", "posterior"))
    if anterior is None or middle is None or posterior is None:
        return None
    return Heights(anterior, middle, posterior)
