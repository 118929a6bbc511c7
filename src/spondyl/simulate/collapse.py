"""Fractures in the texture of a film that shows none: a smooth warp of picture and label.

A normal body with known corners is pressed together along its own axis as a wedge, biconcave or
crush fracture of a stated height loss; the spine above follows, partly or wholly, and the discs
take up the rest. Such a fracture has the film's own texture and exactly known heights, but it is
made, not real: there is no fracture line, no buckled cortex, no haematoma.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, NORMS, Level, Shape, Status, grade_from_loss
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.simulate.collapse_body import Losses, Squeeze, body_axes, squeeze_body
from spondyl.simulate.collapse_spine import Follow, follow

FloatImage = NDArray[np.float32]
FloatArray = NDArray[np.float64]

_LOSS_RANGE = (0.0, 0.70)
_GRID_PX = 8
#: How far from the film's edge a body must lie, as a share of its depth.
_EDGE_SHARE = 0.12


@dataclass(frozen=True)
class Collapse:
    """One fracture to put in.

    Attributes
    ----------
    level : Level
    shape : Shape
        Wedge, biconcave or crush.
    loss : float
        Lost share of the body's own present height, 0..0.7: anterior (wedge), middle (biconcave)
        or all three (crush).
    """

    level: Level
    shape: Shape
    loss: float

    def __post_init__(self) -> None:
        if self.shape not in (Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH):
            raise ValueError(f"A fracture is a wedge, biconcave or crush, found {self.shape}.")
        low, high = _LOSS_RANGE
        if not low < self.loss <= high:
            raise ValueError(
                f"A lost share of height must lie above {low:g} and be at most {high:g}, "
                f"found {self.loss}."
            )


@dataclass(frozen=True)
class Manner:
    """The rest of a fracture: what its shape and loss leave open.

    Attributes
    ----------
    losses : tuple of float
        Lost shares of the anterior, middle and posterior height.
    superior_share : float
        Share of the loss that the superior endplate takes.
    roundness : float
        Power of the dent between the rims.
    follow, tilt : float
        How much of the lost height, and of a wedge's angle, the spine above follows.
    denser : float
        How much brighter compressed bone is: share of its contrast per share pressed in.
    """

    losses: Losses
    superior_share: float = 0.9
    roundness: float = 2.0
    follow: float = 0.8
    tilt: float = 0.4
    denser: float = 0.15


def draw_manner(collapse: Collapse, rng: np.random.Generator | None = None) -> Manner:
    """Draw what shape and loss leave open; typical values without a generator."""
    loss, shape = collapse.loss, collapse.shape
    if rng is None:
        losses = {
            Shape.WEDGE: (loss, 0.55 * loss, 0.0),
            Shape.BICONCAVE: (0.15 * loss, loss, 0.08 * loss),
            Shape.CRUSH: (loss, loss, 0.9 * loss),
        }[shape]
        return Manner(losses, 0.6 if shape is Shape.BICONCAVE else 0.9)
    losses = {
        Shape.WEDGE: (loss, loss * rng.uniform(0.4, 0.75), 0.0),
        Shape.BICONCAVE: (loss * rng.uniform(0.0, 0.3), loss, loss * rng.uniform(0.0, 0.15)),
        Shape.CRUSH: (loss, loss * rng.uniform(0.92, 1.0), loss * rng.uniform(0.8, 1.0)),
    }[shape]
    superior = rng.choice([1.0, 0.85, 0.5, 0.15], p=[0.4, 0.3, 0.2, 0.1])
    if shape is Shape.BICONCAVE:
        superior = rng.choice([0.5, 0.7, 0.9, 0.2], p=[0.45, 0.25, 0.2, 0.1])
    follows = rng.random() < 0.75
    return Manner(
        losses=(float(losses[0]), float(losses[1]), float(losses[2])),
        superior_share=float(superior),
        roundness=float(rng.uniform(1.7, 3.0)),
        follow=float(rng.uniform(0.6, 1.0)) if follows else float(rng.uniform(0.0, 0.5)),
        tilt=float(rng.uniform(0.2, 0.8)) if follows else 0.0,
        denser=float(rng.choice([0.0, rng.uniform(0.05, 0.4)], p=[0.3, 0.7])),
    )


def collapse_film(
    pixels: FloatImage,
    label: FilmLabel,
    collapses: Sequence[Collapse],
    rng: np.random.Generator | None = None,
) -> tuple[FloatImage, FilmLabel]:
    """Put fractures into a film.

    Parameters
    ----------
    pixels : ndarray, shape (height, width), float32
        Bone bright, either side posterior.
    label : FilmLabel
        With the corners of the bodies to collapse and, as far as known, of the others.
    collapses : sequence of Collapse
        Of different bodies.
    rng : numpy Generator, optional
        Draws what shape and loss leave open; without it every film gets the typical manner.

    Returns
    -------
    pixels : ndarray, float32
        A new picture of the same size.
    label : FilmLabel
        All points moved with the picture; the collapsed bodies with status, grade, shape and
        losses. Mid-endplates stay unknown where they were.

    Raises
    ------
    ValueError
        If a body is not in the label, has unknown corners, or is asked for twice, or the picture
        has another size than the label says.
    """
    height, width = pixels.shape
    if (width, height) != tuple(label.size_px):
        raise ValueError(
            f"{label.name}: the label is of a film of {label.size_px} px (width, height), "
            f"the picture has {(width, height)}."
        )
    if len({collapse.level for collapse in collapses}) != len(collapses):
        raise ValueError("A body can be collapsed once; a level is named twice.")
    field: FloatImage | None = None
    denser = np.zeros((1, 1), np.float32)
    for collapse in collapses:
        manner = draw_manner(collapse, rng)
        squeeze, spine, levels = _plan(label, collapse, manner)
        step, extra = _field(squeeze, spine, (width, height), manner.denser)
        field = step if field is None else _after(field, step)
        denser = extra if denser.size == 1 else denser + extra
        label = _moved_label(label, collapse, manner, squeeze, spine, levels)
    if field is None:
        return pixels.copy(), label
    warped = _resample(pixels, field)
    return np.asarray(_brightened(warped, denser), np.float32), label


def draw_collapses(
    label: FilmLabel,
    rng: np.random.Generator,
    count: int = 1,
    losses: tuple[float, float] | None = None,
    shapes: Mapping[Shape, float] | None = None,
) -> tuple[Collapse, ...]:
    """Draw fractures of normal bodies of a film; fewer where there are too few to choose from.

    Parameters
    ----------
    label : FilmLabel
    rng : numpy Generator
    count : int
    losses : (low, high), optional
        By default the field's mix: 40 % mild, 38 % moderate, 22 % severe.
    shapes : mapping of Shape to share, optional
        By default half wedges, three tenths biconcave, two tenths crush.
    """
    free = list(collapsible(label))
    shares = shapes or {Shape.WEDGE: 0.5, Shape.BICONCAVE: 0.3, Shape.CRUSH: 0.2}
    kinds = list(shares)
    weights = np.array([shares[kind] for kind in kinds], float)
    chosen = rng.permutation(len(free))[:count]
    drawn = []
    for index in sorted(int(i) for i in chosen):
        band = (
            losses
            or ((0.20, 0.25), (0.25, 0.40), (0.40, 0.65))[int(rng.choice(3, p=[0.4, 0.38, 0.22]))]
        )
        kind = kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]
        drawn.append(Collapse(free[index], kind, float(rng.uniform(*band))))
    return tuple(drawn)


def collapsible(label: FilmLabel) -> tuple[Level, ...]:
    """Levels that can be collapsed: judged, assessable, normal, four corners well inside."""
    size = np.array(label.size_px)
    found = []
    for level, body in label.vertebrae.items():
        judged = LEVELS[level].judged and body.assessable and body.status is Status.NORMAL
        if not judged or not body.has_quad or body.corners_px is None:
            continue
        margin = _EDGE_SHARE * body_axes(body.corners_px).depth_px
        if (body.corners_px >= margin).all() and (body.corners_px <= size - 1 - margin).all():
            found.append(level)
    return tuple(found)


def six_points(body: VertebraLabel) -> FloatArray:
    """The six points of a body; mid-endplates from the level's norm where they are unknown.

    Raises
    ------
    ValueError
        If a corner is unknown.
    """
    corners = body.corners_px
    if corners is None or not body.has_quad:
        raise ValueError(f"{body.level}: all four corners must be known to collapse this body.")
    if body.mid_endplates_px is not None and np.isfinite(body.mid_endplates_px).all():
        return np.vstack([corners, body.mid_endplates_px])
    mids = 0.5 * np.array([corners[0] + corners[1], corners[2] + corners[3]])
    across = mids[1] - mids[0]
    norm = NORMS.get(body.level)
    if norm is not None:
        # The norm's middle height against the mean of its rims.
        ratio = norm.middle_posterior / (0.5 * (1 + norm.anterior_posterior))
        inwards = 0.5 * max(0.0, 1 - ratio)
        mids = mids + inwards * np.array([across, -across])
    return np.vstack([corners, mids])


def _plan(
    label: FilmLabel, collapse: Collapse, manner: Manner
) -> tuple[Squeeze, Follow, list[Level]]:
    """The warp of one fracture, and the levels that move as bodies, top to bottom."""
    if collapse.level not in label.vertebrae:
        raise ValueError(f"{label.name}: no body {collapse.level} in the label to collapse.")
    bodies = {level: body for level, body in label.vertebrae.items() if body.has_quad}
    levels = sorted(bodies, key=list(Level).index)
    own = six_points(label.vertebrae[collapse.level])
    index = levels.index(collapse.level)
    points = [six_points(bodies[level]) for level in levels]
    near = _neighbours(levels, index)
    squeeze = squeeze_body(
        own,
        manner.losses,
        manner.superior_share,
        manner.roundness,
        points[index - 1][[3, 5, 2]] if near[0] else None,
        points[index + 1][[0, 4, 1]] if near[1] else _plate_below(label, levels, index),
    )
    spine = follow([six[:4] for six in points], index, squeeze, manner.follow, manner.tilt)
    return squeeze, spine, levels


def _neighbours(levels: Sequence[Level], index: int) -> tuple[bool, bool]:
    """Whether the next level up and down are known; L6 is often not there."""
    place = LEVELS[levels[index]].order

    def close(other: Level) -> bool:
        step = abs(LEVELS[other].order - place)
        return step == 1 or {levels[index], other} == {Level.L5, Level.S1}

    return (
        index > 0 and close(levels[index - 1]),
        index + 1 < len(levels) and close(levels[index + 1]),
    )


def _plate_below(label: FilmLabel, levels: Sequence[Level], index: int) -> FloatArray | None:
    """The sacral endplate, where the sacrum is drawn by it alone."""
    sacrum = label.vertebrae.get(Level.S1)
    last = index == len(levels) - 1 and levels[index] in (Level.L5, Level.L6)
    if not last or sacrum is None or sacrum.corners_px is None:
        return None
    ends = sacrum.corners_px[:2]
    if not np.isfinite(ends).all():
        return None
    return np.array([ends[0], ends.mean(axis=0), ends[1]])


def _field(
    squeeze: Squeeze, spine: Follow, size_px: tuple[int, int], gain: float
) -> tuple[FloatImage, FloatImage]:
    """Where each pixel comes from, less itself (height, width, 2), and the density pressed in."""
    width, height = size_px
    columns, rows = -(-width // _GRID_PX) + 1, -(-height // _GRID_PX) + 1
    nodes = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1) * float(_GRID_PX)
    coarse = spine.shift(nodes).astype(np.float32)
    # Node (0, 0) is pixel (0, 0): an affine map, not a resize, keeps that.
    grow = np.array([[_GRID_PX, 0, 0], [0, _GRID_PX, 0]], float)
    moved = cv2.warpAffine(coarse, grow, (width, height), flags=cv2.INTER_LINEAR)
    table = squeeze.axes
    linear = np.stack([table.anterior, table.down]) / squeeze.step[:, None]
    offset = -linear @ table.centre_px - squeeze.low / squeeze.step
    x, y, w, h = _box(squeeze, spine, size_px)
    grid_x = np.arange(x, x + w, dtype=np.float32) + moved[y : y + h, x : x + w, 0]
    grid_y = np.arange(y, y + h, dtype=np.float32)[:, None] + moved[y : y + h, x : x + w, 1]
    cell_x = (linear[0, 0] * grid_x + linear[0, 1] * grid_y + offset[0]).astype(np.float32)
    cell_y = (linear[1, 0] * grid_x + linear[1, 1] * grid_y + offset[1]).astype(np.float32)
    along = cv2.remap(squeeze.source, cell_x, cell_y, cv2.INTER_LINEAR, borderValue=0.0)
    moved[y : y + h, x : x + w] += along[..., None] * table.down.astype(np.float32)
    denser = np.zeros((height, width), np.float32)
    denser[y : y + h, x : x + w] = gain * cv2.remap(
        squeeze.density, cell_x, cell_y, cv2.INTER_LINEAR, borderValue=0.0
    )
    return moved, denser


def _box(squeeze: Squeeze, spine: Follow, size_px: tuple[int, int]) -> tuple[int, int, int, int]:
    """Pixels (x, y, width, height) that the squeeze can reach, after the spine moved."""
    rows, columns = squeeze.source.shape
    far = squeeze.low + squeeze.step * (np.array([columns, rows]) - 1)
    ends = np.array([[u, v] for u in (squeeze.low[0], far[0]) for v in (squeeze.low[1], far[1])])
    corners = squeeze.axes.centre_px + ends @ np.stack([squeeze.axes.anterior, squeeze.axes.down])
    slack = 2.0 + max(float(np.hypot(*motion.shift_px)) for motion in spine.motions)
    low = np.clip(np.floor(corners.min(axis=0) - slack), 0, np.array(size_px) - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) + slack), 1, np.array(size_px)).astype(int)
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def _after(first: FloatImage, second: FloatImage) -> FloatImage:
    """One displacement after another: a pixel goes back through the second, then the first."""
    height, width = first.shape[:2]
    x = np.arange(width, dtype=np.float32) + second[..., 0]
    y = np.arange(height, dtype=np.float32)[:, None] + second[..., 1]
    return np.asarray(
        second + cv2.remap(first, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )


def _resample(pixels: FloatImage, field: FloatImage) -> FloatImage:
    height, width = pixels.shape
    warped = pixels.copy()
    still = np.abs(field).max(axis=2) < 0.01
    rows, columns = np.flatnonzero(~still.all(axis=1)), np.flatnonzero(~still.all(axis=0))
    if not len(rows):
        return warped
    ys, xs = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    x = np.arange(width, dtype=np.float32)[xs] + field[ys, xs, 0]
    y = np.arange(height, dtype=np.float32)[ys, None] + field[ys, xs, 1]
    warped[ys, xs] = cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.clip(warped, pixels.min(), pixels.max(), out=warped)


def _brightened(pixels: FloatImage, denser: FloatImage) -> FloatImage:
    """Bone that was pressed together is brighter by a share of the film's own range."""
    rows, columns = np.flatnonzero(denser.any(axis=1)), np.flatnonzero(denser.any(axis=0))
    if not len(rows):
        return pixels
    ys, xs = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    body, weight = pixels[ys, xs], denser[ys, xs]
    contrast = 2.0 * float(body[weight > 0].std())
    pixels[ys, xs] = np.clip(body + contrast * weight, 0, pixels.max())
    return pixels


