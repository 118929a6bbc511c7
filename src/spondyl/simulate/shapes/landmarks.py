"""Finding the body, its mid-sagittal plane and its six points on a vertebra mesh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.shapes.surface import Surface

Plane = NDArray[np.float64]


@dataclass(frozen=True)
class LocalFrame:
    """``local = (world - origin_mm) @ rotation.T``; rows of the rotation are the local axes."""

    rotation: NDArray[np.float64]
    origin_mm: NDArray[np.float64]

    def __call__(self, points_mm: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (N, 3) in the local frame."""
        return (points_mm - self.origin_mm) @ self.rotation.T


def _euler(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotation about x, then about z (the two that move the plane y = 0)."""
    (cx, cz), (sx, sz) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x)


def symmetry_frame(surface: Surface, samples: int = 1500) -> LocalFrame:
    """The frame whose plane y = 0 is the mirror plane of a bone that roughly faces +x, z up.

    The mirrored bone is laid on itself: the plane is moved until the mirrored vertices lie nearest
    to the original ones (far ones count linearly, so that a lopsided process does not pull).
    """
    from scipy.optimize import least_squares
    from scipy.spatial import cKDTree

    vertices = surface.vertices_mm.astype(np.float64)
    chosen = vertices[:: max(1, len(vertices) // samples)]
    centre = vertices.mean(axis=0)
    tree = cKDTree(vertices - centre)
    mirror = np.array([1.0, -1.0, 1.0])

    def gaps(unknown: NDArray[np.float64]) -> NDArray[np.float64]:
        turn = _euler(unknown[:2])
        local = (chosen - centre) @ turn.T - [0.0, unknown[2], 0.0]
        back = (local * mirror + [0.0, unknown[2], 0.0]) @ turn
        return np.asarray(tree.query(back)[0])

    start = np.array([0.0, 0.0, 0.0])
    found = least_squares(gaps, start, loss="soft_l1", diff_step=1e-3, x_scale=[0.1, 0.1, 2.0])
    rotation = _euler(found.x[:2])
    return LocalFrame(rotation, centre + rotation.T @ [0.0, found.x[2], 0.0])


def section_loops(surface: Surface) -> list[NDArray[np.float64]]:
    """Closed outlines (K, 2) in x, z where the plane y = 0 cuts the surface, largest area first."""
    vertices, faces = surface.vertices_mm.astype(np.float64), surface.faces
    height = vertices[:, 1] + 1e-7
    above = height[faces] > 0
    cut = np.flatnonzero(above.any(axis=1) & ~above.all(axis=1))
    follows: dict[tuple[int, int], tuple[int, int]] = {}
    for face in faces[cut]:
        crossed = []
        for k in range(3):
            a, b = int(face[k]), int(face[(k + 1) % 3])
            if (height[a] > 0) != (height[b] > 0):
                crossed.append(((min(a, b), max(a, b)), height[a] > 0))
        # Walk with the inside always on the same hand: from the edge going down to the one up.
        first, second = sorted(crossed, key=lambda item: not item[1])
        follows[first[0]] = second[0]
    loops = []
    while follows:
        start, edge = follows.popitem()
        loop = [start]
        while edge != start and edge in follows:
            loop.append(edge)
            edge = follows.pop(edge)
        a, b = np.array(loop).T
        share = height[a] / (height[a] - height[b])
        points = vertices[a] + share[:, None] * (vertices[b] - vertices[a])
        loops.append(points[:, [0, 2]])
    return sorted(loops, key=_area, reverse=True)


def _area(loop: NDArray[np.float64]) -> float:
    x, z = loop.T
    return float(abs(np.dot(x, np.roll(z, -1)) - np.dot(z, np.roll(x, -1))) / 2)


def _dense(loop: NDArray[np.float64], step_mm: float = 0.25) -> NDArray[np.float64]:
    closed = np.concatenate([loop, loop[:1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    places = np.arange(0, along[-1], step_mm)
    return np.stack([np.interp(places, along, closed[:, k]) for k in range(2)], axis=1)


def _turned(points: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, -s], [s, c]]).T


def body_outline_points(loop: NDArray[np.float64]) -> NDArray[np.float64]:
    """Six points (6, 2), x and z, on the mid-sagittal outline of a body that faces +x.

    The outline is turned until its endplates lie level; corners are its farthest points along the
    diagonals of its box; mid-endplates lie on the outline at half depth.
    """
    outline = _dense(loop)
    angle = 0.0
    for _ in range(5):
        turned = _turned(outline, angle)
        points = _corners(turned)
        ends = (points[1] - points[0]) + (points[2] - points[3])
        angle -= float(np.arctan2(ends[1], ends[0]))
    turned = _turned(outline, angle)
    corners = _corners(turned)
    middles = []
    for back, front, top in ((0, 1, True), (3, 2, False)):
        x = (corners[back, 0] + corners[front, 0]) / 2
        near = turned[np.abs(turned[:, 0] - x) < 0.4]
        middles.append([x, near[:, 1].max() if top else near[:, 1].min()])
    return _turned(np.concatenate([corners, middles]), -angle)


def _corners(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = outline.min(axis=0), outline.max(axis=0)
    scaled = (outline - (low + high) / 2) / ((high - low) / 2)
    diagonals = np.array([[-1, 1], [1, 1], [1, -1], [-1, -1]], dtype=np.float64)
    return outline[np.argmax(scaled @ diagonals.T, axis=0)]


def body_frame_of(points_xz: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Pitch of the endplates (radians) and mean of the corners (x, z)."""
    ends = (points_xz[1] - points_xz[0]) + (points_xz[2] - points_xz[3])
    return float(np.arctan2(ends[1], ends[0])), points_xz[:4].mean(axis=0)


def sacrum_outline_points(
    loop: NDArray[np.float64], height_share: float = 0.88
) -> NDArray[np.float64]:
    """Six points (6, 2) of the first sacral segment on the mid-sagittal outline of a sacrum.

    The promontory is the farthest point forward, the posterior corner the farthest one up (and
    slightly back). A fused sacrum shows no inferior endplate: its corners are laid on the anterior
    and posterior outline at ``height_share`` of the endplate's depth below (0.8 of that behind).
    """
    outline = _dense(loop)
    front = int(np.argmax(outline @ [1.0, 0.2]))
    back = int(np.argmax(outline @ [-0.35, 1.0]))
    depth = float(np.linalg.norm(outline[front] - outline[back]))
    count = len(outline)
    # Walk away from the endplate: from the promontory in the direction that does not lead to the
    # posterior corner the short way.
    way = -1 if (back - front) % count < (front - back) % count else 1
    steps = round(height_share * depth / 0.25)
    low_front = outline[(front + way * steps) % count]
    low_back = outline[(back - way * round(0.8 * steps)) % count]
    top = (outline[front] + outline[back]) / 2
    along = (outline[front] - outline[back]) / depth
    near = outline[np.abs((outline - top) @ along) < 0.4]
    up = np.array([-along[1], along[0]])
    middle = near[np.argmax(near @ up)]
    return np.array(
        [outline[back], outline[front], low_front, low_back, middle, (low_front + low_back) / 2]
    )
