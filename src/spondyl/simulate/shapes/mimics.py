"""What looks like a fracture and is none, and degenerative change: moves of points, like fractures.

Each kind is a frozen description with a ``deform(points_mm, box)`` of its own; `deformed` applies
any of them to a whole vertebra. None is a fracture: bodies keep the status normal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.simulate.shapes.bodyframe import body_coordinates, lagrange, smoothstep
from spondyl.simulate.shapes.primitives import superquadric
from spondyl.simulate.shapes.surface import Surface
from spondyl.simulate.shapes.vertebra import BodyBox, VertebraShape

Points = NDArray[np.float64]


class Deformation(Protocol):
    """Anything that moves the points of a vertebra."""

    def deform(self, points_mm: Points, box: BodyBox) -> Points:
        """Points (N, 3) -> moved points (N, 3), local frame."""
        ...


def _side(t: Points, superior: bool) -> Points:
    """1 at one endplate, 0 from mid-height on."""
    return smoothstep((t - 0.5) / 0.5) if superior else smoothstep((0.5 - t) / 0.5)


@dataclass(frozen=True)
class SchmorlNode:
    """A pit of an endplate: disc pressed into the body.

    ``u``, ``v`` say where (see `body_coordinates`); ``depth_mm`` and ``radius_mm`` how large.
    """

    superior: bool
    u: float
    v: float
    depth_mm: float
    radius_mm: float

    def deform(self, points_mm: Points, box: BodyBox) -> Points:
        """Press the pit in."""
        where = body_coordinates(points_mm, box)
        half_depth = np.linalg.norm(box.points_mm[1] - box.points_mm[0]) / 2
        away = np.hypot((where.u - self.u) * half_depth, (where.v - self.v) * box.half_width_mm)
        pit = 1 - smoothstep((away / self.radius_mm - 0.35) / 0.75)
        pit *= smoothstep((0.97 - np.abs(where.u)) / 0.15)
        moved = np.array(points_mm, dtype=np.float64)
        sign = -1.0 if self.superior else 1.0
        moved[:, 2] += sign * self.depth_mm * pit * _side(where.t, self.superior)
        return moved


@dataclass(frozen=True)
class CupidsBow:
    """Two hollows of the inferior endplate, beside the midline and behind its middle (L3-L5)."""

    depth_mm: float = 3.0
    u: float = -0.45
    v: float = 0.42
    radius: float = 0.42

    def deform(self, points_mm: Points, box: BodyBox) -> Points:
        """Press both hollows in."""
        where = body_coordinates(points_mm, box)
        away = np.hypot(where.u - self.u, np.abs(where.v) - self.v) / self.radius
        hollow = np.exp(-(away**2)) * smoothstep((1 - np.abs(where.u)) / 0.2)
        moved = np.array(points_mm, dtype=np.float64)
        moved[:, 2] += self.depth_mm * hollow * _side(where.t, superior=False)
        return moved


@dataclass(frozen=True)
class Reshaping:
    """Other proportions of a healthy body: height factors in front, in the middle, behind.

    Physiological wedging (front 0.90-0.97), short vertebral height (all 0.85-0.92 with healthy
    endplates) and the wedge of Scheuermann's disease are all of this kind. ``depth`` stretches the
    body forward, with its posterior wall in place.
    """

    anterior: float = 1.0
    middle: float = 1.0
    posterior: float = 1.0
    depth: float = 1.0

    def deform(self, points_mm: Points, box: BodyBox) -> Points:
        """Stretch about the mid-plane between the endplates; the arch follows the wall a little."""
        where = body_coordinates(points_mm, box)
        inside = np.clip(where.u, -1, 1)
        factor = lagrange(inside) @ np.array([self.posterior, self.middle, self.anterior]) - 1
        fade = smoothstep(1 - (-1 - where.u) / 0.6)
        moved = np.array(points_mm, dtype=np.float64)
        t = np.clip(where.t, 0, 1)
        moved[:, [0, 2]] += (fade * factor * (t - 0.5))[:, None] * where.column
        wall = box.points_mm[[0, 3], 0].mean()
        moved[:, 0] += (
            (self.depth - 1) * np.maximum(moved[:, 0] - wall, 0) if self.depth != 1 else 0
        )
        return moved


@dataclass(frozen=True)
class RoughEndplates:
    """Wavy endplates, as in Scheuermann's disease or erosive degeneration."""

    strength_mm: float
    superior: bool = True
    inferior: bool = True
    seed: int = 0

    def deform(self, points_mm: Points, box: BodyBox) -> Points:
        """Add the waves; none at the rim."""
        where = body_coordinates(points_mm, box)
        rng = np.random.default_rng(self.seed)
        moved = np.array(points_mm, dtype=np.float64)
        for superior, wanted in ((True, self.superior), (False, self.inferior)):
            waves, phases = rng.normal(0, [4.0, 3.0], (4, 2)), rng.uniform(0, 2 * np.pi, 4)
            wave = np.sin(np.stack([where.u, where.v], axis=1) @ waves.T + phases) @ rng.normal(
                0, 0.5, 4
            )
            wave *= smoothstep((0.98 - np.maximum(np.abs(where.u), np.abs(where.v))) / 0.25)
            if wanted:
                moved[:, 2] += self.strength_mm * wave * _side(where.t, superior)
        return moved