def _moved_label(
    label: FilmLabel,
    collapse: Collapse,
    manner: Manner,
    squeeze: Squeeze,
    spine: Follow,
    levels: Sequence[Level],
) -> FilmLabel:
    vertebrae = {}
    for level, body in label.vertebrae.items():
        if level is collapse.level:
            points = spine.motions[levels.index(level)](squeeze.points_px)
            vertebrae[level] = _fractured(body, points, manner.losses, collapse.shape)
            continue
        if level in levels:
            motion = spine.motions[levels.index(level)]
            moved = [
                None if points is None else motion(points)
                for points in (body.corners_px, body.mid_endplates_px)
            ]
        else:
            moved = [
                None if points is None else _forward(points, spine)
                for points in (body.corners_px, body.mid_endplates_px)
            ]
        vertebrae[level] = replace(body, corners_px=moved[0], mid_endplates_px=moved[1])
    return replace(label, vertebrae=vertebrae)


def _forward(points_px: FloatArray, spine: Follow) -> FloatArray:
    """Where loose points go: the inverse of the way back, by fixed points."""
    known = np.isfinite(points_px).all(axis=1)
    moved = points_px.copy()
    for _ in range(25):
        moved[known] = points_px[known] - spine.shift(moved[known])
    return moved


def _fractured(
    body: VertebraLabel, points_px: FloatArray, losses: Losses, shape: Shape
) -> VertebraLabel:
    largest = max(losses)
    grade = grade_from_loss(largest)
    return replace(
        body,
        corners_px=points_px[:4],
        mid_endplates_px=None if body.mid_endplates_px is None else points_px[4:],
        status=Status.FRACTURED if grade else Status.NORMAL,
        genant_grade=int(grade),
        shape=shape,
        height_loss=largest,
        height_losses=losses,
    )
