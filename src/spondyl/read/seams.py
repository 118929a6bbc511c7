"""Seams of cassettes: where a film was put together of several plates, and what they cover.

Along a seam the picture is lost: a bright edge, the rungs of a cassette's rim, a strip that both
plates saw. Heights of a body whose endplate lies there are a guess. Wires of a measuring lattice
are as straight and as long, but the picture goes on behind them as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
FloatImage = NDArray[np.float32]

#: The film is looked at in this many columns of this many rows per film width.
_STRIPS = 20
_ROWS_PER_WIDTH = 640
#: Slopes of a seam that are looked for (rows per column).
_SLOPES = np.linspace(-0.012, 0.012, 13)
#: A line is this much brighter than what lies this many rows above and below it.
_LINE_GREY, _LINE_ROWS = 0.025, 6
#: It crosses the whole film, in nearly every strip, and mostly much brighter than a wire.
_LEAST_STRIPS, _LEAST_BRIGHT = 0.97, 0.2
#: From above to below it the grey jumps by this many times what is usual between such rows.
_LEAST_JUMP = 2.7
#: Beside a seam at least so many rows are disturbed, or the jump is clear by itself; a wire of the
#: lattice in a coarse film leaves fewer.
_LEAST_BAND, _CLEAR_JUMP = 18, 6.0
#: Rows next to a seam belong to it while they differ by so much from their surroundings, and no
#: further than this share of the film's width.
_BAND_GREY, _BAND_GAP, _BAND_SHARE = 0.012, 5, 0.06
#: Of a line's own half width, and of the little that points are off: share of the film's width.
_MARGIN_SHARE = 0.004


@dataclass(frozen=True)
class Seam:
    """A nearly horizontal band across the film.

    Attributes
    ----------
    row_px, slope : float
        The line's row at the left border, and rows per column.
    above_px, below_px : float
        How far the disturbed band reaches from the line.
    """

    row_px: float
    slope: float
    above_px: float
    below_px: float

    def covers(self, points_px: FloatArray) -> NDArray[np.bool_]:
        """Which of the points (n, 2) lie in the band."""
        off = points_px[:, 1] - (self.row_px + self.slope * points_px[:, 0])
        return (off >= -self.above_px) & (off <= self.below_px)


def find_seams(pixels: FloatImage) -> tuple[Seam, ...]:
    """The seams of a film, top to bottom.

    Parameters
    ----------
    pixels : ndarray, shape (H, W)
        0..1, bone bright, head up.

    Returns
    -------
    tuple of Seam
        In pixels of the film; none for pictures too small to tell.
    """
    height, width = pixels.shape
    scale = _ROWS_PER_WIDTH / width
    rows = round(height * scale)
    if rows < 8 * _LINE_ROWS or width < _STRIPS:
        return ()
    strips = cv2.resize(pixels, (_STRIPS, rows), interpolation=cv2.INTER_AREA)
    low, high = np.percentile(strips, [1, 99])
    strips = ((strips - low) / max(float(high - low), 1e-6)).astype(np.float32)
    near = cv2.blur(strips, (1, 5), borderType=cv2.BORDER_REPLICATE)
    above = np.roll(near, _LINE_ROWS, axis=0)
    below = np.roll(near, -_LINE_ROWS, axis=0)
    line, step = strips - np.maximum(above, below), np.abs(above - below)
    x = (np.arange(_STRIPS) + 0.5) / _STRIPS * _ROWS_PER_WIDTH
    ways = [_straight(rows, slope * x) for slope in _SLOPES]
    share = np.stack([(line > _LINE_GREY)[way].mean(axis=1) for way in ways])
    rim = 2 * _LINE_ROWS
    share[:, :rim] = share[:, -rim:] = 0
    usual = max(float(np.median(np.median(step, axis=1))), 1e-4)
    bright, jump = np.zeros((2, len(ways), rows))
    for k, row in np.argwhere(share >= _LEAST_STRIPS):
        at = (ways[k][0][row], ways[k][1][row])
        bright[k, row], jump[k, row] = np.median(line[at]), np.median(step[at])
    is_seam = (bright >= _LEAST_BRIGHT) & (jump >= _LEAST_JUMP * usual)
    left = np.where(is_seam, bright, 0.0)
    found = []
    while left.any():
        k, row = (int(i) for i in np.unravel_index(left.argmax(), left.shape))
        above_rows, below_rows = _band(strips[ways[k]], row)
        left[:, max(row - max(above_rows, rim), 0) : row + max(below_rows, rim) + 1] = 0
        if max(above_rows, below_rows) < _LEAST_BAND and jump[k, row] < _CLEAR_JUMP * usual:
            continue
        margin = _MARGIN_SHARE * width
        found.append(
            Seam(
                row_px=(row + 0.5) / scale - 0.5,
                slope=float(_SLOPES[k]),
                above_px=above_rows / scale + margin,
                below_px=below_rows / scale + margin,
            )
        )
    return tuple(sorted(found, key=lambda seam: seam.row_px))


def covered_share(seams: Sequence[Seam], points_px: FloatArray) -> float:
    """The larger share of either endplate that seams cover, 0..1.

    Parameters
    ----------
    seams : sequence of Seam
    points_px : ndarray, shape (6, 2)
        Of a body, pixels of the same film; order ``POINT_NAMES``.
    """
    if not seams:
        return 0.0
    share = 0.0
    for posterior, middle, anterior in ((0, 4, 1), (3, 5, 2)):
        ends = points_px[[posterior, middle, anterior]]
        at = np.linspace(0, 2, 21)
        plate = np.stack([np.interp(at, [0, 1, 2], ends[:, axis]) for axis in (0, 1)], axis=1)
        share = max(share, float(np.any([seam.covers(plate) for seam in seams], axis=0).mean()))
    return share


def _straight(rows: int, shift: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Index that moves each strip up by its own shift, to the nearest row."""
    at = np.arange(rows)[:, None] + np.rint(shift).astype(int)[None]
    return np.clip(at, 0, rows - 1), np.broadcast_to(np.arange(len(shift)), at.shape)


def _band(straight: FloatImage, row: int) -> tuple[int, int]:
    """How many rows above and below a line are disturbed all along it."""
    wide = cv2.blur(straight, (1, 2 * _LINE_ROWS + 9), borderType=cv2.BORDER_REPLICATE)
    rough = np.abs(np.median(straight - wide, axis=1)) > _BAND_GREY
    most = round(_BAND_SHARE * _ROWS_PER_WIDTH)
    reach = []
    for way in (-1, 1):
        last = 0
        for step in range(1, most + 1):
            place = row + way * step
            if not 0 <= place < len(rough) or step - last > _BAND_GAP:
                break
            if rough[place]:
                last = step
        reach.append(last)
    return reach[0], reach[1]
