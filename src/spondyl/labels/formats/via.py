"""VGG Image Annotator 2: one JSON file, a project or its annotations alone.

Points are measured from the picture's outer corner: half a pixel more than ours. VIA does not say
how large a film is.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
from spondyl.labels.formats.files import film_name, find_one, need, one_file, read_json, write_json
from spondyl.labels.formats.names import level_of, point_of
from spondyl.labels.formats.points import RING, six_points
from spondyl.labels.formats.values import body_values, film_values, from_texts, to_texts
from spondyl.labels.model import FilmLabel, VertebraLabel

NAME = "via"
_HALF_PX = 0.5
_METADATA = "_via_img_metadata"
_LIST = "_via_image_id_list"
_ENTRY_KEYS = ("filename", "regions", "file_attributes")
#: VIA's mark for "the size of the file is not known".
_NO_SIZE = -1


def read(path: Path, options: ReadOptions) -> LabelSet:
    """Read a VIA project, or annotations exported as JSON.

    A region's level is said by any of its attributes. Other regions are kept aside.
    """
    file = find_one(path, ".json")
    content = need(read_json(file), dict, str(file), "an object of annotations")
    project = _METADATA in content
    entries = content[_METADATA] if project else content
    need(entries, dict, f"{file}, {_METADATA}", "an object of annotations by film")
    drawn: list[DrawnFilm] = []
    faults: list[str] = []
    aside = 0
    for key, entry in entries.items():
        try:
            film, unused = _film(f"{file}, {key!r}", key, entry)
        except FormatError as error:
            faults.extend(error.faults)
            continue
        drawn.append(film)
        aside += unused
    if faults:
        raise FormatError(faults)
    films, remarks = assemble(drawn, options)
    note, extra = "", {}
    if project:
        own = {k: v for k, v in content.items() if k not in (_METADATA, _LIST, "spondyl")}
        ours = content.get("spondyl", {})
        note = ours.get("note", "")
        extra.update(ours.get("extra", {}))
        own = {k: v for k, v in own.items() if v != _PROJECT.get(k)}
        if own:
            extra[NAME] = own
    return LabelSet(films, note, extra, file.parent, with_remarks(remarks, aside))


def write(labels: LabelSet, path: Path) -> list[Path]:
    """Write a VIA project."""
    own: dict[str, Any] = dict(labels.extra.get(NAME, {}))
    rest = {key: value for key, value in labels.extra.items() if key != NAME}
    entries = dict(_entry(film) for film in labels.films)
    ours: dict[str, Any] = {}
    if labels.note:
        ours["note"] = labels.note
    if rest:
        ours["extra"] = rest
    content = {
        **_PROJECT,
        **own,
        _METADATA: entries,
        _LIST: list(entries),
        **({"spondyl": ours} if ours else {}),
    }
    return [write_json(one_file(path, "via.json"), content)]


def _film(where: str, key: str, entry: Any) -> tuple[DrawnFilm, int]:
    need(entry, dict, where, "an object")
    said = need(entry.get("filename"), str, f"{where}, filename", "a text")
    values = _values(entry.get("file_attributes") or {}, where)
    own: dict[str, Any] = {k: v for k, v in entry.items() if k not in _ENTRY_KEYS}
    if own.get("size") == _NO_SIZE:
        del own["size"]
    if key != f"{said}{entry.get('size', _NO_SIZE)}":
        own["key"] = key
    if film_name(said) != said:
        own["filename"] = said
    regions = entry.get("regions") or []
    # Version 1 numbered the regions in an object.
    listed = list(regions.values()) if isinstance(regions, dict) else regions
    bodies, others = [], []
    for place, region in enumerate(need(listed, list, f"{where}, regions", "a list")):
        body = _body(f"{where}, region {place}", region)
        if body is None:
            others.append(region)
        else:
            bodies.append(body)
    if others:
        own["others"] = others
    if own:
        values[NAME] = own
    return DrawnFilm(where, film_name(said), None, tuple(bodies), values), len(others)


def _body(where: str, region: Any) -> DrawnBody | None:
    need(region, dict, where, "an object")
    shape = need(region.get("shape_attributes"), dict, f"{where}, shape_attributes", "an object")
    attributes = dict(region.get("region_attributes") or {})
    level, key = _level(attributes)
    if level is None:
        return None
    points = _points(where, shape)
    if points is None:
        return None
    label = str(attributes.get(key, ""))
    if key == "level" and label in set(Level):
        del attributes[key]
    values = _values(attributes, where)
    listed = str(values.pop("points", ""))
    names = tuple(listed.split(",")) if listed else None
    if names is None and len(points) == 1:
        said = next((str(v) for v in attributes.values() if point_of(str(v))), None)
        names = (said,) if said else None
    own = {
        k: v
        for k, v in shape.items()
        if k not in ("name", "all_points_x", "all_points_y", "cx", "cy")
    }
    others = {k: v for k, v in region.items() if k not in ("shape_attributes", "region_attributes")}
    if own:
        others["shape_attributes"] = own
    if others:
        values[NAME] = others
    return DrawnBody(where, level, points, names, values)


def _level(attributes: Mapping[str, Any]) -> tuple[Level | None, str]:
    """The level that one of the attributes names; a key ``level`` goes first."""
    for key in sorted(attributes, key=lambda k: (k != "level", k != "label", k != "name")):
        value = attributes[key]
        # Check boxes are an object of option to true.
        texts = [k for k, on in value.items() if on] if isinstance(value, dict) else [value]
        for text in texts:
            level = level_of(str(text)) if key not in ("spondyl", "report") else None
            if level is not None:
                return level, key
    return None, ""


def _points(where: str, shape: Mapping[str, Any]) -> NDArray[np.float64] | None:
    try:
        if shape.get("name") in ("polygon", "polyline"):
            pairs = [shape["all_points_x"], shape["all_points_y"]]
            points = np.array(pairs, dtype=np.float64).T
            return points.reshape(-1, 2) - _HALF_PX
        if shape.get("name") == "point":
            return np.array([[shape["cx"], shape["cy"]]], dtype=np.float64) - _HALF_PX
    except (KeyError, TypeError, ValueError):
        raise FormatError(f"{where}: the points of this {shape['name']} are not whole.") from None
    return None


def _values(attributes: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Texts as `from_texts` reads them; VIA's check boxes stay what they are."""
    texts = {key: value for key, value in attributes.items() if isinstance(value, str)}
    others = {key: value for key, value in attributes.items() if not isinstance(value, str)}
    try:
        return {**from_texts(texts, where), **others}
    except ValueError as error:
        raise FormatError(str(error)) from None


