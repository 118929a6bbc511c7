"""The data-set form ``spondyl.dataset/1``: a folder of films and its ``films.json``."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from spondyl.anatomy import Level, Shape, Status
from spondyl.files import write_whole
from spondyl.geometry import CORNER_NAMES
from spondyl.labels.model import FilmLabel, VertebraLabel

SCHEMA = "spondyl.dataset/1"
FILE_NAME = "films.json"
#: Of a film that was not at hand when it was labelled; null in the file.
UNKNOWN_SIZE_PX = (0, 0)
UNKNOWN_SIDE = ""
_FILM_KEYS = ("size_px", "posterior_side", "vertebrae", "patient", "split", "site", "report")
_BODY_KEYS = (
    "status", "corners_px", "mid_endplates_px", "genant_grade", "shape", "height_loss",
    "height_losses", "assessable",
)  # fmt: skip


class DatasetError(ValueError):
    """A data set is not in the form ``spondyl.dataset/1``; the message says where and why."""


@dataclass(frozen=True)
class Dataset:
    """A folder of films with labels; iterates over its :class:`FilmLabel`.

    Attributes
    ----------
    folder : Path
    films : tuple of FilmLabel
    note : str
    extra : mapping
        Other keys of the file, kept as they are.
    """

    folder: Path
    films: tuple[FilmLabel, ...]
    note: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.films)

    def __iter__(self) -> Iterator[FilmLabel]:
        return iter(self.films)

    def path(self, film: FilmLabel) -> Path:
        """Where the film's pixels lie."""
        return self.folder / film.name


def load_dataset(path: Path) -> Dataset:
    """Read a data set.

    Parameters
    ----------
    path : Path
        The folder, or its ``films.json``.

    Raises
    ------
    DatasetError
        If the file is missing, is not JSON, or does not follow the form (film and level named).
    """
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        raise DatasetError(
            f"A data set is a folder with a {FILE_NAME}; {file} does not exist. "
            "Make one with `spondyl simulate` or `spondyl labels import`."
        )
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{file} is not valid JSON ({error}). Restore or write it anew."
        ) from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        found = content.get("schema") if isinstance(content, dict) else type(content).__name__
        raise DatasetError(f'{file}: expected "schema": "{SCHEMA}", found {found!r}.')
    films = content.get("films")
    if not isinstance(films, dict):
        raise DatasetError(f'{file}: expected an object "films" of file name to label.')
    return Dataset(
        file.parent,
        tuple(film_from_json(str(file), name, value) for name, value in films.items()),
        str(content.get("note", "")),
        {key: item for key, item in content.items() if key not in ("schema", "note", "films")},
    )


def save_dataset(
    folder: Path,
    films: Iterable[FilmLabel],
    note: str = "",
    extra: Mapping[str, object] | None = None,
) -> Path:
    """Write ``films.json`` (whole or not at all) and return its path."""
    content = {
        **(extra or {}),
        "schema": SCHEMA,
        "note": note,
        "films": {film.name: film_to_json(film) for film in films},
    }
    return write_whole(folder / FILE_NAME, json.dumps(content, indent=1) + "\n", make_folder=True)


