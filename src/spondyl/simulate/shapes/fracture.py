"""Compression fractures as smooth moves of points, with exact lost heights at the six points."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Shape
from spondyl.simulate.shapes.bodyframe import (
    BodyCoordinates,
    body_coordinates,
    lagrange,
    smoothstep,
)
from spondyl.simulate.shapes.primitives import superquadric
from spondyl.simulate.shapes.surface import Surface
from spondyl.simulate.shapes.vertebra import BodyBox, VertebraShape


@dataclass(frozen=True)
class Fracture:
    """A compression fracture of one body.

    Attributes
    ----------
    kind : Shape
        Wedge (front lost), biconcave (middle lost) or crush (all lost).
    loss : float
        Lost share of the height that names the kind (crush: anterior), 0.0-0.75.
    partial : tuple of float
        The other two heights lose these shares of ``loss``: for a wedge (middle, posterior), for
        biconcave (anterior, posterior), for crush (middle, posterior).
    superior_share : float
        Share of the loss that the superior endplate takes (1: only the superior one sinks).
    depth_share : float
        How deep below the endplate bone is compacted, as a share of the height.
    irregularity_mm : float
        Roughness of the sunken endplate.
    buckle_mm : float
        Step or buckle of the anterior wall beneath the rim.
    bulge_mm : float
        Outward bulge of the walls.
    retropulsion_mm : float
        How far the upper posterior wall moves into the canal.
    lateral_rim : float
        How much of the loss the side rims are spared in a biconcave fracture (0..1).
    sclerosis : float
        Extra density of the compacted band, relative to normal spongy bone.
    seed : int
        Of the irregularity.
    """

    kind: Shape
    loss: float
    partial: tuple[float, float] = (0.5, 0.0)
    superior_share: float = 0.8
    depth_share: float = 0.6
    irregularity_mm: float = 0.5
    buckle_mm: float = 1.0
    bulge_mm: float = 0.8
    retropulsion_mm: float = 0.0
    lateral_rim: float = 0.5
    sclerosis: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.loss <= 0.75:
            raise ValueError(f"A lost share must lie in 0..0.75, found {self.loss}.")
        if self.kind not in (Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH):
            raise ValueError(f"A fracture is a wedge, biconcave or crush, found {self.kind}.")

    @property
    def losses(self) -> tuple[float, float, float]:
        """Lost share of the anterior, middle and posterior height: exact after the move."""
        first, second = (self.loss * share for share in self.partial)
        if self.kind is Shape.BICONCAVE:
            return first, self.loss, second
        return self.loss, first, second

    def deform(self, points_mm: NDArray[np.float64], box: BodyBox) -> NDArray[np.float64]:
        """Move points (N, 3) of a vertebra; the arch follows only next to the posterior wall."""
        points = np.asarray(points_mm, dtype=np.float64)
        where = body_coordinates(points, box)
        inside = np.clip(where.u, -1, 1)
        # Behind the wall the arch is stiff: the move fades over the root of the pedicle.
        fade = smoothstep(1 - (-1 - where.u) / 0.45)
        lost = self._lost(inside, where.v, box)
        superior, inferior = self._sink(where.t, lost)
        shrink = (self.superior_share * superior - (1 - self.superior_share) * inferior) * lost
        moved = points.copy()
        moved[:, [0, 2]] -= (fade * shrink)[:, None] * where.column
        moved[:, 2] += fade * self._roughness(where, box)
        self._move_walls(moved, where, fade, box)
        return moved

    def _lost(
        self, u: NDArray[np.float64], v: NDArray[np.float64], box: BodyBox
    ) -> NDArray[np.float64]:
        """Lost share at each place of the body, exact at v = 0, u = -1, 0, 1."""
        anterior, middle, posterior = self.losses
        middle_line = np.interp(u, [-1, 0, 1], [posterior, middle, anterior])
        smooth = lagrange(u) @ np.array([posterior, middle, anterior])
        line = 0.6 * smooth + 0.4 * middle_line
        if self.kind is Shape.BICONCAVE:
            rim = np.minimum(anterior, posterior) if self.loss else 0.0
            spared = self.lateral_rim * np.clip(np.abs(v), 0, 1) ** 2.5
            line = line - spared * np.maximum(line - rim, 0)
        line = line + self._slant_excess(box) * np.clip(-u, 0, 1) ** 4
        return np.asarray(np.clip(line, -0.2, 0.9))

    def _retropulsion(self, box: BodyBox) -> float:
        """Backward step of the upper posterior wall, held below half of the kept height."""
        height = float(np.linalg.norm(box.points_mm[0] - box.points_mm[3]))
        return min(self.retropulsion_mm, 0.5 * (1 - self.losses[2]) * height)

    def _slant_excess(self, box: BodyBox) -> float:
        """Extra posterior sinking that keeps the height exact although the wall slants.

        The wall c (x, z) is shortened to k c and one end steps back by b: k solves
        |k c - b e_x| = (1 - loss) |c|.
        """
        back = self._retropulsion(box)
        if not back:
            return 0.0
        wall = (box.points_mm[0] - box.points_mm[3])[[0, 2]]
        step = back if self.superior_share >= 0.5 else -back
        square = float(wall @ wall)
        kept = (1 - self.losses[2]) ** 2 * square
        along = step * wall[0]
        share = (along + np.sqrt(along**2 - square * (back**2 - kept))) / square
        return float(1 - share - self.losses[2])

    def _sink(
        self, t: NDArray[np.float64], lost: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How much of each endplate's sinking reaches height t; 1 at the plate, 0 at the other.

        The band may not be thinner than the bone pressed into it (else it would fold over).
        """
        band = np.maximum(self.depth_share, np.clip(lost / 0.82, 0, 1))
        superior = np.clip((t - (1 - band)) / band, 0, 1)
        inferior = np.clip((band - t) / band, 0, 1)
        return superior, inferior

    def _roughness(self, where: BodyCoordinates, box: BodyBox) -> NDArray[np.float64]:
        """Endplate irregularity in mm, zero at the six points, fading towards mid-height."""
        if not self.irregularity_mm or not self.loss:
            return np.zeros_like(where.u)
        rng = np.random.default_rng(self.seed)
        waves = rng.normal(0, 1, (5, 2)) * [2.6, 2.0]
        phases = rng.uniform(0, 2 * np.pi, 5)
        strengths = rng.normal(0, 0.55, 5)

        def field(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
            wave = np.sin(u[..., None] * waves[:, 0] + v[..., None] * waves[:, 1] + phases)
            return np.asarray(wave @ strengths)

        inside, across = np.clip(where.u, -1, 1), np.clip(where.v, -1.2, 1.2)
        nodes = field(np.array([-1.0, 0.0, 1.0]), np.zeros(3))
        rough = field(inside, across) - lagrange(inside) @ nodes * np.exp(-((across / 0.5) ** 2))
        top = smoothstep((where.t - 0.6) / 0.4) * self.superior_share
        low = smoothstep((0.4 - where.t) / 0.4) * (1 - self.superior_share)
        return np.asarray(self.irregularity_mm * rough * (top - low))

    def _move_walls(
        self,
        moved: NDArray[np.float64],
        where: BodyCoordinates,
        fade: NDArray[np.float64],
        box: BodyBox,
    ) -> None:
        """Bulge, buckle and retropulsion; the first two vanish at the endplates' lines."""
        t = np.clip(where.t, 0, 1)
        radius = np.clip(np.hypot(np.clip(where.u, -1, 1.3), where.v), 0, 1.3)
        belly = np.clip(np.sin(np.pi * t), 0, 1) ** 1.5 * smoothstep((radius - 0.5) / 0.5)
        direction = np.stack([np.clip(where.u, -1, 1), np.clip(where.v, -1, 1)], axis=1)
        direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-6)
        # The posterior wall bulges less; what it does is retropulsion.
        bulge = self.bulge_mm * belly * fade * np.where(where.u < 0, 0.5, 1.0)
        moved[:, :2] += bulge[:, None] * direction
        high = self.superior_share >= 0.5
        from_plate = (1 - t) if high else t
        step = np.exp(-(((from_plate - 0.22) / 0.10) ** 2)) * smoothstep(from_plate / 0.12)
        moved[:, 0] += self.buckle_mm * step * smoothstep((where.u - 0.6) / 0.4)
        if self.retropulsion_mm:
            back = self._retropulsion(box)
            slope = smoothstep(t / 0.9) if high else smoothstep((1 - t) / 0.9)
            moved[:, 0] -= back * slope * smoothstep((-where.u - 0.2) / 0.8) * fade


