"""A patient's build and what fills the trunk."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Habitus:
    """A patient's build and what fills the trunk; lengths in mm.

    Attributes
    ----------
    back_mm, front_mm : float
        Skin behind and in front of the column's centre at the waist.
    width_mm, hip_width_mm : float
        Side-to-side thickness at waist and hips.
    boxiness : float
        Exponent of the superelliptic section.
    buttock_mm, belly_mm : float
        Extra bulge at sacrum (behind) and at the umbilicus (in front).
    lung_tilt, dome_z_mm, dome_drop_mm : float
        Height of the diaphragm's dome over S1 and how far its back hangs lower.
    lung_air_mm : float
        Air path of both lungs together at the thickest place.
    gas : float
        Amount of bowel gas, 0..2.
    stool : float
        Amount of mottled bowel content, 0..2.
    calcification : float
        Aortic wall calcification, 0..1 (0: none).
    clutter : float
        Strength of organ edges and of the soft-tissue texture.
    arms : bool
        Arms held forward, in the picture's upper front.
    """

    back_mm: float
    front_mm: float
    width_mm: float
    hip_width_mm: float
    boxiness: float
    buttock_mm: float
    belly_mm: float
    dome_z_mm: float
    dome_drop_mm: float
    lung_air_mm: float
    lung_tilt: float
    gas: float
    stool: float
    calcification: float
    clutter: float
    arms: bool


def draw_habitus(
    rng: np.random.Generator,
    thoracolumbar_z_mm: float,
    stoutness: tuple[float, float] = (0.0, 1.0),
    calcification_share: float = 0.3,
) -> Habitus:
    """Draw a build.

    Parameters
    ----------
    rng : numpy.random.Generator
    thoracolumbar_z_mm : float
        Height of T12's centre over S1.
    stoutness : (float, float)
        Mean and deviation of the build, in deviations between patients.
    calcification_share : float
    """
    stout = float(np.clip(rng.normal(*stoutness), -1.8, 2.5))
    return Habitus(
        back_mm=float(max(52.0, 85.0 + 16.0 * stout + rng.normal(0, 8))),
        front_mm=float(max(55.0, 120.0 + 36.0 * stout + rng.normal(0, 15))),
        width_mm=float(max(190.0, 285.0 + 38.0 * stout + rng.normal(0, 15))),
        hip_width_mm=float(max(240.0, 335.0 + 30.0 * stout + rng.normal(0, 15))),
        boxiness=float(rng.uniform(2.0, 3.2)),
        buttock_mm=float(max(0.0, 45.0 + 22.0 * stout + rng.normal(0, 15))),
        belly_mm=float(max(0.0, 12.0 + 28.0 * stout + rng.normal(0, 10))),
        dome_z_mm=float(thoracolumbar_z_mm + rng.normal(28.0, 24.0)),
        dome_drop_mm=float(abs(rng.normal(45.0, 20.0))),
        lung_air_mm=float(rng.uniform(90.0, 230.0)),
        lung_tilt=float(rng.normal(0.05, 0.15)),
        gas=float(rng.choice([0.0, 0.5, 1.0, 2.0], p=[0.15, 0.35, 0.35, 0.15])),
        stool=float(rng.choice([0.0, 0.5, 1.0, 2.0], p=[0.3, 0.3, 0.25, 0.15])),
        calcification=(float(rng.uniform(0.1, 1.0)) if rng.random() < calcification_share else 0.0),
        clutter=float(rng.uniform(0.3, 1.6)),
        arms=bool(rng.random() < 0.35),
    )