def film_from_json(file: str, name: str, value: Any) -> FilmLabel:
    """One film of a data set's JSON; errors name ``file`` and the film.

    Raises
    ------
    DatasetError
        If the value does not follow the form.
    """
    where = f"{file}, film {name!r}"
    if not isinstance(value, dict):
        raise DatasetError(f"{where}: expected an object, found {type(value).__name__}.")
    try:
        # Null where the film was not at hand when it was labelled, as from a report.
        width, height = (int(v) for v in value["size_px"] or UNKNOWN_SIZE_PX)
    except (KeyError, TypeError, ValueError):
        raise DatasetError(f'{where}: expected "size_px": [width, height].') from None
    side = value.get("posterior_side", "none")
    if side not in ("left", "right", None):
        raise DatasetError(
            f'{where}: expected "posterior_side" left or right, '
            f"found {value.get('posterior_side')!r}."
        )
    vertebrae = {}
    for level_name, body in value.get("vertebrae", {}).items():
        try:
            level = Level(level_name)
        except ValueError:
            known = ", ".join(Level)
            raise DatasetError(
                f"{where}: unknown level {level_name!r}; known are {known}."
            ) from None
        vertebrae[level] = vertebra_from_json(f"{where}, {level_name}", level, body)
    return FilmLabel(
        name=name,
        size_px=(width, height),
        posterior_side=side or UNKNOWN_SIDE,
        vertebrae=dict(sorted(vertebrae.items(), key=lambda item: list(Level).index(item[0]))),
        patient=value.get("patient"),
        split=value.get("split"),
        site=value.get("site"),
        report=value.get("report"),
        extra={key: item for key, item in value.items() if key not in _FILM_KEYS},
    )


def vertebra_from_json(where: str, level: Level, body: Any) -> VertebraLabel:
    """One body of a data set's JSON; errors begin with ``where``.

    Raises
    ------
    DatasetError
        If the value does not follow the form.
    """
    try:
        corners = None
        if body.get("corners_px"):
            unknown = [np.nan, np.nan]
            corners = np.array(
                [body["corners_px"].get(name, unknown) for name in CORNER_NAMES], dtype=np.float64
            )
        mids = None
        if body.get("mid_endplates_px"):
            mids = np.array(
                [body["mid_endplates_px"][side] for side in ("superior", "inferior")],
                dtype=np.float64,
            )
        shape = body.get("shape")
        return VertebraLabel(
            level=level,
            corners_px=corners,
            mid_endplates_px=mids,
            status=Status(body.get("status", Status.UNKNOWN)),
            genant_grade=body.get("genant_grade"),
            shape=Shape(shape) if shape else None,
            height_loss=body.get("height_loss"),
            height_losses=_losses(body.get("height_losses")),
            assessable=bool(body.get("assessable", True)),
            extra={key: item for key, item in body.items() if key not in _BODY_KEYS},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(
            f"{where}: this body's label does not follow the form ({error})."
        ) from None


def _losses(value: Any) -> tuple[float, float, float] | None:
    if value is None:
        return None
    anterior, middle, posterior = (float(loss) for loss in value)
    return anterior, middle, posterior


def film_to_json(film: FilmLabel) -> dict[str, Any]:
    """One film as it stands in a data set's JSON."""
    value: dict[str, Any] = {
        "size_px": list(film.size_px) if tuple(film.size_px) != UNKNOWN_SIZE_PX else None,
        "posterior_side": film.posterior_side or None,
        **film.extra,
    }
    for key in ("patient", "split", "site", "report"):
        if getattr(film, key) is not None:
            value[key] = getattr(film, key)
    value["vertebrae"] = {str(level): vertebra_to_json(v) for level, v in film.vertebrae.items()}
    return value


def vertebra_to_json(body: VertebraLabel) -> dict[str, Any]:
    """One body as it stands in a data set's JSON."""
    value: dict[str, Any] = {**body.extra, "status": str(body.status)}
    if body.corners_px is not None:
        value["corners_px"] = {
            name: [round(float(v), 2) for v in corner]
            for name, corner in zip(CORNER_NAMES, body.corners_px, strict=True)
            if np.isfinite(corner).all()
        }
    if body.mid_endplates_px is not None:
        value["mid_endplates_px"] = {
            side: [round(float(v), 2) for v in point]
            for side, point in zip(("superior", "inferior"), body.mid_endplates_px, strict=True)
        }
    if body.genant_grade is not None:
        value["genant_grade"] = int(body.genant_grade)
    if body.shape is not None:
        value["shape"] = str(body.shape)
    if body.height_loss is not None:
        value["height_loss"] = round(float(body.height_loss), 4)
    if body.height_losses is not None:
        value["height_losses"] = [round(float(loss), 4) for loss in body.height_losses]
    if not body.assessable:
        value["assessable"] = False
    return value
