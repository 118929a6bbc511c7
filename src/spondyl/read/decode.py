"""From the finder's maps to candidate bodies: centres, six points, looks. No names yet."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.geometry import POINT_NAMES, body_frame, points_in_quad, quad_area, quad_centre
from spondyl.read.engine import FinderMaps
from spondyl.read.prepare import FINDER_STRIDE

FloatArray = NDArray[np.float64]

#: Offsets of the ``bodies`` map are in units of this many network px.
OFFSET_UNIT_PX = 16.0


@dataclass(frozen=True)
class DecodeSettings:
    """How peaks become candidates.

    Attributes
    ----------
    peak_floor : float
        Lowest centre heat (0..1) that starts a candidate.
    vote_share : float
        Cells with at least this share of the peak's heat vote for the six points.
    vote_radius_cells : float
        Farthest voting cell.
    twin_distance : float
        Two peaks nearer than this share of the body's height are one body.
    limit : int
        Most candidates kept.
    """

    peak_floor: float = 0.12
    vote_share: float = 0.4
    vote_radius_cells: float = 3.5
    twin_distance: float = 0.55
    limit: int = 40


@dataclass(frozen=True)
class Candidate:
    """A place where the finder sees a body; network px.

    Attributes
    ----------
    points_px : ndarray, shape (6, 2)
    heat : float
        Centre heat at the peak, 0..1.
    looks : ndarray, shape (11,)
        Probability of ``[background, *MAPPED_LEVELS]``: geometric mean over the core.
    fracture_logit : float
        Mean over the quad.
    vote_spread_px : float
        Mean deviation of the votes for the points: how far the cells disagree.
    """

    points_px: FloatArray
    heat: float
    looks: FloatArray
    fracture_logit: float
    vote_spread_px: float

    @property
    def centre_px(self) -> FloatArray:
        """Mean of the four corners."""
        return quad_centre(self.points_px)

    @property
    def depth_px(self) -> float:
        """Mean length of the endplates."""
        return body_frame(self.points_px).depth_px

    @property
    def height_px(self) -> float:
        """Mean height of the two walls."""
        return body_frame(self.points_px).height_px


def decode_candidates(
    maps: FinderMaps, settings: DecodeSettings | None = None
) -> tuple[Candidate, ...]:
    """Candidates of one film, strongest first.

    Parameters
    ----------
    maps : FinderMaps
    settings : DecodeSettings, optional

    Returns
    -------
    tuple of Candidate
        Each with a positive area; at most ``settings.limit``.
    """
    settings = settings or DecodeSettings()
    heat = 1 / (1 + np.exp(-np.clip(maps.bodies[0].astype(np.float64), -30, 30)))
    heat = heat.astype(np.float32)
    # Smoothing by a cell joins twin maxima of one flat top; peaks are read from the raw heat.
    smooth = cv2.GaussianBlur(heat, (3, 3), 0.7)
    highest = cv2.dilate(smooth, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((smooth >= highest) & (heat >= settings.peak_floor))
    order = np.argsort(-heat[rows, columns])[: 3 * settings.limit]
    logits = maps.levels.astype(np.float64)
    shifted = logits - logits.max(axis=0)
    log_looks = shifted - np.log(np.exp(shifted).sum(axis=0))
    found: list[Candidate] = []
    for row, column in zip(rows[order], columns[order], strict=True):
        points, spread = _voted_points(maps.bodies, heat, int(row), int(column), settings)
        if not _plausible(points, int(row), int(column)):
            continue
        if any(_same_body(points, other.points_px, settings) for other in found):
            continue
        looks, fracture = _inside(log_looks, maps.fracture, points)
        found.append(Candidate(points, float(heat[row, column]), looks, fracture, spread))
        if len(found) == settings.limit:
            break
    return tuple(found)


def cell_centres_px(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> FloatArray:
    """Network px (x, y) of map cells, shape (..., 2)."""
    shift = (FINDER_STRIDE - 1) / 2
    centres = np.stack([columns, rows], axis=-1) * float(FINDER_STRIDE) + shift
    return np.asarray(centres, np.float64)


def _voted_points(
    bodies: NDArray[np.float32],
    heat: NDArray[np.float32],
    row: int,
    column: int,
    settings: DecodeSettings,
) -> tuple[FloatArray, float]:
    """Six points as the heat-weighted mean of the votes round a peak, and the votes' deviation."""
    reach = int(np.ceil(settings.vote_radius_cells))
    top, left = max(row - reach, 0), max(column - reach, 0)
    window = heat[top : row + reach + 1, left : column + reach + 1]
    rows, columns = np.mgrid[top : top + window.shape[0], left : left + window.shape[1]]
    near = (rows - row) ** 2 + (columns - column) ** 2 <= settings.vote_radius_cells**2
    voters = near & (window >= settings.vote_share * heat[row, column])
    voters[row - top, column - left] = True
    rows, columns = rows[voters], columns[voters]
    offsets = bodies[1:, rows, columns].T.reshape(-1, len(POINT_NAMES), 2).astype(np.float64)
    votes = cell_centres_px(rows, columns)[:, None] + OFFSET_UNIT_PX * offsets
    weight = window[voters].astype(np.float64)
    weight = weight / weight.sum()
    # Votes from cells that belong to the next body are far off: leave the outer ones out once.
    middle = np.median(votes, axis=0)
    distance = np.linalg.norm(votes - middle, axis=2).mean(axis=1)
    trusted = distance <= 2.5 * max(float(np.median(distance)), 0.5)
    weight = np.where(trusted, weight, 0)
    weight = weight / weight.sum()
    points = np.einsum("n,npx->px", weight, votes)
    spread = np.einsum("n,np->p", weight, np.linalg.norm(votes - points, axis=2))
    return points, float(spread.mean())


