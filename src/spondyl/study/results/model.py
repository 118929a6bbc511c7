"""What a comparison holds in memory: its plan, its sets, and every system on every set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spondyl.evaluate.outcome import FilmOutcome
from spondyl.labels import FilmLabel

#: Name of the test films of the study's own data set.
INTERNAL = "internal"


class ComparisonError(ValueError):
    """A comparison's folder cannot be read back; the message says which file and why."""


@dataclass(frozen=True)
class SetFacts:
    """One set of test films.

    Attributes
    ----------
    name : str
    external : bool
        From elsewhere than the films that were trained on.
    simulated : bool or None
        None where the data set does not say.
    folder : Path
        Of the data set.
    films, patients : int
    labels : tuple of FilmLabel
        Of the films that were tested, in the order of the outcomes.
    note : str
        The data set's own.
    """

    name: str
    external: bool
    simulated: bool | None
    folder: Path
    films: int
    patients: int
    labels: tuple[FilmLabel, ...]
    note: str = ""


@dataclass(frozen=True)
class SystemOnSet:
    """What one system, trained with one seed on one fold, said of one set.

    Attributes
    ----------
    system : str
    seed : int
    fold : int or None
        None where the data set's own split was used.
    set_name : str
    external : bool
    outcomes : tuple of FilmOutcome
        In the same order for every system of a set.
    body_threshold, film_threshold : float
        Chosen on validation films.
    folder : Path
        Of ``evaluation.json``; ``readings/`` lies beside it.
    """

    system: str
    seed: int
    fold: int | None
    set_name: str
    external: bool
    outcomes: tuple[FilmOutcome, ...]
    body_threshold: float
    film_threshold: float
    folder: Path


@dataclass(frozen=True)
class RunFacts:
    """One training: which, how long, on how many steps."""

    arm: str
    seed: int
    fold: int | None
    steps: int
    minutes: float
    parameters: int
    epochs: float
    score: float | None = None


@dataclass(frozen=True)
class Comparison:
    """A whole comparison.

    Attributes
    ----------
    folder : Path
    plan : mapping
        As the YAML file had it, defaults filled in.
    systems : tuple of str
    sets : tuple of SetFacts
        The internal one first.
    results : tuple of SystemOnSet
    hardware : mapping
        Versions, processor, cores, accelerators.
    minutes : float
        Of training, all runs together.
    seeds : tuple of int
    folds : int or None
    runs : tuple of RunFacts
    facts : mapping
        The whole of ``compare.json``.
    """

    folder: Path
    plan: Mapping[str, Any]
    systems: tuple[str, ...]
    sets: tuple[SetFacts, ...]
    results: tuple[SystemOnSet, ...]
    hardware: Mapping[str, Any]
    minutes: float
    seeds: tuple[int, ...]
    folds: int | None
    runs: tuple[RunFacts, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def of(self, system: str, set_name: str) -> tuple[SystemOnSet, ...]:
        """Every seed and fold of one system on one set."""
        return tuple(
            one for one in self.results if one.system == system and one.set_name == set_name
        )

    def set_named(self, name: str) -> SetFacts:
        """The facts of one set.

        Raises
        ------
        KeyError
            If there is none of this name.
        """
        for one in self.sets:
            if one.name == name:
                return one
        raise KeyError(name)
