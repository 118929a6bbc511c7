"""Readings in a process of their own, so that no film can end the node or keep it waiting.

:class:`spondyl.serve.isolated.Isolated`, with one warm reader that writes result files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from spondyl.serve.dicom.results import Outcome, Task, make_results
from spondyl.serve.isolated import Isolated, TaskError
from spondyl.serve.logs import start_logging

if TYPE_CHECKING:
    from spondyl.read.reader import Reader


@dataclass(frozen=True)
class ReaderSettings:
    """What a reader is made with."""

    site: str = "default"
    weights: Path | None = None
    threads: int = 2


class Reads(Protocol):
    """Something that reads one film at a time."""

    def start(self) -> None:
        """Be ready to read."""
        ...

    def read(self, task: Task, timeout_s: float) -> Outcome:
        """Read one film; errors as of :class:`Isolated`."""
        ...

    def stop(self) -> None:
        """End, whatever it does."""
        ...


class Readings:
    """Films become results: what the process does.

    Parameters
    ----------
    reader : Reader
    """

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader

    def do(self, task: Task) -> Outcome:
        """Read one film and write its results; errors as of :func:`make_results`."""
        return make_results(self._reader, task)

    def finish(self) -> None:
        """Nothing is left to do."""


def make_readings(settings: ReaderSettings) -> Readings:
    """In the process: load the networks, and log as the node does."""
    from spondyl.read.reader import Reader

    start_logging()
    return Readings(Reader(settings.site, settings.threads, settings.weights))


class ReadingProcess(Isolated[Task, Outcome]):
    """A process that reads films for a node.

    Parameters
    ----------
    settings : ReaderSettings
    make : callable, optional
        Makes what reads, there.
    """

    def __init__(
        self,
        settings: ReaderSettings,
        make: Callable[[ReaderSettings], Readings] = make_readings,
    ) -> None:
        super().__init__(partial(make, settings))

    def read(self, task: Task, timeout_s: float) -> Outcome:
        """Read one film; an error of its own is a refusal.

        Raises
        ------
        DiedError, PassingError
        """
        try:
            return self.run(task, timeout_s)
        except TaskError as error:
            return Outcome(refusal=str(error))
