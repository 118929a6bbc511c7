"""Closed triangle surfaces: the form in which every bone and implant is handed to projection."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vertices = NDArray[np.float32]
Faces = NDArray[np.int32]


def enclosed_volume(vertices_mm: ArrayLike, faces: NDArray[np.int32]) -> float:
    """Signed volume in mm3 (divergence theorem); positive if normals point outward."""
    vertices = np.asarray(vertices_mm, dtype=np.float64)
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, _cross(b, c)) / 6)


def _cross(a: NDArray[np.floating[Any]], b: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Cross products of rows; ``numpy.cross`` spends more time on its preparations."""
    out = np.empty_like(a)
    for k, (m, n) in enumerate(((1, 2), (2, 0), (0, 1))):
        out[:, k] = a[:, m] * b[:, n] - a[:, n] * b[:, m]
    return out


def is_closed(faces: NDArray[np.int32]) -> bool:
    """Every directed edge is met exactly once in the other direction: no hole, no flipped face."""
    start = faces.ravel().astype(np.int64)
    end = np.roll(faces, -1, axis=1).ravel().astype(np.int64)
    count = int(faces.max()) + 1 if faces.size else 0
    forward, backward = np.sort(start * count + end), np.sort(end * count + start)
    return bool(np.array_equal(forward, backward) and np.all(np.diff(forward) > 0))


def vertex_normals(vertices_mm: Vertices, faces: Faces) -> NDArray[np.float32]:
    """Outward unit normals (N, 3), faces weighted by their area."""
    a, b, c = (vertices_mm[faces[:, k]] for k in range(3))
    return _spread(_cross(b - a, c - a), faces, len(vertices_mm))


def _spread(
    face_normals: NDArray[np.floating[Any]], faces: Faces, count: int
) -> NDArray[np.float32]:
    """Unit normals of vertices from the normals of their faces, as long as twice their areas."""
    index = faces.ravel()
    normals = np.stack(
        [np.bincount(index, np.repeat(face_normals[:, k], 3), minlength=count) for k in range(3)],
        axis=1,
    )
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return (normals / np.maximum(length, 1e-9)).astype(np.float32)


