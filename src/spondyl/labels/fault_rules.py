"""What can be wrong with the label of one body: a rule a function."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Status
from spondyl.geometry import CORNER_NAMES, points_in_quad
from spondyl.labels.model import VertebraLabel

_Points = NDArray[np.float64]


class FaultKind(StrEnum):
    """What is wrong."""

    FORM = "form"
    DUPLICATE = "duplicate"
    PICTURE = "picture"
    SIZE = "size"
    OFF_FILM = "off-film"
    CROSSED = "crossed"
    UPSIDE_DOWN = "upside-down"
    SIDE = "side"
    ORDER = "order"
    OVERLAP = "overlap"
    MIDDLE = "middle"
    HEIGHT = "height"
    DEPTH = "depth"
    GRADE = "grade"
    LEAK = "leak"


@dataclass(frozen=True)
class CheckSettings:
    """What is still plausible; wide enough for severe collapse and for rare simulated spines.

    Attributes
    ----------
    anterior_posterior : tuple of float
        Least and largest anterior over posterior height.
    height_depth : tuple of float
        Least and largest of any height over the body's depth.
    depth : tuple of float
        Least and largest depth over the median depth of the film's bodies.
    middle_place : float
        How far from an endplate's ends its middle must lie, as a share of the endplate.
    middle_depth : float
        How far the middle may sink in, as a share of the mean height.
    middle_bulge : float
        How far it may stand out.
    """

    anterior_posterior: tuple[float, float] = (0.2, 2.0)
    height_depth: tuple[float, float] = (0.08, 1.6)
    depth: tuple[float, float] = (0.5, 1.8)
    middle_place: float = 0.15
    middle_depth: float = 0.7
    middle_bulge: float = 0.25


def known_corners(body: VertebraLabel) -> _Points:
    """The corners that are known, shape (n, 2)."""
    if body.corners_px is None:
        return np.empty((0, 2))
    return body.corners_px[np.isfinite(body.corners_px).all(axis=1)]


def axis(quad: _Points | None, otherwise: _Points) -> _Points:
    """Down a body's own axis; the sacrum may lie so flat that the spine's says nothing of it."""
    if quad is None:
        return otherwise
    along = quad[2] + quad[3] - quad[0] - quad[1]
    length = float(np.hypot(*along))
    return along / length if length > 0 else otherwise


def off_film(body: VertebraLabel, size_px: tuple[int, int]) -> Iterator[tuple[FaultKind, str]]:
    """Points that lie outside the picture."""
    # A body that is cut off is marked not assessable, and may reach over the edge.
    if not body.assessable:
        return
    names = [*CORNER_NAMES, "superior middle", "inferior middle"]
    points = [*_rows(body.corners_px, 4), *_rows(body.mid_endplates_px, 2)]
    for name, (x, y) in zip(names, points, strict=True):
        if x < -0.5 or y < -0.5 or x > size_px[0] - 0.5 or y > size_px[1] - 0.5:
            yield (
                FaultKind.OFF_FILM,
                f"{name.replace('_', ' ')} ({x:.1f}, {y:.1f}) lies off the film of "
                f"{size_px[0]} x {size_px[1]} pixels.",
            )


def _rows(points: _Points | None, count: int) -> _Points:
    return np.full((count, 2), np.nan) if points is None else points


def outline_faults(body: VertebraLabel, down: _Points) -> Iterator[tuple[FaultKind, str]]:
    """Corners that cross, make a dent or stand on their head."""
    if not body.has_quad or body.corners_px is None:
        return
    quad = body.corners_px
    edges = np.roll(quad, -1, axis=0) - quad
    turns = _cross(edges, np.roll(edges, -1, axis=0))
    if not (np.all(turns > 0) or np.all(turns < 0)):
        crossed = _meet(quad[0], quad[1], quad[3], quad[2]) or _meet(
            quad[0], quad[3], quad[1], quad[2]
        )
        yield (
            FaultKind.CROSSED,
            "its corners cross: going round, they do not make an outline."
            if crossed
            else "its outline has a dent: a corner lies within the other three, or two coincide.",
        )
        return
    sp, sa, ia, ip = quad
    if float(((ia + ip) - (sp + sa)) @ down) <= 0:
        yield FaultKind.UPSIDE_DOWN, "its superior endplate lies below its inferior one."


def _cross(one: _Points, other: _Points) -> _Points:
    product: _Points = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return product


def _meet(a: _Points, b: _Points, c: _Points, d: _Points) -> bool:
    """The segments a-b and c-d cross."""
    one = _cross(b - a, c - a) * _cross(b - a, d - a)
    other = _cross(d - c, a - c) * _cross(d - c, b - c)
    return bool(one < 0 and other < 0)


def lies_in(point: _Points, body: VertebraLabel) -> bool:
    """A point lies in a body all of whose corners are known."""
    if not body.has_quad or body.corners_px is None:
        return False
    return bool(points_in_quad(point, body.corners_px))


def depth_px(quad: _Points) -> float:
    """Mean length of the two endplates of a quad (4, 2)."""
    sp, sa, ia, ip = quad
    return 0.5 * (float(np.hypot(*(sa - sp))) + float(np.hypot(*(ia - ip))))


def height_faults(
    body: VertebraLabel, settings: CheckSettings, median: float | None
) -> Iterator[tuple[FaultKind, str]]:
    """Heights and depth that no body has, against its own depth and the film's median depth."""
    # The sacrum's lower end is no endplate; it is drawn as readers please.
    if not body.has_quad or body.corners_px is None or not LEVELS[body.level].judged:
        return
    sp, sa, ia, ip = body.corners_px
    depth = depth_px(body.corners_px)
    if depth == 0:
        return
    posterior, anterior = float(np.hypot(*(ip - sp))), float(np.hypot(*(ia - sa)))
    heights = {"anterior": anterior, "posterior": posterior}
    if body.mid_endplates_px is not None:
        heights["middle"] = float(np.hypot(*(body.mid_endplates_px[1] - body.mid_endplates_px[0])))
    low, high = settings.height_depth
    for name, height in heights.items():
        if not low <= height / depth <= high:
            yield (
                FaultKind.HEIGHT,
                f"its {name} height is {height / depth:.2f} of its depth; {low} to {high} is "
                "plausible.",
            )
    low, high = settings.anterior_posterior
    if posterior > 0 and not low <= anterior / posterior <= high:
        yield (
            FaultKind.HEIGHT,
            f"its anterior height is {anterior / posterior:.2f} of the posterior; {low} to {high} "
            "is plausible.",
        )
    low, high = settings.depth
    if median and not low <= depth / median <= high:
        yield (
            FaultKind.DEPTH,
            f"its depth is {depth / median:.2f} of the median of this film's bodies; {low} to "
            f"{high} is plausible.",
        )


