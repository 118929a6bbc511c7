"""Letters on pictures: OpenCV 5's built-in typeface, or the stroke font of OpenCV 4."""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

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
        box = cv2.getTextSize((4000, 400), line, (0, 0), face, max(4, round(size_px)))
        return float(box[2])
    (width, _), _ = cv2.getTextSize(line, _STROKE, size_px / _STROKE_HEIGHT_PX, 1)
    return float(width)


def draw_text(
    canvas: NDArray[np.uint8],
    line: str,
    at_px: tuple[float, float],
    size_px: float,
    colour: Colour,
) -> None:
    """Draw a line with a dark rim, so that it reads on bright bone and on black air.

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
    """
    x, y = round(at_px[0]), round(at_px[1])
    face = _typeface()
    if face is None:
        scale = size_px / _STROKE_HEIGHT_PX
        for width, ink in ((4, (0, 0, 0)), (1, colour)):
            cv2.putText(canvas, line, (x, y), _STROKE, scale, ink, width, cv2.LINE_AA)
        return
    size = max(4, round(size_px))
    rim = max(1, round(size_px / 14))
    for dx, dy in ((-rim, 0), (rim, 0), (0, -rim), (0, rim), (-rim, -rim), (rim, rim)):
        cv2.putText(canvas, line, (x + dx, y + dy), (0, 0, 0), face, size)
    cv2.putText(canvas, line, (x, y), colour, face, size)
