"""The sacrum and coccyx: five stacked bodies that taper and curve, wings, crest, facets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.simulate.shapes.body import BodyParameters, build_body
from spondyl.simulate.shapes.primitives import smooth_path, superquadric, tube
from spondyl.simulate.shapes.surface import Surface
from spondyl.simulate.shapes.vertebra import VertebraShape

# Per segment, against S1 = 1: depth of the superior endplate, anterior height, width.
_DEPTHS = (1.0, 0.70, 0.54, 0.42, 0.33, 0.26)
_HEIGHTS = (1.0, 0.86, 0.72, 0.62, 0.54)
_WIDTHS = (1.0, 0.76, 0.64, 0.56, 0.46, 0.36)


@dataclass(frozen=True)
class SacrumParameters:
    """Form of a sacrum, millimetres and degrees.

    Attributes
    ----------
    depth, width : float
        Of the superior endplate of S1.
    height : float
        Anterior height of S1.
    posterior_ratio : float
        Posterior over anterior height of S1.
    table_angle_deg : float
        Between the superior endplate and the posterior wall of S1 (about 97).
    kyphosis_deg : float
        Bend from S1 to S5.
    endplate_dip : float
        Depth of the superior endplate's dish; negative for a dome.
    disc_remnant : float
        Height of the S1/S2 disc remnant; 0 where the two have fused without a trace.
    wing_width : float
        Half the width over both wings.
    crest : float
        How far the median crest stands behind the canal.
    coccyx_bend_deg : float
        Forward bend of each coccygeal piece.
    cortex : float
        Thickness of walls.
    density : float
        Spongy bone relative to normal (the wings have about a quarter of it).
    """

    depth: float = 33.0
    width: float = 50.0
    height: float = 30.0
    posterior_ratio: float = 0.82
    table_angle_deg: float = 97.0
    kyphosis_deg: float = 55.0
    endplate_dip: float = 1.0
    disc_remnant: float = 2.0
    wing_width: float = 55.0
    crest: float = 9.0
    coccyx_bend_deg: float = 15.0
    cortex: float = 0.6
    density: float = 0.75


def draw_sacrum(patient_scale: float, rng: np.random.Generator) -> SacrumParameters:
    """Draw a sacrum for a person of a given size (1.0 is the mean)."""
    scale = patient_scale * float(rng.normal(1.0, 0.04))
    remnant = float(rng.choice([0.0, 1.0, 2.0], p=[0.25, 0.5, 0.25]))
    return SacrumParameters(
        depth=33.0 * scale * float(rng.normal(1.0, 0.05)),
        width=50.0 * scale,
        height=30.0 * scale * float(rng.normal(1.0, 0.06)),
        posterior_ratio=float(np.clip(rng.normal(0.82, 0.06), 0.65, 1.0)),
        table_angle_deg=float(np.clip(rng.normal(97.0, 5.0), 84.0, 110.0)),
        kyphosis_deg=float(np.clip(rng.normal(55.0, 20.0), 5.0, 105.0)),
        endplate_dip=float(np.clip(rng.normal(0.9, 0.8), -1.5, 3.0)),
        disc_remnant=remnant * float(rng.uniform(0.6, 2.2)),
        wing_width=55.0 * scale * float(rng.normal(1.0, 0.05)),
        crest=scale * float(np.clip(rng.normal(9.0, 2.5), 3.0, 16.0)),
        coccyx_bend_deg=float(rng.normal(15.0, 10.0)),
        cortex=float(np.clip(rng.normal(0.6, 0.15), 0.3, 1.0)),
        density=float(np.clip(rng.normal(0.75, 0.12), 0.45, 1.1)),
    )


def _segment(parameters: SacrumParameters, index: int) -> BodyParameters:
    depth, low = (parameters.depth * _DEPTHS[k] for k in (index, index + 1))
    front = parameters.height * _HEIGHTS[index]
    first = index == 0
    back = front * (parameters.posterior_ratio if first else 1.0 + 0.015 * index)
    lean = np.tan(np.deg2rad(parameters.table_angle_deg - 90)) if first else 0.03
    remnant = parameters.disc_remnant
    rough = 0.25 if index else 0.7 * parameters.cortex / 0.6
    middle = (front + back) / 2 - (max(parameters.endplate_dip, -1.5) if first else 0.4)
    return BodyParameters(
        depth_superior=depth,
        depth_inferior=low,
        width_superior=parameters.width * _WIDTHS[index],
        width_inferior=parameters.width * _WIDTHS[index + 1],
        height_anterior=front,
        height_posterior=back,
        height_middle=middle,
        # The posterior walls run on; what the depth loses, it loses in front.
        inferior_shift=(low - depth) / 2 - back * lean,
        wedge_share=0.15,
        concavity_share=0.2 if first else 0.5,
        concavity_focus=-0.1,
        waist_anterior=2.0 * front / 30,
        waist_lateral=1.0,
        waist_posterior=0.5,
        rim_radius=1.3 if first else min(2.0, 0.1 * low),
        posterior_concavity=0.0,
        cortex=parameters.cortex,
        endplate=rough if index or remnant == 0 else 0.7,
        density=parameters.density,
    )


def _turn(angle_deg: float) -> NDArray[np.float64]:
    """Rotation in the sagittal plane; positive brings what hangs down forward."""
    c, s = np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


def build_sacrum(parameters: SacrumParameters) -> VertebraShape:
    """The sacrum as surfaces in the frame of its first segment.

    The first surface is the body of S1; ``points_mm`` are its six points.
    """
    body, first = build_body(_segment(parameters, 0))
    surfaces, placed = [body], [first]
    rotation = np.eye(3)
    # Segments bend more towards the tip: shares 1, 2, 3, 4 of ten.
    bend_deg = parameters.kyphosis_deg / 10.0
    for index in range(1, 5):
        body, points = build_body(_segment(parameters, index))
        above = placed[-1]
        gap_mm = parameters.disc_remnant if index == 1 else 0.15
        rotation = _turn(
            _pitch_deg(above[3], above[2]) + bend_deg * index - _pitch_deg(*points[:2])
        )
        start = (above[3] + above[2]) / 2 - gap_mm * rotation[:, 2]
        origin = start - rotation @ ((points[0] + points[1]) / 2)
        surfaces.append(body.transformed(rotation, origin))
        placed.append(points @ rotation.T + origin)
    tip = placed[-1][[2, 3]].mean(axis=0)
    surfaces += _wings(parameters, placed)
    surfaces += _rear(parameters, placed)
    surfaces += _coccyx(parameters, tip, rotation)
    return VertebraShape(Level.S1, tuple(surfaces), first, parameters.width / 2)


def _pitch_deg(back: NDArray[np.float64], front: NDArray[np.float64]) -> float:
    """Rise of the line from back to front, degrees."""
    return float(np.rad2deg(np.arctan2(front[2] - back[2], front[0] - back[0])))


def _wings(parameters: SacrumParameters, points: list[NDArray[np.float64]]) -> list[Surface]:
    half, wide = parameters.width / 2, parameters.wing_width
    centre = [placed[:4].mean(axis=0) for placed in points]
    depth = parameters.depth
    high = centre[0] + [-0.10 * depth, 0, 0.12 * parameters.height]
    spine = np.array(
        [high, centre[0] - [0.1 * depth, 0, 8], centre[1], centre[2], centre[3], centre[4]]
    )
    # Outer edge of the wing and edge of the body next to it.
    outer = np.array([0.88 * wide, wide, 0.86 * wide, 0.66 * wide, 0.5 * wide, 0.36 * wide])
    inner = half * np.array([0.96, 0.93, 0.70, 0.60, 0.5, 0.4])
    radii = np.stack([depth * np.array([0.28, 0.36, 0.30, 0.2, 0.15, 0.1]), (outer - inner) / 2], 1)
    wings = []
    for side in (1.0, -1.0):
        path = spine.copy()
        path[:, 1] = side * (outer + inner) / 2
        fine = smooth_path(path, 14)
        wide_fine = smooth_path(np.column_stack([radii, radii[:, :1]]), 14)[:, :2]
        wings.append(
            tube(fine, np.maximum(wide_fine, 1.5), (0, 1, 0), 18, 0.7 * parameters.cortex,
                 0.28 * parameters.density)
        )  # fmt: skip
    return wings


def _rear(parameters: SacrumParameters, points: list[NDArray[np.float64]]) -> list[Surface]:
    """Laminae over the canal, median crest, and the facets for the last lumbar vertebra."""
    scale = parameters.width / 50.0
    canal = np.array([17.0, 14.0, 11.0, 8.0, 6.0])[:, None] * scale
    walls = np.array([placed[[0, 3]].mean(axis=0) for placed in points])
    down = np.gradient(walls, axis=0)
    behind = np.stack([down[:, 2], np.zeros(5), -down[:, 0]], axis=1)
    behind /= np.linalg.norm(behind, axis=1, keepdims=True)
    roof = walls + behind * canal
    wide = np.array([15.0, 13.0, 11.0, 9.0, 6.0]) * scale
    thick = np.array([3.2, 3.0, 2.6, 2.2, 2.0]) * scale
    fine = smooth_path(roof, 12)
    grow = smooth_path(np.column_stack([thick, wide, wide]), 12)[:, :2]
    parts = [tube(fine, grow, (0, 1, 0), 16, parameters.cortex, parameters.density)]
    crest = smooth_path(roof[:4] + behind[:4] * parameters.crest * 0.5, 16)
    knobs = 1.0 + 0.35 * np.cos(np.linspace(0, 6 * np.pi, 16))
    high = np.stack([0.5 * parameters.crest * knobs, np.full(16, 2.6 * scale)], axis=1)
    parts.append(tube(crest, high, (0, 1, 0), 12, 0.8 * parameters.cortex, parameters.density))
    back, top = points[0][0, 0], points[0][0, 2]
    for side in (1.0, -1.0):
        path = smooth_path(
            [
                [back - 7 * scale, side * 21 * scale, top - 9 * scale],
                [back - 10 * scale, side * 22 * scale, top + 3 * scale],
                [back - 10 * scale, side * 23 * scale, top + 13 * scale],
            ],
            7,
        )
        parts.append(tube(path, np.linspace(6.5, 4.0, 7) * scale, (0, 1, 0), 12, 1.0))
    return parts


def _coccyx(
    parameters: SacrumParameters, tip: NDArray[np.float64], rotation: NDArray[np.float64]
) -> list[Surface]:
    pieces = []
    turned, place = rotation, tip
    for size in (1.0, 0.8, 0.6):
        turned = _turn(parameters.coccyx_bend_deg) @ turned
        down = turned @ [0.0, 0.0, -1.0]
        radii = np.array([4.0, 9.0, 7.0]) * size * parameters.width / 50
        place = place + down * (radii[2] + 1.0)
        piece = superquadric(radii, 2.6, 9, 16, 0.5, 0.7)
        pieces.append(piece.transformed(turned, place))
        place = place + down * radii[2]
    return pieces
