"""Bodies measured from their points alone: heights, losses, grade, what can be judged, in words.

The same rules as a reading's (``read.measure``, ``read.judge``), without any network, so that a
grade follows the reader's hand while a corner is dragged.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from spondyl.anatomy import (
    JUDGED_LEVELS,
    LEVELS,
    GenantGrade,
    Level,
    Shape,
    grade_from_loss,
    shape_from_losses,
)
from spondyl.film.model import SpacingSource
from spondyl.geometry import BodyFrame, Heights, body_frame, heights, quad_area
from spondyl.read.judge import judge_column
from spondyl.read.measure import Losses, Measured, NamedBody, lost_heights
from spondyl.read.site import Site
from spondyl.serve.room.drawn import (
    MOST_BODIES,
    MOST_SIDE_PX,
    BodyStatus,
    Points,
    PosteriorSide,
)
from spondyl.serve.room.wording import Said, report_in_words

FloatArray = NDArray[np.float64]

#: Heights and depths under this are slips of the hand, and ratios of them mean nothing.
_LEAST_PX = 0.5


class MeasureBody(BaseModel):
    """A body to be measured.

    Status, grade, shape and height loss are what the reader or the model says of it already, for
    the report; what is left out is said as it is measured. A model's grade rests on more than the
    points, and a report must not say another one than the page beside it.
    """

    model_config = ConfigDict(extra="ignore")

    level: Level
    points_px: Points
    status: BodyStatus | None = None
    genant_grade: int | None = Field(default=None, ge=0, le=3)
    shape: Shape | None = None
    height_loss: float | None = Field(default=None, ge=-10.0, le=1.0)


class MeasureRequest(BaseModel):
    """Points of one film's bodies."""

    film_id: str | None = Field(default=None, max_length=36)
    size_px: tuple[int, int] = Field(
        description="Width and height of the film.", examples=[[1155, 1100]]
    )
    spacing_mm: tuple[float, float] | None = Field(
        default=None, description="Row and column spacing at the patient."
    )
    spacing_source: SpacingSource = SpacingSource.CALIBRATED
    posterior_side: PosteriorSide = "left"
    vertebrae: list[MeasureBody] = Field(max_length=MOST_BODIES)


class HeightsOut(BaseModel):
    """Anterior, middle and posterior height."""

    anterior: float
    middle: float
    posterior: float


class RatiosOut(BaseModel):
    """Anterior and middle height over the posterior one."""

    anterior_posterior: float
    middle_posterior: float


class MeasuredOut(BaseModel):
    """What one body's points say."""

    level: Level
    heights_px: HeightsOut | None = None
    heights_mm: HeightsOut | None = Field(
        default=None, description="Only where the spacing is calibrated at the patient."
    )
    ratios: RatiosOut | None = None
    losses: HeightsOut | None = Field(
        default=None, description="Lost shares of the expected heights; negative where taller."
    )
    height_loss: float | None = None
    genant_grade: int | None = None
    shape: Shape | None = None
    assessable: bool
    reasons: list[str]


class MeasureAnswer(BaseModel):
    """Bodies in the order that they were handed in, and a report."""

    vertebrae: list[MeasuredOut]
    report: str


def check_request(request: MeasureRequest) -> str | None:
    """Why sizes and spacing make no sense, as a sentence; None where they do."""
    if not all(1 <= side <= MOST_SIDE_PX for side in request.size_px):
        return f"size_px: expected width and height from 1 to {MOST_SIDE_PX}."
    if request.spacing_mm is not None and not all(
        0.001 <= each <= 100.0 for each in request.spacing_mm
    ):
        return "spacing_mm: expected row and column spacing from 0.001 to 100 mm."
    return None


def measure(request: MeasureRequest, site: Site | None = None) -> MeasureAnswer:
    """Measure the bodies of one film.

    Parameters
    ----------
    request : MeasureRequest
        Passed by :func:`check_request`.
    site : Site, optional
        Its rules of judging.
    """
    site = site or Site()
    bodies = request.vertebrae
    points = [body.points_px.array() for body in bodies]
    wrong = _unfit(bodies, points)
    order = sorted(
        (k for k, sentence in enumerate(wrong) if sentence is None),
        key=lambda k: LEVELS[bodies[k].level].order,
    )
    column = [_as_measured(bodies[k].level, points[k]) for k in order]
    findings = {f.level: f for f in judge_column(column, request.size_px, site)} if column else {}
    trusted = {
        level: not finding.reasons or (level is Level.T10 and len(finding.reasons) == 1)
        for level, finding in findings.items()
    }
    losses = lost_heights(column, site.judge, trusted)
    scale = None
    if request.spacing_mm is not None and request.spacing_source is SpacingSource.CALIBRATED:
        row_mm, column_mm = request.spacing_mm
        scale = np.array([column_mm, row_mm])
    measured = []
    for body, body_points, sentence in zip(bodies, points, wrong, strict=True):
        if sentence is not None:
            reasons: tuple[str, ...] = (sentence,)
        else:
            reasons = findings[body.level].reasons
        loss = losses.get(body.level) if sentence is None else None
        measured.append(_answer(body.level, body_points, scale, reasons, loss))
    said = [_said(body, answer) for body, answer in zip(bodies, measured, strict=True)]
    return MeasureAnswer(vertebrae=measured, report=report_in_words(said))


