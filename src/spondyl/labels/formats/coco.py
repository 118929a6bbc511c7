"""COCO keypoints: one JSON file, a category per level, six keypoints per body.

A keypoint's (0, 0) is the centre of the first pixel, as in our frame; boxes and segmentations,
which COCO measures from the picture's outer corner, lie half a pixel further.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spondyl.anatomy import LEVELS, Level
from spondyl.labels.formats.assemble import assemble, with_remarks
from spondyl.labels.formats.coco_parts import category_of, derived, is_close, is_ours
from spondyl.labels.formats.drawn import (
    DrawnBody,
    DrawnFilm,
    FormatError,
    LabelSet,
    ReadOptions,
)
from spondyl.labels.formats.files import film_name, find_one, need, one_file, read_json, write_json
from spondyl.labels.formats.names import level_of, point_of
from spondyl.labels.formats.points import in_order, is_named, six_points
from spondyl.labels.formats.values import body_values, film_values
from spondyl.labels.model import FilmLabel, VertebraLabel

NAME = "coco"
_IMAGE_KEYS = ("id", "file_name", "width", "height", "attributes")
_BODY_KEYS = ("id", "image_id", "keypoints", "num_keypoints", "attributes", NAME)
_TOP_KEYS = ("images", "annotations", "categories", "info")
#: Categories of the source that no annotation of the written file refers to.
_ASIDE = "spondyl_categories"


def read(path: Path, options: ReadOptions) -> LabelSet:
    """Read a COCO file.

    A body's level is said by its category's name, or by ``level``, ``name`` or ``label`` of the
    annotation or of its attributes. Annotations that name no level are kept aside.
    """
    file = find_one(path, ".json")
    content = need(read_json(file), dict, str(file), "an object with images and annotations")
    for key in ("images", "annotations"):
        need(content.get(key), list, f"{file}, {key}", "a list")
    categories = {
        category.get("id"): category
        for category in need(content.get("categories", []), list, f"{file}, categories", "a list")
    }
    by_image: dict[Any, list[tuple[int, dict[str, Any]]]] = {}
    for number, annotation in enumerate(content["annotations"]):
        need(annotation, dict, f"{file}, annotation {number}", "an object")
        by_image.setdefault(annotation.get("image_id"), []).append((number, annotation))
    drawn: list[DrawnFilm] = []
    faults: list[str] = []
    aside = 0
    for number, image in enumerate(content["images"]):
        try:
            film, unused = _film(file, number, image, by_image.pop(image.get("id"), []), categories)
        except FormatError as error:
            faults.extend(error.faults)
            continue
        drawn.append(film)
        aside += unused
    for stray in by_image:
        faults.append(f"{file}: annotations belong to image {stray!r}, which is not listed.")
    if faults:
        raise FormatError(faults)
    films, remarks = assemble(drawn, options)
    info = dict(content.get("info") or {})
    extra = dict(info.pop("spondyl", {}))
    note = str(info.pop("description", ""))
    foreign = [c for c in categories.values() if not is_ours(c)] + info.pop(_ASIDE, [])
    own = {key: value for key, value in content.items() if key not in _TOP_KEYS}
    if info:
        own["info"] = info
    if foreign:
        own["categories"] = foreign
    if own:
        extra[NAME] = own
    return LabelSet(films, note, extra, file.parent, with_remarks(remarks, aside))


def write(labels: LabelSet, path: Path) -> list[Path]:
    """Write a COCO file."""
    own: dict[str, Any] = dict(labels.extra.get(NAME, {}))
    info = {**({"description": labels.note} if labels.note else {}), **own.pop("info", {})}
    rest = {key: value for key, value in labels.extra.items() if key != NAME}
    if rest:
        info["spondyl"] = rest
    made = [_image(film) for film in labels.films]
    foreign = own.pop("categories", [])
    used = {other.get("category_id") for _, _, others in made for other in others}
    listed = [category for category in foreign if category.get("id") in used]
    if len(listed) < len(foreign):
        info[_ASIDE] = [category for category in foreign if category not in listed]
    numbers = [category["id"] for category in listed if isinstance(category["id"], int)]
    ids = {level: max(numbers, default=0) + 1 + LEVELS[level].order for level in Level}
    images, annotations = [], []
    for number, (image, bodies, others) in zip(
        _numbers([image for image, _, _ in made]), made, strict=True
    ):
        images.append({**image, "id": number})
        for level, body in bodies:
            annotations.append({**body, "image_id": number, "category_id": ids[level]})
        annotations.extend({**other, "image_id": number} for other in others)
    content = {
        **own,
        "info": info,
        "images": images,
        "annotations": [
            {**annotation, "id": number}
            for number, annotation in zip(_numbers(annotations), annotations, strict=True)
        ],
        "categories": [*listed, *(category_of(ids[level], level) for level in Level)],
    }
    return [write_json(one_file(path, "annotations.json"), content)]


def _numbers(items: Sequence[Mapping[str, Any]]) -> list[Any]:
    """An id for each: the one that it had in its source, if that is free, or else its place."""
    taken: set[Any] = set()
    for item in items:
        if "id" in item:
            taken.add(item["id"])
    given: set[Any] = set()
    numbers = []
    for place, item in enumerate(items, 1):
        number = item.get("id")
        if number is None or number in given:
            number = place
            while number in taken or number in given:
                number += 1
        given.add(number)
        numbers.append(number)
    return numbers


def _film(
    file: Path,
    number: int,
    image: Any,
    annotations: list[tuple[int, dict[str, Any]]],
    categories: Mapping[Any, dict[str, Any]],
) -> tuple[DrawnFilm, int]:
    where = f"{file}, image {number}"
    need(image, dict, where, "an object")
    name = need(image.get("file_name"), str, f"{where}, file_name", "a text")
    size = None
    if isinstance(image.get("width"), int) and isinstance(image.get("height"), int):
        size = (image["width"], image["height"])
    values: dict[str, Any] = dict(image.get("attributes") or {})
    own = {k: v for k, v in image.items() if k not in _IMAGE_KEYS}
    if image.get("id") != number + 1:
        own["id"] = image.get("id")
    if film_name(name) != name:
        own["file_name"] = name
    bodies, aside = [], []
    for place, annotation in annotations:
        body = _body(file, place, annotation, categories)
        if body is None:
            aside.append({k: v for k, v in annotation.items() if k != "image_id"})
        else:
            bodies.append(body)
    if aside:
        own["others"] = aside
    if own:
        values[NAME] = own
    return DrawnFilm(where, film_name(name), size, tuple(bodies), values), len(aside)


def _body(
    file: Path, number: int, annotation: Mapping[str, Any], categories: Mapping[Any, dict[str, Any]]
) -> DrawnBody | None:
    where = f"{file}, annotation {number}"
    category = categories.get(annotation.get("category_id"), {})
    values: dict[str, Any] = dict(annotation.get("attributes") or {})
    said = (
        category.get("name"),
        *(source.get(k) for source in (values, annotation) for k in ("level", "name", "label")),
    )
    values.pop("level", None)
    level = next((found for text in said if text and (found := level_of(str(text)))), None)
    numbers = annotation.get("keypoints")
    if level is None or not numbers:
        return None
    if not isinstance(numbers, list) or len(numbers) % 3:
        raise FormatError(f"{where}: keypoints must be x, y, visibility, three numbers a point.")
    try:
        triples = np.array(numbers, dtype=np.float64).reshape(-1, 3)
    except (TypeError, ValueError):
        raise FormatError(f"{where}: a keypoint is not a number.") from None
    seen = triples[:, 2] > 0
    names = category.get("keypoints")
    named = isinstance(names, list) and len(names) == len(triples)
    own = {k: v for k, v in annotation.items() if k not in (*_BODY_KEYS, "category_id")}
    own.update(annotation.get(NAME, {}))
    if not is_ours(category):
        own["category"] = category.get("name", annotation.get("category_id"))
    if (triples[seen, 2] != 2).any():
        own["visibility"] = [int(v) for v in triples[:, 2]]
    points = triples[seen, :2]
    if not len(points):
        return None
    kept_names = None
    if named:
        kept_names = tuple(str(n) for n, s in zip(names or (), seen, strict=True) if s)
        if not all(point_of(name) for name in kept_names):
            kept_names = None
    if annotation.get("id") != number + 1:
        own["id"] = annotation.get("id")
    if is_named(kept_names, len(points)):
        for key, value in derived(in_order(kept_names or (), points)).items():
            if key in own and is_close(own[key], value):
                del own[key]
    for key, default in (("iscrowd", 0), ("segmentation", [])):
        if own.get(key) == default:
            del own[key]
    if own:
        values[NAME] = own
    return DrawnBody(where, level, points, kept_names, values)


def _image(
    film: FilmLabel,
) -> tuple[dict[str, Any], list[tuple[Level, dict[str, Any]]], list[dict[str, Any]]]:
    """An image, the annotations of its bodies, and those that the source had beside them."""
    values = film_values(film)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    others = own.pop("others", [])
    image = {
        "file_name": film.name,
        **own,
        "width": film.size_px[0],
        "height": film.size_px[1],
        "attributes": values,
    }
    bodies = [
        (level, _annotation(body))
        for level, body in film.vertebrae.items()
        if np.isfinite(six_points(body)).any()
    ]
    return image, bodies, others


def _annotation(body: VertebraLabel) -> dict[str, Any]:
    six = np.round(six_points(body), 2)
    keypoints: list[float] = []
    for point in six:
        keypoints += [float(point[0]), float(point[1]), 2] if np.isfinite(point).all() else [0] * 3
    values = body_values(body)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    kept = {k: own.pop(k) for k in ("category", "visibility") if k in own}
    return {
        "iscrowd": 0,
        "keypoints": keypoints,
        "num_keypoints": int(np.isfinite(six).all(axis=1).sum()),
        **derived(six),
        **own,
        **({NAME: kept} if kept else {}),
        "attributes": values,
    }
