"""Implants and cement as closed surfaces in the local frames of the bones that they sit in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.simulate.shapes.primitives import ball, plate, smooth_path, superquadric, tube
from spondyl.simulate.shapes.surface import Surface
from spondyl.simulate.shapes.vertebra import VertebraShape


@dataclass(frozen=True)
class ScrewPair:
    """Pedicle screws of one vertebra.

    Attributes
    ----------
    surfaces : tuple of Surface
        Metal, local frame of the vertebra.
    heads_mm : ndarray, shape (S, 3)
        Where the rod passes each screw, left first where both sides have one.
    sides : tuple of int
        1 left, -1 right.
    """

    surfaces: tuple[Surface, ...]
    heads_mm: NDArray[np.float64]
    sides: tuple[int, ...]


def pedicle_screws(
    shape: VertebraShape, rng: np.random.Generator, sides: tuple[int, ...] = (1, -1)
) -> ScrewPair:
    """Screws from behind through the pedicles into the body."""
    points, half = shape.points_mm, shape.half_width_mm
    posterior = points[[0, 3]]
    height = float(np.linalg.norm(posterior[0] - posterior[1]))
    wall, centre_z = float(posterior[:, 0].mean()), float(posterior[:, 2].mean())
    depth = float(np.linalg.norm(points[1] - points[0]))
    radius = float(rng.uniform(2.4, 3.3))
    surfaces, heads = [], []
    for side in sides:
        pitch, toe = rng.normal(0, 0.07), rng.normal(0.18, 0.06)
        entry = np.array([wall - 20.0, side * 0.72 * half, centre_z + 0.22 * height])
        forward = np.array([1.0, -side * toe, -0.04 + pitch])
        forward /= np.linalg.norm(forward)
        length = 20.0 + depth * float(rng.uniform(0.55, 0.88))
        along = np.arange(0.0, length, 0.9)
        # A thread of 2.7 mm pitch, round rather than helical: a side view shows the same teeth.
        thread = (
            radius
            - 0.55 * (np.arange(len(along)) % 3 == 0)
            - 0.25 * (np.arange(len(along)) % 3 == 1)
        )
        thread[-3:] *= [0.85, 0.6, 0.35]
        surfaces.append(tube(entry + along[:, None] * forward, thread, columns=10, shell_mm=0.0))
        head = entry - forward * 5.0
        surfaces.append(
            tube(
                np.stack([head - 6.0 * forward, entry + 1.0 * forward]),
                5.2,
                columns=14,
                shell_mm=0.0,
            )
        )
        heads.append(head - forward * 2.0)
    return ScrewPair(tuple(surfaces), np.array(heads), tuple(sides))


def rod(heads_mm: ArrayLike, radius_mm: float = 2.75) -> Surface:
    """A rod through screw heads (K >= 2, 3), top to bottom, in the frame that they share."""
    heads = np.asarray(heads_mm, dtype=np.float64)
    out = (heads[0] - heads[1]) / np.linalg.norm(heads[0] - heads[1])
    end = (heads[-1] - heads[-2]) / np.linalg.norm(heads[-1] - heads[-2])
    path = np.concatenate([[heads[0] + 7 * out], heads, [heads[-1] + 7 * end]])
    return tube(smooth_path(path, 6 * len(path)), radius_mm, (0, 1, 0), 12, 0.0)


def cage(
    below: VertebraShape, height_mm: float, rng: np.random.Generator, metal: bool = True
) -> tuple[Surface, ...]:
    """An interbody cage on the superior endplate of the vertebra below, in its frame.

    A metal cage is a ring with a window; a plastic one shows only its marker beads.
    """
    points = below.points_mm
    middle = (points[0] + points[1]) / 2
    depth = float(np.linalg.norm(points[1] - points[0])) * float(rng.uniform(0.55, 0.8))
    width = below.half_width_mm * float(rng.uniform(0.6, 1.3))
    tilt = float(np.arctan2(points[1, 2] - points[0, 2], points[1, 0] - points[0, 0]))
    lift = np.array([0.0, 0.0, height_mm / 2])
    if not metal:
        beads = [(0.45, 0.4), (-0.45, 0.4), (0.45, -0.4), (-0.45, -0.4)]
        return tuple(
            tube(
                [
                    np.add(middle, [u * depth, v * width, 1.0 + tilt * u * depth]),
                    np.add(middle, [u * depth, v * width, height_mm - 1.0 + tilt * u * depth]),
                ],
                0.5, (1, 0, 0), 8, 0.0,
            )
            for u, v in beads
        )  # fmt: skip
    c, s = np.cos(tilt), np.sin(tilt)
    turn = np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
    bars = []
    for side in (1, -1):
        bar = superquadric((depth / 2, 2.2, height_mm / 2), 6.0, 9, 20, 0.0)
        bars.append(bar.transformed(turn, middle + lift + [0, side * width / 2, 0]))
    for end in (1, -1):
        bar = superquadric((2.2, width / 2, height_mm / 2), 6.0, 9, 20, 0.0)
        bars.append(bar.transformed(turn, middle + lift + turn @ [end * (depth / 2 - 2), 0, 0]))
    return tuple(bars)


def cement(shape: VertebraShape, rng: np.random.Generator) -> tuple[Surface, ...]:
    """Bone cement after vertebroplasty: lobed blobs inside the body (metal-like, but fainter)."""
    points, half = shape.points_mm, shape.half_width_mm
    centre = points[:4].mean(axis=0)
    depth = float(np.linalg.norm(points[1] - points[0]))
    height = 0.5 * (points[4, 2] - points[5, 2])
    blobs = []
    for side in rng.choice([-1, 1], int(rng.integers(1, 3)), replace=False):
        for _ in range(int(rng.integers(2, 5))):
            radii = np.array([0.17 * depth, 0.25 * half, 0.55 * height]) * rng.uniform(0.6, 1.25, 3)
            place = centre + rng.normal([0.06 * depth, side * 0.35 * half, 0],
                                        [0.1 * depth, 0.1 * half, 0.12 * height])  # fmt: skip
            blob = superquadric(radii, 2.2, 11, 18, 0.0)
            lumps = rng.normal(0, 1.2, (3, 3)) / radii.mean()
            phases = rng.uniform(0, 6.28, 3)

            def lump(
                p: NDArray[np.float64],
                lumps: NDArray[np.float64] = lumps,
                phases: NDArray[np.float64] = phases,
            ) -> NDArray[np.float64]:
                return p * (
                    1 + 0.13 * np.sin(p @ lumps.T * 2.2 + phases).sum(axis=1, keepdims=True)
                )

            blobs.append(blob.mapped(lump).transformed(translation_mm=place))
    return tuple(blobs)


def anterior_plate(
    upper_mm: ArrayLike, lower_mm: ArrayLike, rng: np.random.Generator
) -> tuple[Surface, ...]:
    """A plate with four screws on the front of two bodies.

    Parameters
    ----------
    upper_mm, lower_mm : array, shape (6, 3)
        Six points of both bodies in the frame that they share.
    """
    upper, lower = np.asarray(upper_mm, dtype=float), np.asarray(lower_mm, dtype=float)
    top = 0.65 * upper[1] + 0.35 * upper[2]
    low = 0.35 * lower[1] + 0.65 * lower[2]
    share, across = np.linspace(0, 1, 9), np.linspace(-10, 10, 6)
    axis = top + share[:, None] * (low - top) + [2.0, 0, 0]
    sheet = axis[:, None] + across[None, :, None] * [0.0, 1.0, 0.0]
    sheet[..., 0] -= 0.012 * across**2
    parts = [plate(sheet, 2.2, 0.0)]
    for place in (0.12, 0.88):
        for side in (-6.0, 6.0):
            start = top + place * (low - top) + [1.0, side, 0]
            reach = np.array([-float(rng.uniform(16, 26)), 0, float(rng.normal(0, 1.5))])
            parts.append(tube(np.stack([start, start + reach]), 2.0, columns=8, shell_mm=0.0))
    return tuple(parts)


def hip_prosthesis(
    hip_mm: ArrayLike, side: int, rng: np.random.Generator, forward: ArrayLike = (0.0, 0.0, -1.0)
) -> tuple[Surface, ...]:
    """Cup, head and stem at a hip centre; ``forward`` is the direction of the femoral shaft."""
    hip = np.asarray(hip_mm, dtype=np.float64)
    down = np.asarray(forward, dtype=np.float64)
    shoulder = hip + np.array([-3.0, side * 40.0, -22.0])
    stem = np.array([shoulder + down * along for along in (0.0, 25.0, 60.0, 110.0)])
    cup = superquadric((25.0, 25.0, 12.0), 2.2, 11, 24, 0.0)
    tilt = np.deg2rad(float(rng.normal(45, 6))) * side
    c, s = np.cos(tilt), np.sin(tilt)
    turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    return (
        ball(hip, float(rng.uniform(13, 18)), 0.0),
        cup.transformed(turn, hip + turn @ [0, 0, 15.0]),
        tube(np.stack([hip, shoulder]), [6.5, 7.5], (1, 0, 0), 12, 0.0),
        tube(stem, [8.0, 7.5, 6.0, 4.5], (1, 0, 0), 14, 0.0),
    )


def surgical_clips(
    rng: np.random.Generator, count: int, low_mm: ArrayLike, high_mm: ArrayLike
) -> tuple[Surface, ...]:
    """Small clips (5-9 mm) scattered in a box."""
    clips = []
    for _ in range(count):
        place = rng.uniform(np.asarray(low_mm, dtype=float), np.asarray(high_mm, dtype=float))
        direction = rng.normal(0, 1, 3)
        direction /= np.linalg.norm(direction)
        up = np.cross(direction, rng.normal(0, 1, 3))
        reach = direction * float(rng.uniform(2.5, 4.5))
        clips.append(tube(np.stack([place - reach, place + reach]), 0.6, up, 6, 0.0))
    return tuple(clips)
