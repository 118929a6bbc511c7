"""A film's bodies as readers draw them: the state that a decision keeps."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from spondyl.anatomy import Level, Shape

MOST_BODIES = 40
MOST_SIDE_PX = 100_000
MOST_WORDS = 20_000

#: Film pixels; points may be dragged somewhat outside the film, but not to nowhere.
Coordinate = Annotated[
    float, Field(ge=-float(MOST_SIDE_PX), le=2.0 * MOST_SIDE_PX, allow_inf_nan=False)
]
Point = tuple[Coordinate, Coordinate]
PosteriorSide = Literal["left", "right"]


class Origin(StrEnum):
    """Who placed a body."""

    MODEL = "model"
    READER = "reader"


class BodyStatus(StrEnum):
    """What a reader calls a body; the first three are those of labels."""

    NORMAL = "normal"
    FRACTURED = "fractured"
    UNKNOWN = "unknown"
    UNSURE = "unsure"
    NOT_ASSESSABLE = "not_assessable"


class Points(BaseModel):
    """A body's points, [x, y] in film pixels; both mid-endplates or none."""

    model_config = ConfigDict(extra="forbid")

    superior_posterior: Point
    superior_anterior: Point
    inferior_anterior: Point
    inferior_posterior: Point
    superior_middle: Point | None = None
    inferior_middle: Point | None = None

    def array(self) -> NDArray[np.float64]:
        """Shape (6, 2), or (4, 2) without mid-endplates; order ``geometry.POINT_NAMES``."""
        corners = [
            self.superior_posterior,
            self.superior_anterior,
            self.inferior_anterior,
            self.inferior_posterior,
        ]
        if self.superior_middle is not None and self.inferior_middle is not None:
            corners += [self.superior_middle, self.inferior_middle]
        return np.array(corners, dtype=np.float64)


class DrawnBody(BaseModel):
    """One body as a reader left it."""

    model_config = ConfigDict(extra="forbid")

    level: Level
    points_px: Points
    status: BodyStatus = BodyStatus.UNKNOWN
    genant_grade: int | None = Field(default=None, ge=0, le=3)
    shape: Shape | None = None
    origin: Origin = Origin.READER
    note: str = Field(default="", max_length=2000)


class Drawing(BaseModel):
    """All of a film after a decision."""

    model_config = ConfigDict(extra="forbid")

    vertebrae: list[DrawnBody] = Field(default_factory=list, max_length=MOST_BODIES)
    posterior_side: PosteriorSide = "left"
    shift: int = Field(default=0, ge=-3, le=3)
    assessable: bool = True
    comment: str = Field(default="", max_length=MOST_WORDS)


def drawing_of_reading(body: dict[str, Any] | None) -> Drawing:
    """What the model said, in the form of a decision.

    Parameters
    ----------
    body : dict or None
        A ``spondyl.reading/1``; None for a film that was not read.
    """
    if not body:
        return Drawing(assessable=False)
    return Drawing(
        vertebrae=[_of_finding(each) for each in body["vertebrae"] if _whole(each)],
        posterior_side=body["film"]["posterior_side"],
        assessable=body["assessable"],
    )


def _whole(finding: dict[str, Any]) -> bool:
    return all(value is not None for point in finding["corners_px"].values() for value in point)


def _of_finding(finding: dict[str, Any]) -> DrawnBody:
    mids = finding.get("mid_endplates_px") or {}
    status = BodyStatus.UNKNOWN
    if finding["assessable"]:
        status = BodyStatus.FRACTURED if finding["fractured"] else BodyStatus.NORMAL
    return DrawnBody(
        level=Level(finding["level"]),
        points_px=Points(
            **finding["corners_px"],
            superior_middle=mids.get("superior"),
            inferior_middle=mids.get("inferior"),
        ),
        status=status,
        genant_grade=finding["genant_grade"],
        shape=finding["shape"],
        origin=Origin.MODEL,
    )


def fractured_levels(drawing: Mapping[str, Any]) -> list[str]:
    """Levels that a kept drawing calls fractured, top to bottom."""
    named = {
        str(each.get("level"))
        for each in drawing.get("vertebrae", ())
        if each.get("status") == BodyStatus.FRACTURED
    }
    return [str(level) for level in Level if str(level) in named]


def fractured_levels_read(body: dict[str, Any]) -> list[str]:
    """Levels that a reading calls fractured, top to bottom."""
    return [str(each["level"]) for each in body.get("vertebrae", ()) if each.get("fractured")]