def draw_fracture(kind: Shape, loss: float, rng: np.random.Generator) -> Fracture:
    """Draw the rest of a fracture of a given kind and lost share.

    Every feature but the height is drawn apart from the loss, so that height alone tells a
    fracture from a normal body.
    """
    partial = {
        Shape.WEDGE: (rng.uniform(0.4, 0.8), rng.uniform(0.0, 0.15)),
        Shape.BICONCAVE: (rng.uniform(0.05, 0.4), rng.uniform(0.0, 0.2)),
        Shape.CRUSH: (rng.uniform(0.9, 1.1), rng.uniform(0.65, 1.0)),
    }[kind]
    share = float(rng.choice([1.0, 0.85, 0.5, 0.15], p=[0.35, 0.3, 0.25, 0.1]))
    if kind is Shape.BICONCAVE:
        share = float(rng.choice([0.5, 0.9, 0.2], p=[0.6, 0.25, 0.15]))
    return Fracture(
        kind=kind,
        loss=loss,
        partial=(float(partial[0]), float(partial[1])),
        superior_share=share,
        depth_share=float(rng.uniform(0.35, 1.0)),
        irregularity_mm=float(rng.gamma(1.5, 0.4)),
        buckle_mm=float(rng.choice([0.0, rng.uniform(0.3, 2.5)])),
        bulge_mm=float(rng.uniform(0.0, 1.8)),
        retropulsion_mm=float(rng.choice([0.0, rng.uniform(0.5, 4.0)], p=[0.7, 0.3])),
        lateral_rim=float(rng.uniform(0.1, 0.8)),
        sclerosis=float(rng.choice([0.0, rng.uniform(0.2, 1.0)])),
        seed=int(rng.integers(2**31)),
    )