def middle_faults(body: VertebraLabel, settings: CheckSettings) -> Iterator[tuple[FaultKind, str]]:
    """Middles of endplates that do not lie between the corners of theirs."""
    if body.corners_px is None or body.mid_endplates_px is None or not body.has_quad:
        return
    sp, sa, ia, ip = body.corners_px
    height = 0.5 * (float(np.hypot(*(ip - sp))) + float(np.hypot(*(ia - sa))))
    inward = (ia + ip) - (sp + sa)
    plates = (("superior", sp, sa, 1.0), ("inferior", ip, ia, -1.0))
    for (name, start, end, sign), middle in zip(plates, body.mid_endplates_px, strict=True):
        along = end - start
        length = float(np.hypot(*along))
        if length == 0 or height == 0:
            continue
        place = float((middle - start) @ along) / length**2
        normal = np.array([-along[1], along[0]]) / length
        if float(normal @ inward) < 0:
            normal = -normal
        sunk = sign * float((middle - start) @ normal) / height
        outside = not settings.middle_place <= place <= 1 - settings.middle_place
        if outside or not -settings.middle_bulge <= sunk <= settings.middle_depth:
            yield (
                FaultKind.MIDDLE,
                f"the middle of its {name} endplate does not lie between that endplate's corners.",
            )


def grade_faults(body: VertebraLabel) -> Iterator[tuple[FaultKind, str]]:
    """A grade that is none, or that its status contradicts."""
    grade = body.genant_grade
    if grade is not None and grade not in (0, 1, 2, 3):
        yield FaultKind.GRADE, f"Genant grade {grade!r} is none of 0, 1, 2, 3."
    elif body.status is Status.NORMAL and grade:
        yield FaultKind.GRADE, f"it is normal, and of Genant grade {grade}."
    elif body.status is Status.FRACTURED and grade == 0:
        yield FaultKind.GRADE, "it is fractured, and of Genant grade 0."
