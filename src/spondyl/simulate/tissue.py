"""Everything around the bones: trunk, lungs, bowel gas and content, organs, aortic calcification.

Edges of these parts are soft or far from the bones, so each is a closed-form thickness map (an
ellipsoid, a superelliptic trunk, a domed lung) rather than a mesh.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.habitus import Habitus
from spondyl.simulate.projection import Beam
from spondyl.simulate.raster import add_ellipsoids, lung, trunk

Picture = NDArray[np.float32]
Floats = NDArray[np.float64]
#: Millimetres in the plane of the spine to pixels.
Place = Callable[[Floats | float], Floats]
#: Rows of ``raster.add_ellipsoids``.
Ellipsoids = list[tuple[Floats | float, ...]]


@dataclass(frozen=True)
class Spineline:
    """Where the column runs in the picture's plane, bottom (sacrum) to top.

    Attributes
    ----------
    z_mm, x_mm : ndarray, shape (n,)
        Centres of the bodies, z rising.
    """

    z_mm: NDArray[np.float64]
    x_mm: NDArray[np.float64]

    def x_at(self, z_mm: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Column's x at a height; straight on beyond its ends."""
        return np.asarray(np.interp(z_mm, self.z_mm, self.x_mm))


def soft_tissue(
    beam: Beam, line: Spineline, habitus: Habitus, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Thickness maps of soft tissue (air taken out) and of calcified tissue outside bones.

    Returns
    -------
    soft_mm, calcified_mm : ndarray, shape (height, width), float32
    """
    width, height = beam.size_px
    soft = np.zeros((height, width), dtype=np.float32)
    calcified = np.zeros_like(soft)
    pitch = beam.pitch_mm
    z_rows: Floats = beam.top_mm - (np.arange(height, dtype=np.float64) + 0.5) * pitch

    def column(x_mm: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return (np.asarray(x_mm) - beam.left_mm) / pitch - 0.5

    def row(z_mm: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return (beam.top_mm - np.asarray(z_mm)) / pitch - 0.5

    _trunk(soft, column, z_rows, line, habitus, rng)
    before = soft.copy()
    _lungs(soft, column, row, beam, line, habitus, rng)
    _organs(soft, column, row, pitch, line, habitus, rng)
    _bowel(soft, column, row, pitch, line, habitus, rng)
    _texture(soft, pitch, habitus, rng)
    if habitus.arms:
        _arms(soft, calcified, column, row, pitch, line, habitus, rng)
    # Air cannot take away more tissue than there is; a thin rest of wall always remains.
    before *= np.float32(0.12)
    np.maximum(soft, before, out=soft)
    _aorta(calcified, column, row, pitch, line, habitus, rng)
    return soft, calcified


def _trunk(
    soft: Picture,
    column: Place,
    z_rows: Floats,
    line: Spineline,
    habitus: Habitus,
    rng: np.random.Generator,
) -> None:
    # Skin follows the column only loosely: a straight line through it, bent a quarter of the way.
    fit = np.polyfit(line.z_mm, line.x_mm, 2)
    smooth = np.polyval(fit, np.clip(z_rows, line.z_mm[0] - 60, line.z_mm[-1] + 60))
    follow = 0.45 * line.x_at(z_rows) + 0.55 * smooth
    hip = 1.0 / (1.0 + np.exp((z_rows - 25.0) / 28.0))
    belly = np.exp(-(((z_rows - 70.0) / 75.0) ** 2))
    chest = 1.0 / (1.0 + np.exp(-(z_rows - line.z_mm[-3]) / 40.0))
    wave = np.zeros_like(z_rows)
    for _ in range(2):
        wave += rng.normal(0, 4.0) * np.sin(z_rows / rng.uniform(25, 90) + rng.uniform(0, 6.3))
    back = (
        follow - habitus.back_mm - hip * habitus.buttock_mm - chest * rng.normal(5, 12) + 0.4 * wave
    )
    front = follow + habitus.front_mm + belly * habitus.belly_mm + chest * rng.normal(10, 25) + wave
    thick = (
        habitus.width_mm
        + hip * (habitus.hip_width_mm - habitus.width_mm)
        + chest * rng.normal(0, 30)
    )
    trunk(soft, column(back), column(front), 0.96 * thick, habitus.boxiness)


def _lungs(
    soft: Picture,
    column: Place,
    row: Place,
    beam: Beam,
    line: Spineline,
    habitus: Habitus,
    rng: np.random.Generator,
) -> None:
    width, _ = beam.size_px
    x = beam.left_mm + (np.arange(width) + 0.5) * beam.pitch_mm
    top = float(line.x_at(habitus.dome_z_mm))
    for side in range(2):
        apex_x = top + rng.normal(40.0, 20.0)
        apex_z = habitus.dome_z_mm + rng.normal(0, 6.0) + (side * rng.uniform(0, 18.0))
        back = top - rng.uniform(35.0, 65.0)
        front = top + habitus.front_mm - rng.uniform(5.0, 30.0)
        behind = np.clip((apex_x - x) / max(apex_x - back, 10.0), 0, None)
        ahead = np.clip((x - apex_x) / max(front - apex_x, 10.0), 0, None)
        dome = apex_z - habitus.dome_drop_mm * behind**2 - 0.5 * habitus.dome_drop_mm * ahead**2
        dome = dome + habitus.lung_tilt * (x - apex_x)
        lung(
            soft,
            row(dome).astype(np.float64),
            float(column(back)),
            float(column(front)),
            -0.5 * habitus.lung_air_mm,
            rng.uniform(25.0, 80.0) / beam.pitch_mm,
            rng.normal(0.0, 0.12),
        )
    # Vessels and the heart give the lung its marks.
    marks: Ellipsoids = []
    for _ in range(int(rng.integers(10, 45))):
        z = habitus.dome_z_mm + rng.uniform(0, 140)
        marks.append(
            (column(top + rng.uniform(-40, 110)), row(z), rng.uniform(6, 40), rng.uniform(0.7, 3.0),
             rng.uniform(0, np.pi), rng.uniform(2, 7))
        )  # fmt: skip
    if rng.random() < 0.7:
        marks.append(
            (column(top + rng.uniform(60, 120)), row(habitus.dome_z_mm + rng.uniform(10, 60)),
             rng.uniform(35, 60), rng.uniform(35, 60), rng.uniform(0, 3), rng.uniform(30, 90))
        )  # fmt: skip
    add_ellipsoids(soft, np.array(marks, dtype=np.float64), beam.pitch_mm)


def _organs(
    soft: Picture,
    column: Place,
    row: Place,
    pitch: float,
    line: Spineline,
    habitus: Habitus,
    rng: np.random.Generator,
) -> None:
    parts: Ellipsoids = []
    for _ in range(int(rng.integers(4, 12))):
        z = rng.uniform(-20, habitus.dome_z_mm)
        x = float(line.x_at(z)) + rng.uniform(-30, habitus.front_mm * 0.9)
        parts.append(
            (column(x), row(z), rng.uniform(20, 70), rng.uniform(12, 40), rng.uniform(0, np.pi),
             habitus.clutter * rng.normal(0, 9.0))
        )  # fmt: skip
    # Psoas and back muscles: long, along the column.
    for shift in (rng.uniform(5, 25), rng.uniform(-55, -35)):
        z = rng.uniform(40, 110)
        parts.append(
            (column(float(line.x_at(z)) + shift), row(z), rng.uniform(70, 130), rng.uniform(12, 25),
             np.pi / 2 + rng.normal(0, 0.12), habitus.clutter * rng.normal(0, 7.0))
        )  # fmt: skip
    add_ellipsoids(soft, np.array(parts, dtype=np.float64), pitch)


def _bowel(
    soft: Picture,
    column: Place,
    row: Place,
    pitch: float,
    line: Spineline,
    habitus: Habitus,
    rng: np.random.Generator,
) -> None:
    parts: Ellipsoids = []
    # One bubble of stomach gas under the dome, loops of bowel in front of and over the column.
    if rng.random() < 0.4 * (habitus.gas > 0):
        z = habitus.dome_z_mm - rng.uniform(15, 55)
        parts.append(
            (column(float(line.x_at(z)) + rng.uniform(25, 90)), row(z), rng.uniform(12, 32),
             rng.uniform(8, 22), rng.uniform(0, np.pi), -rng.uniform(15, 50))
        )  # fmt: skip
    for _ in range(int(rng.poisson(2.5 * habitus.gas))):
        z0 = rng.uniform(-50, max(30.0, habitus.dome_z_mm - 40))
        x0 = float(line.x_at(z0)) + rng.uniform(-15, habitus.front_mm * 0.85)
        angle, size, path = rng.uniform(0, np.pi), rng.uniform(4, 16), rng.uniform(6, 32)
        # A string of beads, or a loop: pockets that overlap and wander, thin at their rims.
        loop = rng.random() < 0.6
        count = int(rng.integers(5, 18) if loop else rng.integers(1, 7))
        for _ in range(count):
            parts.append(
                (column(x0), row(z0), size * rng.uniform(0.6, 1.3), size * rng.uniform(0.5, 1.0),
                 rng.uniform(0, np.pi), -path * (rng.uniform(0.15, 0.7) if loop else 1.0))
            )  # fmt: skip
            angle += rng.normal(0, 0.7) if loop else 0.0
            along = size * (rng.uniform(0.3, 0.8) if loop else rng.uniform(0.9, 1.6))
            x0, z0 = x0 + along * np.cos(angle), z0 + along * np.sin(angle)
    for _ in range(int(rng.poisson(2.0 * habitus.stool))):
        z0 = rng.uniform(-60, 120)
        x0 = float(line.x_at(z0)) + rng.uniform(-10, habitus.front_mm * 0.9)
        for _ in range(int(rng.integers(15, 60))):
            parts.append(
                (column(x0 + rng.normal(0, 16)), row(z0 + rng.normal(0, 14)), rng.uniform(1.2, 5),
                 rng.uniform(1.0, 4), rng.uniform(0, np.pi),
                 -rng.uniform(1, 9) * rng.choice([1, 1, -0.5]))
            )  # fmt: skip
    if parts:
        add_ellipsoids(soft, np.array(parts, dtype=np.float64), pitch)


def _texture(
    soft: Picture,
    pitch: float,
    habitus: Habitus,
    rng: np.random.Generator,
) -> None:
    height, width = soft.shape
    # All of it is smooth over a millimetre: summed on a grid of that step, then enlarged once.
    step = max(1.0, 1.0 / pitch)
    small = max(2, round(width / step)), max(2, round(height / step))
    field = np.zeros(small[::-1], dtype=np.float32)
    for scale_mm, strength_mm in ((40.0, 5.0), (12.0, 1.6), (4.0, 0.6)):
        step = max(1.0, scale_mm / pitch)
        coarse = rng.standard_normal(
            (int(height / step) + 3, int(width / step) + 3), dtype=np.float32
        )
        part = cv2.resize(coarse, small, interpolation=cv2.INTER_CUBIC)
        cv2.scaleAdd(part, strength_mm * habitus.clutter, field, field)
    whole = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
    cv2.add(soft, whole, soft, mask=(soft > 5.0).view(np.uint8))


def _arms(
    soft: Picture,
    calcified: Picture,
    column: Place,
    row: Place,
    pitch: float,
    line: Spineline,
    habitus: Habitus,
    rng: np.random.Generator,
) -> None:
    z = line.z_mm[-1] + rng.uniform(-30, 40)
    x = float(line.x_at(z)) + habitus.front_mm * rng.uniform(0.75, 1.15)
    angle = rng.uniform(0.3, 1.3)
    soft_part: Ellipsoids = []
    bone_part: Ellipsoids = []
    for _ in range(int(rng.integers(1, 3))):
        spot = (column(x + rng.normal(0, 12)), row(z + rng.normal(0, 15)))
        turned = angle + rng.normal(0, 0.1)
        soft_part.append(
            (*spot, rng.uniform(120, 180), rng.uniform(30, 45), turned, rng.uniform(60, 95))
        )
        bone_part.append((*spot, 140.0, rng.uniform(8, 11), turned, rng.uniform(6, 10)))
    add_ellipsoids(soft, np.array(soft_part, dtype=np.float64), pitch)
    add_ellipsoids(calcified, np.array(bone_part, dtype=np.float64), pitch)


def _aorta(
    calcified: Picture,
    column: Place,
    row: Place,
    pitch: float,
    line: Spineline,
    habitus: Habitus,
    rng: np.random.Generator,
) -> None:
    if habitus.calcification <= 0:
        return
    parts: Ellipsoids = []
    ahead = rng.uniform(20, 27)
    calibre = rng.uniform(14, 26)
    for wall in (0.0, calibre):
        for _ in range(int(rng.poisson(14 * habitus.calcification))):
            z = rng.uniform(15, 150)
            slope = float(line.x_at(z + 5) - line.x_at(z - 5)) / 10.0
            parts.append(
                (column(float(line.x_at(z)) + ahead + wall + rng.normal(0, 1.0)), row(z),
                 rng.uniform(2, 9), rng.uniform(0.4, 1.1), np.pi / 2 + slope + rng.normal(0, 0.15),
                 rng.uniform(1.0, 6.0))
            )  # fmt: skip
    if parts:
        add_ellipsoids(calcified, np.array(parts, dtype=np.float64), pitch)
