"""Small drawing helpers: letters, patches, rectangles that leave the spine in view."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_PLAIN,
)


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, ends exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Both share area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def letters(
    rng: np.random.Generator, text: str, height_px: float, weight: float, mirrored: bool
) -> Mask:
    """A patch with one line of text, 255 on 0, capitals ``height_px`` high."""
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    (_, unit), _ = cv2.getTextSize("H", font, 1.0, 1)
    scale = max(height_px, 4.0) / unit
    thickness = max(1, round(weight * height_px / 8))
    (width, height), below = cv2.getTextSize(text, font, scale, thickness)
    margin = thickness + 2
    patch = np.zeros((height + below + 2 * margin, width + 2 * margin), dtype=np.uint8)
    cv2.putText(patch, text, (margin, height + margin), font, scale, 255, thickness, cv2.LINE_AA)
    return patch[:, ::-1].copy() if mirrored else patch


def turned(patch: Mask, angle_rad: float) -> Mask:
    """The patch rotated about its centre, on a canvas that holds all of it."""
    height, width = patch.shape
    cos, sin = float(np.cos(angle_rad)), float(np.sin(angle_rad))
    new_width = int(np.ceil(abs(width * cos) + abs(height * sin))) + 1
    new_height = int(np.ceil(abs(width * sin) + abs(height * cos))) + 1
    matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    matrix[:, 2] = np.array([(new_width - 1) / 2, (new_height - 1) / 2]) - matrix[:, :2] @ centre
    return cv2.warpAffine(patch, matrix, (new_width, new_height), flags=cv2.INTER_LINEAR)


def paste(canvas: NDArray[np.generic], patch: NDArray[np.generic], left: int, top: int) -> None:
    """Put the brighter of canvas and patch into the canvas; what lies outside is lost."""
    height, width = canvas.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + patch.shape[1], width), min(top + patch.shape[0], height)
    if x1 <= x0 or y1 <= y0:
        return
    view = canvas[y0:y1, x0:x1]
    np.maximum(view, patch[y0 - top : y1 - top, x0 - left : x1 - left], out=view)


def spot(
    rng: np.random.Generator,
    size_px: tuple[int, int],
    patch_px: tuple[int, int],
    keep: Box | None,
    tries: int = 6,
) -> tuple[int, int] | None:
    """A place (left, top) for a patch (width, height) that leaves ``keep`` free, or None."""
    width, height = size_px
    for _ in range(tries):
        left = int(rng.uniform(0, max(1, width - patch_px[0])))
        top = int(rng.uniform(0, max(1, height - patch_px[1])))
        if keep is None or not Box(left, top, left + patch_px[0], top + patch_px[1]).meets(keep):
            return left, top
    return None


def field_corners(
    rng: np.random.Generator,
    size_px: tuple[int, int],
    keep: Box | None,
    tilt_rad: float,
    side_chance: float = 0.6,
) -> NDArray[np.float64]:
    """Corners (4, 2) of a tilted rectangle: the irradiated or the shown part of a film.

    With ``keep`` known it may come close to that box; else it leaves most of the film in view.
    Sides that are not limited lie well outside the film.
    """
    width, height = size_px
    if keep is None:
        limits = 0.14 * width, 0.05 * height, 0.14 * width, 0.05 * height
    else:
        limits = keep.left, keep.top, width - keep.right, height - keep.bottom
    # The tilted edge of a long side swings inwards by half its length times the angle.
    swing = abs(tilt_rad) * np.array([height, width, height, width]) / 2
    outside = 0.25 * max(width, height)
    left, top, right, bottom = (
        max(0.0, limit - away) * float(rng.beta(1.2, 1.6))
        if rng.random() < side_chance and limit > away
        else -outside
        for limit, away in zip(limits, swing, strict=True)
    )
    corners = np.array(
        [
            [left, top],
            [width - right, top],
            [width - right, height - bottom],
            [left, height - bottom],
        ]
    )
    centre = np.array([width / 2, height / 2])
    cos, sin = np.cos(tilt_rad), np.sin(tilt_rad)
    return (corners - centre) @ np.array([[cos, sin], [-sin, cos]]) + centre


def filled(size_px: tuple[int, int], corners: NDArray[np.float64]) -> Mask:
    """255 inside the polygon, anti-aliased."""
    mask = np.zeros((size_px[1], size_px[0]), dtype=np.uint8)
    points = np.round(corners * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, points, 255, lineType=cv2.LINE_AA, shift=4)
    return mask
