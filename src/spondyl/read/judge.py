"""From measured bodies to findings: what can be judged, how likely a fracture is, its grade."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import (
    JUDGED_LEVELS,
    LEVELS,
    GenantGrade,
    Level,
    Shape,
    grade_from_loss,
    shape_from_losses,
)
from spondyl.anatomy.genant import GRADE_BOUNDS
from spondyl.read.measure import Losses, Measured, lost_heights
from spondyl.read.model import Finding
from spondyl.read.site import FractureModel, JudgeSettings, Site

FloatArray = NDArray[np.float64]

_LOGIT_LIMIT = 8.0


def sigmoid(logit: float) -> float:
    """1 / (1 + exp(-logit)), safe for large values; NaN stays NaN."""
    return float(1 / (1 + np.exp(-np.clip(logit, -40.0, 40.0))))


def judge_column(
    column: Sequence[Measured], size_px: tuple[int, int], site: Site
) -> tuple[Finding, ...]:
    """Findings of a column, in canonical film px, top to bottom.

    Parameters
    ----------
    column : sequence of Measured
    size_px : (width, height)
        Of the film.
    site : Site
    """
    reasons = {m.level: _doubts(m, column, size_px, site.judge) for m in column}
    losses = lost_heights(
        column, site.judge, {level: not found for level, found in reasons.items()}
    )
    return tuple(
        _finding(m, (*reasons[m.level], *_out_of_range(m.level)), losses.get(m.level), site)
        for m in column
    )


def body_confidence(m: Measured) -> float:
    """Probability that a vertebral body is here: the finder's and the body network's, averaged."""
    if np.isnan(m.body_logit):
        return float(m.body.heat)
    return 0.5 * (float(m.body.heat) + sigmoid(m.body_logit))


def fracture_features(m: Measured, losses: Losses) -> FloatArray:
    """What the site's logistic model of one body weighs, shape (3,).

    Both networks' logits, clipped (body network, finder), and the height loss over 0.2.
    """
    logits = np.nan_to_num([m.fracture_logit, m.body.fracture_logit])
    clipped = np.clip(logits, -_LOGIT_LIMIT, _LOGIT_LIMIT)
    return np.array([*clipped, losses.largest - GRADE_BOUNDS[0]])


def fracture_probability(m: Measured, losses: Losses, model: FractureModel) -> float:
    """The site's logistic model of one body, 0..1."""
    weights = np.array([model.body, model.finder, model.loss])
    return sigmoid(model.intercept + float(weights @ fracture_features(m, losses)))


def _finding(m: Measured, doubts: tuple[str, ...], losses: Losses | None, site: Site) -> Finding:
    probability = 0.0
    if losses is not None:
        probability = float(site.calibration(fracture_probability(m, losses, site.fracture)))
    assessable = not doubts and losses is not None
    fractured = assessable and probability >= site.threshold
    grade: GenantGrade | None = None
    shape: Shape | None = None
    if assessable and losses is not None:
        grade = fractured_grade(losses.largest) if fractured else GenantGrade.NORMAL
        shape = fractured_shape(losses) if fractured else Shape.NORMAL
    return Finding(
        level=m.level,
        level_confidence=float(m.body.level_confidence),
        confidence=body_confidence(m),
        corners_px=m.points_px[:4],
        mid_endplates_px=m.points_px[4:] if LEVELS[m.level].judged else None,
        assessable=assessable,
        reasons=doubts,
        fracture_probability=probability,
        fractured=fractured,
        genant_grade=grade,
        shape=shape,
        heights_px=m.heights_px if LEVELS[m.level].judged else None,
        height_loss=losses.largest if assessable and losses is not None else None,
    )


def fractured_grade(height_loss: float) -> GenantGrade:
    """Genant grade of a body that was called fractured: at least mild."""
    return max(GenantGrade.MILD, grade_from_loss(height_loss))


