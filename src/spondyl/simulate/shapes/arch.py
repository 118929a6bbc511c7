"""The posterior arch: pedicles, laminae, articular, transverse and spinous processes.

One closed surface, blended from round limbs once per level and variant, then fitted to each body.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from spondyl.anatomy import Level
from spondyl.simulate.shapes.implicit import Limb, blend, grid, isosurface
from spondyl.simulate.shapes.surface import Surface

#: Templates per level; the fit to a person adds continuous variation.
VARIANTS = 4
_STEP_MM = 1.9

#: Body that the templates are made for: depth, width and posterior height, mm.
_LUMBAR_BODY = (34.0, 44.0, 27.0)
_THORACIC_BODY = (29.5, 33.0, 22.0)

# Per level: pedicle y, pedicle half-width, spinous length, spinous drop, transverse length.
# Pedicle widths grow from 8 mm (L1) to 16 mm (L5); spinous processes slope in the chest and are
# hatchets below; transverse processes are stumps at T11-T12 and longest at L3.
_TABLE: dict[Level, tuple[float, float, float, float, float]] = {
    Level.T8: (11.0, 2.8, 26.0, 24.0, 19.0),
    Level.T9: (11.0, 3.0, 25.0, 21.0, 17.0),
    Level.T10: (11.2, 3.3, 24.0, 17.0, 14.0),
    Level.T11: (11.5, 4.0, 23.0, 11.0, 8.0),
    Level.T12: (12.0, 4.2, 23.0, 6.0, 7.0),
    Level.L1: (13.0, 4.0, 25.0, 3.0, 17.0),
    Level.L2: (13.4, 4.3, 27.0, 3.0, 21.0),
    Level.L3: (14.0, 4.9, 27.0, 4.0, 25.0),
    Level.L4: (15.5, 6.0, 25.0, 5.0, 22.0),
    Level.L5: (18.5, 8.0, 18.0, 6.0, 19.0),
    Level.L6: (19.0, 8.0, 16.0, 6.0, 19.0),
}


@dataclass(frozen=True)
class ArchFit:
    """How a template is fitted to a person (shares, millimetres, tangents).

    Attributes
    ----------
    stretch_x, stretch_y, stretch_z : float
        Extra scale behind the wall, across, and upwards.
    spinous_slope : float
        Extra downward slope of what lies behind the canal.
    twist : float
        How far the spinous process leaves the middle (y per mm of x).
    cortex : float
        Thickness of the walls.
    density : float
        Spongy bone relative to normal.
    """

    stretch_x: float = 1.0
    stretch_y: float = 1.0
    stretch_z: float = 1.0
    spinous_slope: float = 0.0
    twist: float = 0.0
    cortex: float = 1.4
    density: float = 1.0


def _limbs(level: Level, rng: np.random.Generator) -> list[Limb]:
    """Left half (y >= 0) of the arch; the field is mirrored."""
    thoracic = level.startswith("T")
    wall = -(_THORACIC_BODY if thoracic else _LUMBAR_BODY)[0] / 2
    y, half, spinous, drop, transverse = _TABLE[level]
    vary = rng.normal(0, 1, 12) * 0.08
    if thoracic:
        high, z, back = 6.5 * (1 + vary[0]), 3.5, wall - 10
        sap_y, iap_y = y + 1.0, y - 1.5
        limbs = [
            Limb((wall + 2, y, z), (back - 1, y + 0.5, z), high, high * 0.9, (1, half / high, 1)),
            Limb((back - 1, sap_y, z), (back - 1, sap_y, 14 + 20 * vary[1]), 4.2, 2.8),
            Limb((back - 2, y, z), (back - 5, iap_y, -7), 4.2, 4.0),
            Limb((back - 5, iap_y, -7), (back - 6, iap_y, -17 - 20 * vary[2]), 4.0, 3.0),
            Limb((back - 3, y, -1), (back - 9, 0, -5), 4.0, 4.2, (0.8, 1, 1.9)),
            Limb(
                (back - 8, 0, -5),
                (back - 8 - spinous * (1 + vary[3]), 0, -6 - drop * (1 + vary[4])),
                5.0, 3.6, (1, 0.62, 1.15 if drop > 10 else 1.6),
            ),
            Limb(
                (back - 1, y + 2, z + 1),
                (back - 2 - 0.55 * transverse, y + 2 + 0.8 * transverse, z + 4),
                4.4, 4.0,
            ),
        ]  # fmt: skip
        return limbs
    high, z, back = 7.0 * (1 + vary[0]), 5.0, wall - 12
    sap_y, iap_y = y + 2.0, y - 2.0
    end = back - 14 - spinous * (1 + vary[3])
    low = -7 - drop * (1 + 2 * vary[4])
    hatchet = 8.6 * (1 + 1.5 * vary[5]) * (0.75 if level in (Level.L5, Level.L6) else 1.0)
    return [
        Limb((wall + 2, y, z), (back - 1, y + 1, z), high, high * 0.92, (1, half / high, 1)),
        Limb((back - 1, y + 1, z), (back - 1, sap_y, 17 + 20 * vary[1]), 5.0, 3.8),
        Limb((back - 2, y + 1, z), (back - 7, iap_y, -9), 4.6, 4.4),
        Limb((back - 7, iap_y, -9), (back - 9, iap_y, -22 - 25 * vary[2]), 4.6, 3.8),
        Limb((back - 6, y - 3, -5), (back - 14, 0, -8), 4.2, 4.2, (0.85, 1, 2.0)),
        Limb((back - 13, 0, -7), (end, 0, low), hatchet * 0.8, hatchet, (0.6, 0.36, 1)),
        Limb((end + 1, 0, low + 4), (end, 0, low - 4), 5.2, 5.6, (0.8, 0.62, 1.1)),
        Limb(
            (back + 1, y + 2, z + 1),
            (back - 5 + 15 * vary[7], y + 4 + transverse, z + 4 + 40 * vary[6]),
            5.0, 2.6, (0.65, 1, 1.1),
        ),
    ]  # fmt: skip


@lru_cache(maxsize=64)
def _template(level: Level, variant: int) -> Surface:
    rng = np.random.default_rng([variant, list(Level).index(level)])
    points, origin = grid((-82, -46, -46), (-8, 46, 28), _STEP_MM)
    half = points[:, points.shape[1] // 2 :].copy()
    # Only one half is computed: the limbs are mirror images about y = 0.
    half[..., 1] -= half[0, 0, 0, 1]
    field = blend([limb.distance(half) for limb in _limbs(level, rng)], 1.6)
    full = np.concatenate([field[:, :0:-1], field], axis=1)
    origin = np.array([origin[0], -(field.shape[1] - 1) * _STEP_MM, origin[2]], dtype=np.float32)
    return isosurface(full, origin, _STEP_MM, 1.1)


def build_arch(
    level: Level, variant: int, fit: ArchFit, wall_mm: float, width_mm: float, height_mm: float
) -> Surface:
    """The arch of one vertebra behind a body.

    Parameters
    ----------
    level : Level
        T8-L6.
    variant : int
        Which template, 0 .. ``VARIANTS`` - 1.
    fit : ArchFit
        Fit to the person.
    wall_mm : float
        x of the posterior wall at pedicle height.
    width_mm, height_mm : float
        Width of the superior endplate and posterior height of the body.
    """
    template = _template(level, variant % VARIANTS)
    depth, width, height = _THORACIC_BODY if level.startswith("T") else _LUMBAR_BODY
    behind = template.vertices_mm[:, 0] + depth / 2
    scale_y = width_mm / width * fit.stretch_y
    scale_z = height_mm / height * fit.stretch_z
    scale_x = 0.5 * (scale_y + scale_z) * fit.stretch_x
    # The round end inside the body is pressed flat on the wall: bone must not be counted twice.
    x = wall_mm + np.where(behind < 0, behind * scale_x, 0.12 * behind)
    rear = np.maximum(-(behind + 16), 0)
    y = template.vertices_mm[:, 1] * scale_y + fit.twist * rear
    z = template.vertices_mm[:, 2] * scale_z - fit.spinous_slope * rear
    # Where the pedicle is rooted in the body there is no wall between the two.
    root = np.clip((-behind) / 3.0, 0.05, 1.0)
    # Transverse processes have thin walls; laminae and facets, the thick ones.
    beyond = np.abs(template.vertices_mm[:, 1]) - _TABLE[level][0] - 6.0
    thin = 1.0 - 0.6 * np.clip(beyond / 8.0, 0.0, 1.0)
    return Surface(
        np.stack([x, y, z], axis=1).astype(np.float32),
        template.faces,
        (fit.cortex * root * thin).astype(np.float32),
        fit.density,
    )
