"""Bone shapes as closed surfaces: vertebrae, sacrum, pelvis, ribs, implants, deformations."""

from spondyl.simulate.shapes.body import BodyParameters, body_points, build_body
from spondyl.simulate.shapes.fracture import Fracture, draw_fracture, fractured
from spondyl.simulate.shapes.surface import Surface, is_closed, merge
from spondyl.simulate.shapes.vertebra import (
    BodyBox,
    Person,
    VertebraParameters,
    VertebraShape,
    build_vertebra,
    draw_person,
    draw_vertebra,
    point_heights,
)

__all__ = [
    "BodyBox",
    "BodyParameters",
    "Fracture",
    "Person",
    "Surface",
    "VertebraParameters",
    "VertebraShape",
    "body_points",
    "build_body",
    "build_vertebra",
    "draw_fracture",
    "draw_person",
    "draw_vertebra",
    "fractured",
    "is_closed",
    "merge",
    "point_heights",
]
