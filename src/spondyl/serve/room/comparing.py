"""Two films of one patient, body by body."""

from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from spondyl.anatomy import LEVELS, Level
from spondyl.film.model import SpacingSource
from spondyl.geometry import Heights, heights
from spondyl.serve.room.drawn import Drawing

_LEAST_PX = 0.5


class Lengths(BaseModel):
    """Anterior, middle and posterior height, or a change of each."""

    anterior: float
    middle: float
    posterior: float


class ComparedLevel(BaseModel):
    """One level on both films.

    Heights in millimetres where both films are calibrated at the patient; else shares of the
    body's own depth, which does not change when a body collapses.
    """

    level: Level
    unit: Literal["mm", "ratio"]
    now: Lengths | None
    prior: Lengths | None
    change: Lengths | None = Field(description="Now less prior, over prior: -0.2 lost a fifth.")


class Comparison(BaseModel):
    """A film beside an earlier one, top to bottom."""

    film_id: str
    prior_id: str
    levels: list[ComparedLevel]


def millimetres(body: dict[str, Any] | None) -> tuple[float, float] | None:
    """(x, y) spacing of a reading's film at the patient; None if it is not calibrated there."""
    film = (body or {}).get("film") or {}
    spacing = film.get("spacing_mm")
    if not spacing or film.get("spacing_source") != SpacingSource.CALIBRATED:
        return None
    return float(spacing[1]), float(spacing[0])


def compare(
    now: Drawing,
    prior: Drawing,
    now_mm: tuple[float, float] | None,
    prior_mm: tuple[float, float] | None,
) -> list[ComparedLevel]:
    """Heights of both films and their change.

    Parameters
    ----------
    now, prior : Drawing
    now_mm, prior_mm : (x, y) or None
        Spacing at the patient.
    """
    both = now_mm is not None and prior_mm is not None
    unit: Literal["mm", "ratio"] = "mm" if both else "ratio"
    first = _by_level(now, now_mm if both else None)
    second = _by_level(prior, prior_mm if both else None)
    found = []
    for level in Level:
        if not LEVELS[level].judged or (level not in first and level not in second):
            continue
        one, two = first.get(level), second.get(level)
        change = None if one is None or two is None else _change(one, two)
        found.append(ComparedLevel(level=level, unit=unit, now=one, prior=two, change=change))
    return found


def _by_level(drawing: Drawing, scale: tuple[float, float] | None) -> dict[Level, Lengths]:
    found = {}
    for body in drawing.vertebrae:
        points = body.points_px.array()
        size = heights(points)
        # A slip of the hand has no height.
        if min(size.anterior, size.middle, size.posterior) < _LEAST_PX:
            continue
        if scale is not None:
            found[body.level] = _lengths(heights(points * np.array(scale)), 1.0, 2)
            continue
        edges = points[[1, 2]] - points[[0, 3]]
        depth = float(np.mean(np.hypot(edges[:, 0], edges[:, 1])))
        if depth >= _LEAST_PX:
            found[body.level] = _lengths(size, depth, 4)
    return found


def _lengths(size: Heights, unit: float, digits: int) -> Lengths:
    return Lengths(
        anterior=round(size.anterior / unit, digits),
        middle=round(size.middle / unit, digits),
        posterior=round(size.posterior / unit, digits),
    )


def _change(now: Lengths, prior: Lengths) -> Lengths | None:
    if min(prior.anterior, prior.middle, prior.posterior) <= 0:
        return None
    return Lengths(
        anterior=round(now.anterior / prior.anterior - 1, 4),
        middle=round(now.middle / prior.middle - 1, 4),
        posterior=round(now.posterior / prior.posterior - 1, 4),
    )
