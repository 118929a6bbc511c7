"""Path-length maps: what an X-ray meets on its way to each pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PathMaps:
    """Length of each ray inside each material, in millimetres, all of shape (height, width).

    The frame is canonical: posterior left, superior up. Air, lung and bowel gas are the absence
    of material. One geometry, kept as maps, can be exposed many times.

    Attributes
    ----------
    cortical_mm, trabecular_mm : ndarray, float32
        Compact bone, and the spongy inside of bones (bone and marrow).
    soft_mm : ndarray, float32
        Water-equivalent soft tissue.
    metal_mm : ndarray, float32
        Titanium-equivalent implants.
    pitch_mm : float
        Pixel pitch in the plane of the spine.
    magnification : float
        Detector distance over spine distance.
    """

    cortical_mm: NDArray[np.float32]
    trabecular_mm: NDArray[np.float32]
    soft_mm: NDArray[np.float32]
    metal_mm: NDArray[np.float32]
    pitch_mm: float
    magnification: float = 1.15

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return self.soft_mm.shape[1], self.soft_mm.shape[0]
