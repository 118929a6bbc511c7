"""Label Studio: one JSON file of tasks, polygons in percent of the picture.

Percentages are measured from the picture's outer corner: half a pixel more than ours. Label Studio
hands a task's data back as it was given, so what it has no field for lies in ``data.spondyl``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Status
from spondyl.files import write_whole
from spondyl.geometry import POINT_NAMES
from spondyl.labels.formats.assemble import assemble, with_remarks
from spondyl.labels.formats.drawn import (
    DrawnBody,
    DrawnFilm,
    FormatError,
    LabelSet,
    ReadOptions,
)
from spondyl.labels.formats.files import (
    film_name,
    find_one,
    need,
    one_file,
    read_json,
    write_json,
)
from spondyl.labels.formats.label_studio_task import (
    FROM,
    INTERFACE,
    SIDE,
    STATUS,
    TO,
    address_of,
    chosen_annotation,
    name_of,
    picture_of,
)
from spondyl.labels.formats.names import level_of, point_of, status_of
from spondyl.labels.formats.points import RING, six_points
from spondyl.labels.formats.values import REST, body_values, film_values
from spondyl.labels.model import FilmLabel, VertebraLabel

NAME = "labelstudio"
_HALF_PX = 0.5
_DIGITS = 6
_RESULT_KEYS = (
    "id", "type", "from_name", "to_name", "original_width", "original_height", "image_rotation",
    "value",
)  # fmt: skip
_KINDS = ("polygonlabels", "keypointlabels", "brushlabels", "labels")


def read(path: Path, options: ReadOptions) -> LabelSet:
    """Read tasks that Label Studio exported as JSON.

    Of several annotations of a task, the one marked as ground truth is taken, or else the first
    that was not cancelled. Polygons and key points whose label names a level are bodies; a choice
    of the same region is its status. Other regions are kept aside.
    """
    file = find_one(path, ".json")
    content = read_json(file)
    tasks = need(content, list, str(file), "a list of tasks")
    drawn: list[DrawnFilm] = []
    faults: list[str] = []
    aside = 0
    note, extra = "", {}
    for place, task in enumerate(tasks):
        try:
            film, unused, whole = _film(f"{file}, task {place}", task)
        except FormatError as error:
            faults.extend(error.faults)
            continue
        note = whole.get("note", note)
        extra.update(whole.get("extra", {}))
        drawn.append(film)
        aside += unused
    if faults:
        raise FormatError(faults)
    films, remarks = assemble(drawn, options)
    return LabelSet(films, note, extra, file.parent, with_remarks(remarks, aside))


def write(labels: LabelSet, path: Path) -> list[Path]:
    """Write tasks with annotations, and the labelling interface that shows them.

    Pictures are named as Label Studio's local files, relative to its document root.
    """
    whole: dict[str, Any] = {}
    if labels.note:
        whole["note"] = labels.note
    if labels.extra:
        whole["extra"] = dict(labels.extra)
    tasks = [_task(film, whole) for film in labels.films]
    file = write_json(one_file(path, "tasks.json"), tasks)
    return [file, write_whole(file.with_name("interface.xml"), INTERFACE + "\n", make_folder=True)]


def _film(where: str, task: Any) -> tuple[DrawnFilm, int, dict[str, Any]]:
    need(task, dict, where, "an object")
    data = dict(need(task.get("data"), dict, f"{where}, data", "an object with the picture"))
    ours: dict[str, Any] = dict(data.pop(REST, None) or {})
    key, address = picture_of(where, data)
    name = film_name(str(ours.pop("film", ""))) or name_of(address)
    kept: dict[str, Any] = {k: v for k, v in task.items() if k not in ("data", "annotations", "id")}
    if address != address_of(name) or key != "image":
        kept["picture"] = {key: address}
    del data[key]
    if data:
        kept["data"] = data
    annotations = list(task.get("annotations") or [])
    place = chosen_annotation(annotations)
    results: list[Any] = []
    if place is not None:
        chosen = dict(annotations.pop(place))
        results = need(chosen.pop("result", []), list, f"{where}, result", "a list")
        if chosen:
            kept["annotation"] = chosen
    if annotations:
        kept["annotations"] = annotations
    if "id" in task:
        kept["id"] = task["id"]
    regions = ours.pop("regions", {})
    whole = ours.pop("set", {})
    size = tuple(ours.pop("size_px", ())) or None
    bodies, others, values = _results(where, results, regions)
    sizes = {
        (r["original_width"], r["original_height"]) for r in results if r.get("original_width")
    }
    if len(sizes) > 1:
        raise FormatError(f"{where}: its regions are of pictures of different sizes: {sizes}.")
    if others:
        kept["others"] = others
    ours.update(values)
    if kept:
        ours[NAME] = {**ours.get(NAME, {}), **kept}
    found = sizes.pop() if sizes else size
    return DrawnFilm(where, name, found, tuple(bodies), ours), len(others), whole


def _results(
    where: str, results: list[Any], regions: Mapping[str, Any]
) -> tuple[list[DrawnBody], list[Any], dict[str, Any]]:
    """Bodies, other results, and values of the film."""
    statuses: dict[Any, Status] = {}
    values: dict[str, Any] = {}
    others: list[Any] = []
    drawn: list[tuple[str, dict[str, Any]]] = []
    for place, result in enumerate(results):
        here = f"{where}, region {place}"
        need(result, dict, here, "an object")
        if result.get("type") == "choices":
            choices = [str(c) for c in result.get("value", {}).get("choices", [])]
            status = status_of(choices[0]) if len(choices) == 1 else None
            if result.get("from_name") == SIDE and choices:
                values[SIDE] = choices[0]
            elif status is not None and result.get("from_name") != SIDE:
                statuses[result.get("id")] = status
            else:
                others.append(result)
        else:
            drawn.append((here, result))
    bodies = []
    for here, result in drawn:
        body = _body(here, result, regions, statuses)
        if body is None:
            others.append(result)
        else:
            bodies.append(body)
    return bodies, others, values


def _body(
    where: str,
    result: Mapping[str, Any],
    regions: Mapping[str, Any],
    statuses: Mapping[Any, Status],
) -> DrawnBody | None:
    value = result.get("value") or {}
    labels: list[Any] = next((value[kind] for kind in _KINDS if value.get(kind)), [])
    level = level_of(" ".join(str(label) for label in labels))
    points = _points(where, result, value) if level is not None else None
    if level is None or points is None:
        return None
    region = result.get("id")
    values: dict[str, Any] = dict(regions.get(str(region), {}))
    names = values.pop("points", None)
    if names is None and len(points) == 1 and point_of(str(labels[0])):
        names = [str(labels[0])]
    if region in statuses:
        values["status"] = str(statuses[region])
    own = {k: v for k, v in result.items() if k not in _RESULT_KEYS}
    if labels != [str(level)] and not point_of(str(labels[0])):
        own["labels"] = labels
    # Of a body drawn by single points, each point's id is that of the body and its own name.
    base = str(region).removesuffix(f" {names[0]}") if names else str(region)
    if base != str(level):
        own["id"] = base
    if own:
        values[NAME] = {**values.get(NAME, {}), **own}
    return DrawnBody(where, level, points, tuple(names) if names else None, values)


def _points(
    where: str, result: Mapping[str, Any], value: Mapping[str, Any]
) -> NDArray[np.float64] | None:
    if value.get("points"):
        pairs = value["points"]
    elif (
        "x" in value
        and "y" in value
        and "width" in value
        and result.get("type", "").startswith("keypoint")
    ):
        pairs = [[value["x"], value["y"]]]
    else:
        return None
    if float(result.get("image_rotation") or 0) % 360:
        raise FormatError(
            f"{where}: it was drawn on a picture turned by {result['image_rotation']} degrees; "
            "turn the picture back in Label Studio and export again."
        )
    try:
        size = np.array([result["original_width"], result["original_height"]], dtype=np.float64)
        return np.array(pairs, dtype=np.float64).reshape(-1, 2) * size / 100 - _HALF_PX
    except (KeyError, TypeError, ValueError):
        raise FormatError(
            f"{where}: points in percent and original_width and original_height are needed."
        ) from None


def _task(film: FilmLabel, whole: dict[str, Any]) -> dict[str, Any]:
    values = film_values(film)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    results: list[dict[str, Any]] = []
    regions: dict[str, Any] = {}
    for level, body in film.vertebrae.items():
        if np.isfinite(six_points(body)).any():
            parts, kept = _region(str(level), body, film.size_px)
            results += parts
            regions.update(kept)
    results += own.pop("others", [])
    picture = own.pop("picture", {"image": address_of(film.name)})
    ours = {
        "film": film.name,
        "size_px": list(film.size_px),
        **({"set": whole} if whole else {}),
        **values,
        **({"regions": regions} if regions else {}),
    }
    return {
        **{k: v for k, v in own.items() if k not in ("data", "annotation", "annotations")},
        "data": {**picture, **own.get("data", {}), REST: ours},
        "annotations": [
            {**own.get("annotation", {}), "result": results},
            *own.get("annotations", []),
        ],
    }


def _region(
    level: str, body: VertebraLabel, size_px: tuple[int, int]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A body's results (a polygon, or a key point for each of two points), and its values by id."""
    six = six_points(body)
    ring = [place for place in RING if np.isfinite(six[place]).all()]
    percent = 100 * (six + _HALF_PX) / np.array(size_px)
    values = body_values(body)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    labels = own.pop("labels", [level])
    if level_of(" ".join(labels)) != level:
        labels = [level]
    region = str(own.pop("id", level))
    shared = {
        **own,
        "from_name": FROM,
        "to_name": TO,
        "original_width": size_px[0],
        "original_height": size_px[1],
        "image_rotation": 0,
    }
    parts, kept = [], {}
    if len(ring) >= 3:
        points = [[round(float(v), _DIGITS) for v in percent[place]] for place in ring]
        value = {"points": points, "closed": True, "polygonlabels": labels}
        parts.append({**shared, "id": region, "type": "polygonlabels", "value": value})
        kept[region] = {**values, "points": [POINT_NAMES[place] for place in ring]}
    else:
        for place in ring:
            x, y = (round(float(v), _DIGITS) for v in percent[place])
            point = {"x": x, "y": y, "width": 0.3, "keypointlabels": labels}
            one = f"{region} {POINT_NAMES[place]}"
            parts.append({**shared, "id": one, "type": "keypointlabels", "value": point})
            kept[one] = {**values, "points": [POINT_NAMES[place]]}
    if body.status is not Status.UNKNOWN:
        for part in list(parts):
            choice = {**shared, "id": part["id"], "type": "choices", "from_name": STATUS}
            parts.append({**choice, "value": {"choices": [str(body.status)]}})
    return parts, kept
