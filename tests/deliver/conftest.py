"""A reading with every kind of body."""

from pathlib import Path

import numpy as np
import pytest

from spondyl.anatomy import GenantGrade, Level, Shape
from spondyl.film.model import Film, Spacing, SpacingSource
from spondyl.geometry import heights
from spondyl.read.model import Finding, ModelIdentity, Numbering, Reading


def _finding(level: Level, y: float, **changes: object) -> Finding:
    points = np.array([[200, y], [290, y - 8], [292, y + 62], [202, y + 70],
                       [245, y + 2], [247, y + 60]], float)  # fmt: skip
    values: dict = {
        "level": level,
        "level_confidence": 0.97,
        "confidence": 0.93,
        "corners_px": points[:4],
        "mid_endplates_px": points[4:],
        "assessable": True,
        "reasons": (),
        "fracture_probability": 0.04,
        "fractured": False,
        "genant_grade": GenantGrade.NORMAL,
        "shape": Shape.NORMAL,
        "heights_px": heights(points),
        "height_loss": 0.02,
    }
    return Finding(**{**values, **changes})


@pytest.fixture
def reading() -> Reading:
    """Normal, suspicious, fractured, not assessable bodies and a sacrum."""
    rng = np.random.default_rng(0)
    pixels = rng.random((700, 460)).astype(np.float32)
    unjudged = {"assessable": False, "genant_grade": None, "shape": None, "height_loss": None}
    return Reading(
        film=Film(
            pixels,
            Path("films/a film.png"),
            "0" * 64,
            Spacing(0.15, 0.15, SpacingSource.DETECTOR),
        ),
        posterior_side="left",
        inverted=False,
        model=ModelIdentity("spondyl", "1", "f" * 64),
        site="default",
        assessable=True,
        reasons=(),
        fracture_probability=0.912345,
        threshold=0.5,
        fractured=True,
        numbering=Numbering(0.88, "Counted up from the lumbosacral junction.", -1),
        findings=(
            _finding(Level.L1, 60, reasons=("Cut off.",), **unjudged),
            _finding(Level.L2, 160, fracture_probability=0.912345, fractured=True,
                     genant_grade=GenantGrade.MODERATE, shape=Shape.WEDGE, height_loss=0.31),
            _finding(Level.L3, 270, fracture_probability=0.35),
            _finding(Level.L4, 380),
            _finding(Level.S1, 490, reasons=("Not judged.",), mid_endplates_px=None,
                     heights_px=None, fracture_probability=0.0, **unjudged),
        ),
        warnings=("A warning.",),
    )  # fmt: skip
