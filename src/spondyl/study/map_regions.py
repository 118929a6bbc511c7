"""From class-per-pixel maps to regions of bodies, as the paper's network draws them.

Two ways. ``class_regions`` believes the classes: of each level its largest region. ``body_regions``
believes only that a body is there (one minus the background), and leaves the name to the order of
the spine: neighbouring bodies look alike, so that an untrained eye for names splits one body among
two classes, while its outline is clear.
"""

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


def body_regions(background: NDArray[np.floating]) -> list[Region]:
    """Regions where a body is, top to bottom, without names.

    Parameters
    ----------
    background : ndarray, shape (h, w)
        Probability that no body is there.
    """
    body = 1 - np.asarray(background, np.float64)
    found = [region for part in _parts(body > _STEPS[0]) for region in _apart(part, body, 1)]
    return sorted(found, key=lambda region: float(region.rows.mean()))


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
    away = []
    for core in cores:
        outside = np.ones(body.shape, np.uint8)
        outside[core.rows, core.columns] = 0
        away.append(cv2.distanceTransform(outside, cv2.DIST_L2, 3)[region.rows, region.columns])
    owner = np.argmin(away, axis=0)
    grown = [Region(region.rows[owner == i], region.columns[owner == i]) for i in range(len(cores))]
    return [smaller for part in grown for smaller in _apart(part, body, step + 1)]


def _parts(mask: NDArray[np.bool_]) -> list[Region]:
    """Connected parts of a mask, largest first."""
    count, marks, sizes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    order = 1 + np.argsort(-sizes[1:, cv2.CC_STAT_AREA], kind="stable") if count > 1 else []
    return [Region(*np.nonzero(marks == mark)) for mark in order]


def region_quad(cells_px: FloatArray, stride: int) -> FloatArray:
    """The trapezoid of a region: its four outermost places along the diagonals of the body.

    Parameters
    ----------
    cells_px : ndarray, shape (n, 2)
        Cell centres of the region, canonical frame.
    stride : int
        Width of a cell, px.

    Returns
    -------
    ndarray, shape (4, 2)
        Order ``geometry.CORNER_NAMES``.
    """
    centre = cells_px.mean(axis=0)
    (_, _), size, angle = cv2.minAreaRect(cells_px.astype(np.float32))
    turn = np.deg2rad(angle)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    half = 0.5 * np.array(size) + 0.5 * stride
    if abs(axes[0, 0]) < abs(axes[1, 0]):
        axes, half = axes[::-1], half[::-1]
    anterior = axes[0] * (1 if axes[0, 0] >= 0 else -1)
    inferior = np.array([-anterior[1], anterior[0]])
    along = (cells_px - centre) @ np.stack([anterior, inferior], axis=1) / half
    count = max(1, round(_CORNER_SHARE * len(cells_px)))
    corners = []
    for forward, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        outermost = np.argsort(along @ np.array([forward, down]))[-count:]
        # Cells end half a cell beyond their centres.
        edge = 0.5 * stride * (forward * anterior + down * inferior)
        corners.append(cells_px[outermost].mean(axis=0) + edge)
    return np.array(corners)
