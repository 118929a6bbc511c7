"""Films of labelled CT: each CT in some views, written as a data set."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level, Status
from spondyl.files import write_whole
from spondyl.labels import FILE_NAME, DatasetError, FilmLabel, VertebraLabel, save_dataset
from spondyl.simulate.chain import Look, expose
from spondyl.simulate.ct.points import CtPoints, find_points
from spondyl.simulate.ct.project import project, world_of
from spondyl.simulate.ct.volume import CtFiles, LabelledCt, find_ct, read_ct
from spondyl.simulate.finish import (
    Crop,
    FinishSettings,
    draw_finish,
    finish_film,
    finish_label,
    keep_box,
)
from spondyl.simulate.projection import Beam

PITCH_MM = 0.3
_NOTE = (
    "Films projected from CT; corners from the masks. No radiograph was taken; whether a body is "
    "fractured is not known from its mask."
)
_FINISH = FinishSettings(crops=((Crop.WHOLE, 1.0),), invert_share=0.0)


def write_ct_films(
    source: Path, out: Path, count: int = 1, seed: int = 0, pitch_mm: float = PITCH_MM
) -> tuple[int, tuple[str, ...]]:
    """Make films of every labelled CT below a folder.

    Parameters
    ----------
    source : Path
        See `find_ct`.
    out : Path
        Must not hold a data set.
    count : int
        Films of each CT, in different views and exposures; they share a patient.
    seed : int
    pitch_mm : float
        Pixel pitch in the plane of the spine.

    Returns
    -------
    films : int
    remarks : tuple of str
        What was left out, and why.

    Raises
    ------
    DatasetError
        If no film could be made, or ``out`` holds a data set.
    """
    if (out / FILE_NAME).exists():
        raise DatasetError(f"{out} holds a data set already; name another folder.")
    if not source.is_dir():
        raise DatasetError(f"{source} is no folder; give the one that holds CT and masks.")
    cases, remarks = find_ct(source)
    said = list(remarks)
    labels: list[FilmLabel] = []
    for case in cases:
        try:
            ct = read_ct(case)
        except (OSError, ValueError) as error:
            said.append(f"{case.name}: {error}")
            continue
        points = find_points(ct)
        said += [f"{case.name}: {remark}" for remark in points.remarks]
        if not points.points_mm:
            said.append(f"{case.name}: no whole vertebra from T8 to S1.")
            continue
        for number in range(count):
            # By the case's own name: films do not change when other cases come or go.
            key = [seed, number, *case.name.encode()]
            rng = np.random.default_rng(np.random.SeedSequence(key))
            film, label = make_film(ct, points, case, number, rng, pitch_mm)
            _write(out / label.name, film)
            labels.append(label)
    if not labels:
        raise DatasetError(
            f"{source}: no film could be made of it. "
            + (" ".join(said) or "It holds no CT with masks, like x_ct.nii.gz and x_vert.nii.gz.")
        )
    save_dataset(out, labels, _NOTE)
    return len(labels), tuple(said)


def make_film(
    ct: LabelledCt,
    points: CtPoints,
    case: CtFiles,
    number: int,
    rng: np.random.Generator,
    pitch_mm: float = PITCH_MM,
) -> tuple[NDArray[np.float32], FilmLabel]:
    """One film of a CT and its label."""
    plane = float(np.mean([p[:, 0].mean() for p in points.points_mm.values()]))
    world = {level: world_of(p, plane) for level, p in points.points_mm.items()}
    beam = _beam(ct, world, rng, pitch_mm)
    maps = project(ct, beam, plane)
    vertebrae = {
        level: _label(level, beam.project(six)[:, :2], beam.size_px) for level, six in world.items()
    }
    label = FilmLabel(
        name=f"{case.name}-{number}.png",
        size_px=beam.size_px,
        posterior_side="left",
        vertebrae=vertebrae,
        patient=case.name,
        extra={"spacing_mm": pitch_mm, "source": case.ct.name},
    )
    look = Look.draw(rng)
    # The CT has measured how much mineral there is; the look must not thin it out again.
    look = replace(look, beam=replace(look.beam, cortex=1.0))
    steps = draw_finish(rng, beam.size_px, vertebrae, _FINISH)
    film = expose(maps, look, rng, keep_box(vertebrae, beam.size_px))
    return finish_film(film, steps), finish_label(label, steps)


def _beam(
    ct: LabelledCt,
    world: dict[Level, NDArray[np.float64]],
    rng: np.random.Generator,
    pitch_mm: float,
) -> Beam:
    """A view of the whole height of the volume, about the spine; it looks from the right."""
    _, ny, nz = ct.hu.shape
    depth_mm, height_mm = ny * ct.spacing_mm[1], nz * ct.spacing_mm[2]
    bodies = np.concatenate(list(world.values()))
    left = max(0.0, float(bodies[:, 0].min()) - rng.uniform(45, 90))
    right = min(depth_mm, float(bodies[:, 0].max()) + rng.uniform(45, 110))
    top = height_mm - ct.spacing_mm[2]
    size = (max(64, round((right - left) / pitch_mm)), max(64, round(top / pitch_mm)))
    aim = (
        left + (right - left) * rng.uniform(0.35, 0.65),
        top * rng.uniform(0.35, 0.65),
    )
    return Beam(float(rng.uniform(900, 2200)), aim, left, top, pitch_mm, size)


def _label(level: Level, six_px: NDArray[np.float64], size_px: tuple[int, int]) -> VertebraLabel:
    corners, mids = six_px[:4].copy(), six_px[4:]
    if level is Level.S1:
        corners[2:] = np.nan
    known = corners[np.isfinite(corners).all(axis=1)]
    inside = ((known >= -0.5) & (known <= np.array(size_px) - 0.5)).all()
    return VertebraLabel(
        level=level,
        corners_px=corners,
        mid_endplates_px=None if level is Level.S1 else mids,
        status=Status.UNKNOWN,
        assessable=bool(inside),
    )


def _write(path: Path, film: NDArray[np.float32]) -> None:
    done, code = cv2.imencode(".png", cv2.multiply(film, 65535.0, dtype=cv2.CV_16U))
    if not done:
        raise OSError(f"{path} could not be encoded as PNG.")
    write_whole(path, code.tobytes(), make_folder=True)