@dataclass(frozen=True)
class Osteophyte:
    """A beak or lip of the anterior rim.

    Attributes
    ----------
    superior : bool
        Which rim.
    length_mm : float
        How far it stands forward.
    hook : float
        How much of the length it bends beyond the endplate (claw) or along it (traction, 0).
    height_share : float
        Height of its foot as a share of the body's height.
    spread : float
        How far round the rim it reaches (share of the half width).
    posterior : bool
        On the posterior rim instead.
    """

    superior: bool
    length_mm: float
    hook: float = 0.3
    height_share: float = 0.18
    spread: float = 0.7
    posterior: bool = False

    def deform(self, points_mm: Points, box: BodyBox) -> Points:
        """Draw the rim out. The six points are left: corners ignore osteophytes, as readers do."""
        where = body_coordinates(points_mm, box)
        from_plate = 1 - where.t if self.superior else where.t
        foot = np.exp(-((np.maximum(from_plate, 0) / self.height_share) ** 2))
        along = -where.u if self.posterior else where.u
        edge = smoothstep((along - 0.72) / 0.28) * np.exp(-((where.v / self.spread) ** 4))
        grow = self.length_mm * foot * edge * (from_plate > -0.25) * (along < 1.6)
        moved = np.array(points_mm, dtype=np.float64)
        moved[:, 0] += -grow if self.posterior else grow
        moved[:, 2] += grow * self.hook * (1.0 if self.superior else -1.0)
        return moved


@dataclass(frozen=True)
class Limbus:
    """A corner cut off the anterior rim (the loose fragment is added by `limbus_fragment`)."""

    superior: bool = True
    size_mm: float = 5.0

    def deform(self, points_mm: Points, box: BodyBox) -> Points:
        """Press the corner in along a slanted line."""
        where = body_coordinates(points_mm, box)
        corner = box.points_mm[1 if self.superior else 2]
        sign = 1.0 if self.superior else -1.0
        inward = (points_mm[:, 0] - corner[0]) + sign * (points_mm[:, 2] - corner[2])
        excess = np.clip(inward + self.size_mm, 0, self.size_mm) * np.exp(-((where.v / 0.6) ** 4))
        excess = excess * (where.u > 0.2)
        moved = np.array(points_mm, dtype=np.float64)
        moved[:, 0] -= 0.5 * excess
        moved[:, 2] -= sign * 0.5 * excess
        return moved


def deformed(shape: VertebraShape, changes: Sequence[Deformation]) -> VertebraShape:
    """A vertebra after several changes, one after the other.

    Points follow changes of the body's proportions and endplates; they stay where rims only grow
    (osteophytes) or a corner is lost (limbus): there they mark where the two lines would meet.
    """
    for change in changes:
        box = shape.box
        kept, before = shape.points_mm, shape.surfaces[0]

        def move(points_mm: Points, change: Deformation = change, box: BodyBox = box) -> Points:
            return change.deform(points_mm, box)

        shape = shape.mapped(move)
        if isinstance(change, Osteophyte | Limbus):
            shape = replace(shape, points_mm=kept)
        if isinstance(change, Limbus):
            shape = replace(shape, surfaces=(*shape.surfaces, limbus_fragment(change, box)))
        if isinstance(change, SchmorlNode):
            shape = _sclerotic(shape, before, 1.2)
    return shape


