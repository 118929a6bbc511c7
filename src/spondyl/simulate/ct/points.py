"""The six points of each vertebra of a labelled CT, from its mask."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.simulate.ct.volume import LabelledCt
from spondyl.simulate.shapes.meshes import MeshError, import_sacrum, import_vertebra
from spondyl.simulate.shapes.volumes import mask_surface

_LEAST_MM3 = 4000.0
_MARGIN = 2
#: From (right, front, top) to (front, left, top), as the shapes' code wants it.
_TURN = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class CtPoints:
    """Points of the vertebrae of one CT.

    Attributes
    ----------
    points_mm : mapping of Level to ndarray, shape (6, 3)
        (right, front, top) from the first voxel's centre; of S1 only the first two are meant.
    remarks : tuple of str
        Why a vertebra has none.
    """

    points_mm: Mapping[Level, NDArray[np.float64]]
    remarks: tuple[str, ...] = ()


def find_points(ct: LabelledCt) -> CtPoints:
    """Find the points of every whole vertebra; those that the volume cuts are left out."""
    from scipy import ndimage

    boxes = ndimage.find_objects(ct.levels)
    found: dict[Level, NDArray[np.float64]] = {}
    remarks: list[str] = []
    for place, level in enumerate(Level):
        box = boxes[place] if place < len(boxes) else None
        if box is None:
            continue
        cut = box[2].stop == ct.levels.shape[2] or (level is not Level.S1 and box[2].start == 0)
        pieces, count = ndimage.label(ct.levels[box] == place + 1)
        sizes = np.bincount(pieces.ravel())[1:]
        if cut or not count or sizes.max() * np.prod(ct.spacing_mm) < _LEAST_MM3:
            remarks.append(f"{level} is cut off.")
            continue
        mask = ndimage.binary_fill_holes(pieces == 1 + int(np.argmax(sizes)))
        surface = mask_surface(np.asarray(mask), ct.spacing_mm).transformed(_TURN)
        start = np.array([s.start for s in box]) * np.array(ct.spacing_mm)
        try:
            if level is Level.S1:
                shape, frame = import_sacrum(surface)
            else:
                shape, frame = import_vertebra(surface, level)
        except MeshError as error:
            remarks.append(str(error))
            continue
        turned = shape.points_mm @ frame.rotation + frame.origin_mm
        found[level] = turned @ _TURN + start
    return CtPoints(found, tuple(remarks))
