"""Match findings to true bodies and say, body by body, what was right.

Definitions
-----------
found
    The centre of a finding's quad lies inside the true quad. One finding counts for one body: of
    several inside, the nearest to the true centre.
named right
    Found, and the finding carries the true level.
corner error
    Mean distance of the four corners, as a share of the true posterior height.
left out
    Bodies without four known corners, and bodies that the label calls not assessable, are not asked
    for; a finding on one of them is neither right nor wrong.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Level, Status
from spondyl.evaluate.outcome import BodyOutcome, FilmCall, FilmOutcome
from spondyl.geometry import heights, points_in_quad, quad_area, quad_centre
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.read.model import Finding

#: A note of a simulated film on one body: ``L4: cupids_bow``.
_BODY_NOTE = re.compile(r"(\w+): (.+)")
#: Words of a note on the whole column.
_TRANSITIONAL = ("lumbar bodies", "sacralised", "lumbarised", "transitional")


def level_shift(true: Level, named: Level) -> int:
    """Levels between two names, downwards positive; L6 counts only in a spine that has one.

    Examples
    --------
    >>> (
    ...     level_shift(Level.L5, Level.S1),
    ...     level_shift(Level.L6, Level.L5),
    ...     level_shift(Level.T12, Level.T11),
    ... )
    (1, -1, -1)
    """

    def place(level: Level, other: Level) -> int:
        order = LEVELS[level].order
        return order - 1 if level is Level.S1 and other is not Level.L6 else order

    return place(named, true) - place(true, named)


def match_findings(
    findings: Sequence[Finding], truths: Sequence[VertebraLabel]
) -> list[tuple[int, int]]:
    """Pair findings with true bodies, one to one, nearest first.

    Parameters
    ----------
    findings : sequence of Finding
    truths : sequence of VertebraLabel
        Those without four known corners are never matched.

    Returns
    -------
    list of (finding index, truth index)
        Ordered by truth index.
    """
    candidates = []
    centres = [quad_centre(finding.corners_px) for finding in findings]
    for j, truth in enumerate(truths):
        if not truth.has_quad or truth.corners_px is None:
            continue
        middle = quad_centre(truth.corners_px)
        for i, centre in enumerate(centres):
            if points_in_quad(centre, truth.corners_px):
                candidates.append((float(np.hypot(*(centre - middle))), i, j))
    pairs: dict[int, int] = {}
    for _, i, j in sorted(candidates):
        if j not in pairs and i not in pairs.values():
            pairs[j] = i
    return [(i, j) for j, i in sorted(pairs.items())]


def judge_film(label: FilmLabel, call: FilmCall) -> FilmOutcome:
    """Hold a reading against its label.

    Parameters
    ----------
    label : FilmLabel
    call : FilmCall
        An unread film is a call with ``error`` and no findings.
    """
    patient = label.patient or label.name
    truths = [body for body in label.vertebrae.values() if body.has_quad]
    pairs = match_findings(call.findings, truths)
    finding_of = {j: call.findings[i] for i, j in pairs}
    truth_of = {i: truths[j] for i, j in pairs}
    bodies = tuple(
        _judge_body(label.name, patient, truth, finding_of.get(j))
        for j, truth in enumerate(truths)
        if truth.assessable and LEVELS[truth.level].judged
    )
    mimics = _mimics(label)
    bodies = tuple(replace(body, mimics=mimics.get(body.level, ())) for body in bodies)
    alarms = [truth_of.get(i) for i, finding in enumerate(call.findings) if finding.fractured]
    return FilmOutcome(
        film=label.name,
        patient=patient,
        bodies=bodies,
        false_alarms_on_normal=sum(
            body is not None and body.assessable and body.status is Status.NORMAL for body in alarms
        ),
        false_alarms_on_no_body=sum(body is None for body in alarms),
        extra_findings=len(call.findings) - len(pairs),
        fractured=_film_status(label),
        fracture_probability=call.fracture_probability,
        called_fractured=call.fractured,
        assessable=call.assessable,
        numbering_confidence=call.numbering_confidence,
        side_right=None
        if call.posterior_side is None or not label.posterior_side
        else call.posterior_side == label.posterior_side,
        error=call.error,
        site=label.site,
        sacrum_in_view=_sacrum_in_view(label),
        transitional=_transitional(label),
    )


def _notes(label: FilmLabel) -> tuple[str, ...]:
    notes = label.extra.get("notes")
    return tuple(map(str, notes)) if isinstance(notes, list | tuple) else ()


def _mimics(label: FilmLabel) -> Mapping[Level, tuple[str, ...]]:
    """Names of the mimics by body, as a simulated film notes them."""
    found: dict[Level, tuple[str, ...]] = {}
    for note in _notes(label):
        match = _BODY_NOTE.fullmatch(note)
        if match and match[1] in set(Level):
            level = Level(match[1])
            found[level] = (*found.get(level, ()), match[2])
    return found


def _sacrum_in_view(label: FilmLabel) -> bool:
    sacrum = label.vertebrae.get(Level.S1)
    if sacrum is None or sacrum.corners_px is None:
        return False
    # the superior endplate alone: S1 is often drawn by nothing else
    endplate = sacrum.corners_px[:2]
    inside = (endplate >= 0) & (endplate <= np.array(label.size_px) - 1)
    return bool(inside.all())


def _transitional(label: FilmLabel) -> bool:
    return Level.L6 in label.vertebrae or any(
        word in note for note in _notes(label) for word in _TRANSITIONAL
    )


def _film_status(label: FilmLabel) -> bool | None:
    """Any judged and assessable body fractured; None where no status is known."""
    known = [
        body.status
        for body in label.vertebrae.values()
        if LEVELS[body.level].judged and body.assessable and body.status is not Status.UNKNOWN
    ]
    return Status.FRACTURED in known if known else None


def _judge_body(
    film: str, patient: str, truth: VertebraLabel, finding: Finding | None
) -> BodyOutcome:
    known = BodyOutcome(
        film=film,
        patient=patient,
        level=truth.level,
        status=truth.status,
        genant_grade=truth.genant_grade,
        shape=truth.shape,
        loss_true=truth.height_loss,
    )
    if finding is None or truth.corners_px is None:
        return known
    true_heights = heights(truth.corners_px)
    distance = np.hypot(*(finding.corners_px - truth.corners_px).T)
    anterior_error, middle_error = _ratio_errors(truth, finding)
    return replace(
        known,
        found=True,
        named=finding.level,
        shift=level_shift(truth.level, finding.level),
        assessable=finding.assessable,
        fracture_probability=finding.fracture_probability,
        called_fractured=finding.fractured,
        called_grade=None if finding.genant_grade is None else int(finding.genant_grade),
        corner_error=float(distance.mean() / true_heights.posterior),
        dice=quad_dice(finding.corners_px, truth.corners_px),
        loss_measured=finding.height_loss,
        anterior_posterior_error=anterior_error,
        middle_posterior_error=middle_error,
    )


def _ratio_errors(truth: VertebraLabel, finding: Finding) -> tuple[float | None, float | None]:
    if truth.corners_px is None or not finding.heights_px or finding.heights_px.posterior <= 0:
        return None, None
    true = heights(truth.corners_px if truth.six_points_px is None else truth.six_points_px)
    anterior = finding.heights_px.anterior_posterior - true.anterior_posterior
    if truth.six_points_px is None or finding.mid_endplates_px is None:
        return anterior, None
    return anterior, finding.heights_px.middle_posterior - true.middle_posterior


def quad_dice(first_px: NDArray[np.float64], second_px: NDArray[np.float64]) -> float:
    """Dice overlap of two convex quads (4, 2), 0..1; 0 where one is folded or has no area."""
    total = quad_area(first_px) + quad_area(second_px)
    if total == 0:
        return 0.0
    # single precision is what OpenCV takes: near the origin it is exact enough
    origin = quad_centre(second_px)
    first, second = ((quad - origin).astype(np.float32) for quad in (first_px, second_px))
    if not (cv2.isContourConvex(first) and cv2.isContourConvex(second)):
        return 0.0
    area, _ = cv2.intersectConvexConvex(first, second)
    return float(min(1.0, 2 * area / total))
