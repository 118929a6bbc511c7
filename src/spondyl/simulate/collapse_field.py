"""From the moves of one fracture to the pixels: fields of where each pixel comes from."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.collapse_body import Squeeze
from spondyl.simulate.collapse_spine import Follow

FloatImage = NDArray[np.float32]

#: Cells of the coarse grid of the spine's motion in a body's depth.
_CELLS_PER_DEPTH = 22
#: Fine grain is what a blur of this width takes away, in depths of a body.
_GRAIN_SHARE = 0.018
#: Where less than this share of a pixel's height comes from one pixel, grain would smear.
_SMEARED = (0.45, 0.75)
#: Less than this does not move a pixel.
_STILL_PX = 0.02


@dataclass(frozen=True)
class Field:
    """Where the pixels of a box come from; outside it, nothing moves.

    Attributes
    ----------
    left, top : int
        The box's first pixel.
    x, y : ndarray, shape (height, width), float32
        Displacement back to the source, px.
    denser : ndarray, shape (height, width), float32
        How much compressed bone gains in contrast.
    smeared : ndarray, shape (height, width), float32
        Where the picture is stretched so much that its fine grain is taken from elsewhere, 0..1.
    grain_x, grain_y : ndarray, shape (height, width), float32
        Displacement to that place, px.
    blur_px : float
        Width of the blur that tells grain from the rest.
    """

    left: int
    top: int
    x: FloatImage
    y: FloatImage
    denser: FloatImage
    smeared: FloatImage
    grain_x: FloatImage
    grain_y: FloatImage
    blur_px: float = field(kw_only=True)

    @property
    def box(self) -> tuple[slice, slice]:
        """Rows and columns of the film."""
        height, width = self.x.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def places(self) -> tuple[FloatImage, FloatImage]:
        """Where each pixel of the box comes from, film px."""
        rows, columns = self.box
        return (
            self.x + np.arange(columns.start, columns.stop, dtype=np.float32),
            self.y + np.arange(rows.start, rows.stop, dtype=np.float32)[:, None],
        )

    def after(self, first: "Field") -> "Field":
        """The field applied to a film that ``first`` has warped already."""
        left, top = min(self.left, first.left), min(self.top, first.top)
        right, bottom = (
            max(own.stop, other.stop)
            for own, other in zip(self.box[::-1], first.box[::-1], strict=True)
        )
        wide = self._widened(left, top, right - left, bottom - top)
        x, y = wide.places()
        x, y = x - first.left, y - first.top
        dx, dy, denser, smeared, grain_x, grain_y = (
            cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
            for plane in first._planes
        )
        earlier = smeared > wide.smeared
        return Field(
            left,
            top,
            wide.x + dx,
            wide.y + dy,
            wide.denser + denser,
            np.maximum(wide.smeared, smeared),
            np.where(earlier, wide.x + grain_x, wide.grain_x),
            np.where(earlier, wide.y + grain_y, wide.grain_y),
            blur_px=max(self.blur_px, first.blur_px),
        )

    @property
    def _planes(self) -> tuple[FloatImage, ...]:
        return self.x, self.y, self.denser, self.smeared, self.grain_x, self.grain_y

    def _widened(self, left: int, top: int, width: int, height: int) -> "Field":
        planes = []
        for plane in self._planes:
            wide = np.zeros((height, width), np.float32)
            y, x = self.top - top, self.left - left
            wide[y : y + plane.shape[0], x : x + plane.shape[1]] = plane
            planes.append(wide)
        return Field(left, top, *planes, blur_px=self.blur_px)


def make_field(squeeze: Squeeze, spine: Follow, size_px: tuple[int, int], gain: float) -> Field:
    """The field of one fracture on a film of (width, height)."""
    cell = int(np.clip(spine.depth_px / _CELLS_PER_DEPTH, 2, 8))
    nodes_x = np.arange(-(-size_px[0] // cell) + 1, dtype=np.float64)[None, :] * cell
    nodes_y = np.arange(-(-size_px[1] // cell) + 1, dtype=np.float64)[:, None] * cell
    coarse = [plane.astype(np.float32) for plane in spine.shift(nodes_x, nodes_y)]
    left, top, width, height = _box(squeeze, spine, size_px)
    moving = np.abs(coarse[0]) + np.abs(coarse[1]) > _STILL_PX
    x, y, columns, rows = cv2.boundingRect(moving.view(np.uint8))
    if columns:
        right = min(max(left + width, (x + columns) * cell), size_px[0])
        bottom = min(max(top + height, (y + rows) * cell), size_px[1])
        left, top = min(left, max(x - 1, 0) * cell), min(top, max(y - 1, 0) * cell)
        width, height = right - left, bottom - top
    # Node (0, 0) is pixel (0, 0): an affine map, not a resize, keeps that.
    grow = np.array([[cell, 0, -left], [0, cell, -top]], float)
    dx, dy = (
        cv2.warpAffine(
            plane, grow, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        for plane in coarse
    )
    zeros = [np.zeros((height, width), np.float32) for _ in range(4)]
    blur_px = max(1.2, _GRAIN_SHARE * spine.depth_px)
    field = Field(left, top, dx, dy, *zeros, blur_px=blur_px)
    _add_squeeze(field, squeeze, _box(squeeze, spine, size_px), gain)
    return field


def _add_squeeze(
    field: Field, squeeze: Squeeze, box: tuple[int, int, int, int], gain: float
) -> None:
    """Add to a field of the spine's motion what the body itself does, in place."""
    left, top, width, height = box
    part = (
        slice(top - field.top, top - field.top + height),
        slice(left - field.left, left - field.left + width),
    )
    axes = squeeze.axes
    linear = np.stack([axes.anterior, axes.down]) / squeeze.step[:, None]
    # From the first pixel of the box, so that single precision does.
    offset = linear @ (np.array([left, top]) - axes.centre_px) - squeeze.low / squeeze.step
    dx, dy = field.x[part], field.y[part]
    x = dx + np.arange(width, dtype=np.float32)
    y = dy + np.arange(height, dtype=np.float32)[:, None]
    column, row = (
        np.float32(a) * x + (np.float32(b) * y + np.float32(c))
        for (a, b), c in zip(linear, offset, strict=True)
    )
    along = cv2.remap(squeeze.source, column, row, cv2.INTER_LINEAR, borderValue=0.0)
    dx += along * np.float32(axes.down[0])
    dy += along * np.float32(axes.down[1])
    if gain:
        field.denser[part] = gain * cv2.remap(
            squeeze.density, column, row, cv2.INTER_LINEAR, borderValue=0.0
        )
    _add_grain(field, squeeze, part)


