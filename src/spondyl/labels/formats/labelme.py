"""LabelMe: one JSON file a film, an outline (polygon) per body.

Points are measured from the picture's outer corner: half a pixel more than ours. LabelMe keeps keys
of a file and of a shape that it does not know; ours are ``spondyl`` and ``attributes``.
"""

import os
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from spondyl.anatomy import Level, Status
from spondyl.geometry import POINT_NAMES
from spondyl.labels.formats.assemble import assemble, with_remarks
from spondyl.labels.formats.drawn import (
    DrawnBody,
    DrawnFilm,
    FormatError,
    LabelSet,
    ReadOptions,
)
from spondyl.labels.formats.files import film_name, need, read_json, write_json
from spondyl.labels.formats.names import level_of, point_of
from spondyl.labels.formats.points import RING, six_points
from spondyl.labels.formats.values import REST, body_values, film_values
from spondyl.labels.model import FilmLabel, VertebraLabel

NAME = "labelme"
VERSION = "5.5.0"
_HALF_PX = 0.5
_FILE_KEYS = ("version", "flags", "shapes", "imagePath", "imageHeight", "imageWidth", REST)
_SHAPE_KEYS = ("label", "points", "attributes")
_SHAPE_DEFAULTS: dict[str, Any] = {"group_id": None, "description": "", "mask": None}
_TYPES = ("polygon", "linestrip", "line", "point", "points")


def read(path: Path, options: ReadOptions) -> LabelSet:
    """Read one LabelMe file, or every one in a folder and below it.

    A shape's label says the level, of single points the corner too (``L1 superior_anterior``);
    flags ``fractured`` and ``normal`` say the status. Other shapes are kept aside.
    """
    root = path if path.is_dir() else path.parent
    drawn: list[DrawnFilm] = []
    faults: list[str] = []
    aside = 0
    note, extra = "", {}
    for file in sorted(path.rglob("*.json")) if path.is_dir() else [path]:
        try:
            content = read_json(file)
            if path.is_dir() and not (isinstance(content, dict) and "shapes" in content):
                continue
            film, unused, whole = _film(file, root, content)
        except FormatError as error:
            faults.extend(error.faults)
            continue
        drawn.append(film)
        aside += unused
        note = whole.get("note", note)
        extra.update(whole.get("extra", {}))
    if faults:
        raise FormatError(faults)
    if not drawn:
        raise FormatError(f"{path}: no LabelMe file (JSON with shapes) is there.")
    films, remarks = assemble(drawn, options)
    return LabelSet(films, note, extra, root, with_remarks(remarks, aside))


def write(labels: LabelSet, path: Path) -> list[Path]:
    """Write one file a film, named as the film (with its ending too where two would collide)."""
    stems = Counter(str(PurePosixPath(film.name).with_suffix("")) for film in labels.films)
    whole: dict[str, Any] = {}
    if labels.note:
        whole["note"] = labels.note
    if labels.extra:
        whole["extra"] = dict(labels.extra)
    written = []
    for film in labels.films:
        stem = PurePosixPath(film.name).with_suffix("")
        name = f"{film.name}.json" if stems[str(stem)] > 1 else f"{stem}.json"
        file = path / name
        written.append(write_json(file, _content(film, file, labels.folder, whole)))
    return written


def _film(file: Path, root: Path, content: Any) -> tuple[DrawnFilm, int, dict[str, Any]]:
    where = str(file)
    need(content, dict, where, "an object")
    ours: dict[str, Any] = dict(content.get(REST) or {})
    own = {k: v for k, v in content.items() if k not in _FILE_KEYS and k != "imageData"}
    own.update(ours.pop(NAME, {}))
    if content.get("imageData"):
        # The picture itself, in text; the film lies beside.
        own["had_image_data"] = True
    for key, default in (("flags", {}), ("version", VERSION)):
        if content.get(key, default) != default:
            own[key] = content[key]
    said = need(content.get("imagePath"), str, f"{where}, imagePath", "a text")
    name = film_name(str(ours.pop("film", "")))
    if not name:
        beside = os.path.normpath(file.parent.relative_to(root) / said.replace("\\", "/"))
        name = film_name(str(beside))
        if film_name(said) != said:
            own["imagePath"] = said
    bodies, others = [], []
    for place, shape in enumerate(need(content.get("shapes"), list, f"{where}, shapes", "a list")):
        body = _body(f"{where}, shape {place}", shape)
        if body is None:
            others.append(shape)
        else:
            bodies.append(body)
    if others:
        own["others"] = others
    whole = ours.pop("set", {})
    values = {**ours, **({NAME: own} if own else {})}
    size = None
    if isinstance(content.get("imageWidth"), int) and isinstance(content.get("imageHeight"), int):
        size = (content["imageWidth"], content["imageHeight"])
    return DrawnFilm(where, name, size, tuple(bodies), values), len(others), whole


