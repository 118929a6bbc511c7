"""Fractures in the texture of a film that shows none: a smooth warp of picture and label.

A normal body with known corners is pressed together along its own axis as a wedge, biconcave or
crush fracture of a stated height loss; the spine above follows, partly or wholly, and the discs
take up the rest. Such a fracture has the film's own texture and exactly known heights, but it is
made, not real: there is no fracture line, no buckled cortex, no haematoma.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, NORMS, Level, Shape, Status, grade_from_loss
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.simulate.collapse_body import Losses, Squeeze, body_axes, squeeze_body
from spondyl.simulate.collapse_field import Field, make_field, warp
from spondyl.simulate.collapse_follow import follow, neighbours
from spondyl.simulate.collapse_spine import Follow

FloatImage = NDArray[np.float32]
FloatArray = NDArray[np.float64]

_LOSS_RANGE = (0.0, 0.70)
#: How far from the film's edge a body must lie, as a share of its depth.
_EDGE_SHARE = 0.12
#: Sine of the most that a wall may slant against the body's axis.
_MOST_SLANT = 0.28


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
    field: Field | None = None
    for collapse in collapses:
        manner = draw_manner(collapse, rng)
        squeeze, spine, levels = plan_collapse(label, collapse, manner)
        step = make_field(squeeze, spine, (width, height), manner.denser)
        field = step if field is None else step.after(field)
        label = _moved_label(label, collapse, manner, squeeze, spine, levels)
    return pixels.copy() if field is None else warp(pixels, field), label


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
    """Levels that can be collapsed: judged, assessable, normal, four corners well inside.

    Bodies whose walls slant much are left out: pressed along the axis they would not lose enough.
    """
    size = np.array(label.size_px)
    found = []
    for level, body in label.vertebrae.items():
        judged = LEVELS[level].judged and body.assessable and body.status is Status.NORMAL
        if not judged or not body.has_quad or body.corners_px is None:
            continue
        axes = body_axes(body.corners_px)
        margin = _EDGE_SHARE * axes.depth_px
        walls = axes.local(body.corners_px[[3, 2]]) - axes.local(body.corners_px[[0, 1]])
        if (np.abs(walls[:, 0]) > _MOST_SLANT * np.hypot(*walls.T)).any():
            continue
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


def plan_collapse(
    label: FilmLabel, collapse: Collapse, manner: Manner
) -> tuple[Squeeze, Follow, list[Level]]:
    """The warp of one fracture, and the levels that move as bodies, top to bottom.

    Raises
    ------
    ValueError
        As :func:`collapse_film`.
    """
    if collapse.level not in label.vertebrae:
        raise ValueError(f"{label.name}: no body {collapse.level} in the label to collapse.")
    points = {level: six_points(body) for level, body in label.vertebrae.items() if body.has_quad}
    sacrum = label.vertebrae.get(Level.S1)
    if sacrum is not None and Level.S1 not in points:
        points |= _sacrum_below(sacrum)
    levels = sorted(points, key=list(Level).index)
    index = levels.index(collapse.level)
    upper = levels[index - 1] if index else None
    lower = levels[index + 1] if index + 1 < len(levels) else None
    squeeze = squeeze_body(
        six_points(label.vertebrae[collapse.level]),
        manner.losses,
        manner.superior_share,
        manner.roundness,
        points[upper][[3, 5, 2]] if upper and neighbours(upper, collapse.level) else None,
        points[lower][[0, 4, 1]] if lower and neighbours(collapse.level, lower) else None,
    )
    quads = [points[level][:4] for level in levels]
    return squeeze, follow(levels, quads, index, squeeze, manner.follow, manner.tilt), levels


def _sacrum_below(sacrum: VertebraLabel) -> dict[Level, FloatArray]:
    """Six points of a sacrum that is drawn by its superior endplate alone; none if not even that.

    It only has to be held still, so any height will do.
    """
    if sacrum.corners_px is None or not np.isfinite(sacrum.corners_px[:2]).all():
        return {}
    plate = sacrum.corners_px[:2]
    across = plate[1] - plate[0]
    down = np.array([-across[1], across[0]])
    down = 0.6 * (down if down[1] > 0 else -down)
    corners = np.array([plate[0], plate[1], plate[1] + down, plate[0] + down])
    middle = plate.mean(axis=0)
    return {Level.S1: np.vstack([corners, middle, middle + down])}


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
    moved = points_px.copy()
    for _ in range(25):
        moved = points_px - np.stack(spine.shift(moved[:, 0], moved[:, 1]), axis=1)
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
