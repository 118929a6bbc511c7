"""Fewer triangles: quadric edge collapse that keeps a closed surface closed."""

import heapq

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.shapes.surface import Faces, Surface, Vertices


def decimate(surface: Surface, face_count: int) -> Surface:
    """Collapse edges (Garland and Heckbert 1997) until at most ``face_count`` faces are left.

    An edge is collapsed only where its ends share exactly two neighbours (the link condition), so
    the mesh stays closed and manifold. It is plain Python and takes seconds: results are meant to
    be cached.
    """
    if len(surface.faces) <= face_count:
        return surface
    vertices, faces = _collapse(
        surface.vertices_mm.astype(np.float64), surface.faces, len(surface.faces) - face_count
    )
    shell = surface.shell_mm if np.ndim(surface.shell_mm) == 0 else float(np.mean(surface.shell_mm))
    return Surface(vertices, faces, shell, surface.density)


def _quadrics(vertices: NDArray[np.float64], faces: Faces) -> NDArray[np.float64]:
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    area = np.linalg.norm(normal, axis=1, keepdims=True)
    plane = np.concatenate([normal / np.maximum(area, 1e-12), np.zeros_like(area)], axis=1)
    plane[:, 3] = -np.einsum("ij,ij->i", plane[:, :3], a)
    square = plane[:, :, None] * plane[:, None, :] * area[..., None]
    quadrics = np.zeros((len(vertices), 4, 4))
    for k in range(3):
        np.add.at(quadrics, faces[:, k], square)
    return quadrics


def _collapse(vertices: NDArray[np.float64], faces: Faces, surplus: int) -> tuple[Vertices, Faces]:
    quadrics = _quadrics(vertices, faces)
    triangles: dict[int, tuple[int, int, int]] = {
        index: (int(a), int(b), int(c)) for index, (a, b, c) in enumerate(faces)
    }
    around: list[set[int]] = [set() for _ in range(len(vertices))]
    for index, triangle in triangles.items():
        for corner in triangle:
            around[corner].add(index)
    version = [0] * len(vertices)
    heap: list[tuple[float, int, int, int, int]] = []

    def push(a: int, b: int) -> None:
        middle = np.append((vertices[a] + vertices[b]) / 2, 1.0)
        length = float(((vertices[a] - vertices[b]) ** 2).sum())
        cost = float(middle @ (quadrics[a] + quadrics[b]) @ middle) + 1e-3 * length
        heapq.heappush(heap, (cost, a, b, version[a], version[b]))

    for a, b in {tuple(sorted((t[k], t[k - 1]))) for t in triangles.values() for k in range(3)}:
        push(a, b)

    def neighbours(vertex: int) -> set[int]:
        found = {corner for index in around[vertex] for corner in triangles[index]}
        found.discard(vertex)
        return found

    while surplus > 0 and heap:
        _, a, b, seen_a, seen_b = heapq.heappop(heap)
        if version[a] != seen_a or version[b] != seen_b:
            continue
        if len(neighbours(a) & neighbours(b)) != 2 or _folds(vertices, triangles, around, a, b):
            continue
        vertices[a] = (vertices[a] + vertices[b]) / 2
        quadrics[a] += quadrics[b]
        for index in list(around[b]):
            triangle = triangles[index]
            if a in triangle:
                for corner in triangle:
                    around[corner].discard(index)
                del triangles[index]
                surplus -= 1
            else:
                x, y, z = (a if corner == b else corner for corner in triangle)
                triangles[index] = (x, y, z)
                around[a].add(index)
        around[b].clear()
        version[a] += 1
        version[b] += 1
        for near in neighbours(a):
            push(a, near)
    kept = np.array(sorted(triangles.values()), dtype=np.int64)
    used, flat = np.unique(kept, return_inverse=True)
    return vertices[used].astype(np.float32), flat.reshape(-1, 3).astype(np.int32)


def _folds(
    vertices: NDArray[np.float64],
    triangles: dict[int, tuple[int, int, int]],
    around: list[set[int]],
    a: int,
    b: int,
) -> bool:
    """Whether moving both ends to their middle would turn a neighbouring face over."""
    both = around[a] | around[b]
    kept = np.array([triangles[i] for i in both if not (a in triangles[i] and b in triangles[i])])
    before = vertices[kept]
    after = before.copy()
    after[(kept == a) | (kept == b)] = (vertices[a] + vertices[b]) / 2
    old = np.cross(before[:, 1] - before[:, 0], before[:, 2] - before[:, 0])
    new = np.cross(after[:, 1] - after[:, 0], after[:, 2] - after[:, 0])
    limit = 0.2 * np.linalg.norm(old, axis=1) * np.linalg.norm(new, axis=1)
    return bool(np.any(np.einsum("ij,ij->i", old, new) < limit))
