"""Simple closed surfaces: balls, tubes, curved plates, and the ring mesh that they share."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.simulate.shapes.surface import Faces, Surface, oriented


@lru_cache(maxsize=64)
def ring_faces(rows: int, columns: int) -> Faces:
    """Faces of a closed mesh of rings between two poles.

    Vertex 0 is the first pole, then ``rows`` rings of ``columns`` vertices, then the last pole.
    """
    first = 1 + np.arange(rows - 1)[:, None] * columns
    here = np.arange(columns)[None]
    after = (here + 1) % columns
    a, b, c, d = first + here, first + after, first + columns + here, first + columns + after
    last = 1 + rows * columns
    ring, turn = np.arange(columns), (np.arange(columns) + 1) % columns
    lower = last - columns
    faces = np.concatenate(
        [
            np.stack([np.zeros_like(ring), 1 + ring, 1 + turn], axis=1),
            np.stack([a, c, b], axis=-1).reshape(-1, 3),
            np.stack([b, c, d], axis=-1).reshape(-1, 3),
            np.stack([np.full_like(ring, last), lower + turn, lower + ring], axis=1),
        ]
    ).astype(np.int32)
    faces.setflags(write=False)
    return faces


def superquadric(
    radii_mm: ArrayLike,
    exponent: float = 2.0,
    rows: int = 15,
    columns: int = 28,
    shell_mm: float = 1.0,
    density: float = 1.0,
) -> Surface:
    """A superellipsoid about the origin; exponent 2 is an ellipsoid, larger ones are boxier."""
    latitude = np.linspace(np.pi / 2, -np.pi / 2, rows + 2)[1:-1, None]
    turn = np.arange(columns)[None] * (2 * np.pi / columns)
    power = 2.0 / exponent

    def curve(value: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.sign(value) * np.abs(value) ** power

    flat = np.abs(np.cos(latitude)) ** power
    rings = np.stack(
        [
            flat * curve(np.cos(turn)),
            flat * curve(np.sin(turn)),
            np.broadcast_to(curve(np.sin(latitude)), (rows, columns)),
        ],
        axis=-1,
    ).reshape(-1, 3)
    vertices = np.concatenate([[[0, 0, 1.0]], rings, [[0, 0, -1.0]]])
    return oriented(vertices * np.asarray(radii_mm), ring_faces(rows, columns), shell_mm, density)


def ball(
    centre_mm: ArrayLike, radius_mm: float, shell_mm: float = 1.0, density: float = 1.0
) -> Surface:
    """A sphere."""
    sphere = superquadric((radius_mm,) * 3, shell_mm=shell_mm, density=density)
    return sphere.transformed(translation_mm=centre_mm)


def _frames(path: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
    """Side and up directions (K, 2, 3) across a path, up as near to the given one as can be."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    upward = up - (tangent @ up)[:, None] * tangent
    upward /= np.maximum(np.linalg.norm(upward, axis=1, keepdims=True), 1e-9)
    return np.stack([np.cross(tangent, upward), upward], axis=1)


def tube(
    path_mm: ArrayLike,
    radii_mm: ArrayLike,
    up: ArrayLike = (0.0, 0.0, 1.0),
    columns: int = 14,
    shell_mm: float = 1.0,
    density: float = 1.0,
) -> Surface:
    """A closed tube along a path, with rounded ends.

    Parameters
    ----------
    path_mm : array, shape (K, 3)
        K >= 2 points of the axis; not parallel to ``up``.
    radii_mm : float, array (K,) or (K, 2)
        Radius at each point; two columns give the half-width across and along ``up``.
    """
    path = np.asarray(path_mm, dtype=np.float64)
    radii = np.asarray(radii_mm, dtype=np.float64)
    if radii.ndim < 2:
        radii = np.repeat(np.broadcast_to(radii, (len(path),))[:, None], 2, axis=1)
    # Round ends: two more rings on each side, on a quarter of an ellipse.
    angles = np.deg2rad([65.0, 32.0])
    start, end = path[0] - path[1], path[-1] - path[-2]
    start, end = start / np.linalg.norm(start), end / np.linalg.norm(end)
    before = path[0] + start * np.sin(angles)[:, None] * radii[0].min()
    after = path[-1] + end * np.sin(angles[::-1])[:, None] * radii[-1].min()
    frames = _frames(path, np.asarray(up, dtype=np.float64))
    frames = np.concatenate([frames[:1], frames[:1], frames, frames[-1:], frames[-1:]])
    axis = np.concatenate([before, path, after])
    wide = np.concatenate(
        [np.cos(angles)[:, None] * radii[0], radii, np.cos(angles[::-1])[:, None] * radii[-1]]
    )
    turn = np.arange(columns) * (2 * np.pi / columns)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    rings = axis[:, None] + np.einsum("cd,kd,kde->kce", circle, wide, frames)
    poles = (path[0] + start * radii[0].min(), path[-1] + end * radii[-1].min())
    vertices = np.concatenate([poles[0][None], rings.reshape(-1, 3), poles[1][None]])
    return oriented(vertices, ring_faces(len(axis), columns), shell_mm, density)


def plate(
    sheet_mm: ArrayLike, thickness_mm: ArrayLike, shell_mm: float = 1.0, density: float = 1.0
) -> Surface:
    """A curved sheet of given thickness, closed round its rim.

    Parameters
    ----------
    sheet_mm : array, shape (R, C, 3)
        Middle of the plate on a grid.
    thickness_mm : float or array, shape (R, C)
    """
    sheet = np.asarray(sheet_mm, dtype=np.float64)
    rows, columns = sheet.shape[:2]
    normal = np.cross(np.gradient(sheet, axis=0), np.gradient(sheet, axis=1))
    normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-9)
    half = np.broadcast_to(np.asarray(thickness_mm, dtype=np.float64) / 2, (rows, columns))
    offset = normal * half[..., None]
    vertices = np.concatenate([(sheet + offset).reshape(-1, 3), (sheet - offset).reshape(-1, 3)])
    return oriented(vertices, _plate_faces(rows, columns), shell_mm, density)


@lru_cache(maxsize=32)
def _plate_faces(rows: int, columns: int) -> Faces:
    grid = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (
        part.ravel() for part in (grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:])
    )
    front = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    back = front[:, ::-1] + rows * columns
    rim = np.concatenate([grid[0, :-1], grid[:-1, -1], grid[-1, :0:-1], grid[:0:-1, 0]])
    after = np.roll(rim, -1)
    far = rows * columns
    side = np.concatenate(
        [np.stack([rim, after, after + far], 1), np.stack([rim, after + far, rim + far], 1)]
    )
    faces = np.concatenate([front, back, side]).astype(np.int32)
    faces.setflags(write=False)
    return faces


def smooth_path(points_mm: ArrayLike, count: int) -> NDArray[np.float64]:
    """A smooth path (count, 3) through the given points (Catmull-Rom, by their order)."""
    points = np.asarray(points_mm, dtype=np.float64)
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    place = np.linspace(0, len(points) - 1 - 1e-9, count)
    index = place.astype(int)
    t = (place - index)[:, None]
    p0, p1, p2, p3 = (padded[index + k] for k in range(4))
    return 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )  # fmt: skip
