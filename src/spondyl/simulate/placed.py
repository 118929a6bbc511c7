"""A surface and where it stands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.shapes.surface import Surface
from spondyl.simulate.spine import Pose


@dataclass(frozen=True)
class PlacedSurface:
    """A surface and where it stands in the patient."""

    surface: Surface
    pose: Pose

    def world_mm(self) -> NDArray[np.float64]:
        """Vertices (n, 3) in the world frame."""
        return self.pose(self.surface.vertices_mm.astype(np.float64))
