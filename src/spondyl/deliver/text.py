"""Letters on pictures: OpenCV 5's built-in typeface, or the stroke font of OpenCV 4."""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

#: Of OpenCV 5's typeface: semi-bold (regular is 400).
_WEIGHT = 600
_STROKE = cv2.FONT_HERSHEY_SIMPLEX
_STROKE_HEIGHT_PX = 30.0  # line height of the stroke font at scale 1


@lru_cache(maxsize=1)
def _typeface() -> Any:
    """OpenCV 5's typeface; None with OpenCV 4, which has none."""
    return cv2.FontFace("sans") if hasattr(cv2, "FontFace") else None


def text_width(line: str, size_px: float) -> float:
    """Width of a line, picture px."""
    face = _typeface()
    if face is not None:
        box = cv2.getTextSize((4000, 400), line, (0, 0), face, max(4, round(size_px)), _WEIGHT)
        return float(box[2])
    (width, _), _ = cv2.getTextSize(line, _STROKE, size_px / _STROKE_HEIGHT_PX, 1)
    return float(width)


def draw_text(
    canvas: NDArray[np.uint8],
    line: str,
    at_px: tuple[float, float],
    size_px: float,
    colour: Colour,
    plate: bool = False,
) -> None:
    """Draw a line of letters.

    Parameters
    ----------
    canvas : ndarray, shape (H, W, 3), uint8
        Drawn on in place.
    line : str
    at_px : (x, y)
        Left end of the baseline.
    size_px : float
        Height of the letters' line.
    colour : (blue, green, red)
    plate : bool
        Darken the picture behind the letters, so that they read on bright bone.
    """
    x, y = round(at_px[0]), round(at_px[1])
    if plate:
        pad = size_px / 5
        top, bottom = max(0, round(y - 0.82 * size_px - pad / 2)), max(0, round(y + pad))
        left, right = max(0, round(x - pad)), max(0, round(x + text_width(line, size_px) + pad))
        behind = canvas[top:bottom, left:right]
        behind[:] = (behind * 0.35).astype(np.uint8)
    face = _typeface()
    if face is None:
        scale = size_px / _STROKE_HEIGHT_PX
        cv2.putText(canvas, line, (x, y), _STROKE, scale, colour, 1, cv2.LINE_AA)
        return
    cv2.putText(canvas, line, (x, y), colour, face, max(4, round(size_px)), _WEIGHT)
