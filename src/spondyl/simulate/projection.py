"""The X-ray beam: from millimetres around the patient to pixels and depths along the ray.

World frame: x anterior, y to the patient's left (towards the detector), z up, in millimetres; the
plane y = 0 is the plane of the spine, in which the pixel pitch is given.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Beam:
    """A point source and a view in the plane of the spine.

    Attributes
    ----------
    source_mm : float
        Distance of the source from the plane of the spine.
    centre_mm : tuple of float
        (x, z) where the central ray meets that plane.
    left_mm, top_mm : float
        World x of the view's left edge and z of its top edge.
    pitch_mm : float
        Pixel pitch in the plane of the spine.
    size_px : tuple of int
        (width, height).
    """

    source_mm: float
    centre_mm: tuple[float, float]
    left_mm: float
    top_mm: float
    pitch_mm: float
    size_px: tuple[int, int]

    def project(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Project points (n, 3) to (n, 3): column px, row px, depth along the ray in mm.

        A source at ``y = -source_mm`` magnifies what lies nearer to it. Depth is measured from the
        plane y = 0 along the oblique ray, so that differences of depths are path lengths.
        """
        points = np.asarray(points_mm, dtype=np.float64)
        x0, z0 = self.centre_mm
        factor = self.source_mm / (self.source_mm + points[:, 1])
        u = (points[:, 0] - x0) * factor
        w = (points[:, 2] - z0) * factor
        slant = np.sqrt(1.0 + (u * u + w * w) / self.source_mm**2)
        column = (u + x0 - self.left_mm) / self.pitch_mm - 0.5
        row = (self.top_mm - (w + z0)) / self.pitch_mm - 0.5
        return np.stack([column, row, points[:, 1] * slant], axis=1)
