"""Make the example films again: ``python examples/make.py`` (needs the extra ``simulate``).

Six simulated films, each as PNG and as DICOM, with their truth in ``films.json``. Every film is the
first one of its settings that shows what it is to show.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.film.write_dicom import write_film_dicom
from spondyl.labels import FilmLabel, save_dataset
from spondyl.simulate.film import FilmSettings, SimulatedFilm, simulate_film
from spondyl.simulate.finish import Crop, FinishSettings
from spondyl.simulate.settings import SceneSettings, View

SEED = 20261123
HEIGHT_PX = 1100


@dataclass(frozen=True)
class Example:
    """One example: how it is drawn, which film is taken, how it is stored as DICOM."""

    name: str
    site: str
    scene: SceneSettings
    wanted: Callable[[SimulatedFilm], bool]
    mirrored: bool = False
    inverted: bool = False
    syntax: str = "1.2.840.10008.1.2.4.90"
    modality: str = "DX"
    photometric: str = "MONOCHROME2"


def fractured(film: SimulatedFilm) -> list[Level]:
    """Levels with a fracture."""
    bodies = film.label.vertebrae.items()
    return [level for level, body in bodies if body.status is Status.FRACTURED]


def whole(film: SimulatedFilm) -> bool:
    """T11-S1 lie whole on the film, and nothing but what is asked for was put into the patient."""
    bodies = film.label.vertebrae
    wanted = (*JUDGED_LEVELS, Level.S1)
    return all(level in bodies and bodies[level].assessable for level in wanted)


def _scene(fractures: float, implants: float = 0.0) -> SceneSettings:
    return SceneSettings(
        height_px=HEIGHT_PX,
        views=((View.LUMBAR, 1.0),),
        fracture_share=fractures,
        mimic_share=0.0,
        implant_share=implants,
        transitional_share=0.0,
        hidden_sacrum_share=0.0,
    )


def _moderate(film: SimulatedFilm) -> bool:
    losses = [film.label.vertebrae[level].height_loss or 0.0 for level in fractured(film)]
    return all(0.25 <= loss <= 0.6 for loss in losses)


def _one_moderate(film: SimulatedFilm) -> bool:
    levels = fractured(film)
    return len(levels) == 1 and _moderate(film) and levels[0] in JUDGED_LEVELS


EXAMPLES = (
    Example("normal", "dr-modern", _scene(0.0), lambda film: not film.scene.notes),
    Example(
        "one-fracture", "dr-modern", _scene(1.0),
        _one_moderate,
        syntax="1.2.840.10008.1.2.4.80",
    ),
    Example(
        "several-fractures", "cr-2000s", _scene(1.0),
        lambda film: len(set(fractured(film)) & set(JUDGED_LEVELS)) >= 2 and _moderate(film),
        syntax="1.2.840.10008.1.2.5", modality="CR",
    ),
    Example(
        "implant", "dr-modern", _scene(0.0, 1.0),
        lambda film: "short fusion" in film.scene.notes,
    ),
    Example(
        "mirrored", "lumbar-table", _scene(0.0), lambda film: not film.scene.notes,
        mirrored=True,
    ),
    Example(
        "negative", "cr-2000s", _scene(1.0),
        _one_moderate,
        inverted=True, modality="CR", syntax="1.2.840.10008.1.2.1.99",
    ),
)  # fmt: skip


def make(example: Example, folder: Path, number: int) -> FilmLabel:
    """Find, write and label one example."""
    finish = FinishSettings(
        crops=((Crop.WHOLE, 1.0),),
        mirror_share=float(example.mirrored),
        invert_share=float(example.inverted),
    )
    settings = FilmSettings(example.scene, finish, example.site)
    index = 0
    while True:
        film = simulate_film(SEED + number, index, settings)
        if whole(film) and example.wanted(film) and film.label.size_px[0] >= 420:
            break
        index += 1
    grey = np.round(np.clip(film.pixels, 0, 1) * 255).astype(np.uint8)
    cv2.imwrite(str(folder / f"{example.name}.png"), grey)
    write_film_dicom(
        folder / f"{example.name}.dcm",
        film.pixels,
        modality=example.modality,
        photometric=example.photometric,
        bits=12,
        spacing_mm=(film.spacing_mm, film.spacing_mm),
        transfer_syntax=example.syntax,
        patient_id=f"SIMULATED-{example.name}",
        seed=f"spondyl-example-{example.name}",
    )
    print(f"{example.name}: film {index}, fractured {[str(level) for level in fractured(film)]}")
    return replace(film.label, name=f"{example.name}.png", split="test")


def main() -> None:
    """Write all examples beside this file."""
    folder = Path(__file__).parent
    labels = []
    for number, example in enumerate(EXAMPLES):
        label = make(example, folder, number)
        labels += [label, replace(label, name=f"{example.name}.dcm")]
    save_dataset(folder, labels, "Simulated films with exact labels; no patient was imaged.")


if __name__ == "__main__":
    main()
