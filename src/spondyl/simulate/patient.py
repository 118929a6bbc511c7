"""A simulated patient: which bones, what happened to them, how they stand to one another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level, Shape
from spondyl.simulate.implanting import draw_implants
from spondyl.simulate.placed import PlacedSurface
from spondyl.simulate.settings import SceneSettings
from spondyl.simulate.shapes.fracture import Fracture, draw_fracture, fractured
from spondyl.simulate.shapes.library import ShapeLibrary
from spondyl.simulate.shapes.mimics import deformed, draw_mimics, draw_osteophytes
from spondyl.simulate.shapes.pelvis import build_pelvis, draw_pelvis
from spondyl.simulate.shapes.ribs import build_ribs
from spondyl.simulate.shapes.sacrum import build_sacrum, draw_sacrum
from spondyl.simulate.shapes.surface import Surface
from spondyl.simulate.shapes.vertebra import (
    Person,
    VertebraShape,
    build_vertebra,
    draw_person,
    draw_vertebra,
)
from spondyl.simulate.spine import Disc, Pose, draw_posture, stack


@dataclass(frozen=True)
class Body:
    """Truth of one body.

    Attributes
    ----------
    points_mm : ndarray, shape (6, 3)
        Six points in the local frame, after any fracture.
    losses : tuple of float
        Lost share of anterior, middle, posterior height by fracture (0 where none).
    fractured : bool
    shape : Shape
    """

    points_mm: NDArray[np.float64]
    losses: tuple[float, float, float]
    fractured: bool
    shape: Shape


@dataclass(frozen=True)
class Patient:
    """Everything solid in one patient, placed.

    Attributes
    ----------
    poses : mapping of Level to Pose
    bodies : mapping of Level to Body
    surfaces, metal : tuple of PlacedSurface
    notes : tuple of str
    """

    poses: Mapping[Level, Pose]
    bodies: Mapping[Level, Body]
    surfaces: tuple[PlacedSurface, ...]
    metal: tuple[PlacedSurface, ...]
    notes: tuple[str, ...]


#: How often each level fractures, relative: the thoracolumbar junction first.
_FRACTURE_WEIGHTS: Mapping[Level, float] = {
    Level.T8: 0.1, Level.T9: 0.1, Level.T10: 0.5, Level.T11: 1.0, Level.T12: 1.6, Level.L1: 1.9,
    Level.L2: 1.2, Level.L3: 1.0, Level.L4: 0.9, Level.L5: 0.6, Level.L6: 0.3,
}  # fmt: skip


def draw_patient(
    rng: np.random.Generator, settings: SceneSettings, library: ShapeLibrary | None
) -> Patient:
    """Draw a patient: bones, fractures and mimics, posture, implants; all placed."""
    notes: list[str] = []
    levels = _draw_levels(rng, settings, notes)
    person = draw_person(rng)
    use_mesh = library is not None and rng.random() < settings.mesh_share
    shapes = {
        level: _draw_shape(level, person, rng, library if use_mesh else None) for level in levels
    }
    sacrum, hips = _draw_sacrum(person.scale, rng, library if use_mesh else None)
    fractures = _draw_fractures(rng, settings, levels)
    degeneration = float(rng.beta(1.0, 1.0 / settings.degeneration - 1.0))
    built: dict[Level, VertebraShape] = {}
    bodies: dict[Level, Body] = {}
    held: dict[Level, NDArray[np.float64]] = {Level.S1: sacrum.points_mm}
    for level, shape in shapes.items():
        changes, names = draw_mimics(level, rng, 1.0 - settings.mimic_share)
        notes += [f"{level}: {name}" for name in names]
        changed = deformed(shape, (*changes, *draw_osteophytes(rng, degeneration)))
        fracture = fractures.get(level)
        final = fractured(changed, fracture) if fracture else changed
        built[level] = final
        bodies[level] = Body(
            final.points_mm,
            fracture.losses if fracture else (0.0, 0.0, 0.0),
            fracture is not None,
            fracture.kind if fracture else Shape.NORMAL,
        )
        # Half of the fractures bend the spine, half are made up for by the discs: kyphosis must
        # not be what tells a fracture.
        held[level] = final.points_mm if rng.random() < 0.5 else shape.points_mm
    bodies[Level.S1] = Body(sacrum.points_mm, (0.0, 0.0, 0.0), False, Shape.NORMAL)
    points = {level: body.points_mm for level, body in bodies.items()}
    posture = draw_posture(rng, [*levels, Level.S1], settings.scoliosis_share)
    if "sacralised L5" in notes:
        # A rudimentary, stiff last disc.
        last = Disc(float(rng.uniform(1.5, 4.0)), float(rng.normal(4.0, 2.0)))
        posture = replace(posture, discs={**posture.discs, levels[-1]: last})
    poses = stack(points, held, posture)
    surfaces = [
        PlacedSurface(surface, poses[level])
        for level, shape in {**built, Level.S1: sacrum}.items()
        for surface in shape.surfaces
    ]
    surfaces += _draw_pelvis(person.scale, rng, sacrum, hips, poses[Level.S1])
    surfaces += [
        PlacedSurface(rib, poses[level])
        for level, pair in build_ribs(rng, person.scale).items()
        for rib in pair
    ]
    metal = draw_implants(rng, settings.implant_share, {**built, Level.S1: sacrum}, poses, notes)
    return Patient(poses, bodies, tuple(surfaces), metal, tuple(notes))


def _draw_levels(
    rng: np.random.Generator, settings: SceneSettings, notes: list[str]
) -> tuple[Level, ...]:
    free: list[Level] = [level for level in Level if level not in (Level.L6, Level.S1)]
    if rng.random() < 0.5 * settings.transitional_share:
        notes.append("six lumbar bodies")
        free.append(Level.L6)
    elif rng.random() < 0.5 * settings.transitional_share:
        notes.append("sacralised L5")
    return tuple(free)


def _draw_fractures(
    rng: np.random.Generator, settings: SceneSettings, levels: tuple[Level, ...]
) -> dict[Level, Fracture]:
    if rng.random() >= settings.fracture_share:
        return {}
    count = int(rng.choice([1, 2, 3, 4], p=[0.55, 0.27, 0.12, 0.06]))
    weights = np.array([_FRACTURE_WEIGHTS[level] for level in levels])
    chosen = rng.choice(len(levels), size=count, replace=False, p=weights / weights.sum())
    fractures = {}
    for index in chosen:
        # The field's mix: about half mild (20-25 %), the rest moderate and severe.
        band = rng.choice(3, p=[0.5, 0.33, 0.17])
        loss = float(rng.uniform(*((0.20, 0.25), (0.25, 0.40), (0.40, 0.70))[band]))
        kind = Shape(
            str(rng.choice([Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH], p=[0.5, 0.3, 0.2]))
        )
        fractures[levels[index]] = draw_fracture(kind, loss, rng)
    return fractures


def _draw_shape(
    level: Level, person: Person, rng: np.random.Generator, library: ShapeLibrary | None
) -> VertebraShape:
    parameters = draw_vertebra(level, person.scale, rng, person)
    if library is not None and library.vertebrae and rng.random() < 0.8:
        return library.vertebra(parameters, rng)
    return build_vertebra(parameters)


def _draw_sacrum(
    scale: float, rng: np.random.Generator, library: ShapeLibrary | None
) -> tuple[VertebraShape, tuple[Surface, ...]]:
    parameters = draw_sacrum(scale, rng)
    if library is not None and library.sacra and rng.random() < 0.6:
        return library.sacrum(parameters, rng)
    return build_sacrum(parameters), ()


def _draw_pelvis(
    scale: float,
    rng: np.random.Generator,
    sacrum: VertebraShape,
    hips: tuple[Surface, ...],
    pose: Pose,
) -> list[PlacedSurface]:
    # A library has few hip bones: parametric ones take turns with them.
    if not hips or rng.random() < 0.4:
        endplate = pose(sacrum.points_mm[:2])
        slope = float(
            np.degrees(np.arctan2(endplate[0, 2] - endplate[1, 2], endplate[1, 0] - endplate[0, 0]))
        )
        hips = build_pelvis(draw_pelvis(scale, rng, slope), sacrum)
    return [PlacedSurface(surface, pose) for surface in hips]
