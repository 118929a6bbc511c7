"""Bone shapes as closed surfaces: vertebrae, sacrum, pelvis, ribs, implants, deformations."""

from spondyl.simulate.shapes.body import BodyParameters, body_points, build_body
from spondyl.simulate.shapes.fracture import Fracture, draw_fracture, fractured
from spondyl.simulate.shapes.implants import (
    ScrewPair,
    anterior_plate,
    cage,
    cement,
    hip_prosthesis,
    pedicle_screws,
    rod,
    surgical_clips,
)
from spondyl.simulate.shapes.mimics import (
    CupidsBow,
    Deformation,
    Limbus,
    Osteophyte,
    Reshaping,
    RoughEndplates,
    SchmorlNode,
    deformed,
    draw_mimics,
    draw_osteophytes,
)
from spondyl.simulate.shapes.pelvis import PelvisParameters, build_pelvis, draw_pelvis
from spondyl.simulate.shapes.ribs import build_ribs
from spondyl.simulate.shapes.sacrum import SacrumParameters, build_sacrum, draw_sacrum
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
    "CupidsBow",
    "Deformation",
    "Fracture",
    "Limbus",
    "Osteophyte",
    "PelvisParameters",
    "Person",
    "Reshaping",
    "RoughEndplates",
    "SacrumParameters",
    "SchmorlNode",
    "ScrewPair",
    "Surface",
    "VertebraParameters",
    "VertebraShape",
    "anterior_plate",
    "body_points",
    "build_body",
    "build_pelvis",
    "build_ribs",
    "build_sacrum",
    "build_vertebra",
    "cage",
    "cement",
    "deformed",
    "draw_fracture",
    "draw_mimics",
    "draw_osteophytes",
    "draw_pelvis",
    "draw_person",
    "draw_sacrum",
    "draw_vertebra",
    "fractured",
    "hip_prosthesis",
    "is_closed",
    "merge",
    "pedicle_screws",
    "point_heights",
    "rod",
    "surgical_clips",
]
