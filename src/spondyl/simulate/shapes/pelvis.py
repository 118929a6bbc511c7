"""The pelvis and the upper femurs, fixed to the sacrum by the pelvic incidence."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.shapes.implicit import Limb, blend, grid, isosurface
from spondyl.simulate.shapes.primitives import ball, plate, smooth_path, tube
from spondyl.simulate.shapes.surface import Surface
from spondyl.simulate.shapes.vertebra import VertebraShape

# Pelvic frame: origin in the middle of the sacral endplate, x anterior, y left, z up when the hip
# axis lies 12 degrees in front of the perpendicular (the usual standing pelvic tilt); mm.
_STANDING_TILT_DEG = 12.0
_HIP = np.array([22.0, 87.0, -102.0])
_VARIANTS = 3


@dataclass(frozen=True)
class PelvisParameters:
    """Form of a pelvis, millimetres and degrees.

    Attributes
    ----------
    scale : float
        Size against the mean.
    incidence_deg : float
        Pelvic incidence: between the perpendicular of the sacral endplate and the line from its
        middle to the hip axis.
    wing_height, wing_depth, wing_flare : float
        Stretch of the iliac wings up, forward and outward.
    drop : float
        How far the whole pelvis hangs below its usual place against the sacrum, mm.
    hip_offset : float
        Distance of the left hip from the right one along x and z, mm (not true lateral, not level).
    asymmetry : float
        Relative difference in size between left and right.
    variant : int
        Template of ischium and pubis.
    thigh_deg : float
        Flexion of the femurs against the pelvis.
    cortex : float
        Thickness of the walls against the mean.
    """

    scale: float = 1.0
    incidence_deg: float = 52.0
    wing_height: float = 1.0
    wing_depth: float = 1.0
    wing_flare: float = 1.0
    drop: float = 0.0
    hip_offset: float = 0.0
    asymmetry: float = 0.0
    variant: int = 0
    thigh_deg: float = 0.0
    cortex: float = 1.0


def draw_pelvis(
    patient_scale: float, rng: np.random.Generator, sacral_slope_deg: float | None = None
) -> PelvisParameters:
    """Draw a pelvis; with a sacral slope, the incidence goes with it (incidence = slope + tilt)."""
    tilt = float(rng.normal(13.0, 8.0))
    incidence = rng.normal(52.0, 11.0) if sacral_slope_deg is None else sacral_slope_deg + tilt
    return PelvisParameters(
        scale=patient_scale * float(rng.normal(1.0, 0.05)),
        incidence_deg=float(np.clip(incidence, 15.0, 95.0)),
        wing_height=float(np.clip(rng.normal(1.0, 0.14), 0.6, 1.4)),
        wing_depth=float(np.clip(rng.normal(1.0, 0.08), 0.75, 1.25)),
        wing_flare=float(np.clip(rng.normal(1.0, 0.08), 0.75, 1.25)),
        drop=float(rng.normal(0.0, 6.0)),
        hip_offset=float(rng.normal(0.0, 2.0)),
        asymmetry=float(rng.normal(0.0, 0.015)),
        variant=int(rng.integers(_VARIANTS)),
        thigh_deg=float(np.clip(rng.normal(5.0, 12.0), -15.0, 60.0)),
        cortex=float(np.clip(rng.normal(1.0, 0.25), 0.5, 1.7)),
    )


def _wing(parameters: PelvisParameters) -> Surface:
    """Left iliac wing: a curved plate from the sciatic notch and hip roof up to the crest."""
    crest = smooth_path(
        [
            [-54, 40, -36], [-62, 44, -10], [-53, 62, 16], [-28, 92, 30], [5, 117, 34],
            [38, 128, 25], [60, 127, 3], [70, 120, -28],
        ],
        30,
    )  # fmt: skip
    foot = smooth_path(
        [[-40, 45, -52], [-30, 50, -66], [-14, 60, -74], [4, 72, -80], [24, 84, -82],
         [42, 92, -78], [52, 100, -66], [60, 112, -48]],
        30,
    )  # fmt: skip
    crest[:, 2] = foot[:, 2] + (crest[:, 2] - foot[:, 2]) * parameters.wing_height
    crest[:, 1] = foot[:, 1] + (crest[:, 1] - foot[:, 1]) * parameters.wing_flare
    for edge in (crest, foot):
        edge[:, 0] = 5 + (edge[:, 0] - 5) * parameters.wing_depth
    share = np.linspace(0, 1, 16)[:, None, None]
    along = np.linspace(0, 1, 30)
    sheet = (1 - share) * foot + share * crest
    # The iliac fossa: the wing is hollow towards the inside.
    sheet[..., 1] += 7.0 * np.sin(np.pi * share[..., 0]) * np.sin(np.pi * along) ** 0.7
    up = share[..., 0]
    # Thick at the crest, over the hip and the notch, where the sacrum is joined, and along the
    # pillar that runs from the hip to the crest; a thin sheet between.
    thickness = 3.5 + 7.0 * np.exp(-(((1 - up) / 0.12) ** 2)) + 12.0 * np.exp(-((up / 0.28) ** 2))
    thickness = thickness + 9.0 * np.exp(-(((along - 0.08) / 0.2) ** 2)) * (1 - 0.5 * up)
    thickness = thickness + 3.5 * np.exp(-(((along - 0.68) / 0.1) ** 2))
    thickness[[0, -1]] *= [[0.6], [0.45]]
    thickness[:, [0, -1]] *= 0.5
    wall = np.where(up > 0.93, 1.7, 1.0) * np.ones_like(along) * parameters.cortex
    return replace(
        plate(sheet, thickness, 1.0, 0.7),
        shell_mm=np.tile(wall.ravel(), 2).astype(np.float32),
    )


@lru_cache(maxsize=8)
def _lower(variant: int) -> Surface:
    """Left hip socket, ischium and pubis, blended from limbs, with the socket cut out."""
    rng = np.random.default_rng(100 + variant)

    def near(x: float, y: float, z: float) -> tuple[float, float, float]:
        wander = rng.normal(0, 2.5, 3)
        return (x + wander[0], y + wander[1], z + wander[2])

    hip = (float(_HIP[0]), float(_HIP[1]) - 6, float(_HIP[2]))
    spine_, tuber, symphysis = near(-14, 56, -96), near(-10, 60, -148), near(66, 10, -118)
    low_pubis = near(58, 13, -138)
    limbs = [
        Limb(hip, (hip[0] + 1, hip[1] - 4, hip[2] + 14), 31.0, 27.0, (1, 0.8, 1)),
        Limb((hip[0] - 22, hip[1] - 16, hip[2] + 18), spine_, 11.0, 6.0),
        Limb((hip[0] - 20, hip[1] - 14, hip[2] - 8), tuber, 15.0, 14.0, (1, 0.8, 1)),
        Limb((hip[0] + 18, hip[1] - 18, hip[2] + 8), symphysis, 11.0, 8.0),
        Limb(symphysis, low_pubis, 9.5, 7.0, (1, 0.7, 1)),
        Limb(low_pubis, tuber, 6.5, 9.0, (0.8, 0.8, 1)),
    ]
    step = 3.2
    points, origin = grid((-38, -2, -172), (88, 130, -48), step)
    field = blend([limb.distance(points) for limb in limbs], 2.5)
    socket = Limb((hip[0], hip[1] + 6, hip[2]), (hip[0] + 3, hip[1] + 45, hip[2] - 10), 27.0, 30.0)
    return isosurface(np.maximum(field, -socket.distance(points)), origin, step, 1.6)


def _femur(parameters: PelvisParameters) -> list[Surface]:
    """Left femoral head, neck and trochanter, and the shaft as a thick-walled tube."""
    angle = np.deg2rad(parameters.thigh_deg)
    forward = np.array([np.sin(angle), 0.0, -np.cos(angle)])
    hip = _HIP
    trochanter = np.add(hip, (-4.0, 46.0, -8.0))
    shaft_start = np.add(trochanter, (2.0, -8.0, 8.0))
    neck = smooth_path(
        np.add([hip, hip, trochanter], [(0, 15, -9), (-2, 32, -18), (0, -4, -16)]), 8
    )
    shaft = np.array([shaft_start + forward * along for along in (4.0, 30.0, 60.0, 110.0, 170.0)])
    cortex = parameters.cortex
    femur = tube(shaft, [14.0, 16.0, 14.0, 13.5, 13.5], (1, 0, 0), 18, 1.0, 0.1)
    # The wall grows from a thin trochanter to the thick tube of the shaft.
    below = np.clip((femur.vertices_mm - trochanter) @ forward / 70.0, 0.0, 1.0)
    femur = replace(femur, shell_mm=(cortex * (1.0 + 4.0 * below)).astype(np.float32))
    return [
        ball(hip, 23.5, 0.9 * cortex, 0.8),
        tube(neck, np.linspace(15.5, 14.0, 8), (1, 0, 0), 16, 1.8 * cortex, 0.7),
        femur,
    ]


def build_pelvis(parameters: PelvisParameters, sacrum: VertebraShape) -> tuple[Surface, ...]:
    """Both hip bones and femurs in the frame of the sacrum (of its first segment)."""
    points = sacrum.points_mm
    middle = (points[0] + points[1]) / 2
    forward = points[1] - points[0]
    pitch = np.arctan2(-forward[2], forward[0])
    # Standing with the usual tilt, the sacral endplate slopes by incidence - tilt: the pelvic
    # frame, seen from the sacrum, is turned back by that.
    turn = np.deg2rad(parameters.incidence_deg - _STANDING_TILT_DEG) - pitch
    c, s = np.cos(turn), np.sin(turn)
    rotation = np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])
    lower = replace(_lower(parameters.variant), shell_mm=1.5 * parameters.cortex, density=0.5)
    left = [_wing(parameters), lower, *_femur(parameters)]
    shift: NDArray[np.float64] = np.array([0.0, 0.0, -parameters.drop])
    surfaces = []
    for side in (1.0, -1.0):
        size = parameters.scale * (1 + side * parameters.asymmetry)
        offset = side * parameters.hip_offset * np.array([0.6, 0.0, 1.0])
        for part in left:
            moved = part.transformed(None, shift + offset, (size, side * size, size))
            surfaces.append(moved.transformed(rotation, middle))
    return tuple(surfaces)