@dataclass(frozen=True)
class Surface:
    """A closed, outward-oriented triangle mesh of one bone (or implant).

    Attributes
    ----------
    vertices_mm : ndarray, shape (N, 3), float32
    faces : ndarray, shape (M, 3), int32
    shell_mm : float or ndarray, shape (N,)
        Thickness of the cortical wall. The inner surface is the vertices moved inward by it;
        what lies between the two is compact bone, what lies inside is spongy bone. 0 means no
        wall: the whole inside is spongy.
    density : float
        Density of the inside relative to normal spongy bone (1.0). A surface that lies inside
        another one adds to it, so a negative density takes away (a disc remnant in the sacrum).
    """

    vertices_mm: Vertices
    faces: Faces
    shell_mm: float | NDArray[np.float32] = 1.0
    density: float = 1.0

    def __post_init__(self) -> None:
        if self.vertices_mm.ndim != 2 or self.vertices_mm.shape[1] != 3:
            raise ValueError(f"Vertices must have shape (N, 3), found {self.vertices_mm.shape}.")
        if self.faces.ndim != 2 or self.faces.shape[1] != 3:
            raise ValueError(f"Faces must have shape (M, 3), found {self.faces.shape}.")
        if np.ndim(self.shell_mm) and np.shape(self.shell_mm) != (len(self.vertices_mm),):
            raise ValueError(
                f"A shell per vertex must have shape ({len(self.vertices_mm)},), "
                f"found {np.shape(self.shell_mm)}."
            )

    @property
    def volume_mm3(self) -> float:
        """Enclosed volume; positive for outward normals."""
        return enclosed_volume(self.vertices_mm, self.faces)

    @property
    def area_mm2(self) -> float:
        """Area of the whole surface."""
        a, b, c = (self.vertices_mm[self.faces[:, k]] for k in range(3))
        return float(np.linalg.norm(_cross(b - a, c - a), axis=1).sum() / 2)

    def inner(self) -> "Surface":
        """The surface that bounds the spongy inside: same faces, moved inward by the shell.

        The move is held below 0.8 volume / area, the half-thickness of a plate (two thirds of
        the radius of a tube, which is what keeps thin processes from turning inside out).
        """
        # Volume, area and normals from the same cross products: this runs for every bone.
        a, b, c = (self.vertices_mm[self.faces[:, k]].astype(np.float64) for k in range(3))
        crossed = _cross(b - a, c - a)
        volume = float(np.einsum("ij,ij->", a, crossed)) / 6
        area = float(np.sqrt(np.einsum("ij,ij->i", crossed, crossed)).sum()) / 2
        limit = 0.8 * max(volume, 0.0) / max(area, 1e-9)
        shell = np.minimum(np.asarray(self.shell_mm, dtype=np.float32), np.float32(limit))
        normals = _spread(crossed, self.faces, len(self.vertices_mm))
        vertices = self.vertices_mm - normals * (shell[:, None] if shell.ndim else shell)
        return replace(self, vertices_mm=vertices.astype(np.float32), shell_mm=0.0)

    def mapped(self, move: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> "Surface":
        """The surface with its vertices moved by a function of points (N, 3) -> (N, 3)."""
        moved = move(self.vertices_mm.astype(np.float64))
        return replace(self, vertices_mm=np.asarray(moved, dtype=np.float32))

    def transformed(
        self,
        rotation: ArrayLike | None = None,
        translation_mm: ArrayLike = (0.0, 0.0, 0.0),
        scale: ArrayLike = 1.0,
    ) -> "Surface":
        """Scale each axis (about the origin), then rotate (3, 3), then move.

        A map that mirrors (negative determinant) has its faces turned, so that normals stay
        outward.
        """
        factors = np.broadcast_to(np.asarray(scale, dtype=np.float64), (3,))
        linear = np.diag(factors) if rotation is None else np.asarray(rotation) @ np.diag(factors)
        moved = self.vertices_mm @ linear.T + np.asarray(translation_mm, dtype=np.float64)
        faces = self.faces if np.linalg.det(linear) > 0 else self.faces[:, ::-1].copy()
        return replace(self, vertices_mm=moved.astype(np.float32), faces=faces)


def oriented(
    vertices_mm: ArrayLike,
    faces: ArrayLike,
    shell_mm: float | NDArray[np.float32] = 1.0,
    density: float = 1.0,
) -> Surface:
    """A surface from consistently wound faces, turned outward if they all point inward.

    Raises
    ------
    ValueError
        If the surface encloses nothing.
    """
    vertices = np.ascontiguousarray(vertices_mm, dtype=np.float32)
    wound = np.ascontiguousarray(faces, dtype=np.int32)
    volume = enclosed_volume(vertices, wound)
    if abs(volume) < 1e-6:
        raise ValueError("This surface encloses no volume; expected a closed mesh with an inside.")
    if volume < 0:
        wound = wound[:, ::-1].copy()
    return Surface(vertices, wound, shell_mm, density)


def merge(surfaces: Sequence[Surface]) -> Surface:
    """Several surfaces as one (their densities must agree).

    Raises
    ------
    ValueError
        If there is nothing to merge or densities differ.
    """
    if not surfaces or len({surface.density for surface in surfaces}) != 1:
        raise ValueError("Merging needs at least one surface, all of the same density.")
    starts = np.cumsum([0, *(len(surface.vertices_mm) for surface in surfaces[:-1])])
    shells = [
        np.broadcast_to(np.asarray(s.shell_mm, dtype=np.float32), (len(s.vertices_mm),))
        for s in surfaces
    ]
    return Surface(
        np.concatenate([surface.vertices_mm for surface in surfaces]),
        np.concatenate(
            [(s.faces + start).astype(np.int32) for s, start in zip(surfaces, starts, strict=True)]
        ),
        np.concatenate(shells),
        surfaces[0].density,
    )
