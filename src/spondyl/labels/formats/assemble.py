"""From what a source draws to labels: sides found, corners named, bodies put together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.geometry import POINT_NAMES
from spondyl.labels.dataset import DatasetError, film_from_json
from spondyl.labels.formats.drawn import DrawnBody, DrawnFilm, FormatError, ReadOptions
from spondyl.labels.formats.names import point_of
from spondyl.labels.formats.points import (
    in_order,
    infer_side,
    is_named,
    outline,
    resolve,
    spine_directions,
)
from spondyl.labels.formats.values import unwrapped, with_status
from spondyl.labels.model import FilmLabel

_SIDES = ("left", "right")


def assemble(
    drawn: Iterable[DrawnFilm], options: ReadOptions
) -> tuple[tuple[FilmLabel, ...], tuple[str, ...]]:
    """Labels of drawn films.

    Returns
    -------
    films : tuple of FilmLabel
    remarks : tuple of str
        Which sides were told from the curve of the spine.

    Raises
    ------
    FormatError
        With every fault of every film: a level drawn twice, a number of points that is no body, a
        side that neither the source nor the spine tells, a film named twice.
    """
    films: list[FilmLabel] = []
    faults: list[str] = []
    told: list[str] = []
    blank = 0
    seen: set[str] = set()
    for film in drawn:
        if film.name in seen:
            faults.append(f"{film.where}: the film {film.name!r} is there twice.")
            continue
        seen.add(film.name)
        if not film.name:
            faults.append(f"{film.where}: it names no film.")
            continue
        try:
            label, inferred = _film(film, options)
        except FormatError as error:
            faults.extend(error.faults)
            continue
        films.append(label)
        if inferred:
            told.append(f"{film.name} ({label.posterior_side})")
        if not film.bodies and not (options.side or film.values.get("posterior_side")):
            blank += 1
    if faults:
        raise FormatError(faults)
    remarks = []
    if told:
        shown = ", ".join(told[:3]) + (", ..." if len(told) > 3 else "")
        remarks.append(
            f"The posterior side of {len(told)} films was told from the curve of the spine: "
            f"{shown}. Where that is wrong, give --side."
        )
    if blank:
        remarks.append(
            f"Nothing is drawn on {blank} films and nothing says their posterior side; "
            '"left" is written for them.'
        )
    return tuple(films), tuple(remarks)


def _film(film: DrawnFilm, options: ReadOptions) -> tuple[FilmLabel, bool]:
    bodies, faults = _merge(film.bodies)
    size = film.size_px or (options.size_of(film.name) if options.size_of else None)
    if size is None:
        faults.append(
            f"{film.where}: the size of {film.name!r} is not said here, and its picture was not "
            "found; say where the pictures are with --films."
        )
    stated = str(film.values.get("posterior_side", "")).lower()
    side = stated if stated in _SIDES else options.side or _side_of_named(bodies)
    inferred = False
    if side is None:
        side = _side(bodies)
        inferred = side is not None
    if side is None and bodies:
        faults.append(
            f"{film.where}: nothing says on which side of {film.name!r} the patient's back is, and "
            "too little is drawn to tell; say it with --side left or --side right."
        )
    placed: dict[Level, NDArray[np.float64]] = {}
    centres = {level: body.points_px.mean(axis=0) for level, body in bodies.items()}
    downs = spine_directions(centres)
    for level, body in bodies.items():
        if side is None:
            break
        try:
            placed[level] = _place(body, downs[level], side)
        except ValueError as error:
            faults.append(f"{body.where}, {level}: {error}.")
    if faults:
        raise FormatError(faults)
    assert size is not None
    values = _json(unwrapped(film.values), bodies, placed)
    values.update(size_px=list(size), posterior_side=side or "left")
    try:
        return film_from_json(film.where, film.name, values), inferred
    except DatasetError as error:
        raise FormatError(str(error)) from None


def _merge(drawn: Iterable[DrawnBody]) -> tuple[dict[Level, DrawnBody], list[str]]:
    """One body a level; points that a source draws one by one are put together."""
    pieces: dict[Level, list[DrawnBody]] = defaultdict(list)
    for body in drawn:
        pieces[body.level].append(body)
    bodies, faults = {}, []
    for level, parts in pieces.items():
        if len(parts) == 1:
            bodies[level] = parts[0]
            continue
        named = all(p.names is not None for p in parts)
        single = all(len(p.points_px) == 1 for p in parts)
        names = tuple(name for p in parts for name in p.names or ())
        if not (named or single) or len(set(names)) < len(names):
            faults.append(f"{parts[1].where}: {level} is drawn more than once.")
            continue
        values: dict[str, Any] = {}
        for part in parts:
            values.update(part.values)
        points = np.vstack([p.points_px for p in parts])
        bodies[level] = DrawnBody(parts[0].where, level, points, names if named else None, values)
    ordered = {level: bodies[level] for level in Level if level in bodies}
    return ordered, faults


def _side(bodies: Mapping[Level, DrawnBody]) -> str | None:
    downs = spine_directions({lv: body.points_px.mean(axis=0) for lv, body in bodies.items()})
    plates: dict[Level, list[NDArray[np.float64]]] = {}
    for level, body in bodies.items():
        try:
            names, points = outline(body.points_px, downs[level])
        except ValueError:
            continue
        half = len(points) if len(names) == 2 else len(points) // 2
        plates[level] = [points[:half]]
        # The sacrum's lower end is no endplate.
        if half < len(points) and level is not Level.S1:
            plates[level].append(points[half:])
    return infer_side(plates)


def _side_of_named(bodies: Mapping[Level, DrawnBody]) -> str | None:
    """Where the points say front and back, the side is seen from them."""
    forward = 0.0
    for body in bodies.values():
        for name, point in zip(body.names or (), body.points_px, strict=False):
            found = point_of(name)
            if found and found[1] in ("anterior", "posterior"):
                sign = 1 if found[1] == "anterior" else -1
                forward += sign * float(point[0] - body.points_px[:, 0].mean())
    if forward == 0.0:
        return None
    return "left" if forward > 0 else "right"


def _place(body: DrawnBody, down: NDArray[np.float64], side: str) -> NDArray[np.float64]:
    """The six points of a body, NaN where one is not drawn."""
    if is_named(body.names, len(body.points_px)):
        return in_order(body.names or (), body.points_px)
    if body.names is not None and all(point_of(name) for name in body.names):
        return in_order(resolve(body.names, side), body.points_px)
    if len(body.points_px) == 2 and body.level is not Level.S1:
        raise ValueError("2 points are drawn; only S1 may be drawn by its superior endplate alone")
    names, points = outline(body.points_px, down)
    return in_order(resolve(names, side), points)


def _json(
    values: Mapping[str, Any],
    bodies: Mapping[Level, DrawnBody],
    placed: Mapping[Level, NDArray[np.float64]],
) -> dict[str, Any]:
    """The film as it stands in a data set's file."""
    silent = values.get("vertebrae")
    vertebrae = {
        name: with_status(body)
        for name, body in (silent.items() if isinstance(silent, dict) else ())
        if name not in bodies
    }
    for level, body in bodies.items():
        named = {
            name: [float(v) for v in point]
            for name, point in zip(POINT_NAMES, placed[level], strict=True)
            if np.isfinite(point).all()
        }
        value = with_status(body.values)
        corners = {name: point for name, point in named.items() if not name.endswith("_middle")}
        mids = {name[:8]: point for name, point in named.items() if name.endswith("_middle")}
        if corners:
            value["corners_px"] = corners
        if mids:
            value["mid_endplates_px"] = mids
        vertebrae[str(level)] = value
    return {**values, "vertebrae": vertebrae}


def with_remarks(remarks: tuple[str, ...], unnamed: int) -> tuple[str, ...]:
    """Remarks, and one on shapes that name no level."""
    if not unnamed:
        return remarks
    return (
        *remarks,
        f"{unnamed} shapes name no single level from T8 to S1; they are kept aside, unused.",
    )


__all__ = ["assemble", "with_remarks"]
