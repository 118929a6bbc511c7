"""Bone meshes from files: into the local frame, with their six points; fitted to any body."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.simulate.shapes.body import body_points
from spondyl.simulate.shapes.bodyframe import body_coordinates, lagrange
from spondyl.simulate.shapes.decimate import decimate
from spondyl.simulate.shapes.landmarks import (
    LocalFrame,
    body_frame_of,
    body_outline_points,
    sacrum_outline_points,
    section_loops,
    symmetry_frame,
)
from spondyl.simulate.shapes.surface import Surface, oriented
from spondyl.simulate.shapes.vertebra import BodyBox, VertebraParameters, VertebraShape

#: Faces that are left of an imported vertebra.
FACE_COUNT = 6000


class MeshError(ValueError):
    """A mesh that is not the bone that it should be; the message says why."""


def read_mesh(path: Path) -> Surface:
    """A mesh file (PLY, STL, OBJ) as an outward surface.

    Raises
    ------
    MeshError
        If the file holds no closed mesh.
    """
    import trimesh

    mesh = trimesh.load(path, force="mesh", process=True)
    if not mesh.is_watertight:
        raise MeshError(f"{path.name} is not a closed mesh; close its holes first.")
    return oriented(mesh.vertices, mesh.faces)


def import_vertebra(
    surface: Surface, level: Level, face_count: int = FACE_COUNT
) -> tuple[VertebraShape, LocalFrame]:
    """Bring one vertebra into its local frame and find its six points.

    Parameters
    ----------
    surface : Surface
        Roughly facing +x (anterior), z up, millimetres, one piece.
    level : Level
    face_count : int
        Faces to keep.

    Raises
    ------
    MeshError
        If the mid-sagittal cut shows no body.
    """
    first = symmetry_frame(surface)
    upright = replace(surface, vertices_mm=first(surface.vertices_mm).astype(np.float32))
    points = body_outline_points(_body_loop(upright))
    frame = _levelled(first, points)
    local = replace(surface, vertices_mm=frame(surface.vertices_mm).astype(np.float32))
    local_points = frame((_lifted(points)) @ first.rotation + first.origin_mm)
    box = BodyBox(local_points, 1.0)
    where = body_coordinates(local.vertices_mm.astype(np.float64), box)
    # The lower half of the body is free of pedicles.
    lateral = (np.abs(where.u - 0.1) < 0.5) & (np.abs(where.t - 0.15) < 0.2)
    if lateral.sum() < 20:
        raise MeshError(f"The mesh of {level} has no side walls where a body should have them.")
    half_width = float(np.quantile(np.abs(local.vertices_mm[lateral, 1]), 0.97))
    shape = VertebraShape(level, (decimate(local, face_count),), local_points, half_width)
    _check(shape)
    return shape, frame


def import_sacrum(
    surface: Surface, face_count: int = 2 * FACE_COUNT
) -> tuple[VertebraShape, LocalFrame]:
    """Bring a sacrum (with or without coccyx) into the frame of its first segment.

    Raises
    ------
    MeshError
        If the plane of symmetry does not cut it.
    """
    first = symmetry_frame(surface)
    upright = replace(surface, vertices_mm=first(surface.vertices_mm).astype(np.float32))
    loops = section_loops(upright)
    if not loops:
        raise MeshError("The mid-sagittal plane does not cut this sacrum.")
    points = sacrum_outline_points(loops[0])
    frame = _levelled(first, points)
    local = replace(surface, vertices_mm=frame(surface.vertices_mm).astype(np.float32))
    local_points = frame(_lifted(points) @ first.rotation + first.origin_mm)
    depth = float(np.linalg.norm(local_points[1] - local_points[0]))
    shape = VertebraShape(Level.S1, (decimate(local, face_count),), local_points, 0.75 * depth)
    return shape, frame


def _body_loop(surface: Surface) -> NDArray[np.float64]:
    """Outline of the body in the plane y = 0: the foremost of the large loops."""
    loops = section_loops(surface)
    extent = [float(np.prod(np.ptp(loop, axis=0))) for loop in loops]
    large = [
        loop
        for loop, size in zip(loops, extent, strict=True)
        if size > 0.35 * max(extent, default=0)
    ]
    if not large:
        raise MeshError("The mid-sagittal plane does not cut this vertebra.")
    return max(large, key=lambda loop: float(loop[:, 0].mean()))


def _lifted(points_xz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.insert(points_xz, 1, 0.0, axis=1)


def _levelled(first: LocalFrame, points_xz: NDArray[np.float64]) -> LocalFrame:
    """The symmetry frame turned and moved so that the body lies level in the origin."""
    pitch, centre = body_frame_of(points_xz)
    c, s = np.cos(pitch), np.sin(pitch)
    turn = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    middle = np.array([centre[0], 0.0, centre[1]]) @ first.rotation + first.origin_mm
    return LocalFrame(turn @ first.rotation, middle)


def _check(shape: VertebraShape) -> None:
    anterior, middle, posterior = shape.heights_mm
    depth = float(np.linalg.norm(shape.points_mm[1] - shape.points_mm[0]))
    if not (12 < posterior < 45 and 18 < depth < 60 and anterior > 6 and middle > 5):
        raise MeshError(
            f"The mesh of {shape.level} has no body of human size: heights "
            f"{anterior:.0f}, {middle:.0f}, {posterior:.0f} mm, depth {depth:.0f} mm."
        )


@dataclass(frozen=True)
class Warp:
    """A smooth map that carries one body's six points to others, and the arch along with it.

    Attributes
    ----------
    source : BodyBox
    target_mm : ndarray, shape (6, 3)
    half_width_mm : float
        Wanted half width.
    arch_stretch : float
        Scale of what lies behind the posterior wall, along x.
    spinous_slope : float
        Extra downward slope behind the canal.
    """

    source: BodyBox
    target_mm: NDArray[np.float64]
    half_width_mm: float
    arch_stretch: float = 1.0
    spinous_slope: float = 0.0

    def __call__(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (N, 3) -> points (N, 3); exact at the six points."""
        where = body_coordinates(points_mm, self.source)
        superior = self.target_mm[[0, 4, 1]][:, [0, 2]]
        inferior = self.target_mm[[3, 5, 2]][:, [0, 2]]
        within = np.clip(where.t, -0.3, 1.3)[:, None]
        nodes = (1 - within) * inferior[:, 0] + within * superior[:, 0]
        old_half = np.ptp(self.source.points_mm[:4, 0]) / 2
        behind = np.maximum(-1 - where.u, 0) * old_half * self.arch_stretch
        x = np.where(
            where.u > 0,
            nodes[:, 1] + where.u * (nodes[:, 2] - nodes[:, 1]),
            nodes[:, 1] + np.maximum(where.u, -1) * (nodes[:, 1] - nodes[:, 0]) - behind,
        )
        weights = lagrange(np.clip(where.u, -1, 1))
        low, high = weights @ inferior[:, 1], weights @ superior[:, 1]
        z = low + where.t * (high - low) - self.spinous_slope * np.maximum(behind - 16, 0)
        return np.stack([x, where.v * self.half_width_mm, z], axis=1)


