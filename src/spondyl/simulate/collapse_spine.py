"""How the spine follows a body that was pressed together: rigid bodies, elastic discs.

The bodies above sink and tilt as rigid pieces; the discs between them, and the room above the
topmost body, take this up little by little, so that nothing moves at the film's upper edge and no
pixel is needed from beyond it. What they cannot take, the discs next to the body do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.collapse_body import Axes, Squeeze, body_axes

FloatArray = NDArray[np.float64]

#: A disc, or the room above the topmost body, grows by at most this share.
_MOST_GROWTH = 0.30
#: The spine above tilts by at most this much, radians.
_MOST_TILT = 0.14
#: Beside the spine the move fades: whole from here to there, over this width, in depths of a body.
_WHOLE_BACK, _WHOLE_FRONT, _FADE = 1.9, 0.75, 1.3


@dataclass(frozen=True)
class Motion:
    """A rigid motion in the picture: turn about ``centre_px``, then move by ``shift_px``."""

    turn: FloatArray
    centre_px: FloatArray
    shift_px: FloatArray

    def __call__(self, points_px: FloatArray) -> FloatArray:
        """Points (..., 2) after the motion."""
        return np.asarray((points_px - self.centre_px) @ self.turn.T + self.centre_px) + (
            self.shift_px
        )

    def back(self, points_px: FloatArray) -> FloatArray:
        """Displacement (..., 2) from moved points to where they come from."""
        from_centre = points_px - self.centre_px - self.shift_px
        return np.asarray(from_centre @ self.turn + self.centre_px - points_px)


_STILL = Motion(np.eye(2), np.zeros(2), np.zeros(2))


@dataclass(frozen=True)
class _Joint:
    """Between two pieces: the upper one's motion fades into the lower one's."""

    axes: Axes
    upper: FloatArray  # (2, 2): forward, down of the upper line's ends
    lower: FloatArray

    def weight(self, points_px: FloatArray) -> FloatArray:
        local = self.axes.local(points_px)
        x = np.clip(local[..., 0], -0.6 * self.axes.depth_px, 0.6 * self.axes.depth_px)
        top, bottom = _line(self.upper, x), _line(self.lower, x)
        gap = np.maximum(bottom - top, 0.02 * self.axes.depth_px)
        t = np.clip((top + gap - local[..., 1]) / gap, 0, 1)
        # Little rounding: a steep middle would squeeze thin discs.
        return np.asarray(0.6 * t + 0.4 * t * t * (3 - 2 * t))


def _line(ends: FloatArray, x: FloatArray) -> FloatArray:
    slope = (ends[1, 1] - ends[0, 1]) / (ends[1, 0] - ends[0, 0])
    return np.asarray(ends[0, 1] + slope * (x - ends[0, 0]))


@dataclass(frozen=True)
class Follow:
    """The motion of the spine around one collapsed body.

    Attributes
    ----------
    motions : tuple of Motion
        One per body, top to bottom.
    """

    motions: tuple[Motion, ...]
    joints: tuple[_Joint, ...]
    anchor: _Joint
    centres_px: FloatArray
    depth_px: float
    forward: float

    def shift(self, points_px: FloatArray) -> FloatArray:
        """Displacement (..., 2) from points after the motion to where they come from."""
        total = self.motions[-1].back(points_px)
        for upper, lower, joint in zip(
            self.motions[:-1], self.motions[1:], self.joints, strict=True
        ):
            if upper is lower:
                continue
            change = upper.back(points_px) - lower.back(points_px)
            total += joint.weight(points_px)[..., None] * change
        total -= self.anchor.weight(points_px)[..., None] * self.motions[0].back(points_px)
        return total * self._beside(points_px)[..., None]

    def _beside(self, points_px: FloatArray) -> FloatArray:
        """1 at the spine, 0 far beside it."""
        order = np.argsort(self.centres_px[:, 1])
        middle = np.interp(points_px[..., 1], *self.centres_px[order].T[::-1])
        off = (points_px[..., 0] - middle) * self.forward / self.depth_px
        beyond = np.maximum(off - _WHOLE_FRONT, -_WHOLE_BACK - off) / _FADE
        t = np.clip(1 - beyond, 0, 1)
        return np.asarray(t * t * (3 - 2 * t))


def follow(
    quads_px: Sequence[FloatArray], index: int, squeeze: Squeeze, share: float, tilt_share: float
) -> Follow:
    """Motions of all bodies after body ``index`` was pressed together.

    Parameters
    ----------
    quads_px : sequence of ndarray, shape (4, 2)
        Corners of all bodies, top to bottom, before.
    index : int
    squeeze : Squeeze
    share : float
        How much of the lost height the spine follows, 0..1; the discs take the rest.
    tilt_share : float
        The same for the tilt of a wedge.
    """
    quads = [np.asarray(quad) for quad in quads_px]
    quads[index] = squeeze.points_px[:4]
    axes = [body_axes(quad) for quad in quads]
    gaps = np.array(
        [max(float(_gap(a, b)), 0.0) for a, b in zip(quads[:-1], quads[1:], strict=True)]
    )
    own = squeeze.axes
    closing = squeeze.sunk_px.mean(axis=1)  # superior, inferior
    wanted = share * float(closing.sum())
    superior_part = float(closing[0] / closing.sum()) if closing.sum() else 1.0
    tilt = tilt_share * float((squeeze.sunk_px[:, 1] - squeeze.sunk_px[:, 0]).sum()) / own.depth_px

    # Above: the topmost body holds still where there is no room over it.
    top_y = _room(axes[0])
    pinned = top_y < 0.5 * axes[0].height_px
    slack = [top_y if not pinned else 0.0, *gaps[: max(index - 1, 0)]]
    give = np.cumsum(slack)  # what gives above body i, for i = 0..index-1
    up = min(wanted, _MOST_GROWTH * float(give[-1])) if index else 0.0
    down_give = gaps[index + 1 :]
    down = min(max(wanted - up, 0.0), _MOST_GROWTH * float(down_give.sum()))
    both = up + down

    if index == 0:
        tilt = 0.0
    reach = 0.0 if index == 0 else _reach(axes, index, top_y, pinned)
    tilt = float(np.clip(tilt, -_MOST_TILT, _MOST_TILT))
    tilt *= float(np.clip(reach / (2.5 * own.height_px) - 0.4, 0, 1))

    forward = 1.0 if own.anterior[0] >= 0 else -1.0
    sense = float(np.sign(own.anterior[0] * own.down[1] - own.anterior[1] * own.down[0]))
    motions: list[Motion] = [_STILL] * len(quads)
    for i in range(index + 1, len(quads)):
        left = float(down_give[i - index - 1 :].sum() / down_give.sum()) if both > up else 0.0
        if down * left > 0:
            motions[i] = Motion(np.eye(2), np.zeros(2), -down * left * axes[i].down)
    own_tilt = (1 - superior_part) * tilt
    own_sink = up - superior_part * both
    motions[index] = Motion(
        _turn(sense * own_tilt), axes[index].centre_px, own_sink * axes[index].down
    )
    place = 0.0
    drift = np.zeros(2)
    last = own_tilt
    for i in range(index - 1, -1, -1):
        segment = axes[i].centre_px - axes[i + 1].centre_px
        place += float(np.hypot(*segment))
        s = min(place / reach, 1.0)
        if i == index - 1:
            s = 0.0
        # Tilts back further up, so that neither angle nor shift is left at the film's edge.
        angle = tilt * (1 - s) * (1 - 3 * s)
        if pinned and i == 0:
            continue
        drift = drift + (_turn(sense * 0.5 * (angle + last)) - np.eye(2)) @ segment
        last = angle
        # The turn of the segment is a move across the spine; along it the discs decide.
        across = float(drift @ axes[i].anterior) * axes[i].anterior
        sink = up * float(give[i] / give[-1]) if give[-1] else 0.0
        motions[i] = Motion(_turn(sense * angle), axes[i].centre_px, across + sink * axes[i].down)
    after = [motion(quad) for motion, quad in zip(motions, quads, strict=True)]
    joints = tuple(_joint(a, b) for a, b in zip(after[:-1], after[1:], strict=True))
    return Follow(
        tuple(motions),
        joints,
        _anchor(after[0], top_y),
        np.array([quad.mean(axis=0) for quad in after]),
        float(np.median([a.depth_px for a in axes])),
        forward,
    )


def _turn(angle: float) -> FloatArray:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _gap(upper: FloatArray, lower: FloatArray) -> float:
    """Mean height of the disc between two bodies."""
    down = body_axes(upper).down + body_axes(lower).down
    down /= np.hypot(*down)
    return float((lower[:2] - upper[[3, 2]]).mean(axis=0) @ down)


def _room(axes: Axes) -> float:
    """Room between the topmost body and the film's upper edge."""
    return max(0.0, float(axes.centre_px[1]) - 0.5 * axes.height_px - 0.1 * axes.depth_px)