def _unfit(bodies: Sequence[MeasureBody], points: Sequence[FloatArray]) -> list[str | None]:
    """Why a body cannot enter the column at all; None where it can."""
    named = Counter(body.level for body in bodies)
    found: list[str | None] = []
    for body, body_points in zip(bodies, points, strict=True):
        if named[body.level] > 1:
            found.append(f"{named[body.level]} bodies are named {body.level}; rename all but one.")
        elif _collapsed(body_points):
            found.append("The outline found is not one of a vertebral body.")
        else:
            found.append(None)
    return found


def _collapsed(points: FloatArray) -> bool:
    size = heights(points)
    edges = (points[1] - points[0]) + (points[2] - points[3])
    return (
        min(size.anterior, size.middle, size.posterior) < _LEAST_PX
        or float(np.hypot(*edges)) < 2 * _LEAST_PX
        or quad_area(points) < _LEAST_PX
        or body_frame(points).depth_px < _LEAST_PX
    )


class _Fixed(Measured):
    """A body that is asked for its heights some dozen times, and counts them once."""

    @cached_property
    def frame(self) -> BodyFrame:
        """The body's own axes."""
        return body_frame(self.points_px)

    @cached_property
    def heights_px(self) -> Heights:
        """Anterior, middle and posterior height."""
        return heights(self.points_px)


def _as_measured(level: Level, points: FloatArray) -> Measured:
    # No network was asked: a logit that is not a number has the losses counted from points alone.
    named = NamedBody(level, points, heat=1.0, fracture_logit=0.0, level_confidence=1.0)
    nothing = float("nan")
    return _Fixed(named, points, 0.0, nothing, nothing, np.zeros(3))


def _answer(
    level: Level,
    points: FloatArray,
    scale: FloatArray | None,
    reasons: tuple[str, ...],
    losses: Losses | None,
) -> MeasuredOut:
    judged = LEVELS[level].judged
    grade: GenantGrade | None = None
    shape: Shape | None = None
    # Above the levels where fractures are called a body has heights and losses all the same.
    only_range = level not in (*JUDGED_LEVELS, Level.L6) and len(reasons) == 1
    if losses is not None and (not reasons or only_range):
        grade = grade_from_loss(losses.largest)
        shape = shape_from_losses(losses.anterior, losses.middle, losses.posterior)
    return MeasuredOut(
        level=level,
        heights_px=_heights(points, 2) if judged else None,
        heights_mm=_heights(points * scale, 2) if judged and scale is not None else None,
        ratios=_ratios(points) if judged else None,
        losses=None
        if losses is None
        else HeightsOut(
            anterior=round(losses.anterior, 4),
            middle=round(losses.middle, 4),
            posterior=round(losses.posterior, 4),
        ),
        height_loss=None if losses is None else round(losses.largest, 4),
        genant_grade=None if grade is None else int(grade),
        shape=shape,
        assessable=judged and not reasons and losses is not None,
        reasons=list(reasons),
    )


def _heights(points: FloatArray, digits: int) -> HeightsOut:
    size = heights(points)
    return HeightsOut(
        anterior=round(size.anterior, digits),
        middle=round(size.middle, digits),
        posterior=round(size.posterior, digits),
    )


def _ratios(points: FloatArray) -> RatiosOut | None:
    size = heights(points)
    if size.posterior < _LEAST_PX:
        return None
    return RatiosOut(
        anterior_posterior=round(size.anterior_posterior, 4),
        middle_posterior=round(size.middle_posterior, 4),
    )


def _said(body: MeasureBody, answer: MeasuredOut) -> Said:
    status = body.status
    if status is None:
        if answer.genant_grade is None or not answer.assessable:
            status = BodyStatus.UNKNOWN
        else:
            status = BodyStatus.FRACTURED if answer.genant_grade > 0 else BodyStatus.NORMAL
    return Said(
        level=body.level,
        status=status,
        grade=answer.genant_grade if body.genant_grade is None else body.genant_grade,
        shape=body.shape or answer.shape,
        height_loss=answer.height_loss if body.height_loss is None else body.height_loss,
        heights_mm=None
        if answer.heights_mm is None
        else (answer.heights_mm.anterior, answer.heights_mm.middle, answer.heights_mm.posterior),
        reasons=tuple(answer.reasons) if LEVELS[body.level].judged else (),
    )
