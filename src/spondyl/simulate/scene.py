"""One simulated patient in one view: bones and tissue as path-length maps, with labels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Level, Status, grade_from_loss
from spondyl.labels import VertebraLabel
from spondyl.simulate.habitus import draw_habitus
from spondyl.simulate.maps import PathMaps
from spondyl.simulate.patient import Patient, draw_patient
from spondyl.simulate.placed import PlacedSurface
from spondyl.simulate.projection import Beam
from spondyl.simulate.raster import add_surface
from spondyl.simulate.settings import LATERAL_LUMBAR_VIEWS, SceneSettings, View
from spondyl.simulate.shapes.library import ShapeLibrary
from spondyl.simulate.spine import rotation_matrix
from spondyl.simulate.tissue import Spineline, soft_tissue
from spondyl.simulate.view import draw_beam


@dataclass(frozen=True)
class Scene:
    """A simulated view before exposure.

    Attributes
    ----------
    maps : PathMaps
        Canonical frame (posterior left).
    vertebrae : mapping of Level to VertebraLabel
        Bodies whose centre is in the picture, in map pixels.
    view : View
    notes : tuple of str
        What was put into the patient (mimics, implants, transitional anatomy), for provenance.
    """

    maps: PathMaps
    vertebrae: Mapping[Level, VertebraLabel]
    view: View
    notes: tuple[str, ...]


def simulate_scene(
    rng: np.random.Generator,
    settings: SceneSettings | None = None,
    library: ShapeLibrary | None = None,
) -> Scene:
    """Draw a patient and a view and render them.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance: the same generator state gives the same scene.
    settings : SceneSettings, optional
    library : ShapeLibrary, optional
        Bones from meshes or CT to mix in; the built-in parametric anatomy needs none.
    """
    settings = settings or SceneSettings()
    names = [view for view, _ in settings.views]
    shares = np.array([share for _, share in settings.views])
    view = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    patient = draw_patient(rng, settings, library)
    if view is View.FRONTAL:
        patient = _turned(patient)
    beam = draw_beam(rng, patient.poses, view, settings)
    centres = sorted((pose.origin_mm[2], pose.origin_mm[0]) for pose in patient.poses.values())
    line = Spineline(np.array([c[0] for c in centres]), np.array([c[1] for c in centres]))
    habitus = draw_habitus(
        rng,
        float(patient.poses[Level.T12].origin_mm[2]),
        settings.stoutness,
        settings.calcification_share,
    )
    if view is View.FRONTAL:
        half = 0.5 * habitus.width_mm
        habitus = replace(
            habitus, back_mm=half, front_mm=half, width_mm=190.0, hip_width_mm=210.0,
            buttock_mm=10.0, belly_mm=10.0, arms=False,
        )  # fmt: skip
    soft, calcified = soft_tissue(beam, line, habitus, rng)
    cortical, trabecular, metal = _render(beam, patient, rng)
    density = rng.uniform(*settings.bone_density)
    trabecular *= np.float32(density)
    cortical *= np.float32(0.5 + 0.5 * density)
    cortical += calcified
    # Bone and metal take the place of soft tissue on the ray.
    for taken in (cortical, trabecular, *((metal,) if patient.metal else ())):
        np.subtract(soft, taken, out=soft)
    maps = PathMaps(
        cortical_mm=cortical,
        trabecular_mm=trabecular,
        soft_mm=np.maximum(soft, 0.0, out=soft),
        metal_mm=metal,
        pitch_mm=beam.pitch_mm,
    )
    vertebrae = _labels(beam, patient) if view in LATERAL_LUMBAR_VIEWS else {}
    return Scene(maps, vertebrae, view, patient.notes)


def _render(
    beam: Beam, patient: Patient, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    width, height = beam.size_px
    cortical = np.zeros((height, width), dtype=np.float32)
    spongy, metal = np.zeros_like(cortical), np.zeros_like(cortical)
    for placed in patient.surfaces:
        _add(cortical, spongy, beam, placed)
    for placed in patient.metal:
        add_surface(metal, beam.project(placed.world_mm()), placed.surface.faces, 1.0)
    for made in (cortical, spongy, metal):
        np.maximum(made, 0.0, out=made)
    spongy *= _trabeculae(rng, spongy.shape, beam.pitch_mm)
    return cortical, spongy, metal


def _add(
    cortical: NDArray[np.float32],
    spongy: NDArray[np.float32],
    beam: Beam,
    placed: PlacedSurface,
) -> None:
    points = beam.project(placed.world_mm())
    width, height = beam.size_px
    if (
        points[:, 0].max() < 0
        or points[:, 1].max() < 0
        or points[:, 0].min() > width
        or points[:, 1].min() > height
    ):
        return
    surface = placed.surface
    if np.any(np.asarray(surface.shell_mm) > 0):
        add_surface(cortical, points, surface.faces, 1.0)
        core = replace(placed, surface=surface.inner())
        core_points = beam.project(core.world_mm())
        # The wall is the outside less the inside, which is spongy.
        add_surface(cortical, core_points, surface.faces, -1.0, spongy, surface.density)
    else:
        add_surface(spongy, points, surface.faces, surface.density)


def _trabeculae(
    rng: np.random.Generator, shape: tuple[int, int], pitch_mm: float
) -> NDArray[np.float32]:
    """Multiplicative texture of spongy bone: mostly vertical strands, 0.6-3 mm."""
    texture = np.ones(shape, dtype=np.float32)
    for across_mm, along_mm, strength in ((0.6, 2.0, 0.10), (1.6, 4.0, 0.08), (5.0, 7.0, 0.06)):
        size = (
            max(2, int(shape[0] * pitch_mm / along_mm) + 2),
            max(2, int(shape[1] * pitch_mm / across_mm) + 2),
        )
        noise = rng.standard_normal(size, dtype=np.float32) * (strength * rng.uniform(0.3, 1.5))
        texture += cv2.resize(noise, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.clip(texture, 0.3, 1.9, out=texture)


def _labels(beam: Beam, patient: Patient) -> dict[Level, VertebraLabel]:
    width, height = beam.size_px
    labels = {}
    for level in sorted(patient.bodies, key=list(Level).index):
        body = patient.bodies[level]
        points = beam.project(patient.poses[level](body.points_mm))[:, :2]
        inside = (
            (points[:, 0] >= 0) & (points[:, 1] >= 0)
            & (points[:, 0] <= width - 1) & (points[:, 1] <= height - 1)
        )  # fmt: skip
        centre = points[:4].mean(axis=0)
        if not (0 <= centre[0] < width and 0 <= centre[1] < height):
            continue
        judged = LEVELS[level].judged
        fractured = max(body.losses) >= 0.2 and body.fractured
        grade = None
        if judged:
            grade = int(grade_from_loss(max(body.losses))) if fractured else 0
        labels[level] = VertebraLabel(
            level=level,
            corners_px=points[:4],
            mid_endplates_px=points[4:],
            status=(Status.FRACTURED if fractured else Status.NORMAL) if judged else Status.UNKNOWN,
            genant_grade=grade,
            shape=body.shape if judged else None,
            height_loss=max(body.losses) if judged else None,
            height_losses=body.losses if judged else None,
            assessable=bool(inside.all()),
        )
    return labels


def _turned(patient: Patient) -> Patient:
    """The patient seen from the front: everything turned a quarter about the vertical axis."""
    quarter = rotation_matrix(0.0, 0.0, np.pi / 2)

    def turn(placed: Iterable[PlacedSurface]) -> tuple[PlacedSurface, ...]:
        return tuple(replace(part, pose=part.pose.turned(quarter)) for part in placed)

    return replace(
        patient,
        poses={level: pose.turned(quarter) for level, pose in patient.poses.items()},
        surfaces=turn(patient.surfaces),
        metal=turn(patient.metal),
    )
