"""Every training of every system on every set, with its figures, and their average."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from spondyl.evaluate.outcome import FilmOutcome
from spondyl.evaluate.statistics import Figure
from spondyl.study.results.mean import averaged
from spondyl.study.results.model import Comparison, SetFacts, SystemOnSet

FILM, BODY = "film", "body"
UNITS: tuple[tuple[str, str], ...] = ((FILM, "Per patient film"), (BODY, "Per vertebral body"))


@dataclass(frozen=True)
class Reader:
    """One training of one system on one set, or all of them averaged.

    Attributes
    ----------
    system : str
    facts : SetFacts
    outcomes : tuple of FilmOutcome
    body_threshold, film_threshold : float
    seed, fold : int or None
        None for the average.
    trainings : tuple of SystemOnSet
        One, or those that were averaged.
    """

    system: str
    facts: SetFacts
    outcomes: tuple[FilmOutcome, ...]
    body_threshold: float
    film_threshold: float
    seed: int | None
    fold: int | None
    trainings: tuple[SystemOnSet, ...]

    @property
    def words(self) -> str:
        """Which training: "seed 2", "seed 2, fold 1", "3 trainings averaged"."""
        if self.seed is None:
            return f"{len(self.trainings)} trainings averaged"
        return f"seed {self.seed}" + ("" if self.fold is None else f", fold {self.fold}")

    @cached_property
    def figures(self) -> Mapping[str, Mapping[str, Figure]]:
        """Diagnostic figures by unit ("film", "body")."""
        from spondyl.evaluate.diagnostics import diagnostics

        return {unit: diagnostics(self.outcomes, unit=unit) for unit, _ in UNITS}


@dataclass(frozen=True)
class SetReaders:
    """All readers of one set, by system; of each the trainings in order, then their average."""

    facts: SetFacts
    trainings: Mapping[str, tuple[Reader, ...]]
    averages: Mapping[str, Reader]

    @property
    def title(self) -> str:
        """The set's name for a heading, with what its films are."""
        return set_words(self.facts)


def set_words(facts: SetFacts) -> str:
    """A set's name that says at once what its films are.

    Simulated films are called so wherever a figure of theirs stands.
    """
    kind = "External" if facts.external else "Internal"
    name = f"{kind} test" if facts.name.lower() == kind.lower() else f"{kind} test: {facts.name}"
    return name + films_words(facts.simulated)


def films_words(simulated: bool | None) -> str:
    """What stands behind the name of a set."""
    if simulated:
        return " (simulated films)"
    return " (whether simulated is not stated)" if simulated is None else ""


def read_sets(comparison: Comparison) -> tuple[SetReaders, ...]:
    """The readers of each set that has results, in the comparison's order."""
    made = []
    for facts in comparison.sets:
        trainings = {
            system: tuple(_one(facts, one) for one in comparison.of(system, facts.name))
            for system in comparison.systems
        }
        known = {system: readers for system, readers in trainings.items() if readers}
        if known:
            averages = {system: _average(readers) for system, readers in known.items()}
            made.append(SetReaders(facts, known, averages))
    return tuple(made)


def _one(facts: SetFacts, result: SystemOnSet) -> Reader:
    return Reader(
        result.system, facts, result.outcomes, result.body_threshold, result.film_threshold,
        result.seed, result.fold, (result,),
    )  # fmt: skip


def _average(readers: Sequence[Reader]) -> Reader:
    if len(readers) == 1:
        return readers[0]
    results = tuple(one for reader in readers for one in reader.trainings)
    return Reader(
        readers[0].system,
        readers[0].facts,
        averaged(results),
        sum(one.body_threshold for one in results) / len(results),
        sum(one.film_threshold for one in results) / len(results),
        None,
        None,
        results,
    )
