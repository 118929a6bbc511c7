"""Where two readers of a film differ, and what they say together where they do not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.geometry import heights
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.serve.projects.state import View

#: Mean corner distance, as a share of the posterior height, from which two readers have drawn
#: different bodies or one is careless: trained readers stay well within a tenth.
FAR_APART = 0.15


class DifferenceKind(StrEnum):
    """What two readers do not see alike."""

    REJECTED = "rejected"
    ASSESSABLE = "assessable"
    STATUS = "status"
    GRADE = "grade"
    CORNERS = "corners"


@dataclass(frozen=True)
class Difference:
    """One thing that two readers do not see alike; ``level`` is None where it is the film."""

    kind: DifferenceKind
    level: Level | None
    sentence: str


def corner_distance(one: VertebraLabel, other: VertebraLabel) -> float | None:
    """Mean distance of the four corners over the mean posterior height; None without corners."""
    if not (one.has_quad and other.has_quad):
        return None
    assert one.corners_px is not None
    assert other.corners_px is not None
    posterior = (heights(one.corners_px).posterior + heights(other.corners_px).posterior) / 2
    if posterior <= 0:
        return None
    return float(np.hypot(*(one.corners_px - other.corners_px).T).mean() / posterior)


def differences(
    one: View, other: View, levels: Sequence[Level] = JUDGED_LEVELS
) -> tuple[Difference, ...]:
    """Everything that two readers of a film must be asked about, top to bottom.

    Parameters
    ----------
    one, other : View
    levels : sequence of Level
        Those that the project asks for.
    """
    if one.rejected or other.rejected:
        if one.rejected and other.rejected:
            return ()
        return (
            Difference(DifferenceKind.REJECTED, None, "One reader turned the film down."),
        )  # fmt: skip
    if one.assessable != other.assessable:
        return (
            Difference(
                DifferenceKind.ASSESSABLE, None, "Only one reader says the film can be judged."
            ),
        )
    found = []
    for level in levels:
        difference = _of_body(
            level, one.label.vertebrae.get(level), other.label.vertebrae.get(level)
        )
        if difference is not None:
            found.append(difference)
    return tuple(found)


def _of_body(
    level: Level, one: VertebraLabel | None, other: VertebraLabel | None
) -> Difference | None:
    first, second = _status(one), _status(other)
    if first is not second:
        return Difference(
            DifferenceKind.STATUS, level, f"{level}: {first} to one reader, {second} to the other."
        )
    if one is None or other is None:
        return None
    if first is Status.FRACTURED and one.genant_grade != other.genant_grade:
        grades = " and ".join(_grade(body) for body in (one, other))
        return Difference(DifferenceKind.GRADE, level, f"{level}: grades {grades}.")
    apart = corner_distance(one, other)
    if apart is not None and apart > FAR_APART:
        return Difference(
            DifferenceKind.CORNERS,
            level,
            f"{level}: corners lie {apart:.0%} of the posterior height apart.",
        )
    return None


def _status(body: VertebraLabel | None) -> Status:
    return Status.UNKNOWN if body is None else body.status


def _grade(body: VertebraLabel) -> str:
    return "none" if body.genant_grade is None else str(body.genant_grade)


def together(one: View, other: View) -> View:
    """What two readers who agree say: statuses of the first, points the mean of both.

    A body, point or grade that only one of them gives is taken from that one.
    """
    if one.rejected or other.rejected:
        return View(replace(one.label, vertebrae={}), rejected=True)
    bodies = {}
    for level in Level:
        first, second = one.label.vertebrae.get(level), other.label.vertebrae.get(level)
        if first is not None and second is not None:
            bodies[level] = _mean(first, second)
        elif first is not None or second is not None:
            bodies[level] = first or second  # type: ignore[assignment]
    label: FilmLabel = replace(
        one.label,
        vertebrae=bodies,
        posterior_side=one.label.posterior_side or other.label.posterior_side,
    )
    return View(label, assessable=one.assessable and other.assessable)


def _mean(first: VertebraLabel, second: VertebraLabel) -> VertebraLabel:
    corners = first.corners_px if first.corners_px is not None else second.corners_px
    if first.has_quad and second.has_quad:
        assert first.corners_px is not None
        assert second.corners_px is not None
        corners = (first.corners_px + second.corners_px) / 2
    middles = (
        first.mid_endplates_px if first.mid_endplates_px is not None else second.mid_endplates_px
    )
    if first.mid_endplates_px is not None and second.mid_endplates_px is not None:
        middles = (first.mid_endplates_px + second.mid_endplates_px) / 2
    status = first.status if first.status is not Status.UNKNOWN else second.status
    grade = first.genant_grade if first.genant_grade is not None else second.genant_grade
    return replace(
        first,
        corners_px=corners,
        mid_endplates_px=middles,
        status=status,
        genant_grade=grade,
        shape=first.shape or second.shape,
        extra={**second.extra, **first.extra},
    )