def _plausible(points: FloatArray, row: int, column: int) -> bool:
    """The points make a quad, and it lies round its own peak."""
    if not np.isfinite(points).all() or quad_area(points) < FINDER_STRIDE**2:
        return False
    peak = cell_centres_px(np.array(row), np.array(column))
    off = float(np.hypot(*(quad_centre(points) - peak)))
    return off < 0.5 * body_frame(points).depth_px + FINDER_STRIDE


def _same_body(points: FloatArray, other: FloatArray, settings: DecodeSettings) -> bool:
    distance = float(np.hypot(*(points[:4].mean(axis=0) - other[:4].mean(axis=0))))
    # The stronger one's height, along its own axis: a collapsed body may lie close to the next.
    return distance < settings.twin_distance * body_frame(other).height_px


def _inside(
    log_looks: FloatArray, fracture: NDArray[np.float32], points: FloatArray
) -> tuple[FloatArray, float]:
    """Looks over the body's core, and the mean fracture logit over most of the body."""
    height, width = fracture.shape
    centre = points[:4].mean(axis=0)
    low = np.clip(np.floor(points[:4].min(axis=0) / FINDER_STRIDE).astype(int), 0, None)
    high = np.ceil(points[:4].max(axis=0) / FINDER_STRIDE).astype(int) + 1
    high = np.clip(high, low + 1, None)
    rows, columns = np.mgrid[
        min(low[1], height - 1) : min(high[1], height), min(low[0], width - 1) : min(high[0], width)
    ]
    cells = cell_centres_px(rows, columns)
    answers = []
    for share in (0.6, 0.85):
        within = points_in_quad(cells, centre + share * (points[:4] - centre))
        if not within.any():
            nearest = ((cells - centre) ** 2).sum(axis=-1)
            within = nearest == nearest.min()
        answers.append((rows[within], columns[within]))
    core, most = answers
    mean = log_looks[:, core[0], core[1]].mean(axis=1)
    looks = np.exp(mean - mean.max())
    return looks / looks.sum(), float(fracture[most[0], most[1]].mean())
