"""Vertebra masks of CT volumes as smooth closed surfaces."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.simulate.shapes.surface import Surface, oriented


class Numbering(StrEnum):
    """Which numbers a mask gives to the vertebrae."""

    VERSE = "verse"
    TOTALSEGMENTATOR = "totalsegmentator"


#: Masks with thicker slices show endplates as slopes; they are not imported.
COARSEST_MM = 2.6

_FREE = tuple(level for level in Level if level not in (Level.L6, Level.S1))

#: Numbering -> label -> level. VerSe counts down the spine (T8 = 15, L5 = 24, L6 = 25);
#: TotalSegmentator counts up it (L5 = 27, T8 = 36).
LABELS: MappingProxyType[Numbering, MappingProxyType[int, Level]] = MappingProxyType(
    {
        Numbering.VERSE: MappingProxyType(
            {**{15 + place: level for place, level in enumerate(_FREE)}, 25: Level.L6}
        ),
        Numbering.TOTALSEGMENTATOR: MappingProxyType(
            {36 - place: level for place, level in enumerate(_FREE)}
        ),
    }
)


def mask_surface(
    mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float], step_mm: float = 1.4
) -> Surface:
    """The smooth surface of a voxel mask, in millimetres from the first voxel.

    The distance to the border is interpolated instead of the mask itself, so that thick slices
    become slopes and not stairs.
    """
    from scipy import ndimage

    from spondyl.simulate.shapes.implicit import isosurface

    padded = np.pad(mask, 3)
    distance = ndimage.distance_transform_edt(~padded, spacing_mm) - ndimage.distance_transform_edt(
        padded, spacing_mm
    )
    zoom = np.array(spacing_mm) / step_mm
    fine = ndimage.zoom(distance, zoom, order=1, grid_mode=False)
    actual = np.array(spacing_mm) * (np.array(padded.shape) - 1) / (np.array(fine.shape) - 1)
    smooth = ndimage.gaussian_filter(fine, 0.45 * np.array(spacing_mm) / actual + 0.3)
    surface = isosurface(smooth.astype(np.float32), np.zeros(3, dtype=np.float32), 1.0, 1.0)
    vertices = surface.vertices_mm * actual - 3 * np.array(spacing_mm)
    return oriented(vertices, surface.faces)


def coarsest_spacing_mm(path: Path) -> float:
    """The largest voxel spacing of a NIfTI file."""
    import nibabel

    return float(max(nibabel.load(path).header.get_zooms()[:3]))  # type: ignore[attr-defined]


def read_volume(
    path: Path, numbering: Numbering = Numbering.VERSE, least_voxels: int = 1500
) -> Iterator[tuple[Level, Surface]]:
    """The vertebrae of a mask file (NIfTI), each whole one as a surface facing +x.

    Vertebrae that touch the end of the volume are cut and left out.

    Parameters
    ----------
    path : Path
    numbering : Numbering
    least_voxels : int
        Smaller pieces are no whole vertebra.

    Yields
    ------
    level, surface
    """
    import nibabel
    from scipy import ndimage

    image = nibabel.as_closest_canonical(nibabel.load(path))
    labels = np.asarray(image.dataobj).astype(np.int16)
    spacing = tuple(float(value) for value in image.header.get_zooms()[:3])
    boxes = ndimage.find_objects(np.maximum(labels, 0))
    for label, level in LABELS[numbering].items():
        box = boxes[label - 1] if label <= len(boxes) else None
        if box is None or box[2].start == 0 or box[2].stop == labels.shape[2]:
            continue
        pieces, count = ndimage.label(labels[box] == label)
        if not count:
            continue
        sizes = np.bincount(pieces.ravel())[1:]
        mask = pieces == 1 + int(np.argmax(sizes))
        if sizes.max() * np.prod(spacing) < least_voxels:
            continue
        surface = mask_surface(ndimage.binary_fill_holes(mask), spacing)  # type: ignore[arg-type]
        # RAS (right, anterior, up) to anterior, left, up: a quarter turn about the long axis.
        turn = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
        yield level, surface.transformed(turn)
