"""A crude patient for tests of the imaging chain: a cylinder of water with boxes of bone."""

import numpy as np

from spondyl.simulate.maps import PathMaps


def phantom(width: int = 160, height: int = 224, pitch_mm: float = 1.8) -> PathMaps:
    y, x = np.mgrid[:height, :width].astype(np.float32)
    across = (x / width - 0.55) / 0.42
    soft = 280 * np.sqrt(np.clip(1 - across**2, 0, 1)) * (0.7 + 0.5 * y / height)
    cortical, trabecular = np.zeros_like(soft), np.zeros_like(soft)
    for index in range(8):
        centre = (index + 0.5) * height / 8
        inside = (abs(x - 0.38 * width) < 0.1 * width) & (abs(y - centre) < 0.04 * height)
        trabecular[inside] = 40.0
        cortical[inside] = 2.0
    soft = np.maximum(soft - cortical - trabecular, 0)
    return PathMaps(cortical, trabecular, soft, np.zeros_like(soft), pitch_mm, 1.15)


def constant(value: float, width: int = 48, height: int = 64) -> PathMaps:
    plane = np.full((height, width), value, dtype=np.float32)
    return PathMaps(plane, plane, plane, plane, 1.0, 1.0)
