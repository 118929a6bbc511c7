"""A whole vertebra T8-L6: drawing its parameters from a person, and building its surfaces."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.anatomy import NORMS, Level
from spondyl.simulate.shapes.arch import VARIANTS, ArchFit, build_arch
from spondyl.simulate.shapes.body import BodyParameters, build_body
from spondyl.simulate.shapes.surface import Surface

PointMap = Callable[[NDArray[np.float64]], NDArray[np.float64]]

#: Mean posterior height of L3, mm, at patient scale 1 (women and men together).
_POSTERIOR_L3_MM = 27.0
#: Width of the superior endplate over its depth: round in the chest, broad below.
_WIDTH_TO_DEPTH = dict(
    zip(Level, (1.08, 1.10, 1.13, 1.18, 1.24, 1.25, 1.27, 1.29, 1.33, 1.38, 1.38), strict=False)
)
#: Depth against the norm's, as found on meshes and CT masks of a dozen bodies: the bodies of the
#: thoracolumbar junction are slimmer than the ratio of depth to posterior height says.
_DEPTH_TREND = {
    Level.T10: 0.97, Level.T11: 0.93, Level.T12: 0.91, Level.L1: 0.95, Level.L2: 0.94,
    Level.L3: 0.96, Level.L4: 0.95, Level.L5: 0.93,
}  # fmt: skip
#: Spread of the front's height against the norm's. Normal bodies of real films differ more from
#: one another than the norms' deviations say, the lower the more: parallax, slant and the reader's
#: own error add to their shape.
_ANTERIOR_SPREAD = {
    Level.T12: 1.15, Level.L1: 1.25, Level.L2: 1.5, Level.L3: 1.5, Level.L4: 1.5, Level.L5: 1.5,
    Level.L6: 1.5,
}  # fmt: skip
#: Depth of the inferior endplate over the superior's: T10-L2 widen downwards.
_WIDENING = dict(
    zip(Level, (1.03, 1.03, 1.03, 1.03, 1.04, 1.03, 1.03, 1.01, 1.0, 1.0, 1.0), strict=False)
)


@dataclass(frozen=True)
class Person:
    """What the vertebrae of one person share.

    Attributes
    ----------
    scale : float
        Size against the mean (1.0).
    slender : float
        Depth and width against height (1.0 is the mean; below is slim).
    anterior_z, middle_z : float
        Height ratios, in standard deviations between people.
    cortex : float
        Thickness of walls and endplates against the mean.
    arch_variant : int
        Template of the posterior arch.
    arch : ArchFit
        Its fit.
    """

    scale: float = 1.0
    slender: float = 1.0
    anterior_z: float = 0.0
    middle_z: float = 0.0
    cortex: float = 1.0
    arch_variant: int = 0
    arch: ArchFit = field(default_factory=ArchFit)


def draw_person(rng: np.random.Generator, scale: float | None = None) -> Person:
    """Draw what one person's vertebrae share; ``scale`` is drawn (0.82-1.18) where not given."""
    drawn = float(np.clip(rng.normal(1.0, 0.075), 0.82, 1.18))
    return Person(
        scale=drawn if scale is None else scale,
        slender=float(np.clip(rng.normal(0.97, 0.09), 0.76, 1.2)),
        anterior_z=float(rng.normal(0, 0.7)),
        middle_z=float(rng.normal(-0.4, 1.0)),
        cortex=float(np.clip(rng.lognormal(0, 0.3), 0.5, 1.7)),
        arch_variant=int(rng.integers(VARIANTS)),
        arch=ArchFit(
            stretch_x=float(rng.normal(1.0, 0.08)),
            stretch_y=float(rng.normal(1.0, 0.05)),
            stretch_z=float(rng.normal(1.0, 0.06)),
            spinous_slope=float(rng.normal(0.05, 0.15)),
            cortex=float(np.clip(rng.normal(1.4, 0.3), 0.6, 2.2)),
        ),
    )


@dataclass(frozen=True)
class VertebraParameters:
    """One vertebra: its level, its body, its arch."""

    level: Level
    body: BodyParameters = field(default_factory=BodyParameters)
    arch_variant: int = 0
    arch: ArchFit = field(default_factory=ArchFit)


