"""Organic shapes from blended round limbs: signed distances, smooth union, marching cubes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.shapes.surface import Surface, oriented


@dataclass(frozen=True)
class Limb:
    """A round bar from start to end, its radius running from one end to the other.

    ``stretch`` widens it along x, y, z: (1, 0.4, 1) is a bar flattened from side to side.
    """

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radius_start: float
    radius_end: float
    stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def distance(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """About the distance from the surface, negative inside; exact for no stretch."""
        factors = 1 / np.asarray(self.stretch, dtype=np.float32)
        a = np.asarray(self.start, dtype=np.float32) * factors
        along = np.asarray(self.end, dtype=np.float32) * factors - a
        # Axis by axis: operations along an axis of three elements take several times as long.
        offset = [points[..., k] * factors[k] - a[k] for k in range(3)]
        share = offset[0] * along[0] + offset[1] * along[1] + offset[2] * along[2]
        share /= np.float32(max(float(along @ along), 1e-6))
        np.clip(share, 0, 1, out=share)
        rest = [offset[k] - share * along[k] for k in range(3)]
        gap = np.sqrt(rest[0] * rest[0] + rest[1] * rest[1] + rest[2] * rest[2])
        reached = self.radius_start + share * (self.radius_end - self.radius_start)
        return np.asarray(gap - reached, dtype=np.float32)


def blend(distances: Sequence[NDArray[np.float32]], softness_mm: float) -> NDArray[np.float32]:
    """Smooth union (log-sum-exp): limbs meet in fillets of about ``softness_mm``."""
    nearest = np.minimum.reduce(list(distances))
    total = np.zeros_like(nearest)
    for distance in distances:
        total += np.exp((nearest - distance) / softness_mm)
    return np.asarray(nearest - softness_mm * np.log(total), dtype=np.float32)


def grid(
    low: Sequence[float], high: Sequence[float], step_mm: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points (X, Y, Z, 3) of a box and its first corner."""
    axes = [
        np.arange(a, b + step_mm, step_mm, dtype=np.float32) for a, b in zip(low, high, strict=True)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1), np.array([x[0] for x in axes])


def isosurface(
    distance: NDArray[np.float32], origin: NDArray[np.float32], step_mm: float, shell_mm: float
) -> Surface:
    """The surface where a distance field (X, Y, Z) is zero.

    The field is closed at the border of its box.
    """
    from skimage.measure import marching_cubes

    field = distance.copy()
    for axis in range(3):
        for edge in (0, -1):
            index: list[slice | int] = [slice(None)] * 3
            index[axis] = edge
            field[tuple(index)] = np.maximum(field[tuple(index)], 0.01)
    # Keep the level off the samples: a vertex on a sample makes faces without area.
    field[np.abs(field) < 1e-3] = 1e-3
    vertices, faces, _, _ = marching_cubes(field, 0.0)
    return oriented(vertices * step_mm + origin, faces, shell_mm)
