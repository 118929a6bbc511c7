"""From labels to training maps: levels, fracture, body centres and point offsets. NumPy only.

Everything is drawn on the cells of the network's output grid: at stride s, cell (r, c) has its
centre at network pixel (s c + (s - 1) / 2, s r + (s - 1) / 2).

What is not known gives no signal. Statuses that no report names carry no fracture target; levels
without corners, and places where an unlabelled body may lie, carry no level target.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Status
from spondyl.geometry import POINT_NAMES, Affine, points_in_quad
from spondyl.labels import FilmLabel
from spondyl.network.placed import NetworkBody, Points, bodies_in_network, unlabelled_regions
from spondyl.network.tasks import OFFSET_UNIT_PX

#: Level index of cells that give no level signal.
IGNORE = 255
#: Width of a body centre's Gaussian, in body heights.
HEAT_SIGMA_HEIGHTS = 0.18
#: Offsets are learned where the Gaussian is above this.
_OFFSET_HEAT = 0.3
_POINT_COUNT = len(POINT_NAMES)


@dataclass(frozen=True)
class FinderTargets:
    """Training maps of one film on (h, w) output cells.

    Attributes
    ----------
    level : ndarray, uint8, (h, w)
        0 background, 1.. ``MAPPED_LEVELS``, ``IGNORE``.
    fracture : ndarray, float32, (h, w)
        1 inside fractured bodies.
    fracture_mask : ndarray, float32, (h, w)
        1 inside bodies of known status.
    heat : ndarray, float32, (h, w)
        Gaussians at body centres, exactly 1 at the cell nearest each centre.
    heat_mask : ndarray, float32, (h, w)
        0 where bodies are cut off or may lie unlabelled.
    offsets : ndarray, float32, (12, h, w)
        (x, y) per point from the cell centre, in units of ``OFFSET_UNIT_PX`` network pixels.
    offset_weight : ndarray, float32, (12, h, w)
        Weight of each offset; 0 away from centres and for unknown points.
    """

    level: NDArray[np.uint8]
    fracture: NDArray[np.float32]
    fracture_mask: NDArray[np.float32]
    heat: NDArray[np.float32]
    heat_mask: NDArray[np.float32]
    offsets: NDArray[np.float32]
    offset_weight: NDArray[np.float32]


def finder_targets(
    label: FilmLabel,
    to_network: Affine,
    size_px: tuple[int, int],
    stride: int = 4,
    complete: bool = False,
    body_centres: bool = True,
) -> FinderTargets:
    """Draw all maps of one film.

    Parameters
    ----------
    label : FilmLabel
        In canonical film pixels.
    to_network : Affine
        Canonical film pixels to network pixels.
    size_px : (width, height)
        Of the network's input, multiples of ``stride``.
    stride : int
        Of the output maps.
    complete : bool
        Every body whose centre is on the film is labelled (simulated films); a cut-off one may
        follow at either end. Otherwise the strip of the spine far above, below and between the
        labelled bodies gives no signal for levels and centres.
    body_centres : bool
        Draw the centres and offsets of the decoder for bodies; without it they stay empty.

    Returns
    -------
    FinderTargets
    """
    width, height = size_px[0] // stride, size_px[1] // stride
    level = np.zeros((height, width), np.uint8)
    fracture = np.zeros((height, width), np.float32)
    fracture_mask = np.zeros((height, width), np.float32)
    heat = np.zeros((height, width), np.float32)
    heat_mask = np.ones((height, width), np.float32)
    offsets = np.zeros((2 * _POINT_COUNT, height, width), np.float32)
    offset_weight = np.zeros((2 * _POINT_COUNT, height, width), np.float32)

    bodies = bodies_in_network(label, to_network, size_px)
    on_film = _cells_on_film(label, to_network, stride, (height, width))
    for region in unlabelled_regions(bodies, complete):
        rows, columns, centres = _window(region, stride, (height, width))
        hidden = points_in_quad(centres, region) & on_film[rows, columns]
        level[rows, columns][hidden] = IGNORE
        heat_mask[rows, columns][hidden] = 0

    for body in bodies:
        rows, columns, centres = _window(body.quad, stride, (height, width))
        if centres.size == 0:
            continue
        # Padding is background, whatever lies beyond the film's edge.
        within = points_in_quad(centres, body.quad) & on_film[rows, columns]
        if body.inside < 1:
            level[rows, columns][within] = IGNORE
            heat_mask[rows, columns][within] = 0
            continue
        info = LEVELS[body.label.level]
        if info.named:
            level[rows, columns][within] = IGNORE if info.channel is None else info.channel
        else:
            level[rows, columns][within] = 0
        if info.judged and body.label.assessable and body.label.status is not Status.UNKNOWN:
            fracture_mask[rows, columns][within] = 1
            fracture[rows, columns][within] = body.label.status is Status.FRACTURED
        heat_mask[rows, columns][within] = 1
        if body_centres:
            _draw_centre(body, stride, heat, offsets, offset_weight)
    heat *= on_film
    return FinderTargets(level, fracture, fracture_mask, heat, heat_mask, offsets, offset_weight)


def _draw_centre(
    body: NetworkBody,
    stride: int,
    heat: NDArray[np.float32],
    offsets: NDArray[np.float32],
    offset_weight: NDArray[np.float32],
) -> None:
    """Add one body's Gaussian; where it is the strongest so far, its offsets."""
    quad = body.quad
    centre = quad.mean(axis=0)
    body_height = 0.5 * (np.hypot(*(quad[0] - quad[3])) + np.hypot(*(quad[1] - quad[2])))
    # Under 0.7 cells the Gaussian would fall between cells.
    sigma = max(HEAT_SIGMA_HEIGHTS * body_height, 0.7 * stride)
    around = centre + 3 * sigma * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    rows, columns, cells = _window(around, stride, heat.shape)
    if cells.size == 0:
        return
    square = ((cells - centre) ** 2).sum(axis=-1)
    gaussian = np.exp(-square / (2 * sigma**2)).astype(np.float32)
    nearest = np.unravel_index(int(np.argmin(square)), square.shape)
    gaussian[nearest] = 1
    stronger = gaussian > heat[rows, columns]
    heat[rows, columns][stronger] = gaussian[stronger]

    learned = stronger & (gaussian > _OFFSET_HEAT)
    known = np.asarray(np.isfinite(body.points).all(axis=1))
    delta = (np.where(known[:, None], body.points, 0) - cells[..., None, :]) / OFFSET_UNIT_PX
    values = delta.reshape(*delta.shape[:2], -1).transpose(2, 0, 1)
    weight = np.where(known.repeat(2)[:, None, None], gaussian, 0)
    offsets[:, rows, columns] = np.where(learned, values, offsets[:, rows, columns])
    offset_weight[:, rows, columns] = np.where(learned, weight, offset_weight[:, rows, columns])