@dataclass(frozen=True)
class BodyBox:
    """Where the body lies in the local frame: what a deformation needs to know.

    Attributes
    ----------
    points_mm : ndarray, shape (6, 3)
        The six points, ``POINT_NAMES`` order, in the mid-sagittal plane.
    half_width_mm : float
        Half the left-right width of the body.
    """

    points_mm: NDArray[np.float64]
    half_width_mm: float


@dataclass(frozen=True)
class VertebraShape:
    """Surfaces and points of one vertebra in its local frame (x anterior, y left, z up; mm).

    Attributes
    ----------
    level : Level
    surfaces : tuple of Surface
        The body first, then what belongs to it. A surface inside another adds its density.
    points_mm : ndarray, shape (6, 3)
        Six points in the mid-sagittal plane, ``POINT_NAMES`` order.
    half_width_mm : float
        Half the width of the body.
    """

    level: Level
    surfaces: tuple[Surface, ...]
    points_mm: NDArray[np.float64]
    half_width_mm: float

    @property
    def box(self) -> BodyBox:
        """The body's place, for deformations."""
        return BodyBox(self.points_mm, self.half_width_mm)

    @property
    def heights_mm(self) -> tuple[float, float, float]:
        """Anterior, middle and posterior height of the body."""
        return point_heights(self.points_mm)

    def mapped(self, move: PointMap) -> "VertebraShape":
        """All surfaces and points moved by one function of points (N, 3) -> (N, 3)."""
        return replace(
            self,
            surfaces=tuple(surface.mapped(move) for surface in self.surfaces),
            points_mm=np.asarray(move(self.points_mm), dtype=np.float64),
        )

    def transformed(
        self,
        rotation: ArrayLike | None = None,
        translation_mm: ArrayLike = (0.0, 0.0, 0.0),
        scale: ArrayLike = 1.0,
    ) -> "VertebraShape":
        """Scaled about the origin, rotated, then moved."""
        factors = np.broadcast_to(np.asarray(scale, dtype=np.float64), (3,))
        linear = np.diag(factors) if rotation is None else np.asarray(rotation) @ np.diag(factors)
        return replace(
            self,
            surfaces=tuple(s.transformed(rotation, translation_mm, scale) for s in self.surfaces),
            points_mm=self.points_mm @ linear.T + np.asarray(translation_mm, dtype=np.float64),
            half_width_mm=float(self.half_width_mm * abs(factors[1])),
        )


def point_heights(points_mm: ArrayLike) -> tuple[float, float, float]:
    """Anterior, middle, posterior height of six points (6, 3) or (6, 2), in their unit."""
    points = np.asarray(points_mm, dtype=np.float64)
    pairs = ((1, 2), (4, 5), (0, 3))
    anterior, middle, posterior = (float(np.linalg.norm(points[a] - points[b])) for a, b in pairs)
    return anterior, middle, posterior


def posterior_height_mm(level: Level) -> float:
    """Mean posterior height of a level at patient scale 1, from the ratios in ``NORMS``."""
    order = [each for each in Level if each in NORMS and each is not Level.L6]
    heights = {Level.L3: _POSTERIOR_L3_MM}
    for upper, lower in reversed(list(pairwise(order))):
        if lower in heights:
            heights[upper] = heights[lower] * NORMS[upper].posterior_to_below
    for upper, lower in pairwise(order):
        if upper in heights and lower not in heights:
            heights[lower] = heights[upper] / NORMS[upper].posterior_to_below
    return heights[Level.L5 if level is Level.L6 else level]


