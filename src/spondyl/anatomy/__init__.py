"""Levels, normal shape, Genant grades and codes: the one registry. Pure Python, no I/O."""

from spondyl.anatomy.codes import LEVEL_CODES, VERTEBRAL_COMPRESSION_FRACTURE, Code
from spondyl.anatomy.genant import GenantGrade, Shape, grade_from_loss, shape_from_losses
from spondyl.anatomy.levels import (
    JUDGED_LEVELS,
    LEVELS,
    MAPPED_LEVELS,
    Level,
    LevelInfo,
    above,
    below,
)
from spondyl.anatomy.norms import NORMS, HeightNorm
from spondyl.anatomy.status import Status

__all__ = [
    "JUDGED_LEVELS",
    "LEVELS",
    "LEVEL_CODES",
    "MAPPED_LEVELS",
    "NORMS",
    "VERTEBRAL_COMPRESSION_FRACTURE",
    "Code",
    "GenantGrade",
    "HeightNorm",
    "Level",
    "LevelInfo",
    "Shape",
    "Status",
    "above",
    "below",
    "grade_from_loss",
    "shape_from_losses",
]
