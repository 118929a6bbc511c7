"""Maps that a perfect finder and a perfect body network would give for a known label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spondyl.anatomy import LEVELS, Level
from spondyl.geometry import Affine, body_frame, points_in_quad
from spondyl.read.engine import BodyOutputs, FinderMaps, ViewLogits
from spondyl.read.model import ModelIdentity

ROWS, COLUMNS, STRIDE, UNIT = 112, 80, 4, 16.0


def six_points(
    centre: Sequence[float],
    depth: float = 26.0,
    height: float = 20.0,
    tilt_deg: float = 0.0,
    anterior_loss: float = 0.0,
    middle_loss: float = 0.0,
    posterior_loss: float = 0.0,
) -> np.ndarray:
    """Six points of a body, posterior left, with parts of its heights lost at the top endplate."""
    left, right, up = -depth / 2, depth / 2, -height / 2
    points = np.array(
        [
            [left, up + posterior_loss * height],
            [right, up + anterior_loss * height],
            [right, -up],
            [left, -up],
            [0, up * 0.93 + middle_loss * height],
            [0, -up * 0.93],
        ]
    )
    turn = np.deg2rad(tilt_deg)
    cos, sin = np.cos(turn), np.sin(turn)
    return points @ np.array([[cos, sin], [-sin, cos]]) + np.asarray(centre)


def spine(
    names: Sequence[str] = ("T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"),
    top: tuple[float, float] = (130.0, 60.0),
    step: float = 27.0,
    **losses: Mapping[str, float],
) -> dict[Level, np.ndarray]:
    """A gently curved column in network px; ``losses`` gives keyword losses per level name."""
    bodies = {}
    x, y = top
    for k, name in enumerate(names):
        tilt = -12 + 5.0 * k + (12 if name == "S1" else 0)
        bodies[Level(name)] = six_points((x, y), tilt_deg=tilt, **losses.get(name, {}))
        x += 3.0 - 1.2 * k
        y += step
    return bodies


def ideal_finder(
    bodies: Mapping[Level, np.ndarray],
    fractured: Sequence[Level] = (),
    heat: Mapping[Level, float] | None = None,
    looks: Mapping[Level, Level | None] | None = None,
) -> FinderMaps:
    """Maps of bodies (six points in network px).

    ``heat`` sets a body's peak; ``looks`` the level whose channel a body's cells light up (None:
    background).
    """
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    cells = np.stack([columns, rows], axis=-1) * float(STRIDE) + 1.5
    levels = np.zeros((10, ROWS, COLUMNS), np.float32)
    levels[0] = 8.0
    fracture = np.full((ROWS, COLUMNS), -6.0, np.float32)
    warmth = np.full((ROWS, COLUMNS), 1e-4)
    offsets = np.zeros((12, ROWS, COLUMNS), np.float32)
    for level, points in bodies.items():
        inside = points_in_quad(cells, points[:4])
        seen = (looks or {}).get(level, level)
        channel = LEVELS[seen].channel if seen is not None else 0
        if channel:
            levels[0][inside] = 0.0
            levels[channel][inside] = 8.0
        if level in fractured:
            fracture[inside] = 6.0
        frame = body_frame(points)
        square = ((cells - frame.centre_px) ** 2).sum(axis=-1)
        sigma = max(0.18 * frame.height_px, 0.7 * STRIDE)
        gaussian = np.exp(-square / (2 * sigma**2))
        gaussian.flat[square.argmin()] = 1.0
        gaussian *= (heat or {}).get(level, 0.98)
        nearer = gaussian > warmth
        warmth[nearer] = gaussian[nearer]
        delta = (points[None, None] - cells[:, :, None]) / UNIT
        offsets[:, nearer] = delta.reshape(ROWS, COLUMNS, 12).transpose(2, 0, 1)[:, nearer]
    logit = np.log(warmth / (1 - warmth)).astype(np.float32)
    return FinderMaps(levels, fracture, np.concatenate([logit[None], offsets]))


@dataclass
class IdealEngine:
    """Networks that know the answer.

    Attributes
    ----------
    bodies : six points per level, in canonical film px
    to_network : canonical film px to network px
    """

    bodies: Mapping[Level, np.ndarray]
    to_network: Affine
    fractured: Sequence[Level] = ()
    hidden: Sequence[Level] = ()
    side: float = -8.0
    inverted: float = -8.0
    lumbar: float = 8.0
    body_logit: float = 6.0
    spread_px: float = 0.8
    calls: list[str] = field(default_factory=list)

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("ideal", "0", "0" * 64)

    def view(self, pictures: np.ndarray) -> ViewLogits:
        """Of [picture, mirrored, inverted, both]."""
        assert pictures.shape == (4, 1, 128, 128)
        self.calls.append("view")
        return ViewLogits(
            side=self.side * np.array([1, -1, 1, -1]),
            inverted=self.inverted * np.array([1, 1, -1, -1]),
            lumbar=np.full(4, self.lumbar),
        )

    def finder(self, channels: np.ndarray) -> FinderMaps:
        assert channels.shape == (2, 448, 320)
        self.calls.append("finder")
        self.channels = channels
        seen = {k: self.to_network(v) for k, v in self.bodies.items() if k not in self.hidden}
        return ideal_finder(seen, self.fractured)

    def body(self, crops: np.ndarray) -> BodyOutputs:
        """Points as seen from the middle of the crop; the order of the crops is top to bottom."""
        self.calls.append("body")
        judged = [
            (level, points)
            for level, points in self.bodies.items()
            if LEVELS[level].judged and level not in self.hidden
        ]
        assert len(crops) == len(judged)
        points = np.stack([body_frame(p).to_crop(112, 52.0)(p) for _, p in judged])
        marks = np.array([level in self.fractured for level, _ in judged])
        count = len(judged)
        return BodyOutputs(
            points.astype(np.float32),
            np.full((count, 6), self.spread_px, np.float32),
            np.where(marks, 5.0, -5.0).astype(np.float32),
            np.where(marks[:, None], [[0.3, 0.1, 0.0]], 0.02).astype(np.float32),
            np.full(count, self.body_logit, np.float32),
        )
