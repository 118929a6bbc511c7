"""Names for points that a source drew without saying which corner is which."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.geometry import POINT_NAMES
from spondyl.labels.formats.names import point_of
from spondyl.labels.model import VertebraLabel

_Points = NDArray[np.float64]
#: Places in ``POINT_NAMES`` in the order round a body's outline.
RING: tuple[int, ...] = (0, 4, 1, 2, 5, 3)
#: Endplates that turn less than this from the uppermost to the lowest body show no side.
_LEAST_TURN_DEG = 8.0
_LEAST_BODIES = 3


def is_named(names: Sequence[str] | None, count: int) -> bool:
    """The names are those of ``POINT_NAMES``, one a point, each once."""
    return (
        names is not None
        and len(names) == count
        and len(set(names)) == count
        and set(names) <= set(POINT_NAMES)
    )


def in_order(names: Sequence[str], points_px: _Points) -> _Points:
    """Named points in the order of ``POINT_NAMES``, shape (6, 2); NaN where a name is missing."""
    placed = np.full((len(POINT_NAMES), 2), np.nan)
    for name, point in zip(names, points_px, strict=True):
        placed[POINT_NAMES.index(name)] = point
    return placed


def six_points(body: VertebraLabel) -> _Points:
    """The six points of a body, NaN where one is not known."""
    unknown = np.full((4, 2), np.nan)
    corners = unknown if body.corners_px is None else body.corners_px
    mids = unknown[:2] if body.mid_endplates_px is None else body.mid_endplates_px
    return np.vstack([corners, mids])


def spine_directions(centres_px: Mapping[Level, _Points]) -> dict[Level, _Points]:
    """Unit vectors down the spine at each body, from its neighbours; straight down for one body."""
    levels = sorted(centres_px, key=list(Level).index)
    if len(levels) < 2:
        return {level: np.array([0.0, 1.0]) for level in levels}
    found = {}
    for place, level in enumerate(levels):
        upper = centres_px[levels[max(place - 1, 0)]]
        lower = centres_px[levels[min(place + 1, len(levels) - 1)]]
        along = lower - upper
        length = float(np.hypot(*along))
        found[level] = along / length if length > 0 else np.array([0.0, 1.0])
    return found


def outline(points_px: _Points, down: _Points) -> tuple[list[str], _Points]:
    """Two, four or six unnamed points of a body, named by endplate and side of the picture.

    Parameters
    ----------
    points_px : ndarray, shape (2, 2), (4, 2) or (6, 2)
        In any order. Two are the ends of a superior endplate, as S1 is drawn.
    down : ndarray, shape (2,)
        Unit vector down the spine.

    Returns
    -------
    names : list of str
        ``superior_left``, ``superior_right``, ``superior_middle`` and so on.
    points_px : ndarray
        In the order of the names.

    Raises
    ------
    ValueError
        If the number of points is another one.
    """
    count = len(points_px)
    if count not in (2, 4, 6):
        raise ValueError(
            f"{count} points are drawn; a body has 4 corners, 6 with mid-endplates, "
            "or 2 for a superior endplate alone"
        )
    # To the right of somebody who looks down the spine with the picture's right on his right.
    right = np.array([down[1], -down[0]])
    if right[0] < 0:
        right = -right
    plates = [points_px] if count == 2 else list(_plates(points_px, down))
    names, ordered = [], []
    for endplate, plate in zip(("superior", "inferior"), plates, strict=False):
        along = plate[np.argsort(plate @ right, kind="stable")]
        sides = ("left", "right") if len(along) == 2 else ("left", "middle", "right")
        names += [f"{endplate}_{side}" for side in sides]
        ordered.append(along)
    return names, np.vstack(ordered)


def _plates(points_px: _Points, down: _Points) -> tuple[_Points, _Points]:
    """Split points round a body into the two endplates: neighbours on the outline, far apart."""
    offset = points_px - points_px.mean(axis=0)
    # The outline's order: bodies are round enough that no two points hide behind one another.
    ring = points_px[np.argsort(np.arctan2(offset[:, 1], offset[:, 0]), kind="stable")]
    half = len(ring) // 2
    turned = [np.roll(ring, shift, axis=0) for shift in range(len(ring))]
    best = max(turned, key=lambda r: float((r[half:].mean(axis=0) - r[:half].mean(axis=0)) @ down))
    return best[:half], best[half:]


def resolve(names: Sequence[str], side: str) -> list[str]:
    """Names in Spondyl's words: left and right of the picture become posterior and anterior.

    Raises
    ------
    ValueError
        If a name says no corner, or two names say the same.
    """
    other = {"left": "right", "right": "left"}[side]
    words = {side: "posterior", other: "anterior"}
    resolved = []
    for name in names:
        found = point_of(name)
        if found is None:
            raise ValueError(f"the point {name!r} is none of {', '.join(POINT_NAMES)}")
        endplate, end = found
        resolved.append(f"{endplate}_{words.get(end, end)}")
    twice = {name for name in resolved if resolved.count(name) > 1}
    if twice:
        raise ValueError(f"the point {sorted(twice)[0]} is there more than once")
    return resolved


def infer_side(plates_px: Mapping[Level, Sequence[_Points]]) -> str | None:
    """The posterior side of a film, from how its endplates turn down the lumbar spine.

    A lordosis opens backwards: going down from T12 to S1, endplates tilt more and more forward,
    whichever way the whole film is turned.

    Parameters
    ----------
    plates_px : mapping
        Per level, endplates as arrays of shape (2, 2), the end on the picture's left first.

    Returns
    -------
    str or None
        ``left`` or ``right``; None where too little is drawn to tell.
    """
    lumbar = [level for level in Level if level not in (Level.T8, Level.T9, Level.T10, Level.T11)]
    places, slopes = [], []
    for order, level in enumerate(lumbar):
        for plate in plates_px.get(level, ()):
            along = plate[-1] - plate[0]
            places.append(float(order))
            slopes.append(float(np.degrees(np.arctan2(along[1], along[0]))))
    if len(set(places)) < _LEAST_BODIES:
        return None
    per_level = float(np.polyfit(places, slopes, 1)[0])
    turn = per_level * (max(places) - min(places))
    if abs(turn) < _LEAST_TURN_DEG:
        return None
    # Tilting down to the picture's right means that the front is on the right.
    return "left" if turn > 0 else "right"