def fractured_shape(losses: Losses) -> Shape:
    """Shape of a body that was called fractured: never normal."""
    shape = shape_from_losses(losses.anterior, losses.middle, losses.posterior)
    if shape is not Shape.NORMAL:
        return shape
    by_loss: Mapping[Shape, float] = {
        Shape.WEDGE: losses.anterior,
        Shape.BICONCAVE: losses.middle,
        Shape.CRUSH: losses.posterior,
    }
    return max(by_loss, key=lambda kind: by_loss[kind])


def _doubts(
    m: Measured, column: Sequence[Measured], size_px: tuple[int, int], settings: JudgeSettings
) -> list[str]:
    """Why a body cannot be judged, as sentences; empty where it can."""
    if not LEVELS[m.level].judged:
        return ["Fracture is not judged at this level; it serves the numbering."]
    doubts = []
    frame = m.frame
    slack = settings.edge_share * frame.depth_px
    high = np.array(size_px) - 0.5 + slack
    corners = m.points_px[:4]
    if (corners < -0.5 - slack).any() or (corners > high).any():
        doubts.append("The body is cut off by the edge of the film.")
    if m.flat_share > settings.most_flat:
        doubts.append(
            f"The body is hidden ({m.flat_share:.0%} of it is of one grey: metal, or not exposed)."
        )
    if m.seam_share > settings.most_seam:
        doubts.append(
            f"A seam between two cassettes covers {m.seam_share:.0%} of an endplate; the heights "
            "there are a guess."
        )
    confidence = body_confidence(m)
    if confidence < settings.least_confidence:
        doubts.append(f"The body is not seen clearly (confidence {confidence:.2f}).")
    spread = m.spread_px / frame.depth_px
    if spread > settings.most_spread:
        doubts.append(
            f"Its endplates are not seen sharply (points uncertain by {spread:.0%} of its depth)."
        )
    depths = [other.frame.depth_px for other in column if LEVELS[other.level].judged]
    relative = frame.depth_px / float(np.median(depths))
    flat = frame.height_px / frame.depth_px
    least, most = settings.flatness
    smallest, largest = settings.size_ratio
    if not least <= flat <= most or not _convex(corners):
        doubts.append("The outline found is not one of a vertebral body.")
    elif len(depths) >= 3 and not smallest <= relative <= largest:
        doubts.append(
            f"The outline found is {relative:.1f} times as deep as the other bodies of this film."
        )
    return doubts


def _out_of_range(level: Level) -> tuple[str, ...]:
    """Why no fracture is called at a level, however well its body is seen."""
    if LEVELS[level].judged and level not in (*JUDGED_LEVELS, Level.L6):
        return (
            f"Fractures are called from {JUDGED_LEVELS[0]} to {JUDGED_LEVELS[-1]}, where this "
            f"reader was measured; {level} is measured only as a neighbour.",
        )
    return ()


def _convex(corners: FloatArray) -> bool:
    edges = np.roll(corners, -1, axis=0) - corners
    following = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
    return bool((turns > 0).all() or (turns < 0).all())


def film_doubts(
    findings: Sequence[Finding], lumbar_logit: float, settings: JudgeSettings
) -> tuple[str, ...]:
    """Why a film cannot be judged, as sentences; empty where it can."""
    if lumbar_logit < settings.lumbar_floor:
        return (
            "This film does not seem to show a lateral lumbar spine "
            f"(probability {sigmoid(lumbar_logit):.2f}).",
        )
    longest = _longest_run(findings)
    if longest == 0:
        return ("No vertebral body could be judged on this film.",)
    if longest < settings.least_bodies:
        return (
            f"Only {longest} neighbouring vertebral bod{'y' if longest == 1 else 'ies'} could be "
            f"judged; at least {settings.least_bodies} are needed.",
        )
    return ()


def _longest_run(findings: Sequence[Finding]) -> int:
    """Most assessable bodies in a row, none missed between them."""
    order = [level for level in Level if level is not Level.L6]
    longest = run = 0
    last: int | None = None
    for finding in findings:
        if not finding.assessable:
            continue
        place = 10.5 if finding.level is Level.L6 else float(order.index(finding.level))
        run = run + 1 if last is not None and place - last <= 1 else 1
        last = int(place)
        longest = max(longest, run)
    return longest
