"""What is said of a body or a film beside its points, as JSON values or as plain texts."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from spondyl.anatomy import Status
from spondyl.labels.dataset import film_to_json, vertebra_to_json
from spondyl.labels.formats.names import status_of, status_of_answer
from spondyl.labels.formats.points import six_points
from spondyl.labels.model import FilmLabel, VertebraLabel

#: The key under which a format keeps what it has no place of its own for.
REST = "spondyl"
#: Keys that the formats use for themselves; what a label says under one of these is wrapped.
_RESERVED = (REST, "level", "points", "film", "set", "regions")
_TYPED = ("genant_grade", "height_loss", "height_losses", "assessable")
_POINT_KEYS = ("corners_px", "mid_endplates_px")


def body_values(body: VertebraLabel) -> dict[str, Any]:
    """Everything of a body but its level and points; an unknown status is left out."""
    values = {k: v for k, v in vertebra_to_json(body).items() if k not in _POINT_KEYS}
    if body.status is Status.UNKNOWN:
        del values["status"]
    return _wrapped(values)


def film_values(film: FilmLabel) -> dict[str, Any]:
    """Everything of a film but its name, size and drawn bodies.

    ``vertebrae`` holds the bodies without points, if there are any.
    """
    values = {key: value for key, value in film_to_json(film).items() if key != "size_px"}
    silent = {
        str(level): body_values(body)
        for level, body in film.vertebrae.items()
        if not np.isfinite(six_points(body)).any()
    }
    values["vertebrae"] = silent
    if not silent:
        del values["vertebrae"]
    return _wrapped(values)


def _wrapped(values: dict[str, Any]) -> dict[str, Any]:
    inner = {key: values.pop(key) for key in _RESERVED if key in values}
    return {**values, REST: inner} if inner else values


def unwrapped(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with those that had to be wrapped in their places again."""
    out = dict(values)
    inner = out.pop(REST, None)
    if isinstance(inner, dict):
        out.update(inner)
    elif inner is not None:
        out[REST] = inner
    return out


def to_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as texts, for formats whose attributes are texts; read back by `from_texts`.

    Examples
    --------
    >>> to_texts({"status": "fractured", "genant_grade": 2, "words": "old", "seed": [1, 2]})
    {'status': 'fractured', 'genant_grade': '2', 'words': 'old', 'spondyl': '{"seed": [1, 2]}'}
    """
    texts: dict[str, str] = {}
    rest: dict[str, Any] = {}
    for key, value in values.items():
        if key in _TYPED:
            texts[key] = json.dumps(value)
        elif isinstance(value, str) and _plain(value) and _plain(key):
            texts[key] = value
        else:
            rest[key] = value
    if rest:
        texts[REST] = json.dumps(rest)
    return texts


def from_texts(texts: Mapping[str, str], where: str) -> dict[str, Any]:
    """Values from texts; a text that a person emptied is left out.

    Raises
    ------
    ValueError
        If a text that must be a number, a list or an object is not; it names ``where``.
    """
    values: dict[str, Any] = {}
    for key, text in texts.items():
        if text.strip() == "":
            continue
        if key in _TYPED or key == REST:
            value = _json(text, key, where)
            if key == REST and isinstance(value, dict):
                values.update(value)
            else:
                values[key] = value
        else:
            values[key] = text
    return values


def with_status(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with the status in Spondyl's words.

    A word that is not known is kept as ``source_status``; a key ``fractured`` or ``fracture`` is
    understood as a question, and stays.
    """
    out = unwrapped(values)
    if "status" in out:
        status = status_of(out["status"])
        if status is None:
            out["source_status"] = out["status"]
            status = Status.UNKNOWN
        out["status"] = str(status)
        return out
    for key in ("fractured", "fracture"):
        answer = status_of_answer(out[key]) if key in out else None
        if answer is not None:
            return {**out, "status": str(answer)}
    return out


def _plain(text: str) -> bool:
    """It comes back unchanged from XML, from a form field, and from a person's eye."""
    return text != "" and text.isprintable() and text == text.strip()


def _json(text: str, key: str, where: str) -> Any:
    try:
        return json.loads(text.strip().lower() if key == "assessable" else text)
    except json.JSONDecodeError:
        raise ValueError(f"{where}: {key} cannot be {text!r}.") from None