def _body(where: str, shape: Any) -> DrawnBody | None:
    need(shape, dict, where, "an object")
    label = str(shape.get("label", ""))
    level = level_of(label)
    if level is None or shape.get("shape_type", "polygon") not in _TYPES or not shape.get("points"):
        return None
    try:
        points = np.array(shape["points"], dtype=np.float64).reshape(-1, 2) - _HALF_PX
    except (TypeError, ValueError):
        raise FormatError(f"{where}: points must be pairs of numbers.") from None
    values: dict[str, Any] = dict(shape.get("attributes") or {})
    names = values.pop("points", None)
    if names is None and len(points) == 1 and point_of(label):
        names = [label]
    flags = dict(shape.get("flags") or {})
    fractured, normal = flags.pop("fractured", None), flags.pop("normal", None)
    if fractured or normal:
        values["status"] = str(Status.FRACTURED if fractured else Status.NORMAL)
    elif fractured is False and normal is False:
        values.pop("status", None)
    own = {
        k: v
        for k, v in shape.items()
        if (k not in (*_SHAPE_KEYS, "flags", "shape_type") and _SHAPE_DEFAULTS.get(k, v) != v)
        or k not in (*_SHAPE_KEYS, *_SHAPE_DEFAULTS, "flags", "shape_type")
    }
    if flags:
        own["flags"] = flags
    if label not in set(Level):
        own["label"] = label
    if own:
        values[NAME] = own
    return DrawnBody(where, level, points, tuple(names) if names else None, values)


def _content(
    film: FilmLabel, file: Path, folder: Path | None, whole: dict[str, Any]
) -> dict[str, Any]:
    values = film_values(film)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    others = own.pop("others", [])
    kept = {key: own[key] for key in ("imagePath", "had_image_data") if key in own}
    own.pop("had_image_data", None)
    if kept:
        values[NAME] = kept
    base = folder if folder is not None else file.parent
    picture = os.path.relpath(base / film.name, file.parent).replace("\\", "/")
    return {
        "version": VERSION,
        "flags": {},
        "imagePath": picture,
        **own,
        "shapes": [
            *(
                _shape(str(level), body)
                for level, body in film.vertebrae.items()
                if np.isfinite(six_points(body)).any()
            ),
            *others,
        ],
        "imageData": None,
        "imageHeight": film.size_px[1],
        "imageWidth": film.size_px[0],
        REST: {"film": film.name, **({"set": whole} if whole else {}), **values},
    }


def _shape(level: str, body: VertebraLabel) -> dict[str, Any]:
    six = six_points(body)
    ring = [place for place in RING if np.isfinite(six[place]).all()]
    values = body_values(body)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    label = own.pop("label", level)
    # A label that says more than its level is kept, unless it names a corner or another level.
    if level_of(str(label)) != level or point_of(str(label)):
        label = level
    flags = {
        **own.pop("flags", {}),
        "fractured": body.status is Status.FRACTURED,
        "normal": body.status is Status.NORMAL,
    }
    values["points"] = [POINT_NAMES[place] for place in ring]
    return {
        "label": label,
        "points": [[round(float(v) + _HALF_PX, 2) for v in six[place]] for place in ring],
        **_SHAPE_DEFAULTS,
        "shape_type": {1: "point", 2: "line"}.get(len(ring), "polygon"),
        "flags": flags,
        **own,
        "attributes": values,
    }