def draw_vertebra(
    level: Level,
    patient_scale: float,
    rng: np.random.Generator,
    person: Person | None = None,
) -> VertebraParameters:
    """Draw one vertebra.

    Parameters
    ----------
    level : Level
        T8-L6.
    patient_scale : float
        Size against the mean.
    rng : numpy Generator
    person : Person, optional
        What the person's vertebrae share; drawn where not given (then each call is a new person).

    Raises
    ------
    ValueError
        For S1, which `sacrum` builds.
    """
    if level not in NORMS:
        raise ValueError(f"{level} is not a free vertebra; build it with draw_sacrum.")
    person = draw_person(rng, patient_scale) if person is None else person
    norm = NORMS[level]
    posterior = posterior_height_mm(level) * patient_scale * float(rng.normal(1.0, 0.02))
    spread = norm.anterior_posterior_sd * _ANTERIOR_SPREAD.get(level, 1.0)
    ratio = norm.anterior_posterior + spread * (0.8 * person.anterior_z + rng.normal(0, 0.6))
    anterior = posterior * float(np.clip(ratio, norm.anterior_posterior - 0.13, 1.4))
    # The norm's middle ratio holds for the norm's front: it moves with half of the front.
    middle_ratio = norm.middle_posterior + 0.5 * (ratio - norm.anterior_posterior)
    middle_ratio += norm.middle_posterior_sd * 0.6 * (person.middle_z + rng.normal(0, 0.6))
    rim = 0.5 * (anterior + posterior)
    middle = float(np.clip(posterior * middle_ratio, 0.80 * rim, 1.01 * rim))
    depth = posterior_height_mm(level) * patient_scale * norm.depth_to_posterior * person.slender
    depth *= _DEPTH_TREND.get(level, 1.0) * float(rng.normal(1.0, 0.03))
    grow = float(rng.normal(_WIDENING[level], 0.025))
    width = depth * _WIDTH_TO_DEPTH[level] * float(rng.normal(1.0, 0.03))
    lumbar = not level.startswith("T")
    draw_in = patient_scale * (1.0 if lumbar else 0.7)
    low = level in (Level.L4, Level.L5, Level.L6)
    thickness = person.cortex
    body = BodyParameters(
        depth_superior=depth / np.sqrt(grow),
        depth_inferior=depth * np.sqrt(grow),
        width_superior=width,
        width_inferior=width * float(rng.normal(1.04, 0.015)),
        height_anterior=anterior,
        height_middle=middle,
        height_posterior=posterior,
        inferior_shift=float(rng.normal(0.0, 0.5)),
        wedge_share=float(np.clip(rng.normal(0.5, 0.15), 0.1, 0.9)),
        concavity_share=float(np.clip(rng.normal(0.57, 0.1), 0.25, 0.85)),
        concavity_focus=float(np.clip(rng.normal(-0.25 if lumbar else -0.1, 0.12), -0.55, 0.2)),
        ring_share=float(np.clip(rng.normal(0.13, 0.04), 0.05, 0.25)),
        waist_anterior=draw_in * float(np.clip(rng.normal(2.3, 0.8), 0.3, 5.0)),
        waist_lateral=draw_in * float(np.clip(rng.normal(3.2, 0.8), 0.8, 5.5)),
        waist_posterior=draw_in * float(np.clip(rng.normal(1.4, 0.6), 0.0, 3.2)),
        waist_power=float(np.clip(rng.normal(2.5, 0.5), 1.7, 4.5)),
        rim_radius=float(np.clip(rng.normal(0.9, 0.3), 0.4, 2.0)),
        posterior_concavity=float(np.clip(rng.normal(0.2 if low else 0.8, 0.4), -0.5, 1.8)),
        squareness_anterior=float(rng.uniform(2.0, 2.4)),
        squareness_posterior=float(rng.uniform(2.4, 3.2)),
        cortex=float(np.clip(0.5 * thickness * rng.normal(1, 0.1), 0.25, 0.9)),
        endplate=float(np.clip(0.75 * thickness * rng.normal(1, 0.1), 0.35, 1.2)),
    )
    arch = replace(
        person.arch,
        stretch_x=person.arch.stretch_x * float(rng.normal(1.0, 0.04)),
        spinous_slope=person.arch.spinous_slope + float(rng.normal(0, 0.06)),
        twist=float(rng.normal(0, 0.05)),
    )
    return VertebraParameters(level, body, person.arch_variant, arch)


def build_vertebra(parameters: VertebraParameters) -> VertebraShape:
    """The surfaces and six points of a vertebra."""
    body = parameters.body
    surface, points = build_body(body)
    # The wall is drawn in by the waist at pedicle height (about three quarters up).
    wall = 0.7 * points[0, 0] + 0.3 * points[3, 0] + 0.6 * body.waist_posterior
    width = 0.5 * (body.width_superior + body.width_inferior)
    arch = build_arch(
        parameters.level,
        parameters.arch_variant,
        parameters.arch,
        wall,
        body.width_superior,
        body.height_posterior,
    )
    return VertebraShape(parameters.level, (surface, arch), points, width / 2)
