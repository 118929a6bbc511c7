"""A CT seen from the side: path lengths through its materials along a diverging beam."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.ct.volume import LabelledCt
from spondyl.simulate.maps import PathMaps
from spondyl.simulate.projection import Beam

#: Below this is air and lung; above it, tissue by its density.
_AIR_HU = -900.0
#: Muscle and contrast medium end, mineral begins; compact bone without pores.
_MINERAL_FROM_HU, _COMPACT_HU = 120.0, 1800.0
#: Within a vertebra mineral stands in marrow, of which half is fat: it begins lower.
_MINERAL_IN_BONE_FROM_HU = -20.0
#: Above this, scanners of 12 bits show metal.
_METAL_HU = 3050.0
_MAGNIFICATION = 1.15


def world_of(points_mm: NDArray[np.float64], plane_mm: float) -> NDArray[np.float64]:
    """From (right, front, top) to the beam's frame (front, left, top) with the spine in y = 0.

    Parameters
    ----------
    points_mm : ndarray, shape (n, 3)
    plane_mm : float
        Where the spine lies along the first axis.
    """
    right, front, top = points_mm.T
    return np.stack([front, plane_mm - right, top], axis=1)


def project(ct: LabelledCt, beam: Beam, plane_mm: float) -> PathMaps:
    """Path-length maps of a CT.

    Each sagittal slice is laid on the picture at its own magnification and adds its thickness,
    lengthened by the slant of the ray.

    Parameters
    ----------
    ct : LabelledCt
    beam : Beam
    plane_mm : float
        The plane of the spine along the first axis, in which the pixel pitch holds.

    Returns
    -------
    PathMaps
        The share of compact bone in a voxel follows from its density, so spongy bone needs no map
        of its own; the rest of the voxel counts as soft tissue.
    """
    width, height = beam.size_px
    mineral, soft, metal = (np.zeros((height, width), dtype=np.float32) for _ in range(3))
    step_x, step_y, step_z = ct.spacing_mm
    for index in range(ct.hu.shape[0]):
        plane = ct.hu[index]
        if float(plane.max()) < _AIR_HU:
            continue
        y = plane_mm - index * step_x
        factor = beam.source_mm / (beam.source_mm + y)
        # Pixel (column, row) of the picture shows voxel (j, k) = M (column, row, 1).
        x0, z0 = beam.centre_mm
        scale = beam.pitch_mm / factor
        left = x0 + (beam.left_mm - x0) / factor + 0.5 * scale
        top = z0 + (beam.top_mm - z0) / factor - 0.5 * scale
        # OpenCV sees the slice as an image of rows j (front) and columns k (top).
        matrix = np.array(
            [[0.0, -scale / step_z, top / step_z], [scale / step_y, 0.0, left / step_y]]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        parts = _materials(plane, ct.levels[index] > 0)
        for target, part in zip((mineral, soft, metal), parts, strict=True):
            if part is not None:
                target += np.float32(step_x) * cv2.warpAffine(
                    part, matrix, (width, height), flags=flags, borderValue=0.0
                )
    slant = _slant(beam)
    return PathMaps(
        cortical_mm=mineral * slant,
        trabecular_mm=np.zeros_like(mineral),
        soft_mm=soft * slant,
        metal_mm=metal * slant,
        pitch_mm=beam.pitch_mm,
        magnification=_MAGNIFICATION,
    )


def _materials(
    hu: NDArray[np.float32], bone: NDArray[np.bool_]
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32], NDArray[np.float32] | None]:
    """Shares of compact bone, water-equivalent tissue and metal in each voxel."""
    metal = (hu > _METAL_HU).astype(np.float32)
    start = np.where(bone, np.float32(_MINERAL_IN_BONE_FROM_HU), np.float32(_MINERAL_FROM_HU))
    share = np.clip((hu - start) / (_COMPACT_HU - start), 0.0, 1.0).astype(np.float32)
    water = np.clip(1.0 + np.minimum(hu, _MINERAL_FROM_HU) / 1000.0, 0.0, None).astype(np.float32)
    water[hu < _AIR_HU] = 0.0
    if metal.any():
        share *= 1 - metal
        water *= 1 - metal
        return share, np.asarray(water * (1 - share)), metal
    return share if share.any() else None, np.asarray(water * (1 - share)), None


def _slant(beam: Beam) -> NDArray[np.float32]:
    """Length of a ray between two sagittal planes over their distance, per pixel."""
    width, height = beam.size_px
    x0, z0 = beam.centre_mm
    u = beam.left_mm + beam.pitch_mm * (np.arange(width) + 0.5) - x0
    w = beam.top_mm - beam.pitch_mm * (np.arange(height) + 0.5) - z0
    squares = (u[None, :] ** 2 + w[:, None] ** 2) / beam.source_mm**2
    return np.sqrt(1.0 + squares).astype(np.float32)
