"""The motion of a spine in the picture: rigid bodies, joints between them that give way."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.collapse_body import Axes, body_axes

FloatArray = NDArray[np.float64]
Planes = tuple[FloatArray, FloatArray]

#: Beside the spine the move fades: whole from here to there, over this width, in depths of a body.
_WHOLE_BACK, _WHOLE_FRONT, _FADE = 1.9, 0.75, 1.3
#: Half the depth over which endplates bound a joint; beyond it, its two lines part by this slope.
_HALF, _PARTING = 0.6, 0.25


@dataclass(frozen=True)
class Motion:
    """A rigid motion in the picture: turn by an angle about a place, then shift."""

    angle: float
    centre_px: FloatArray
    shift_px: FloatArray

    def __call__(self, points_px: FloatArray) -> FloatArray:
        """Points (..., 2) after the motion."""
        turned = (points_px - self.centre_px) @ turn_matrix(self.angle).T
        return np.asarray(turned + self.centre_px + self.shift_px)

    @property
    def back(self) -> tuple[FloatArray, FloatArray]:
        """Displacement from a moved point q to where it comes from: ``linear @ q + offset``."""
        inverse = turn_matrix(-self.angle)
        return inverse - np.eye(2), self.centre_px - inverse @ (self.centre_px + self.shift_px)


STILL = Motion(0.0, np.zeros(2), np.zeros(2))


@dataclass(frozen=True)
class Joint:
    """Between two pieces: the upper one's motion fades into the lower one's."""

    axes: Axes
    upper: FloatArray  # (2, 2): (forward, down) of the line's ends
    lower: FloatArray
    least_px: float

    def weight(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """1 at the upper line and above, 0 at the lower one and below."""
        (ax, ay), (dx, dy) = self.axes.anterior, self.axes.down
        x0, y0 = self.axes.centre_px
        along = ax * x + (ay * y - (ax * x0 + ay * y0))
        down = dx * x + (dy * y - (dx * x0 + dy * y0))
        # Behind and in front of the bodies the lines may cross: there they part again, the faster
        # the farther, as a turn moves far places more.
        near = np.clip(along, -_HALF * self.axes.depth_px, _HALF * self.axes.depth_px)
        parting = _PARTING * np.abs(along - near)
        slopes = [(e[1, 1] - e[0, 1]) / (e[1, 0] - e[0, 0]) for e in (self.upper, self.lower)]
        starts = [
            e[0, 1] - slope * e[0, 0]
            for e, slope in zip((self.upper, self.lower), slopes, strict=True)
        ]
        gap = (slopes[1] - slopes[0]) * near + (starts[1] - starts[0])
        gap = np.maximum(gap, self.least_px) + 2 * parting
        t = np.clip(1 + (slopes[0] * near + starts[0] - parting - down) / gap, 0, 1)
        # Little rounding: a steep middle would squeeze thin discs.
        return np.asarray(t * (0.6 + t * (1.2 - 0.8 * t)))


@dataclass(frozen=True)
class Follow:
    """The motion of the spine around one collapsed body.

    Attributes
    ----------
    motions : tuple of Motion
        One per body, top to bottom.
    joints : tuple of Joint
        Between them; the first lies between the film's upper edge and the topmost body.
    centres_px : ndarray, shape (n, 2)
    depth_px : float
    forward : float
        1 where anterior is to the right, -1 where it is to the left.
    edge_px : float
        Rows under the film's upper edge over which what is left of the motion fades.
    """

    motions: tuple[Motion, ...]
    joints: tuple[Joint, ...]
    centres_px: FloatArray
    depth_px: float
    forward: float
    edge_px: float

    def shift(self, x: FloatArray, y: FloatArray) -> Planes:
        """Displacement from places after the motion to where they come from.

        Parameters
        ----------
        x, y : ndarray
            Film px, shapes that broadcast.
        """
        shape = np.broadcast_shapes(x.shape, y.shape)
        total = [np.zeros(shape), np.zeros(shape)]
        pieces = (STILL, *self.motions)
        for (upper, lower), joint in zip(pairwise(pieces), self.joints, strict=True):
            if upper is lower:
                continue
            linear, offset = (a - b for a, b in zip(upper.back, lower.back, strict=True))
            weight = joint.weight(x, y)
            for axis in (0, 1):
                change = linear[axis, 0] * x + (linear[axis, 1] * y + offset[axis])
                total[axis] += weight * change
        linear, offset = self.motions[-1].back
        for axis in (0, 1):
            total[axis] += linear[axis, 0] * x + (linear[axis, 1] * y + offset[axis])
        edge = np.clip(y / self.edge_px, 0, 1)
        kept = self._beside(x, y) * (edge * edge * (3 - 2 * edge))
        return total[0] * kept, total[1] * kept

    def _beside(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """1 at the spine, 0 far beside it."""
        order = np.argsort(self.centres_px[:, 1])
        middle = np.interp(y, *self.centres_px[order].T[::-1])
        off = (x - middle) * (self.forward / self.depth_px)
        t = np.clip(1 - np.maximum(off - _WHOLE_FRONT, -_WHOLE_BACK - off) / _FADE, 0, 1)
        return np.asarray(t * t * (3 - 2 * t))


def turn_matrix(angle: float) -> FloatArray:
    """Shape (2, 2): a positive angle (radians) turns x towards y."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def joint_between(upper: FloatArray, lower: FloatArray, moves: tuple[Motion, Motion]) -> Joint:
    """The joint between two bodies' corners (4, 2), both after their moves."""
    ends = np.stack([upper[[3, 2]], lower[[0, 1]]])
    across = (ends[:, 1] - ends[:, 0]).sum(axis=0)
    anterior = across / np.hypot(*across)
    down = np.array([-anterior[1], anterior[0]])
    if (lower.mean(axis=0) - upper.mean(axis=0)) @ down < 0:
        down = -down
    depth = 0.5 * float(np.hypot(*(ends[:, 1] - ends[:, 0]).T).sum())
    axes = Axes(ends.mean(axis=(0, 1)), anterior, down, depth, 0.0)
    local = axes.local(ends)
    # Where it was stretched, a joint may not be thinner than that, or the picture would fold.
    middle = ends.mean(axis=(0, 1))
    apart = [linear @ middle + offset for linear, offset in (move.back for move in moves)]
    stretched = 1.3 * float((apart[0] - apart[1]) @ down)
    return Joint(axes, local[0], local[1], max(0.03 * depth, stretched))


def joint_to_edge(topmost: FloatArray, room: float) -> Joint:
    """Above the topmost body the move fades towards the film's edge."""
    axes = body_axes(topmost)
    lower = axes.local(topmost[:2])
    return Joint(axes, lower - np.array([0.0, max(0.9 * room, 1.0)]), lower, 1.0)
