"""Sex and age of simulated patients."""

from dataclasses import dataclass

import numpy as np

from spondyl.labels import FilmLabel


@dataclass(frozen=True)
class Person:
    """A simulated patient.

    Attributes
    ----------
    sex : "F" or "M"
    age : int
        Years.
    """

    sex: str
    age: int


def draw_person(label: FilmLabel, rng: np.random.Generator) -> Person:
    """Draw sex and age to fit a film's truth.

    Fractured patients are older, and more of them women. The numbers are assumptions; the pictures
    do not depend on them, so that a reader can learn nothing from age that it sees on a film.

    Parameters
    ----------
    label : FilmLabel
        The film's truth.
    rng : numpy.random.Generator
    """
    fractured = bool(label.fractured)
    female = rng.random() < (0.8 if fractured else 0.66)
    age = rng.normal(75.0 if fractured else 68.0, 9.0)
    return Person("F" if female else "M", int(np.clip(round(age), 50, 97)))
