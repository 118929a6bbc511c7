"""Which part of the patient a film shows: drawing the beam and the picture's borders."""

from collections.abc import Mapping

import numpy as np

from spondyl.anatomy import Level
from spondyl.simulate.projection import Beam
from spondyl.simulate.settings import SceneSettings, View
from spondyl.simulate.spine import Pose


def draw_beam(
    rng: np.random.Generator, poses: Mapping[Level, Pose], view: View, settings: SceneSettings
) -> Beam:
    """Draw the borders of a view around a placed spine and the beam that makes it.

    Returns
    -------
    Beam
        Its size is (border size / pitch), at most about 480 x 560 mm.
    """
    centres = {level: pose.origin_mm for level, pose in poses.items()}
    order = sorted(centres, key=list(Level).index)
    x_all = np.array([centres[level][0] for level in order])
    top_level, bottom_mm = _vertical(rng, view, settings)
    top_mm = centres[top_level][2] + rng.uniform(-8.0, 40.0)
    in_view = [centres[level][0] for level in order if bottom_mm < centres[level][2] < top_mm]
    x_back, x_front = (min(in_view), max(in_view)) if in_view else (x_all.min(), x_all.max())
    if view is View.CONED:
        left, right = x_back - rng.uniform(35, 75), x_front + rng.uniform(30, 75)
    elif view is View.STANDING:
        left, right = x_back - rng.uniform(50, 110), x_front + rng.uniform(60, 150)
    elif view is View.LUMBAR:
        left, right = x_back - rng.uniform(45, 140), x_front + rng.uniform(50, 210)
    else:
        left, right = x_back - rng.uniform(100, 190), x_front + rng.uniform(100, 190)
    height_mm, width_mm = top_mm - bottom_mm, right - left
    # Ordinary cassettes and detectors are upright; a view wider than high is cut at the front.
    width_mm = min(width_mm, 1.05 * height_mm)
    pitch = settings.pitch_mm if settings.height_px is None else height_mm / settings.height_px
    source = rng.uniform(850.0, 2200.0)
    aim = (
        left + width_mm * rng.uniform(0.35, 0.65),
        bottom_mm + height_mm * rng.uniform(0.3, 0.7),
    )
    size = (max(8, round(width_mm / pitch)), max(8, round(height_mm / pitch)))
    return Beam(source, aim, left, top_mm, pitch, size)


def _vertical(rng: np.random.Generator, view: View, settings: SceneSettings) -> tuple[Level, float]:
    """The body near the upper border, and the height of the lower border over S1 in mm."""
    if view is View.CHEST:
        return Level.T8, float(rng.uniform(110, 170))
    if view is View.CONED:
        top = rng.choice([Level.T11, Level.T12, Level.L1], p=[0.35, 0.45, 0.2])
        bottom = -rng.uniform(15, 80)
    elif view is View.STANDING:
        top = rng.choice([Level.T8, Level.T9, Level.T10, Level.T11], p=[0.15, 0.3, 0.4, 0.15])
        bottom = -rng.uniform(12, 110)
    else:
        top = rng.choice([Level.T9, Level.T10, Level.T11, Level.T12], p=[0.15, 0.3, 0.35, 0.2])
        bottom = -rng.uniform(30, 190)
    if rng.random() < settings.hidden_sacrum_share:
        bottom = rng.uniform(8, 60)
    return Level(str(top)), float(bottom)