def adapt(
    shape: VertebraShape, parameters: VertebraParameters, own_share: float = 0.0
) -> VertebraShape:
    """A mesh vertebra with the body that parameters ask for.

    Parameters
    ----------
    shape : VertebraShape
        As `import_vertebra` gives it.
    parameters : VertebraParameters
        Wanted level, sizes, wall thickness and arch.
    own_share : float
        0: the wanted heights and depths; 1: the mesh's own, at the wanted size.
    """
    body, arch = parameters.body, parameters.arch
    wanted = body_points(body)
    size = np.linalg.norm(wanted[1] - wanted[0]) / np.linalg.norm(
        shape.points_mm[1] - shape.points_mm[0]
    )
    target = (1 - own_share) * wanted + own_share * size * shape.points_mm
    target = target - target[:4].mean(axis=0)
    half_width = (body.width_superior + body.width_inferior) / 4
    warp = Warp(shape.box, target, half_width, float(size) * arch.stretch_x, arch.spinous_slope)
    surfaces = []
    for surface in shape.surfaces:
        where = body_coordinates(surface.vertices_mm.astype(np.float64), shape.box)
        plates = np.abs(where.t - 0.5) > 0.42
        wall = np.where(plates, body.endplate, body.cortex)
        shell = np.where(where.u < -1.15, arch.cortex, wall).astype(np.float32)
        surfaces.append(replace(surface.mapped(warp), shell_mm=shell, density=body.density))
    return VertebraShape(parameters.level, tuple(surfaces), target, half_width)


#: Signature of a warp, for callers that compose their own.
PointMap = Callable[[NDArray[np.float64]], NDArray[np.float64]]
