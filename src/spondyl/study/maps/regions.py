"""From class-per-pixel maps to regions of bodies, as the paper's network draws them.

Two ways. ``class_regions`` believes the classes: of each level its largest region. ``body_regions``
believes only that a body is there (one minus the background), and leaves the name to the order of
the spine: neighbouring bodies look alike, so that an untrained eye for names splits one body among
two classes, while its outline is clear.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import MAPPED_LEVELS, Level

FloatArray = NDArray[np.float64]

#: Regions with fewer cells are specks.
LEAST_CELLS = 6
#: A region is looked at ever more strictly: where it falls apart, it was several bodies.
_STEPS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
#: A part is a body of its own from this share of the region's cells on.
_PART_SHARE = 0.2
#: No body is so high against its depth; what is, is several.
_TALLEST = 1.3
#: Spacing of neighbouring bodies in depths, where nothing else says how many there are.
_SPACING = 0.95
#: Share of a region's cells that make up one of its corners.
_CORNER_SHARE = 0.04


@dataclass(frozen=True)
class Region:
    """Cells of one body on the map.

    Attributes
    ----------
    rows, columns : ndarray of int, (n,)
    level : Level or None
        None where the region was found without a name.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    level: Level | None = None

    def cells_px(self, stride: int) -> FloatArray:
        """Cell centres (n, 2) in network px (x, y)."""
        cells = np.stack([self.columns, self.rows], axis=-1).astype(np.float64)
        return cells * stride + (stride - 1) / 2

    def mean(self, values: NDArray[np.floating]) -> float:
        """Mean of a map over the region."""
        return float(values[self.rows, self.columns].mean())


def class_regions(levels: NDArray[np.floating]) -> list[Region]:
    """Of each level its largest region.

    Parameters
    ----------
    levels : ndarray, shape (1 + levels, h, w)
        Logits or probabilities of ``[background, *MAPPED_LEVELS]``.
    """
    classes = levels.argmax(axis=0)
    regions = []
    for channel, level in enumerate(MAPPED_LEVELS[: len(levels) - 1], start=1):
        parts = _parts(classes == channel)
        if parts and len(parts[0].rows) >= LEAST_CELLS:
            regions.append(Region(parts[0].rows, parts[0].columns, level))
    return regions


def body_regions(shares: NDArray[np.floating]) -> list[Region]:
    """Regions where a body is, top to bottom, without names.

    Parameters
    ----------
    shares : ndarray, shape (1 + levels, h, w)
        Probabilities of ``[background, *MAPPED_LEVELS]``.
    """
    body = 1 - np.asarray(shares[0], np.float64)
    found = [region for part in _parts(body > _STEPS[0]) for region in _apart(part, body, 1)]
    found.sort(key=lambda region: float(region.rows.mean()))
    ways = column_directions([region.cells_px(1).mean(axis=0) for region in found])
    single = [
        smaller
        for region, way in zip(found, ways, strict=True)
        for smaller in _one_each(region, shares, way)
    ]
    return sorted(single, key=lambda region: float(region.rows.mean()))


def column_directions(centres_px: Sequence[FloatArray]) -> list[FloatArray]:
    """Which way the column goes down at each of its bodies, top to bottom; unit vectors."""
    if len(centres_px) < 2:
        return [np.array([0.0, 1.0])] * len(centres_px)
    steps = np.gradient(np.asarray(centres_px, np.float64), axis=0)
    length = np.hypot(*steps.T)[:, None]
    return list(np.where(length > 0, steps / np.maximum(length, 1e-9), [0.0, 1.0]))


def _one_each(region: Region, shares: NDArray[np.floating], direction: FloatArray) -> list[Region]:
    """A region that is too high for one body, cut where its classes change, or else evenly."""
    cells = region.cells_px(1)
    depth, height = _box(cells, 1, direction)[2]
    if height <= _TALLEST * depth:
        return [region]
    classes = shares[1:, region.rows, region.columns].argmax(axis=0)
    large = [c for c in np.unique(classes) if (classes == c).mean() >= _PART_SHARE]
    if len(large) > 1:
        cores = [Region(region.rows[classes == c], region.columns[classes == c]) for c in large]
        parts = _shared_out(region, cores, shares.shape[1:])
    else:
        count = max(2, round(height / depth / _SPACING))
        along = cells @ direction
        cuts = np.linspace(along.min(), along.max(), count + 1)[1:-1]
        owner = np.searchsorted(cuts, along)
        parts = [Region(region.rows[owner == i], region.columns[owner == i]) for i in range(count)]
    return [part for part in parts if len(part.rows) >= LEAST_CELLS]


