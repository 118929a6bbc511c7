"""Labelled films for the comparisons: made anew, made before, or real ones."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from spondyl.anatomy import Level
from spondyl.film import Film, load_film
from spondyl.labels import FilmLabel, load_dataset
from spondyl.simulate.film import FilmSettings
from spondyl.simulate.finish import Crop, FinishSettings
from spondyl.simulate.settings import SceneSettings


class Spine(StrEnum):
    """What makes a film easy or hard to number."""

    ORDINARY = "ordinary"
    SIX_LUMBAR = "six lumbar"
    SACRALISED = "sacralised L5"
    NO_SACRUM = "no sacrum"


#: Films by what they show. Of the transitional ones half have six lumbar bodies, a quarter a
#: sacralised L5, a quarter are ordinary.
_WITH_SACRUM = FinishSettings(
    crops=((Crop.WHOLE, 0.7), (Crop.RANDOM, 0.2), (Crop.NO_THORAX, 0.1)), invert_share=0.0
)
_PLAIN = SceneSettings(transitional_share=0.0, hidden_sacrum_share=0.0)
KINDS = {
    "ordinary": FilmSettings(_PLAIN, _WITH_SACRUM),
    "transitional": FilmSettings(replace(_PLAIN, transitional_share=1.0), _WITH_SACRUM),
    "no-sacrum": FilmSettings(_PLAIN, replace(_WITH_SACRUM, crops=((Crop.NO_SACRUM, 1.0),))),
}


def add_arguments(arguments: argparse.ArgumentParser, films: int) -> None:
    """Arguments that choose films and networks."""
    arguments.add_argument("--films", type=int, default=films, help="simulated films (of a kind)")
    arguments.add_argument("--seed", type=int, default=880_001, help="of the simulated films")
    arguments.add_argument(
        "--set", type=Path, action="append", default=[], help="simulated films made before"
    )
    arguments.add_argument("--real", type=Path, help="a labelled set of real films as well")
    arguments.add_argument("--out", type=Path, help="keep the simulated films here")
    arguments.add_argument("--weights", type=Path, help="folder of other networks")


def made(folder: Path, count: int, seed: int, settings: FilmSettings) -> Path:
    """The folder, with so many simulated films in it."""
    from spondyl.simulate.write import WriteSettings, write_dataset

    write_dataset(folder, count, seed, WriteSettings(settings))
    return folder


def films_of(folders: Sequence[Path], limit: int | None = None) -> Iterator[tuple[FilmLabel, Film]]:
    """Labels and films of data sets, at most ``limit`` of each."""
    for folder in folders:
        dataset = load_dataset(folder)
        for label in dataset.films[:limit]:
            yield label, load_film(dataset.path(label))


def spine_of(label: FilmLabel) -> Spine:
    """What a film shows, by its label."""
    notes = label.extra.get("notes") or ()
    if Level.S1 not in label.vertebrae:
        return Spine.NO_SACRUM
    if Level.L6 in label.vertebrae:
        return Spine.SIX_LUMBAR
    if isinstance(notes, list) and "sacralised L5" in notes:
        return Spine.SACRALISED
    return Spine.ORDINARY
