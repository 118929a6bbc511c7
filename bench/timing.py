"""Repeat a step and say how long it took."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """How long one step took.

    Attributes
    ----------
    name : str
    unit : str
        What one step does, for example "film".
    seconds : tuple of float
        Of each repetition, per unit.
    """

    name: str
    unit: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Seconds per unit."""
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Case:
    """A step to be timed.

    Attributes
    ----------
    name, unit : str
    prepare : callable
        Gives the step; its own time does not count. Raises :class:`MissingError` where something
        that is needed is missing.
    repeat : int
    units : int
        How many units one call of the step does.
    """

    name: str
    unit: str
    prepare: Callable[[], Callable[[], object]]
    repeat: int = 5
    units: int = 1


class MissingError(Exception):
    """A case cannot run here; the message says why."""


def run(case: Case) -> Timing:
    """Time a case, after one call that does not count."""
    step = case.prepare()
    step()
    return Timing(case.name, case.unit, tuple(_seconds(step, case)))


def _seconds(step: Callable[[], object], case: Case) -> Iterator[float]:
    for _ in range(case.repeat):
        start = time.perf_counter()
        step()
        yield (time.perf_counter() - start) / case.units