def _entry(film: FilmLabel) -> tuple[str, dict[str, Any]]:
    values = film_values(film)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    others = own.pop("others", [])
    key = own.pop("key", None)
    entry = {
        "filename": film.name,
        "size": _NO_SIZE,
        **own,
        "regions": [
            *(
                _region(str(level), body)
                for level, body in film.vertebrae.items()
                if np.isfinite(six_points(body)).any()
            ),
            *others,
        ],
        "file_attributes": to_texts(values),
    }
    return key or f"{entry['filename']}{entry['size']}", entry


def _region(level: str, body: VertebraLabel) -> dict[str, Any]:
    six = six_points(body)
    ring = [place for place in RING if np.isfinite(six[place]).all()]
    points = [[round(float(v) + _HALF_PX, 2) for v in six[place]] for place in ring]
    values = body_values(body)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    shape: dict[str, Any]
    if len(ring) == 1:
        shape = {"name": "point", "cx": points[0][0], "cy": points[0][1]}
    else:
        shape = {
            "name": "polygon" if len(ring) >= 3 else "polyline",
            "all_points_x": [x for x, _ in points],
            "all_points_y": [y for _, y in points],
        }
    shape.update(own.pop("shape_attributes", {}))
    texts = {
        "level": level,
        **to_texts(values),
        "points": ",".join(POINT_NAMES[place] for place in ring),
    }
    return {**own, "shape_attributes": shape, "region_attributes": texts}


def _choice(description: str, options: tuple[str, ...], default: str = "") -> dict[str, Any]:
    return {
        "type": "dropdown",
        "description": description,
        "options": {option: option for option in options},
        "default_options": {default: True} if default else {},
    }


def _text(description: str) -> dict[str, str]:
    return {"type": "text", "description": description, "default_value": ""}


#: What a new project of VIA holds beside the annotations.
_PROJECT: dict[str, Any] = {
    "_via_settings": {
        "ui": {
            "annotation_editor_height": 25,
            "annotation_editor_fontsize": 0.8,
            "leftsidebar_width": 18,
            "image_grid": {
                "img_height": 80,
                "rshape_fill": "none",
                "rshape_fill_opacity": 0.3,
                "rshape_stroke": "yellow",
                "rshape_stroke_width": 2,
                "show_region_shape": True,
                "show_image_policy": "all",
            },
            "image": {
                "region_label": "level",
                "region_color": "level",
                "region_label_font": "10px Sans",
                "on_image_annotation_editor_placement": "NEAR_REGION",
            },
        },
        "core": {"buffer_size": 18, "filepath": {}, "default_filepath": ""},
        "project": {"name": "spondyl"},
    },
    "_via_attributes": {
        "region": {
            "level": _choice("vertebral level", tuple(Level)),
            "status": _choice("status", tuple(Status), Status.UNKNOWN),
            "genant_grade": _text("Genant grade, 0 to 3"),
            "points": _text("names of the points, in order; filled by the program"),
        },
        "file": {"posterior_side": _choice("side of the patient's back", ("left", "right"))},
    },
    "_via_data_format_version": "2.0.10",
}