def _window(
    points: Points, stride: int, shape: tuple[int, ...]
) -> tuple[slice, slice, NDArray[np.float64]]:
    """Cells of the points' bounding box: row and column slices and cell centres (h, w, 2)."""
    shift = (stride - 1) / 2
    low = np.clip(np.floor((points.min(axis=0) - shift) / stride), 0, (shape[1], shape[0]))
    high = np.clip(np.ceil((points.max(axis=0) - shift) / stride) + 1, 0, (shape[1], shape[0]))
    left, top, right, bottom = (int(v) for v in (*low, *high))
    x = np.arange(left, max(right, left)) * stride + shift
    y = np.arange(top, max(bottom, top)) * stride + shift
    centres = np.stack(np.broadcast_arrays(x[None, :], y[:, None]), axis=-1)
    return slice(top, max(bottom, top)), slice(left, max(right, left)), centres


def _cells_on_film(
    label: FilmLabel, to_network: Affine, stride: int, shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Which cells have their centre on the film, (h, w)."""
    y, x = np.mgrid[: shape[0], : shape[1]] * stride + (stride - 1) / 2
    back = to_network.inverse()
    film_x = back.linear[0, 0] * x + back.linear[0, 1] * y + back.offset_px[0]
    film_y = back.linear[1, 0] * x + back.linear[1, 1] * y + back.offset_px[1]
    width, height = label.size_px
    return (film_x >= -0.5) & (film_x < width - 0.5) & (film_y >= -0.5) & (film_y < height - 0.5)
