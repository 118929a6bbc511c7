"""What can be wrong with the label of a film, each fault named."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.labels.fault_rules import (
    CheckSettings,
    FaultKind,
    axis,
    depth_px,
    grade_faults,
    height_faults,
    known_corners,
    lies_in,
    middle_faults,
    off_film,
    outline_faults,
)
from spondyl.labels.model import FilmLabel, VertebraLabel

_Points = NDArray[np.float64]


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
    depths = [depth_px(quad) for level, quad in quads.items() if level is not Level.S1]
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
            *off_film(body, film.size_px),
            *outline_faults(body, axis(quads.get(Level.L5), down) if level is Level.S1 else down),
            *([_side_sentence(film.posterior_side)] if level in wrong_side else []),
            *height_faults(body, settings, median),
            *middle_faults(body, settings),
            *grade_faults(body),
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
    centres = {level: known_corners(body).mean(axis=0) for level, body in _drawn(film).items()}
    levels = list(centres)
    down = _down(film)
    for upper, lower in itertools.pairwise(levels):
        apart = centres[lower] - centres[upper]
        if float(apart @ down) <= 0:
            yield Fault(
                film.name, lower, FaultKind.ORDER,
                f"it lies above {upper}, which it should lie below.",
            )  # fmt: skip
        elif lies_in(centres[lower], film.vertebrae[upper]) or lies_in(
            centres[upper], film.vertebrae[lower]
        ):
            yield Fault(film.name, lower, FaultKind.OVERLAP, f"it is drawn over {upper}.")


def _drawn(film: FilmLabel) -> dict[Level, VertebraLabel]:
    return {level: body for level, body in film.vertebrae.items() if len(known_corners(body))}


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