def _add_grain(field: Field, squeeze: Squeeze, part: tuple[slice, slice]) -> None:
    """Mark what is smeared, in place; its grain comes from the inside of the body before."""
    axes = squeeze.axes
    down_x, down_y = np.float32(axes.down[0]), np.float32(axes.down[1])
    along = field.x[part] * down_x + field.y[part] * down_y
    kept = 1 + down_x * np.gradient(along, axis=1) + down_y * np.gradient(along, axis=0)
    smeared = np.clip((_SMEARED[1] - kept) / (_SMEARED[1] - _SMEARED[0]), 0, 1)
    field.smeared[part] = cv2.GaussianBlur(smeared.astype(np.float32), (0, 0), field.blur_px)
    # By one shift for what lies above the body, and one for what lies below.
    height, width = along.shape
    x = np.arange(width, dtype=np.float32) + np.float32(field.left + part[1].start)
    y = np.arange(height, dtype=np.float32)[:, None] + np.float32(field.top + part[0].start)
    below = (x - axes.centre_px[0]) * down_x + (y - axes.centre_px[1]) * down_y > 0
    for side in (False, True):
        weight = np.where(below == side, smeared, 0.0)
        total = float(weight.sum())
        if total > 0:
            middle = np.array([float((weight * x).sum()), float((weight * y).sum())]) / total
            shift = float((axes.centre_px - middle) @ axes.down) * axes.down
            for plane, value in zip((field.grain_x, field.grain_y), shift, strict=True):
                plane[part][below == side] = value