def fractured(shape: VertebraShape, fracture: Fracture) -> VertebraShape:
    """The vertebra after the fracture: surfaces and points moved, spongy bone compacted.

    The bone that was there is still there: what is pressed together grows denser, by half of the
    lost volume (the rest is spread out, or was never mineral).
    """
    box = shape.box
    moved = shape.mapped(lambda points: fracture.deform(points, box))
    body, before = moved.surfaces[0], shape.surfaces[0].volume_mm3
    denser = 1 + 0.5 * (before / max(body.volume_mm3, 1.0) - 1)
    body = replace(body, density=body.density * float(np.clip(denser, 1.0, 1.8)))
    surfaces = [body, *moved.surfaces[1:]]
    if fracture.sclerosis > 0 and fracture.loss > 0:
        band = _band(shape, fracture.superior_share >= 0.5)
        surfaces.append(
            replace(
                band.mapped(lambda points: fracture.deform(points, box)),
                density=fracture.sclerosis,
            )
        )
    return replace(moved, surfaces=tuple(surfaces))


def _band(shape: VertebraShape, superior: bool) -> Surface:
    """The layer under an endplate that a fracture presses together, before it does."""
    points = shape.points_mm
    depth = float(np.linalg.norm(points[1] - points[0]))
    centre = points[:4].mean(axis=0)
    height = 0.5 * (points[4, 2] - points[5, 2])
    lift = 0.52 * height * (1 if superior else -1)
    radii = (0.42 * depth, 0.82 * shape.half_width_mm, 0.36 * height)
    return superquadric(radii, 2.2, 9, 24, 0.0).transformed(
        translation_mm=np.add(centre, (0, 0, lift))
    )