def limbus_fragment(limbus: Limbus, box: BodyBox) -> Surface:
    """The loose corner in front of the cut."""
    corner = box.points_mm[1 if limbus.superior else 2]
    sign = 1.0 if limbus.superior else -1.0
    size = limbus.size_mm
    piece = superquadric((0.40 * size, 0.35 * box.half_width_mm, 0.34 * size), 2.0, 9, 14, 0.5)
    return piece.transformed(
        translation_mm=np.add(corner, (-0.22 * size, 0.0, -0.20 * sign * size))
    )


def _sclerotic(shape: VertebraShape, before: Surface, extra: float) -> VertebraShape:
    """Thicker walls where the body was pressed in: the dense rim of a Schmorl's node."""
    body = shape.surfaces[0]
    moved = np.linalg.norm(body.vertices_mm - before.vertices_mm, axis=1)
    shell = np.asarray(body.shell_mm) * (1 + extra * np.clip(moved / 2.0, 0, 1))
    body = replace(body, shell_mm=shell.astype(np.float32))
    return replace(shape, surfaces=(body, *shape.surfaces[1:]))


def draw_mimics(
    level: Level, rng: np.random.Generator, normal_share: float = 0.9
) -> tuple[tuple[Deformation, ...], tuple[str, ...]]:
    """Draw changes of one unfractured body and their names (empty for most)."""
    if rng.random() < normal_share:
        return (), ()
    names = ["schmorl", "short", "wedging", "scheuermann", "limbus", "rough"]
    weights = np.array([0.25, 0.2, 0.2, 0.12, 0.05, 0.18])
    if level in (Level.L3, Level.L4, Level.L5, Level.L6):
        names, weights = [*names, "cupids_bow"], np.append(weights, 0.25)
    name = str(rng.choice(names, p=weights / weights.sum()))
    return tuple(_draw(name, rng)), (name,)


def draw_osteophytes(rng: np.random.Generator, severity: float) -> tuple[Osteophyte, ...]:
    """Draw the osteophytes of one body; severity 0 (none) to 1 (large beaks everywhere)."""
    drawn = []
    for superior in (True, False):
        for posterior in (False, True):
            if rng.random() < severity * (0.3 if posterior else 0.9):
                drawn.append(
                    Osteophyte(
                        superior,
                        float(np.clip(rng.gamma(2.0, 0.8 + 1.8 * severity), 0.3, 11.0))
                        * (0.4 if posterior else 1.0),
                        float(rng.uniform(-0.1, 0.6)),
                        float(rng.uniform(0.08, 0.25)),
                        float(rng.uniform(0.4, 0.95)),
                        posterior,
                    )
                )
    return tuple(drawn)


def _draw(name: str, rng: np.random.Generator) -> list[Deformation]:
    seed = int(rng.integers(2**31))
    if name == "schmorl":
        return [
            SchmorlNode(
                bool(rng.random() < 0.5), float(rng.uniform(-0.5, 0.45)),
                float(rng.normal(0, 0.25)), float(rng.uniform(2.0, 7.0)),
                float(rng.uniform(3.5, 8.0)),
            )
            for _ in range(int(rng.integers(1, 3)))
        ]  # fmt: skip
    if name == "short":
        factor = float(rng.uniform(0.85, 0.93))
        return [Reshaping(factor, factor * float(rng.normal(1, 0.01)), factor)]
    if name == "wedging":
        front = float(rng.uniform(0.88, 0.97))
        return [Reshaping(front, (1 + front) / 2, 1.0)]
    if name == "scheuermann":
        front = float(rng.uniform(0.85, 0.95))
        return [
            Reshaping(front, (1 + front) / 2 * 0.98, 1.0, float(rng.uniform(1.0, 1.1))),
            RoughEndplates(float(rng.uniform(0.8, 2.2)), seed=seed),
        ]
    if name == "limbus":
        return [Limbus(bool(rng.random() < 0.7), float(rng.uniform(3.0, 7.0)))]
    if name == "rough":
        return [RoughEndplates(float(rng.uniform(0.5, 1.5)), bool(rng.random() < 0.7), True, seed)]
    return [CupidsBow(float(rng.uniform(1.5, 4.0)), float(rng.uniform(-0.6, -0.25)))]