def warp(pixels: FloatImage, field: Field) -> FloatImage:
    """A film as a field says: moved, and brighter where bone was pressed together.

    Cubic interpolation keeps the film's noise nearly as it was; a smoother patch would tell the
    warp, and so would streaks: where discs open wide, only what is coarser than the grain is
    stretched, and the grain is that of bone nearby.
    """
    warped = pixels.copy()
    part = warped[field.box]
    x, y = field.places()
    moved = cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    _renew_grain(moved, pixels, field, x, y)
    least, most, _, _ = cv2.minMaxLoc(pixels)
    x0, y0, width, height = cv2.boundingRect((field.denser > 0).view(np.uint8))
    if width:
        # A share of the contrast that is there, so that dark and pale films look alike.
        bone = (slice(y0, y0 + height), slice(x0, x0 + width))
        moved[bone] += 2.0 * float(moved[bone].std()) * field.denser[bone]
    np.clip(moved, least, most, out=part)
    return warped


def _renew_grain(
    moved: FloatImage, pixels: FloatImage, field: Field, x: FloatImage, y: FloatImage
) -> None:
    """Replace what is smeared in the box of a field, in place."""
    left, top, width, height = cv2.boundingRect((field.smeared > 0.01).view(np.uint8))
    if not width:
        return
    zone = (slice(top, top + height), slice(left, left + width))
    columns = np.arange(left, left + width, dtype=np.float32) + np.float32(field.left)
    rows = np.arange(top, top + height, dtype=np.float32)[:, None] + np.float32(field.top)
    across = np.stack([x[zone], columns + field.grain_x[zone]])
    down = np.stack([y[zone], rows + field.grain_y[zone]])
    x0, y0 = (max(int(plane.min()) - 9, 0) for plane in (across, down))
    part = pixels[y0 : int(down.max()) + 10, x0 : int(across.max()) + 10]
    if not part.size:
        return
    coarse = cv2.GaussianBlur(part, (0, 0), field.blur_px)
    grain = part - coarse
    # Lines and edges are no grain.
    limit = 3 * 1.48 * float(np.median(np.abs(grain)))
    np.clip(grain, -limit, limit, out=grain)
    across -= np.float32(x0)
    down -= np.float32(y0)
    # Grain is taken pixel by pixel: between pixels it would be weaker.
    renewed, own, other = (
        cv2.remap(plane, across[k], down[k], way, borderMode=cv2.BORDER_REFLECT_101)
        for plane, k, way in (
            (coarse, 0, cv2.INTER_LINEAR), (grain, 0, cv2.INTER_NEAREST),
            (grain, 1, cv2.INTER_NEAREST),
        )
    )  # fmt: skip
    # As strong as it was here: a disc has less of it than bone.
    here, there = (
        cv2.mean(np.abs(g), (field.smeared[zone] > 0.5).view(np.uint8))[0] for g in (own, other)
    )
    if there > 0:
        renewed += min(here / there, 1.2) * other
    moved[zone] += field.smeared[zone] * (renewed - moved[zone])


def _box(squeeze: Squeeze, spine: Follow, size_px: tuple[int, int]) -> tuple[int, int, int, int]:
    """Pixels (left, top, width, height) that the squeeze can reach, after the spine moved."""
    rows, columns = squeeze.source.shape
    far = squeeze.low + squeeze.step * (np.array([columns, rows]) - 1)
    ends = np.array([[u, v] for u in (squeeze.low[0], far[0]) for v in (squeeze.low[1], far[1])])
    corners = squeeze.axes.centre_px + ends @ np.stack([squeeze.axes.anterior, squeeze.axes.down])
    slack = 2.0 + max(float(np.hypot(*motion.shift_px)) for motion in spine.motions)
    low = np.clip(np.floor(corners.min(axis=0) - slack), 0, np.array(size_px) - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) + slack), low + 1, np.array(size_px)).astype(int)
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
