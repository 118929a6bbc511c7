"""Films are opened in a process of its own, so that none can end the room or keep it waiting.

:class:`spondyl.serve.isolated.Isolated`, with one warm reader and the viewer's pictures.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from spondyl.serve.isolated import Isolated, TaskError
from spondyl.serve.room.pixels import PixelCache
from spondyl.serve.room.reading.tasks import Hands, Outcome, Task


@dataclass(frozen=True)
class HandsSettings:
    """What a process is made with.

    Attributes
    ----------
    cache : Path
        Folder of the viewer's pictures.
    site : str
        Name or site file.
    weights : Path or None
    threads : int
        For one film.
    reads : bool
        It has a reader; else it only shows and writes results.
    """

    cache: Path
    site: str = "default"
    weights: Path | None = None
    threads: int = 2
    reads: bool = True


class Runs(Protocol):
    """Something that does one task at a time."""

    def start(self) -> None:
        """Be ready; errors as of :class:`Isolated`."""
        ...

    def run(self, task: Task, timeout_s: float) -> Outcome:
        """Do one task; errors as of :class:`Isolated`."""
        ...

    def stop(self) -> None:
        """End, whatever it does."""
        ...


class HandsProcess(Isolated[Task, Outcome]):
    """A process that does a room's tasks.

    Parameters
    ----------
    settings : HandsSettings
    """

    def __init__(self, settings: HandsSettings) -> None:
        super().__init__(partial(_make_hands, settings))

    def run(self, task: Task, timeout_s: float) -> Outcome:
        """Do one task; an error of its own is a refusal.

        Raises
        ------
        DiedError, PassingError
        """
        try:
            return super().run(task, timeout_s)
        except TaskError as error:
            return Outcome(refusal=str(error))


def _make_hands(settings: HandsSettings) -> Hands:
    cache = PixelCache(settings.cache)
    if not settings.reads:
        return Hands(None, cache)
    # What the first film would wait for otherwise.
    import spondyl.deliver.reading_json
    import spondyl.film.dicom  # noqa: F401
    from spondyl.read.engine import Engine
    from spondyl.read.reader import Reader

    engine = Engine(settings.threads, settings.weights)
    engine.warm_up()
    return Hands(Reader(settings.site, networks=engine), cache)
