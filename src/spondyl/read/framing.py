"""In which frames, and how often, a body is looked at on crops of its own."""

from dataclasses import dataclass, replace

import numpy as np

from spondyl.geometry import BodyFrame

#: Further views: the frame shifted (anterior, down; in depths), grown (log), turned (rad). In pairs
#: about the frame itself, so that what one adds by its place the other takes away.
_BESIDE = (
    (0.04, 0.03, 0.04, 0.04),
    (-0.04, -0.03, -0.04, -0.04),
    (-0.03, 0.04, 0.04, -0.04),
    (0.03, -0.04, -0.04, 0.04),
)


@dataclass(frozen=True)
class CropSettings:
    """How often each body is looked at.

    Attributes
    ----------
    passes : int
        0: never, the finder's points stand; 1: once; 2: once more, framed on the points found,
        where these moved the frame. The two passes are averaged.
    reframe : (float, float, float)
        Shift (in depths), growth (log) and turn (rad) of the frame above which it is read again:
        the body network is trained on jittered frames, smaller errors do not trouble it.
    views : int
        Crops per pass, 1 to 5: the frame itself, and frames a little beside it; answers averaged.
    """

    passes: int = 2
    reframe: tuple[float, float, float] = (0.06, 0.08, 0.06)
    views: int = 1

    def __post_init__(self) -> None:
        most = 1 + len(_BESIDE)
        if not (0 <= self.passes <= 2 and 1 <= self.views <= most):
            raise ValueError(
                f"Bodies are read in 0 to 2 passes of 1 to {most} views, found {self.passes} "
                f"passes of {self.views} views."
            )

    def moved(self, before: BodyFrame, after: BodyFrame) -> bool:
        """The crop was framed so far off that a second look pays."""
        shift = float(np.hypot(*(after.centre_px - before.centre_px))) / before.depth_px
        growth = abs(float(np.log(after.depth_px / before.depth_px)))
        turn = float(np.arccos(np.clip(before.anterior @ after.anterior, -1, 1)))
        limit_shift, limit_growth, limit_turn_rad = self.reframe
        return shift > limit_shift or growth > limit_growth or turn > limit_turn_rad


def frames_about(frame: BodyFrame, views: int) -> list[BodyFrame]:
    """The frame itself and, for more views than one, frames a little beside it."""
    axes = np.array([frame.anterior, [-frame.anterior[1], frame.anterior[0]]])
    beside = [
        replace(
            frame,
            centre_px=frame.centre_px + frame.depth_px * np.array([forward, down]) @ axes,
            anterior=np.array([np.cos(turn), np.sin(turn)]) @ axes,
            depth_px=frame.depth_px * float(np.exp(growth)),
        )
        for forward, down, growth, turn in _BESIDE[: views - 1]
    ]
    return [frame, *beside]
