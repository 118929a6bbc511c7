"""Pieces of a COCO file: our categories, and what follows from a body's keypoints."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.geometry import POINT_NAMES, quad_area
from spondyl.labels.formats.points import RING

_HALF_PX = 0.5
_CLOSE_PX = 0.011
#: Round the outline: corners and mid-endplates, numbered from 1 as COCO does.
_SKELETON = [[1, 5], [5, 2], [2, 3], [3, 6], [6, 4], [4, 1]]


def category_of(number: int, level: Level) -> dict[str, Any]:
    """The category of a level, as we write it."""
    return {
        "id": number,
        "name": str(level),
        "supercategory": "vertebra",
        "keypoints": list(POINT_NAMES),
        "skeleton": _SKELETON,
    }


def is_ours(category: Mapping[str, Any]) -> bool:
    """A category that we wrote, whatever its number."""
    name = category.get("name")
    return name in set(Level) and {**category_of(0, Level(name)), "id": category.get("id")} == dict(
        category
    )


def derived(six: NDArray[np.float64]) -> dict[str, Any]:
    """What COCO says of a body beside its keypoints."""
    seen = np.asarray(np.isfinite(six).all(axis=1))
    low, high = six[seen].min(axis=0), six[seen].max(axis=0)
    width, height = high - low
    area = float(width * height)
    segmentation: list[list[float]] = []
    if seen[:4].all():
        area = quad_area(six[:4])
        ring = [six[k] for k in RING if seen[k]]
        segmentation = [[round(float(v) + _HALF_PX, 2) for point in ring for v in point]]
    bbox = [*(low + _HALF_PX), width, height]
    return {
        "bbox": [round(float(v), 2) for v in bbox],
        "area": round(area, 2),
        "segmentation": segmentation,
    }


def is_close(one: Any, other: Any) -> bool:
    """Numbers, in lists of one shape, that differ by rounding alone."""
    try:
        first = np.array(one, dtype=np.float64)
        second = np.array(other, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return first.shape == second.shape and bool(np.allclose(first, second, atol=_CLOSE_PX))
