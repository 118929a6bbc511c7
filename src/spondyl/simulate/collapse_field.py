"""From the moves of one fracture to the pixels: fields of where each pixel comes from."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.collapse_body import Squeeze
from spondyl.simulate.collapse_spine import Follow

FloatImage = NDArray[np.float32]

#: Cells of the coarse grid of the spine's motion in a body's depth.
_CELLS_PER_DEPTH = 22


@dataclass(frozen=True)
class Field:
    """Where each pixel of a warped film comes from.

    Attributes
    ----------
    x, y : ndarray, shape (height, width), float32
        Displacement back to the source, px.
    denser : ndarray, shape (height, width), float32
        How much compressed bone gains in contrast.
    """

    x: FloatImage
    y: FloatImage
    denser: FloatImage

    def after(self, first: "Field") -> "Field":
        """The field applied to a film that ``first`` has warped already."""
        x, y = _places(self.x, self.y)
        dx, dy, denser = (
            cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for plane in (first.x, first.y, first.denser)
        )
        return Field(self.x + dx, self.y + dy, self.denser + denser)


def make_field(squeeze: Squeeze, spine: Follow, size_px: tuple[int, int], gain: float) -> Field:
    """The field of one fracture on a film of (width, height)."""
    width, height = size_px
    cell = int(np.clip(spine.depth_px / _CELLS_PER_DEPTH, 2, 8))
    nodes_x = np.arange(-(-width // cell) + 1, dtype=np.float64)[None, :] * cell
    nodes_y = np.arange(-(-height // cell) + 1, dtype=np.float64)[:, None] * cell
    # Node (0, 0) is pixel (0, 0): an affine map, not a resize, keeps that.
    grow = np.array([[cell, 0, 0], [0, cell, 0]], float)
    dx, dy = (
        cv2.warpAffine(
            plane.astype(np.float32), grow, (width, height),
            flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        )
        for plane in spine.shift(nodes_x, nodes_y)
    )  # fmt: skip
    axes = squeeze.axes
    linear = np.stack([axes.anterior, axes.down]) / squeeze.step[:, None]
    offset = -linear @ axes.centre_px - squeeze.low / squeeze.step
    box = _box(squeeze, spine, size_px)
    x, y = (plane.astype(np.float64) for plane in _places(dx[box], dy[box], box))
    cells = [(row[0] * x + row[1] * y + o).astype(np.float32) for row, o in zip(
        linear, offset, strict=True)]  # fmt: skip
    along = cv2.remap(squeeze.source, cells[0], cells[1], cv2.INTER_LINEAR, borderValue=0.0)
    dx[box] += along * np.float32(axes.down[0])
    dy[box] += along * np.float32(axes.down[1])
    denser = np.zeros((height, width), np.float32)
    if gain:
        density = cv2.remap(squeeze.density, cells[0], cells[1], cv2.INTER_LINEAR, borderValue=0.0)
        denser[box] = gain * density
    return Field(dx, dy, denser)


def warp(pixels: FloatImage, field: Field) -> FloatImage:
    """A film as a field says: moved, and brighter where bone was pressed together.

    Cubic interpolation keeps the film's noise nearly as it was; a smoother patch would tell the
    warp.
    """
    warped = pixels.copy()
    box = _bounds(np.abs(field.x) + np.abs(field.y) > 0.02)
    if box is None:
        return warped
    x, y = _places(field.x[box], field.y[box], box)
    moved = cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    least, most, _, _ = cv2.minMaxLoc(pixels)
    bone = _bounds(field.denser > 0)
    warped[box] = np.clip(moved, least, most, out=moved)
    if bone is not None:
        # A share of the contrast that is there, so that dark and pale films look alike.
        contrast = 2.0 * float(warped[bone].std())
        brighter = warped[bone] + contrast * field.denser[bone]
        warped[bone] = np.minimum(brighter, most)
    return warped


def _places(
    dx: FloatImage, dy: FloatImage, box: tuple[slice, slice] | None = None
) -> tuple[FloatImage, FloatImage]:
    """Places from displacements, in pixels of the whole film."""
    top, left = (0, 0) if box is None else (box[0].start, box[1].start)
    height, width = dx.shape
    return (
        dx + np.arange(left, left + width, dtype=np.float32),
        dy + np.arange(top, top + height, dtype=np.float32)[:, None],
    )


def _bounds(mask: NDArray[np.bool_]) -> tuple[slice, slice] | None:
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return (slice(y, y + height), slice(x, x + width)) if width else None


def _box(squeeze: Squeeze, spine: Follow, size_px: tuple[int, int]) -> tuple[slice, slice]:
    """Pixels that the squeeze can reach, after the spine moved."""
    rows, columns = squeeze.source.shape
    far = squeeze.low + squeeze.step * (np.array([columns, rows]) - 1)
    ends = np.array([[u, v] for u in (squeeze.low[0], far[0]) for v in (squeeze.low[1], far[1])])
    corners = squeeze.axes.centre_px + ends @ np.stack([squeeze.axes.anterior, squeeze.axes.down])
    slack = 2.0 + max(float(np.hypot(*motion.shift_px)) for motion in spine.motions)
    low = np.clip(np.floor(corners.min(axis=0) - slack), 0, np.array(size_px) - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) + slack), low + 1, np.array(size_px)).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))
