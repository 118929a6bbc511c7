"""Stacking vertebrae into a spine: discs, sagittal curve, tilt and rotation of each body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level

#: Mean disc heights in mm and lordotic disc angles in degrees *under* each level. Rounded from the
#: usual ranges of standing lateral films; drawn widely around these means.
DISC_MEANS: Mapping[Level, tuple[float, float]] = {
    Level.L6: (9.0, 12.0),
    Level.L5: (9.5, 16.0),
    Level.L4: (11.0, 12.0),
    Level.L3: (10.5, 8.5),
    Level.L2: (9.5, 6.0),
    Level.L1: (8.5, 4.0),
    Level.T12: (7.0, 1.0),
    Level.T11: (6.0, -1.5),
    Level.T10: (5.2, -2.5),
    Level.T9: (4.6, -3.5),
    Level.T8: (4.2, -3.5),
}


@dataclass(frozen=True)
class Disc:
    """The disc under one body.

    Attributes
    ----------
    height_mm : float
    angle_deg : float
        Lordotic (open in front) positive.
    slip_mm : float
        Forward slip of the body above (negative: backward).
    """

    height_mm: float
    angle_deg: float
    slip_mm: float = 0.0


@dataclass(frozen=True)
class Posture:
    """How a patient's spine is held.

    Attributes
    ----------
    sacral_slope_deg : float
        Pitch of the superior endplate of S1, anterior end down.
    discs : mapping of Level to Disc
        The disc under each level.
    coronal_deg, axial_deg : mapping of Level to float
        Side tilt and rotation of each body.
    turn_deg, lean_deg : float
        Rotation and side lean of the whole patient away from a true lateral position.
    balance_deg : float
        Lean of the line from S1 to T12: forward positive.
    """

    sacral_slope_deg: float
    discs: Mapping[Level, Disc]
    coronal_deg: Mapping[Level, float]
    axial_deg: Mapping[Level, float]
    turn_deg: float
    lean_deg: float
    balance_deg: float


@dataclass(frozen=True)
class Pose:
    """Rigid placement: ``world = rotation @ local + origin_mm``."""

    rotation: NDArray[np.float64]
    origin_mm: NDArray[np.float64]

    def __call__(self, points_mm: NDArray[np.floating]) -> NDArray[np.float64]:
        """Place points (n, 3)."""
        return points_mm @ self.rotation.T + self.origin_mm

    def turned(self, rotation: NDArray[np.float64]) -> "Pose":
        """The same pose with the whole world turned about its origin."""
        return Pose(rotation @ self.rotation, rotation @ self.origin_mm)


def rotation_matrix(
    pitch_rad: float, coronal_rad: float = 0.0, axial_rad: float = 0.0
) -> NDArray[np.float64]:
    """Rotation of a body: pitch about y (anterior end down positive), then side tilt, then turn."""
    cp, sp = np.cos(pitch_rad), np.sin(pitch_rad)
    cc, sc = np.cos(coronal_rad), np.sin(coronal_rad)
    ca, sa = np.cos(axial_rad), np.sin(axial_rad)
    about_y = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    about_x = np.array([[1, 0, 0], [0, cc, -sc], [0, sc, cc]])
    about_z = np.array([[ca, -sa, 0], [sa, ca, 0], [0, 0, 1]])
    return about_z @ about_x @ about_y


def draw_posture(
    rng: np.random.Generator, levels: Sequence[Level], scoliosis_share: float = 0.3
) -> Posture:
    """Draw a posture: lordosis and sacral slope go together; side curves in a share of patients."""
    lordosis = float(np.clip(rng.normal(1.05, 0.27), 0.1, 1.9))
    kyphosis = float(np.clip(rng.normal(1.0, 0.6), -0.6, 3.0))
    slope = 8.0 + 29.0 * lordosis + rng.normal(0, 7.0)
    disc_scale = rng.normal(1.0, 0.12)
    narrowing = rng.random() < 0.35
    discs: dict[Level, Disc] = {}
    for level in levels:
        if level is Level.S1:
            continue
        height, angle = DISC_MEANS[level]
        angle *= lordosis if angle > 0 else kyphosis
        height = max(2.0, height * disc_scale * rng.normal(1.0, 0.15))
        if rng.random() < (0.25 if narrowing else 0.04):
            height *= rng.uniform(0.15, 0.7)
            angle *= 0.5
        slip = rng.normal(0, 0.8)
        if rng.random() < (0.06 if level in (Level.L4, Level.L5) else 0.02):
            slip += rng.choice([-4.0, 7.0]) * rng.uniform(0.5, 1.3)
        discs[level] = Disc(height, angle + rng.normal(0, 2.2), slip)
    coronal, axial = _scoliosis(rng, levels, scoliosis_share)
    return Posture(
        sacral_slope_deg=float(np.clip(slope, -5.0, 75.0)),
        discs=discs,
        coronal_deg=coronal,
        axial_deg=axial,
        turn_deg=float(rng.normal(0, 4.0)),
        lean_deg=float(rng.normal(0, 2.0)),
        balance_deg=float(np.clip(rng.normal(-5.0, 9.0), -30.0, 18.0)),
    )


def _scoliosis(
    rng: np.random.Generator, levels: Sequence[Level], share: float
) -> tuple[dict[Level, float], dict[Level, float]]:
    count = len(levels)
    amplitude = abs(rng.normal(0, 3.0)) if rng.random() >= share else rng.uniform(5.0, 22.0)
    place = np.arange(count) / max(1, count - 1)
    waves = rng.uniform(0.5, 1.3)
    phase = rng.uniform(0, 2 * np.pi)
    curve = np.sin(2 * np.pi * waves * place + phase)
    tilt = amplitude * curve + rng.normal(0, 1.0, count)
    # Vertebrae turn towards the convexity, most where the curve bends most (a quarter wave later).
    turn = 0.8 * amplitude * np.cos(2 * np.pi * waves * place + phase) + rng.normal(0, 1.5, count)
    turn *= rng.uniform(0.3, 1.1)
    return dict(zip(levels, tilt, strict=True)), dict(zip(levels, turn, strict=True))


def stack(
    points_mm: Mapping[Level, NDArray[np.float64]],
    held_mm: Mapping[Level, NDArray[np.float64]],
    posture: Posture,
) -> dict[Level, Pose]:
    """Place every level, from the sacrum up.

    Parameters
    ----------
    points_mm : mapping of Level to ndarray, shape (6, 3)
        Six points of each body in its local frame, top to bottom in any order; S1 is needed.
    held_mm : mapping of Level to ndarray, shape (6, 3)
        The points that steer the *angles*: those before a fracture where the discs and posture
        make up for its wedge, those after it where the spine bends with it.
    posture : Posture

    Returns
    -------
    dict of Level to Pose
        S1's superior endplate lies with its middle in the origin.
    """
    placed = _stack_once(points_mm, held_mm, posture)
    if Level.T12 not in placed:
        return placed
    # Nobody stands with a column that falls over: the whole of it, sacrum included, is turned to
    # the drawn balance.
    x, _, z = placed[Level.T12].origin_mm
    turn = posture.balance_deg - float(np.degrees(np.arctan2(x, z)))
    balanced = replace(posture, sacral_slope_deg=posture.sacral_slope_deg + turn)
    return _stack_once(points_mm, held_mm, balanced)


def _stack_once(
    points_mm: Mapping[Level, NDArray[np.float64]],
    held_mm: Mapping[Level, NDArray[np.float64]],
    posture: Posture,
) -> dict[Level, Pose]:
    order = sorted(points_mm, key=list(Level).index, reverse=True)
    poses: dict[Level, Pose] = {}
    pitch = np.radians(posture.sacral_slope_deg)
    surface_mm = np.zeros(3)
    for index, level in enumerate(order):
        coronal = np.radians(posture.coronal_deg[level] + posture.lean_deg)
        axial = np.radians(posture.axial_deg[level] + posture.turn_deg)
        points, held = points_mm[level], held_mm[level]
        if level is Level.S1:
            own = pitch - _pitch(held[0], held[1])
            rotation = rotation_matrix(own, coronal, axial)
            origin = -rotation @ _middle(points[0], points[1])
        else:
            disc = posture.discs[level]
            pitch -= np.radians(disc.angle_deg)
            own = pitch - _pitch(held[3], held[2])
            rotation = rotation_matrix(own, coronal, axial)
            below = poses[order[index - 1]].rotation
            normal = below[:, 2] + rotation[:, 2]
            normal /= np.linalg.norm(normal)
            forward = below[:, 0] + rotation[:, 0]
            forward /= np.linalg.norm(forward)
            start = surface_mm + disc.height_mm * normal + disc.slip_mm * forward
            origin = start - rotation @ _middle(points[3], points[2])
        poses[level] = Pose(rotation, origin)
        surface_mm = rotation @ _middle(points[0], points[1]) + origin
        pitch = own + _pitch(held[0], held[1])
    return poses


def _pitch(posterior: NDArray[np.float64], anterior: NDArray[np.float64]) -> float:
    return float(np.arctan2(posterior[2] - anterior[2], anterior[0] - posterior[0]))


def _middle(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 * (first + second)