def _apart(region: Region, body: FloatArray, step: int) -> list[Region]:
    """The bodies that a region falls into under stricter limits, each with the cells nearest it."""
    if len(region.rows) < LEAST_CELLS:
        return []
    if step == len(_STEPS):
        return [region]
    mask = np.zeros(body.shape, bool)
    mask[region.rows, region.columns] = True
    least = max(LEAST_CELLS, _PART_SHARE * len(region.rows))
    cores = [part for part in _parts(mask & (body > _STEPS[step])) if len(part.rows) >= least]
    if len(cores) < 2:
        return _apart(region, body, step + 1)
    grown = _shared_out(region, cores, body.shape)
    return [smaller for part in grown for smaller in _apart(part, body, step + 1)]


def _shared_out(region: Region, cores: list[Region], shape: tuple[int, ...]) -> list[Region]:
    """A region's cells, each with the nearest core."""
    away = []
    for core in cores:
        outside = np.ones(shape, np.uint8)
        outside[core.rows, core.columns] = 0
        away.append(cv2.distanceTransform(outside, cv2.DIST_L2, 3)[region.rows, region.columns])
    owner = np.argmin(away, axis=0)
    return [Region(region.rows[owner == i], region.columns[owner == i]) for i in range(len(cores))]


def _parts(mask: NDArray[np.bool_]) -> list[Region]:
    """Connected parts of a mask, largest first."""
    _, marks, sizes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    order = 1 + np.argsort(-sizes[1:, cv2.CC_STAT_AREA], kind="stable")
    regions = []
    for mark in order.tolist():
        rows, columns = np.nonzero(marks == mark)
        regions.append(Region(rows, columns))
    return regions


def _box(
    cells_px: FloatArray, stride: int, direction: FloatArray
) -> tuple[FloatArray, FloatArray, tuple[float, float]]:
    """A body's own axes: anterior and inferior unit vectors, depth and height.

    Of the four directions of the narrowest box, the one that the column goes is inferior: a sacrum
    may be tilted by more than half a right angle.
    """
    _, size, angle = cv2.minAreaRect(cells_px.astype(np.float32))
    turn = np.deg2rad(angle)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    along = axes @ direction
    down = int(np.argmax(np.abs(along)))
    inferior = axes[down] * (1 if along[down] >= 0 else -1)
    anterior = np.array([inferior[1], -inferior[0]])
    return anterior, inferior, (float(size[1 - down]) + stride, float(size[down]) + stride)


def region_quad(
    cells_px: FloatArray, stride: int, direction: FloatArray | None = None
) -> FloatArray:
    """The trapezoid of a region: its four outermost places along the diagonals of the body.

    Parameters
    ----------
    cells_px : ndarray, shape (n, 2)
        Cell centres of the region, canonical frame.
    stride : int
        Width of a cell, px.
    direction : ndarray, shape (2,), optional
        Which way the column goes down here; straight down by default.

    Returns
    -------
    ndarray, shape (4, 2)
        Order ``geometry.CORNER_NAMES``.
    """
    centre = cells_px.mean(axis=0)
    way = np.array([0.0, 1.0]) if direction is None else direction
    anterior, inferior, size = _box(cells_px, stride, way)
    along = (cells_px - centre) @ np.stack([anterior, inferior], axis=1) / np.array(size)
    count = max(1, round(_CORNER_SHARE * len(cells_px)))
    corners = []
    for forward, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        outermost = np.argsort(along @ np.array([forward, down]))[-count:]
        # Cells end half a cell beyond their centres.
        edge = 0.5 * stride * (forward * anterior + down * inferior)
        corners.append(cells_px[outermost].mean(axis=0) + edge)
    return np.array(corners)
