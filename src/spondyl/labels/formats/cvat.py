"""CVAT for images 1.1: one XML file, a polygon per body, attributes for what is said of it.

Points are measured from the picture's outer corner: half a pixel more than ours. Python's own
parser is used: it opens no external entities, and its expat bounds the growth of internal ones.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.files import write_whole
from spondyl.geometry import POINT_NAMES
from spondyl.labels.formats.assemble import assemble, with_remarks
from spondyl.labels.formats.cvat_labels import (
    BODY_FIELDS,
    FILM_FIELDS,
    define_attributes,
    label_definition,
)
from spondyl.labels.formats.drawn import (
    DrawnBody,
    DrawnFilm,
    FormatError,
    LabelSet,
    ReadOptions,
)
from spondyl.labels.formats.files import film_name, find_one, one_file, read_text
from spondyl.labels.formats.names import level_of, point_of
from spondyl.labels.formats.points import RING, six_points
from spondyl.labels.formats.values import body_values, film_values, from_texts, to_texts
from spondyl.labels.model import FilmLabel, VertebraLabel

NAME = "cvat"
VERSION = "1.1"
FILM_TAG = "film"
_HALF_PX = 0.5
_IMAGE_KEYS = ("id", "name", "width", "height")
_SHAPES = ("polygon", "points", "polyline")
_SHAPE_DEFAULTS = {"source": "manual", "occluded": "0", "z_order": "0"}


def read(path: Path, options: ReadOptions) -> LabelSet:
    """Read a CVAT file.

    A shape's label says the level, or its attribute ``level`` does where all bodies share a label;
    skeletons are read by the labels of their points. Other shapes and tags are kept aside.
    """
    file = find_one(path, ".xml")
    text = read_text(file)
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        line, column = error.position
        raise FormatError(
            f"{file}, line {line}, column {column}: this is not whole XML; export it again."
        ) from None
    if root.tag != "annotations":
        raise FormatError(f"{file}: expected <annotations>, found <{root.tag}>.")
    if root.find("track") is not None:
        raise FormatError(
            f"{file}: this is 'CVAT for video', with tracks; export as 'CVAT for images 1.1'."
        )
    drawn: list[DrawnFilm] = []
    faults: list[str] = []
    aside = 0
    for image in root.iter("image"):
        try:
            film, unused = _film(file, image)
        except FormatError as error:
            faults.extend(error.faults)
            continue
        drawn.append(film)
        aside += unused
    if faults:
        raise FormatError(faults)
    films, remarks = assemble(drawn, options)
    note, extra = _whole(root)
    return LabelSet(films, note, extra, file.parent, with_remarks(remarks, aside))


def write(labels: LabelSet, path: Path) -> list[Path]:
    """Write a CVAT file, which CVAT takes as annotations of a task with the same pictures."""
    own: dict[str, Any] = dict(labels.extra.get(NAME, {}))
    root = ET.Element("annotations")
    ET.SubElement(root, "version").text = own.pop("version", VERSION)
    images = [_image(number, film) for number, film in enumerate(labels.films)]
    root.append(_meta(own.pop("meta", None), labels, images))
    for raw in own.pop("rest", ()):
        root.append(ET.fromstring(raw))
    root.extend(images)
    ET.indent(root, " ")
    text = '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")
    return [write_whole(one_file(path, "annotations.xml"), text + "\n", make_folder=True)]


def _film(file: Path, image: ET.Element) -> tuple[DrawnFilm, int]:
    name = image.get("name", "")
    where = f"{file}, image {name!r}"
    try:
        size = (int(image.get("width", "")), int(image.get("height", "")))
    except ValueError:
        raise FormatError(f"{where}: width and height must be whole numbers.") from None
    values: dict[str, Any] = {}
    own: dict[str, Any] = {k: v for k, v in image.attrib.items() if k not in _IMAGE_KEYS}
    if film_name(name) != name:
        own["name"] = name
    bodies: list[DrawnBody] = []
    others: list[str] = []
    for place, shape in enumerate(image):
        here = f"{where}, shape {place}"
        if shape.tag == "tag" and shape.get("label") == FILM_TAG:
            values.update(_attributes(shape, here))
            continue
        found = list(_bodies(here, shape))
        bodies += found
        if not found:
            others.append(_raw(shape))
    if others:
        own["others"] = others
    if own:
        values[NAME] = {**own, **values.get(NAME, {})}
    return DrawnFilm(where, film_name(name), size, tuple(bodies), values), len(others)


def _bodies(where: str, shape: ET.Element) -> Iterable[DrawnBody]:
    """The body that a shape draws, if it draws one."""
    label = shape.get("label", "")
    values = _attributes(shape, where)
    said = values.pop("level", "")
    level = level_of(label) or level_of(str(said))
    if level is None:
        return
    own = {
        k: v
        for k, v in shape.attrib.items()
        if k not in ("label", "points") and _SHAPE_DEFAULTS.get(k) != v
    }
    if label not in set(Level):
        own["label"] = label
    names: tuple[str, ...] | None
    if shape.tag == "skeleton":
        # A point that is "outside" was not placed.
        joints = [joint for joint in shape.findall("points") if joint.get("outside", "0") != "1"]
        points = [_points(where, joint.get("points", ""))[0] for joint in joints]
        names = tuple(joint.get("label", "") for joint in joints)
        array = np.array(points, dtype=np.float64).reshape(-1, 2)
    elif shape.tag in _SHAPES:
        array = _points(where, shape.get("points", ""))
        listed = str(values.pop("points", ""))
        names = tuple(listed.split(",")) if listed else None
        if names is None and len(array) == 1 and point_of(label):
            names = (label,)
    else:
        return
    if not len(array):
        return
    if own:
        values[NAME] = {**own, **values.get(NAME, {})}
    yield DrawnBody(where, level, array, names, values)


def _attributes(element: ET.Element, where: str) -> dict[str, Any]:
    texts = {a.get("name", ""): a.text or "" for a in element.findall("attribute")}
    try:
        return from_texts(texts, where)
    except ValueError as error:
        raise FormatError(str(error)) from None


def _points(where: str, text: str) -> NDArray[np.float64]:
    try:
        pairs = [[float(v) for v in pair.split(",")] for pair in text.split(";") if pair]
        return np.array(pairs, dtype=np.float64).reshape(-1, 2) - _HALF_PX
    except ValueError:
        raise FormatError(f"{where}: points must be like 1.00,2.00;3.00,4.00.") from None


def _raw(element: ET.Element) -> str:
    """An element as text, without the white space that only lays the file out."""
    copy = ET.fromstring(ET.tostring(element, encoding="unicode"))
    copy.tail = None
    for inner in copy.iter():
        if len(inner) and not (inner.text or "").strip():
            inner.text = None
        if not (inner.tail or "").strip():
            inner.tail = None
    return ET.tostring(copy, encoding="unicode")


def _whole(root: ET.Element) -> tuple[str, dict[str, Any]]:
    """What the file says of the set: our block within ``meta``, and everything else of it."""
    note = ""
    extra: dict[str, Any] = {}
    own: dict[str, Any] = {}
    version = root.findtext("version", VERSION)
    if version != VERSION:
        own["version"] = version
    meta = root.find("meta")
    if meta is not None:
        ours = meta.find("spondyl")
        if ours is not None:
            values = from_texts({a.get("name", ""): a.text or "" for a in ours}, "meta")
            note = values.pop("note", "")
            extra.update(values.pop("set", {}))
        else:
            own["meta"] = _raw(meta)
    rest = [_raw(e) for e in root if e.tag not in ("version", "meta", "image")]
    if rest:
        own["rest"] = rest
    if own:
        extra[NAME] = {**own, **extra.get(NAME, {})}
    return note, extra


def _meta(kept: str | None, labels: LabelSet, images: Iterable[ET.Element]) -> ET.Element:
    meta = ET.fromstring(kept) if kept else ET.Element("meta")
    lists = list(meta.iter("labels"))
    if lists:
        listing = lists[0]
    else:
        task = ET.SubElement(meta, "task")
        ET.SubElement(task, "name").text = "spondyl"
        ET.SubElement(task, "size").text = str(len(labels.films))
        ET.SubElement(task, "mode").text = "annotation"
        listing = ET.SubElement(task, "labels")
    known = {label.findtext("name") for label in listing}
    for level in Level:
        if level not in known:
            listing.append(label_definition(level, "any", BODY_FIELDS))
    if FILM_TAG not in known:
        listing.append(label_definition(FILM_TAG, "tag", FILM_FIELDS))
    define_attributes(listing, (shape for image in images for shape in image))
    extra = {key: value for key, value in labels.extra.items() if key != NAME}
    values: dict[str, Any] = {"set": {**extra, **({NAME: {"meta": kept}} if kept else {})}}
    if labels.note:
        values["note"] = labels.note
    ours = ET.SubElement(meta, "spondyl")
    _add_attributes(ours, to_texts(values))
    return meta


def _image(number: int, film: FilmLabel) -> ET.Element:
    values = film_values(film)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    others = own.pop("others", [])
    image = ET.Element(
        "image",
        {
            "id": str(number),
            "name": film.name,
            "width": str(film.size_px[0]),
            "height": str(film.size_px[1]),
            **own,
        },
    )
    tag = ET.SubElement(image, "tag", {"label": FILM_TAG, "source": "manual"})
    _add_attributes(tag, to_texts(values))
    for level, body in film.vertebrae.items():
        if np.isfinite(six_points(body)).any():
            image.append(_shape(str(level), body))
    for raw in others:
        image.append(ET.fromstring(raw))
    return image


def _shape(level: str, body: VertebraLabel) -> ET.Element:
    six = six_points(body)
    ring = [place for place in RING if np.isfinite(six[place]).all()]
    values = body_values(body)
    own: dict[str, Any] = dict(values.pop(NAME, {}))
    said = own.pop("label", level)
    # A label that all bodies share stays; the level is an attribute then.
    label = said if level_of(said) in (level, None) and not point_of(said) else level
    points = ";".join(",".join(f"{v + _HALF_PX:.2f}" for v in six[place]) for place in ring)
    kind = "polygon" if len(ring) >= 3 else "points"
    shape = ET.Element(kind, {"label": label, **_SHAPE_DEFAULTS, **own, "points": points})
    texts = to_texts(values)
    if level_of(label) is None:
        texts["level"] = level
    texts["points"] = ",".join(POINT_NAMES[place] for place in ring)
    _add_attributes(shape, texts)
    return shape


def _add_attributes(element: ET.Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        ET.SubElement(element, "attribute", {"name": name}).text = text