def _reach(axes: Sequence[Axes], index: int, room: float, pinned: bool) -> float:
    """Length of the spine above a body up to where it holds still."""
    centres = np.array([each.centre_px for each in axes[: index + 1]])
    length = float(np.hypot(*np.diff(centres, axis=0).T).sum())
    return length if pinned else length + 0.5 * axes[0].height_px + room


def _joint(upper: FloatArray, lower: FloatArray) -> _Joint:
    ends = np.stack([upper[[3, 2]], lower[[0, 1]]])
    across = (ends[:, 1] - ends[:, 0]).sum(axis=0)
    anterior = across / np.hypot(*across)
    down = np.array([-anterior[1], anterior[0]])
    if (lower.mean(axis=0) - upper.mean(axis=0)) @ down < 0:
        down = -down
    depth = 0.5 * float(np.hypot(*(ends[:, 1] - ends[:, 0]).T).sum())
    axes = Axes(ends.mean(axis=(0, 1)), anterior, down, depth, 0.0)
    local = axes.local(ends)
    return _Joint(axes, local[0], local[1])


def _anchor(topmost: FloatArray, room: float) -> _Joint:
    """Above the topmost body the move fades towards the film's edge: weight 1 is still."""
    axes = body_axes(topmost)
    lower = axes.local(topmost[:2])
    height = max(0.9 * room, 1.0)
    return _Joint(axes, lower - np.array([0.0, height]), lower)
