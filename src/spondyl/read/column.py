"""From candidates to a column: the chain of bodies that makes the best spine.

Ribs, a femoral head or a metal plate can look like a body; a chain that keeps spacing, size and
direction leaves them out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.geometry import body_frame
from spondyl.read.decode import Candidate

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ColumnSettings:
    """What links two neighbouring bodies of a spine.

    Attributes
    ----------
    spacing : (float, float)
        Least and most distance of neighbouring centres, in depths of the bodies.
    spacing_cost : float
        Per body that would have been passed over.
    size_sd, turn_sd_rad, offset_sd : float
        Deviations of log depth, of the turn of the bodies' axes, and of the sideways step.
    heat_zero : float
        Heat at which a candidate neither helps nor harms a chain.
    """

    spacing: tuple[float, float] = (0.35, 4.5)
    spacing_cost: float = 0.35
    size_sd: float = 0.25
    turn_sd_rad: float = 0.45
    offset_sd: float = 0.30
    heat_zero: float = 0.2


def best_column(
    candidates: Sequence[Candidate], settings: ColumnSettings | None = None
) -> tuple[tuple[Candidate, ...], float]:
    """The chain of candidates, top to bottom, that makes the best spine.

    Parameters
    ----------
    candidates : sequence of Candidate
    settings : ColumnSettings, optional

    Returns
    -------
    column : tuple of Candidate
        Top to bottom, may be empty.
    score : float
        About one per clear, well-placed body.
    """
    settings = settings or ColumnSettings()
    if not candidates:
        return (), 0.0
    ordered = sorted(candidates, key=lambda candidate: float(candidate.centre_px[1]))
    reward = np.array([_reward(candidate, settings) for candidate in ordered])
    best = reward.copy()
    before = np.full(len(ordered), -1)
    for j, lower in enumerate(ordered):
        for i in range(j):
            linked = best[i] + reward[j] - link_cost(ordered[i], lower, settings)
            if linked > best[j]:
                best[j], before[j] = linked, i
    at = int(best.argmax())
    score = float(best[at])
    chain = []
    while at >= 0:
        chain.append(ordered[at])
        at = int(before[at])
    return tuple(reversed(chain)), score


def _reward(candidate: Candidate, settings: ColumnSettings) -> float:
    frame = body_frame(candidate.points_px)
    flat = frame.height_px / frame.depth_px
    # A body is 0.2 (collapsed) to 1.3 times as high as deep; beyond, it is no body.
    odd = max(0.0, 0.25 - flat) * 4 + max(0.0, flat - 1.3) * 2
    tilt = abs(float(np.arctan2(frame.anterior[1], frame.anterior[0])))
    odd += max(0.0, tilt - 1.3)
    return (candidate.heat - settings.heat_zero) / (1 - settings.heat_zero) - odd


def link_cost(upper: Candidate, lower: Candidate, settings: ColumnSettings) -> float:
    """Cost of ``lower`` following ``upper``; infinite where the two cannot be neighbours."""
    top, bottom = body_frame(upper.points_px), body_frame(lower.points_px)
    step = bottom.centre_px - top.centre_px
    depth = 0.5 * (top.depth_px + bottom.depth_px)
    distance = float(np.hypot(*step)) / depth
    if not settings.spacing[0] <= distance <= settings.spacing[1]:
        return np.inf
    across = top.anterior + bottom.anterior
    length = float(np.hypot(*across))
    if length < 0.5:
        return np.inf
    across = across / length
    sideways = abs(float(step @ across)) / depth
    turn = float(np.arccos(np.clip(top.anterior @ bottom.anterior, -1, 1)))
    size = float(np.log(bottom.depth_px / top.depth_px))
    crowded = max(0.0, 0.6 - distance) * 2
    return (
        settings.spacing_cost * max(0.0, distance - 1.2)
        + 0.15 * (size / settings.size_sd) ** 2
        + 0.15 * (turn / settings.turn_sd_rad) ** 2
        + 0.10 * (sideways / max(distance, 0.5) / settings.offset_sd) ** 2
        + crowded
    )


def room_below(column: Sequence[Candidate], bottom_px: float) -> float:
    """Picture under the lowest body, in depths of that body (about one per missing body)."""
    if not column:
        return 0.0
    lowest = body_frame(column[-1].points_px)
    below = bottom_px - float(lowest.centre_px[1]) - 0.5 * lowest.height_px
    return max(0.0, below / lowest.depth_px)
