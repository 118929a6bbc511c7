"""One simulated film: a patient in a view, an exposure, the last steps."""

import dataclasses
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spondyl.labels import FilmLabel
from spondyl.simulate.chain import SITES, WIDE, Look, expose
from spondyl.simulate.finish import (
    FinishSettings,
    draw_finish,
    finish_film,
    finish_label,
    keep_box,
)
from spondyl.simulate.scene import Scene, simulate_scene
from spondyl.simulate.settings import SceneSettings
from spondyl.simulate.shapes.library import ShapeLibrary


@dataclass(frozen=True)
class FilmSettings:
    """What films are made.

    Attributes
    ----------
    scene : SceneSettings
    finish : FinishSettings
    site : str or None
        Name of an imaging chain (``chain.SITES`` or "wide"); None mixes all of them.
    """

    scene: SceneSettings = field(default_factory=SceneSettings)
    finish: FinishSettings = field(default_factory=FinishSettings)
    site: str | None = None

    def __post_init__(self) -> None:
        if self.site is not None and self.site not in (WIDE.name, *SITES):
            known = ", ".join((WIDE.name, *SITES))
            raise ValueError(f"Unknown site {self.site!r} of simulated films; known are {known}.")


@dataclass(frozen=True)
class SimulatedFilm:
    """A finished film, its label, and where it comes from."""

    seed: int
    index: int
    pixels: NDArray[np.float32]
    label: FilmLabel
    spacing_mm: float
    scene: Scene
    look: Look


def film_name(index: int) -> str:
    """File name of film number ``index``."""
    return f"{index:06d}.png"


def simulate_film(
    seed: int,
    index: int,
    settings: FilmSettings | None = None,
    library: ShapeLibrary | None = None,
) -> SimulatedFilm:
    """Make film number ``index`` of a seed; independent of all other films and of the machine.

    Patient, imaging chain and finish have streams of their own, so that changing the settings of
    one leaves the draws of the others as they were.
    """
    settings = settings or FilmSettings()
    patient_seed, look_seed, finish_seed = np.random.SeedSequence(seed, spawn_key=(index,)).spawn(3)
    scene = simulate_scene(np.random.default_rng(patient_seed), settings.scene, library)
    size = scene.maps.size_px
    steps = draw_finish(np.random.default_rng(finish_seed), size, scene.vertebrae, settings.finish)
    rng = np.random.default_rng(look_seed)
    look = Look.draw(rng, settings.site)
    # On a film as it is handed in letters can mostly be read, whichever side is posterior.
    readable = bool(rng.random() < 0.9)
    look = dataclasses.replace(
        look,
        objects=dataclasses.replace(look.objects, mirrored_text=steps.mirrored == readable),
    )
    picture = expose(scene.maps, look, rng, keep_box(scene.vertebrae, size))
    shrink = (steps.box_px[3] - steps.box_px[1]) / steps.size_px[1]
    spacing_mm = scene.maps.pitch_mm * shrink
    extra: dict[str, object] = {
        "view": str(scene.view),
        "crop": str(steps.crop),
        "seed": [seed, index],
        "spacing_mm": round(spacing_mm, 5),
    }
    if scene.notes:
        extra["notes"] = list(scene.notes)
    label = FilmLabel(
        name=film_name(index),
        size_px=size,
        posterior_side="left",
        vertebrae=scene.vertebrae,
        patient=f"simulated-{seed}-{index}",
        site=look.site,
        extra=extra,
    )
    return SimulatedFilm(
        seed=seed,
        index=index,
        pixels=finish_film(picture, steps),
        label=finish_label(label, steps),
        spacing_mm=spacing_mm,
        scene=scene,
        look=look,
    )
