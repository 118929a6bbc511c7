"""How the spine follows a body that was pressed together.

The bodies above sink and tilt as rigid pieces; the discs between them, and the room above the
topmost body, take this up little by little, so that nothing moves at the film's upper edge and no
pixel is needed from beyond it. Where that does not suffice, the bodies below rise a little. What
neither can take, the discs next to the body do.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Level
from spondyl.simulate.collapse_body import Axes, Squeeze, body_axes
from spondyl.simulate.collapse_spine import (
    STILL,
    Follow,
    Motion,
    joint_between,
    joint_to_edge,
    turn_matrix,
)

FloatArray = NDArray[np.float64]

#: A disc grows by at most this share.
_MOST_GROWTH = 0.30
#: Room in which bodies may lie that the label does not know grows less.
_MOST_GROWTH_OF_ROOM = 0.12
#: The spine above tilts by at most this much, radians.
_MOST_TILT = 0.12
#: A disc next to the body closes by at most this share beyond what the body's loss opened.
_MOST_CLOSING = 0.15
#: It opens by at most this share, if the spine can follow so far.
_MOST_OPENING = 0.8
#: Any other disc keeps at least this share of its height at either wall when the spine tilts.
_LEAST_KEPT = 0.6


def follow(
    levels: Sequence[Level],
    quads_px: Sequence[FloatArray],
    index: int,
    squeeze: Squeeze,
    share: float,
    tilt_share: float,
) -> Follow:
    """Motions of all bodies after body ``index`` was pressed together.

    Parameters
    ----------
    levels : sequence of Level
        Of the bodies, top to bottom.
    quads_px : sequence of ndarray, shape (4, 2)
        Their corners before.
    index : int
    squeeze : Squeeze
    share : float
        How much of the lost height the spine follows, 0..1; the discs take the rest.
    tilt_share : float
        The same for the tilt of a wedge.
    """
    quads = [np.asarray(quad) for quad in quads_px]
    quads[index] = squeeze.points_px[:4]
    before = [_walls(*pair) for pair in pairwise(quads)]
    for tilt in (tilt_share, 0.5 * tilt_share, 0.25 * tilt_share, 0.0):
        motions, room = _motions(levels, quads, index, squeeze, share, tilt)
        after = [motion(quad) for motion, quad in zip(motions, quads, strict=True)]
        left = [_walls(*pair) for pair in pairwise(after)]
        # Tilting back closes the discs on the other side; the two next to the body have opened.
        if all(
            joint in (index - 1, index) or bool((left[joint] >= _LEAST_KEPT * gap).all())
            for joint, gap in enumerate(np.maximum(before, 0.0))
        ):
            break
    edge = joint_to_edge(after[0], room)
    between = (
        joint_between(*pair, moves)
        for pair, moves in zip(pairwise(after), pairwise(motions), strict=True)
    )
    return Follow(
        tuple(motions),
        (edge, *between),
        np.array([quad.mean(axis=0) for quad in after]),
        float(np.median([body_axes(quad).depth_px for quad in quads])),
        1.0 if squeeze.axes.anterior[0] >= 0 else -1.0,
        max(0.4 * room, 4.0),
    )


def _motions(
    levels: Sequence[Level],
    quads: Sequence[FloatArray],
    index: int,
    squeeze: Squeeze,
    share: float,
    tilt_share: float,
) -> tuple[list[Motion], float]:
    """Motions of the bodies, and the room above the topmost of them."""
    axes = [body_axes(quad) for quad in quads]
    room = _room(axes[0])
    pinned = room < 0.5 * axes[0].height_px
    give = _give(levels, quads)
    above = np.cumsum([0.0 if pinned else _MOST_GROWTH_OF_ROOM * room, *give[: max(index - 1, 0)]])
    below = np.cumsum([0.0, *give[index + 1 :][::-1]])[::-1]  # of body index + 1 and on
    tilts, whole = _tilts(axes, index, squeeze, tilt_share, room, pinned)
    sunk = squeeze.sunk_px.mean(axis=1)
    superior = float(sunk[0] / sunk.sum()) if sunk.sum() > 0 else 1.0
    closing = np.zeros(2)
    for side, (joint, part) in enumerate(((index - 1, superior), (index, 1 - superior))):
        if 0 <= joint < len(quads) - 1:
            turn = part * whole * 0.5 * squeeze.axes.depth_px * np.array([1.0, -1.0])
            room_px = _walls(quads[joint], quads[joint + 1])
            # What was opened may close again, and a little more, but at either wall.
            most = squeeze.sunk_px[side] + turn
            most += _MOST_CLOSING * np.maximum(room_px - squeeze.sunk_px[side], 0.0)
            own = np.maximum(room_px - squeeze.sunk_px[side], 0.0).mean()
            least = float(sunk[side]) - _MOST_OPENING * float(own)
            asked = max(share * float(sunk[side]), least)
            closing[side] = max(0.0, min(asked, float(most.min())))
    wanted = float(closing.sum())
    superior = float(closing[0] / wanted) if wanted > 0 else 1.0
    down = min(wanted, float(above[-1])) if index else 0.0
    up = min(wanted - down, float(below[0]))

    motions: list[Motion] = [STILL] * len(quads)
    for i in range(index + 1, len(quads)):
        rise = up * below[i - index - 1] / below[0] if up > 0 else 0.0
        if rise > 0:
            motions[i] = _motion(0.0, axes[i], -rise * axes[i].down)
    sink = down - superior * (down + up)
    if tilts[index] or sink:
        motions[index] = _motion(tilts[index], axes[index], sink * axes[index].down)
    drift = np.zeros(2)
    for i in range(index - 1, -1 + pinned, -1):
        segment = axes[i].centre_px - axes[i + 1].centre_px
        drift = drift + (turn_matrix(0.5 * (tilts[i] + tilts[i + 1])) - np.eye(2)) @ segment
        # Of the turned segment only the move across the spine counts: along it, discs decide.
        across = float(drift @ axes[i].anterior) * axes[i].anterior
        sink = down * float(above[i] / above[-1]) if above[-1] > 0 else 0.0
        motions[i] = _motion(tilts[i], axes[i], across + sink * axes[i].down)
    return motions, room


def _tilts(
    axes: Sequence[Axes],
    index: int,
    squeeze: Squeeze,
    tilt_share: float,
    room: float,
    pinned: bool,
) -> tuple[FloatArray, float]:
    """Angle of each body from the top to ``index``, and how far the spine above tilts forward.

    Further up the spine tilts back, so that neither angle nor shift is left at the film's edge:
    (1 - s)(1 - 3 s) is 1 at s = 0 and 0 at s = 1, and so is its integral.
    """
    own = squeeze.axes
    if index == 0:
        return np.zeros(1), 0.0
    centres = np.array([each.centre_px for each in axes[: index + 1]])
    steps = np.hypot(*np.diff(centres, axis=0).T)
    reach = float(steps.sum()) + (0.0 if pinned else 0.5 * axes[0].height_px + room)
    whole = tilt_share * float((squeeze.sunk_px[:, 1] - squeeze.sunk_px[:, 0]).sum())
    whole = float(np.clip(whole / own.depth_px, -_MOST_TILT, _MOST_TILT))
    # A short spine above has no room to tilt back.
    whole *= float(np.clip(reach / (2.5 * own.height_px) - 0.4, 0, 1))
    sense = np.sign(own.anterior[0] * own.down[1] - own.anterior[1] * own.down[0])
    away = np.append(np.cumsum(steps[::-1])[::-1], 0.0)
    s = np.clip((away - away[index - 1]) / max(reach - away[index - 1], 1.0), 0, 1)
    tilts = sense * whole * (1 - s) * (1 - 3 * s)
    if pinned:
        tilts[0] = 0.0
        whole = whole if index > 1 else 0.0
    # The body itself turns by what its inferior endplate lost, against what is below.
    lost = np.abs(squeeze.sunk_px.sum(axis=1))
    known_below = index + 1 < len(axes)
    part = float(lost[1] / lost.sum()) if lost.sum() > 0 and known_below else 0.0
    tilts[index] = part * sense * whole
    return tilts, whole


def _motion(angle: float, axes: Axes, shift_px: FloatArray) -> Motion:
    return Motion(float(angle), axes.centre_px, shift_px)


def _give(levels: Sequence[Level], quads: Sequence[FloatArray]) -> FloatArray:
    """How much each gap between bodies may grow, px."""
    gaps = []
    for (upper, lower), (a, b) in zip(pairwise(levels), pairwise(quads), strict=True):
        gap = float(_walls(a, b).mean())
        growth = _MOST_GROWTH if neighbours(upper, lower) else _MOST_GROWTH_OF_ROOM
        gaps.append(growth * max(gap, 0.0))
    return np.array(gaps)


def neighbours(upper: Level, lower: Level) -> bool:
    """No body lies between two levels; L6 is mostly not there."""
    step = LEVELS[lower].order - LEVELS[upper].order
    return step == 1 or (upper is Level.L5 and lower is Level.S1)


def _room(topmost: Axes) -> float:
    """Room between the topmost body and the film's upper edge, px."""
    room = float(topmost.centre_px[1]) - 0.5 * topmost.height_px - 0.1 * topmost.depth_px
    return max(0.0, room)


def _walls(upper: FloatArray, lower: FloatArray) -> FloatArray:
    """Height of the gap between two bodies at the (posterior, anterior) wall, px."""
    down = body_axes(upper).down + body_axes(lower).down
    return np.asarray((lower[:2] - upper[[3, 2]]) @ down / np.hypot(*down))
