"""What a decision says of a film, as a label.

A decision keeps the whole state after it: every body with its points, status and grade. A reading
of the model becomes the same form, so that one may be held against the other.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level, Shape, Status
from spondyl.geometry import CORNER_NAMES, POINT_NAMES
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.serve.store.kinds import DecisionKind

_SIDES = ("left", "right")
_GRADES = range(4)
_NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True)
class View:
    """What one reader makes of a film.

    Attributes
    ----------
    label : FilmLabel
    rejected : bool
        The film, or what the model said of it, was turned down: there is nothing to learn from it.
    assessable : bool
        The film as a whole can be judged.
    """

    label: FilmLabel
    rejected: bool = False
    assessable: bool = True


def state_of_reading(reading: Mapping[str, Any]) -> dict[str, Any]:
    """The state that accepting a ``spondyl.reading/1`` as it is leads to."""
    bodies = []
    for found in reading.get("vertebrae", ()):
        points = dict(found.get("corners_px") or {})
        middles = found.get("mid_endplates_px")
        if middles:
            points["superior_middle"] = middles["superior"]
            points["inferior_middle"] = middles["inferior"]
        status = Status.UNKNOWN
        if found.get("assessable"):
            status = Status.FRACTURED if found.get("fractured") else Status.NORMAL
        bodies.append(
            {
                "level": found["level"],
                "points_px": points,
                "status": str(status),
                "genant_grade": found.get("genant_grade"),
                "shape": found.get("shape"),
                "origin": "model",
            }
        )
    return {
        "vertebrae": bodies,
        "posterior_side": (reading.get("film") or {}).get("posterior_side"),
        "shift": 0,
        "assessable": bool(reading.get("assessable", True)),
        "comment": "",
    }


def view_of(
    kind: DecisionKind,
    body: Mapping[str, Any],
    reading: Mapping[str, Any] | None,
    film: FilmLabel,
) -> View:
    """What a decision says of a film.

    Parameters
    ----------
    kind : DecisionKind
    body : mapping
        The decision's state. One that accepts without saying what is taken for the reading's.
    reading : mapping or None
        What the model had said.
    film : FilmLabel
        The film's name, size, patient and the like; its bodies are left out.
    """
    if kind is DecisionKind.REJECT:
        return View(replace(film, vertebrae={}), rejected=True)
    if kind is DecisionKind.ACCEPT and not body.get("vertebrae") and reading is not None:
        body = state_of_reading(reading)
    side = body.get("posterior_side")
    if side not in _SIDES and reading is not None:
        side = (reading.get("film") or {}).get("posterior_side")
    assessable = body.get("assessable") is not False
    return View(
        replace(
            film,
            posterior_side=side if side in _SIDES else film.posterior_side,
            vertebrae=bodies_of(body.get("vertebrae") or ()),
        ),
        assessable=assessable,
    )


def bodies_of(vertebrae: Sequence[Mapping[str, Any]]) -> dict[Level, VertebraLabel]:
    """Bodies of a state, top to bottom; what follows no form is left out, not guessed at."""
    found = {}
    for body in vertebrae:
        if body.get("level") not in set(Level):
            continue
        level = Level(body["level"])
        points = points_of(body.get("points_px") or {})
        corners, middles = points[:4], points[4:]
        status = body.get("status")
        grade, shape = body.get("genant_grade"), body.get("shape")
        found[level] = VertebraLabel(
            level=level,
            corners_px=corners if np.isfinite(corners).any() else None,
            mid_endplates_px=middles if np.isfinite(middles).all() else None,
            status=Status(status) if status in set(Status) else Status.UNKNOWN,
            genant_grade=int(grade) if grade is not None and grade in _GRADES else None,
            shape=Shape(shape) if shape in set(Shape) else None,
            assessable=status != _NOT_ASSESSABLE,
            extra={"note": str(body["note"])} if body.get("note") else {},
        )
    return dict(sorted(found.items(), key=lambda item: list(Level).index(item[0])))


def points_of(points_px: Mapping[str, Any]) -> NDArray[np.float64]:
    """Shape (6, 2), order ``geometry.POINT_NAMES``; NaN rows where a point is missing."""
    rows = []
    for name in POINT_NAMES:
        point = points_px.get(name)
        rows.append(_pair(point) if point is not None else (math.nan, math.nan))
    return np.array(rows, dtype=np.float64)


def _pair(point: Any) -> tuple[float, float]:
    try:
        x, y = (float(value) for value in point)
    except (TypeError, ValueError):
        return math.nan, math.nan
    return (x, y) if math.isfinite(x) and math.isfinite(y) else (math.nan, math.nan)


def state_of_label(label: FilmLabel) -> dict[str, Any]:
    """The state of a decision that says what a label says."""
    bodies = []
    for level, body in label.vertebrae.items():
        points: dict[str, list[float]] = {}
        rows = [*(body.corners_px if body.corners_px is not None else ())]
        if len(rows) == len(CORNER_NAMES) and body.mid_endplates_px is not None:
            rows += [*body.mid_endplates_px]
        for name, row in zip(POINT_NAMES, rows, strict=False):
            if np.isfinite(row).all():
                points[name] = [float(row[0]), float(row[1])]
        bodies.append(
            {
                "level": str(level),
                "points_px": points,
                "status": str(body.status),
                "genant_grade": body.genant_grade,
                "shape": None if body.shape is None else str(body.shape),
                "origin": "reader",
            }
        )
    return {
        "vertebrae": bodies,
        "posterior_side": label.posterior_side or _side_of(label),
        "shift": 0,
        "assessable": True,
        "comment": "",
    }


def _side_of(label: FilmLabel) -> str:
    """The posterior side by the corners' names, where the label does not say it."""
    ahead = [
        float(np.mean(body.corners_px[1:3, 0]) - np.mean(body.corners_px[[0, 3], 0]))
        for body in label.vertebrae.values()
        if body.has_quad and body.corners_px is not None
    ]
    return "left" if sum(ahead) >= 0 else "right"
