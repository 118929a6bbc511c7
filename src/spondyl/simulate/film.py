"""One simulated film: a patient in a view, an exposure, the last steps."""

import dataclasses
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spondyl.labels import FilmLabel
from spondyl.simulate.chain import Look, Site, expose, site_named
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
        Name of a site (``chain.SITES``, ``chain.HELD_BACK_SITES`` or "wide"), or several with
        commas between them.
    sites : tuple of str
        Names of sites; each film is of one of them, in equal shares, with its imaging chain and
        its anatomy. Neither: the chains of "wide" and of ``chain.SITES`` are mixed, and the
        anatomy is that of ``scene``.
    """

    scene: SceneSettings = field(default_factory=SceneSettings)
    finish: FinishSettings = field(default_factory=FinishSettings)
    site: str | None = None
    sites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.site_names:
            site_named(name)

    @property
    def site_names(self) -> tuple[str, ...]:
        """The named sites of both fields."""
        given = () if self.site is None else (part.strip() for part in self.site.split(","))
        return (*given, *self.sites)


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
    root = np.random.SeedSequence(seed, spawn_key=(index,))
    patient_seed, look_seed, finish_seed, site_seed = root.spawn(4)
    site = _draw_site(np.random.default_rng(site_seed), settings.site_names)
    wanted = settings.scene if site is None else settings.scene.at(site.anatomy)
    scene = simulate_scene(np.random.default_rng(patient_seed), wanted, library)
    size = scene.maps.size_px
    steps = draw_finish(np.random.default_rng(finish_seed), size, scene.vertebrae, settings.finish)
    rng = np.random.default_rng(look_seed)
    look = Look.draw(rng, site)
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


def _draw_site(rng: np.random.Generator, names: tuple[str, ...]) -> Site | None:
    return site_named(names[int(rng.integers(len(names)))]) if names else None
