"""Ribs 8-12 as tubes in the frames of their vertebrae."""

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.simulate.shapes.primitives import smooth_path, tube
from spondyl.simulate.shapes.surface import Surface

# Per rib: how far it reaches forward along its course (share of points kept), and its droop, mm.
_COURSE: dict[Level, tuple[float, float]] = {
    Level.T8: (1.0, 95.0),
    Level.T9: (1.0, 100.0),
    Level.T10: (0.95, 105.0),
    Level.T11: (0.66, 95.0),
    Level.T12: (0.46, 90.0),
}


def _path(
    level: Level, side: float, chest: NDArray[np.float64], droop: float
) -> NDArray[np.float64]:
    wide, deep = 138.0 * chest[1], chest[0]
    head = 12.0 if level in (Level.T11, Level.T12) else 15.0
    x = np.array([-13.0, -25.0, -41.0, -52.0, -46.0, -18.0, 25.0, 72.0, 108.0]) * deep
    y = np.array([head / 138, 0.17, 0.32, 0.52, 0.76, 0.97, 1.0, 0.86, 0.62]) * wide
    z = np.array([5.0, 4.0, -1.0, -10.0, -0.26 * droop, -0.5 * droop, -0.74 * droop,
                  -0.95 * droop, -1.05 * droop])  # fmt: skip
    return smooth_path(np.stack([x, side * y, z], axis=1), 48)


def build_ribs(
    rng: np.random.Generator, patient_scale: float = 1.0
) -> dict[Level, tuple[Surface, ...]]:
    """Draw the ribs of a person.

    Parameters
    ----------
    rng : numpy Generator
    patient_scale : float
        Size against the mean.

    Returns
    -------
    dict
        Level (T8-T12) -> left and right rib in the local frame of that vertebra. The twelfth pair
        varies from long to absent.
    """
    chest = np.array([rng.normal(1.0, 0.08), rng.normal(1.0, 0.08), 1.0]) * patient_scale
    slope = float(np.clip(rng.normal(1.0, 0.25), 0.45, 1.7))
    width = float(np.clip(rng.normal(1.0, 0.12), 0.7, 1.4)) * patient_scale
    cortex = float(np.clip(rng.normal(0.8, 0.2), 0.4, 1.3))
    twelfth = float(np.clip(rng.normal(1.0, 0.4), 0.0, 1.6))
    absent = rng.random() < 0.05
    ribs = {}
    for level, (reach, droop) in _COURSE.items():
        pair = []
        for side in (1.0, -1.0):
            kept = reach * float(rng.normal(1.0, 0.03))
            if level is Level.T12:
                kept = 0.12 + (kept - 0.12) * twelfth
            if level is Level.T12 and (absent or kept < 0.2):
                continue
            hang = droop * slope * patient_scale * float(rng.normal(1.0, 0.04))
            path = _path(level, side, chest, hang)[: max(8, round(48 * min(kept, 1.0)))]
            radii = np.stack(
                [np.full(len(path), 3.0 * width), np.full(len(path), 6.0 * width)], axis=1
            )
            # Slim neck, rounded head, and a tip that runs out.
            radii[:4, 1] *= np.array([0.8, 0.6, 0.6, 0.8])
            radii[-4:] *= np.array([0.95, 0.9, 0.8, 0.65])[:, None]
            pair.append(tube(path, radii, (0, 0, 1), 10, cortex, 0.8))
        ribs[level] = tuple(pair)
    return ribs
