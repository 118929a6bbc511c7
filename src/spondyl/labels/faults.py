"""What can be wrong with the label of a film, each fault named."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Level, Status
from spondyl.geometry import CORNER_NAMES, points_in_quad
from spondyl.labels.model import FilmLabel, VertebraLabel

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
class Fault:
    """One fault of one film.

    Attributes
    ----------
    film : str
    level : Level or None
        None where the whole film is meant.
    kind : FaultKind
    sentence : str
    """

    film: str
    level: Level | None
    kind: FaultKind
    sentence: str


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


def film_faults(
    film: FilmLabel,
    settings: CheckSettings | None = None,
    picture_px: tuple[int, int] | None = None,
) -> list[Fault]:
    """Every fault of one film's label.

    Parameters
    ----------
    film : FilmLabel
    settings : CheckSettings, optional
    picture_px : tuple of int, optional
        (width, height) of the film's picture, where it was looked at.

    Returns
    -------
    list of Fault
        Those of the film as a whole first, then by level from top to bottom.
    """
    settings = settings or CheckSettings()
    faults = list(_of_film(film, picture_px))
    quads = {
        level: body.corners_px
        for level, body in film.vertebrae.items()
        if body.has_quad and body.corners_px is not None
    }
    down = _down(film)
    depths = [_depth(quad) for level, quad in quads.items() if level is not Level.S1]
    median = float(np.median(depths)) if len(depths) > 2 else None
    wrong_side = _wrong_side(film)
    if len(wrong_side) > 1 and len(wrong_side) == len(_ends(film)):
        other = {"left": "right", "right": "left"}[film.posterior_side]
        faults.append(
            Fault(
                film.name, None, FaultKind.SIDE,
                f"posterior_side is {film.posterior_side}; by the corners of all "
                f"{len(wrong_side)} bodies it is {other}.",
            )
        )  # fmt: skip
        wrong_side = []
    for level, body in film.vertebrae.items():
        found = [
            *_off_film(body, film.size_px),
            *_shape(body, _axis(quads.get(Level.L5), down) if level is Level.S1 else down),
            *([_side_sentence(film.posterior_side)] if level in wrong_side else []),
            *_measures(body, settings, median),
            *_middles(body, settings),
            *_grade(body),
        ]
        faults += [Fault(film.name, level, kind, sentence) for kind, sentence in found]
    return faults


def _of_film(film: FilmLabel, picture_px: tuple[int, int] | None) -> Iterator[Fault]:
    if picture_px is not None and tuple(picture_px) != tuple(film.size_px):
        width, height = film.size_px
        yield Fault(
            film.name, None, FaultKind.SIZE,
            f"the label is of a film of {width} x {height} pixels, the picture has "
            f"{picture_px[0]} x {picture_px[1]}.",
        )  # fmt: skip
    centres = {level: _known(body).mean(axis=0) for level, body in _drawn(film).items()}
    levels = list(centres)
    down = _down(film)
    for upper, lower in itertools.pairwise(levels):
        apart = centres[lower] - centres[upper]
        if float(apart @ down) <= 0:
            yield Fault(
                film.name, lower, FaultKind.ORDER,
                f"it lies above {upper}, which it should lie below.",
            )  # fmt: skip
        elif _inside(centres[lower], film.vertebrae[upper]) or _inside(
            centres[upper], film.vertebrae[lower]
        ):
            yield Fault(film.name, lower, FaultKind.OVERLAP, f"it is drawn over {upper}.")


def _drawn(film: FilmLabel) -> dict[Level, VertebraLabel]:
    return {level: body for level, body in film.vertebrae.items() if len(_known(body))}


def _known(body: VertebraLabel) -> _Points:
    """The corners that are known, shape (n, 2)."""
    if body.corners_px is None:
        return np.empty((0, 2))
    return body.corners_px[np.isfinite(body.corners_px).all(axis=1)]


def _down(film: FilmLabel) -> _Points:
    """Down the spine as a whole, from the bodies' own axes: their order may be what is wrong."""
    total = np.zeros(2)
    for body in film.vertebrae.values():
        if body.has_quad and body.corners_px is not None:
            sp, sa, ia, ip = body.corners_px
            total += (ia + ip) - (sp + sa)
    # Films are handed in head up; a film whose bodies all stand on their heads is wrong as well.
    if total[1] <= 0 or not np.isfinite(total).all():
        return np.array([0.0, 1.0])
    return total / float(np.hypot(*total))


def _axis(quad: _Points | None, otherwise: _Points) -> _Points:
    """Down a body's own axis; the sacrum may lie so flat that the spine's says nothing of it."""
    if quad is None:
        return otherwise
    along = quad[2] + quad[3] - quad[0] - quad[1]
    length = float(np.hypot(*along))
    return along / length if length > 0 else otherwise


def _ends(film: FilmLabel) -> dict[Level, float]:
    """How far the anterior corners lie to the right of the posterior ones, where both are known."""
    found = {}
    for level, body in film.vertebrae.items():
        if body.corners_px is None:
            continue
        sp, sa, ia, ip = body.corners_px[:, 0]
        forward = np.array([sa - sp, ia - ip])
        forward = forward[np.isfinite(forward)]
        if len(forward):
            found[level] = float(forward.mean())
    return found


def _wrong_side(film: FilmLabel) -> list[Level]:
    sign = 1 if film.posterior_side == "left" else -1
    return [level for level, forward in _ends(film).items() if sign * forward <= 0]


def _side_sentence(side: str) -> tuple[FaultKind, str]:
    other = {"left": "right", "right": "left"}[side]
    return (
        FaultKind.SIDE,
        f"its posterior corners lie on the {other}, posterior_side is {side}; are anterior and "
        "posterior swapped?",
    )


def _off_film(body: VertebraLabel, size_px: tuple[int, int]) -> Iterator[tuple[FaultKind, str]]:
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


def _shape(body: VertebraLabel, down: _Points) -> Iterator[tuple[FaultKind, str]]:
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


def _inside(point: _Points, body: VertebraLabel) -> bool:
    if not body.has_quad or body.corners_px is None:
        return False
    return bool(points_in_quad(point, body.corners_px))


def _depth(quad: _Points) -> float:
    sp, sa, ia, ip = quad
    return 0.5 * (float(np.hypot(*(sa - sp))) + float(np.hypot(*(ia - ip))))


def _measures(
    body: VertebraLabel, settings: CheckSettings, median: float | None
) -> Iterator[tuple[FaultKind, str]]:
    # The sacrum's lower end is no endplate; it is drawn as readers please.
    if not body.has_quad or body.corners_px is None or not LEVELS[body.level].judged:
        return
    sp, sa, ia, ip = body.corners_px
    depth = _depth(body.corners_px)
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


def _middles(body: VertebraLabel, settings: CheckSettings) -> Iterator[tuple[FaultKind, str]]:
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


def _grade(body: VertebraLabel) -> Iterator[tuple[FaultKind, str]]:
    grade = body.genant_grade
    if grade is not None and grade not in (0, 1, 2, 3):
        yield FaultKind.GRADE, f"Genant grade {grade!r} is none of 0, 1, 2, 3."
    elif body.status is Status.NORMAL and grade:
        yield FaultKind.GRADE, f"it is normal, and of Genant grade {grade}."
    elif body.status is Status.FRACTURED and grade == 0:
        yield FaultKind.GRADE, "it is fractured, and of Genant grade 0."
