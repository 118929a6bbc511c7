"""All that works beside the requests: workers, gatherers, the viewer's process, live events."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from spondyl.serve.isolated import DiedError, PassingError
from spondyl.serve.room.errors import BusyError, UnfitError
from spondyl.serve.room.events import EventKind, LiveBus
from spondyl.serve.room.intake import Intake
from spondyl.serve.room.lines import items
from spondyl.serve.room.pixels import PixelCache, Pixels
from spondyl.serve.room.reading.claims import recover
from spondyl.serve.room.reading.gather import FolderFilms, Gatherer, NodeFilms
from spondyl.serve.room.reading.process import HandsProcess, HandsSettings, Runs
from spondyl.serve.room.reading.tasks import RenderTask, ResultTask, Task
from spondyl.serve.room.reading.worker import Worker, WorkerSettings
from spondyl.serve.room.taking import TakingLimits
from spondyl.serve.room.worklist import counts
from spondyl.serve.store.engine import Database
from spondyl.serve.store.errors import NoFilmError
from spondyl.serve.store.films import FilmStore
from spondyl.serve.store.tables import Film

_SHOW_S = 60.0
_COUNTS_EVERY_S = 0.5
_WARM_AFTER_S = 5.0
#: What events tell of a film; nothing of the patient.
_TOLD = (
    "id", "state", "reason", "suspicion", "fractured", "unsure", "assessable", "status",
    "decided_by", "levels", "received_at",
)  # fmt: skip


@dataclass(frozen=True)
class ServiceSettings:
    """What the service is made with.

    Attributes
    ----------
    cache : Path
        Folder of the viewer's pictures.
    disk : Path
        Any folder on the disk that films go to.
    hands : HandsSettings
    worker : WorkerSettings
    limits : TakingLimits
    workers : int
    site : str
        Where films come from if nothing else is said.
    most_pixels : int
    spare_bytes : float
    folder, node_queue : Path or None
        Places where films appear.
    """

    cache: Path
    disk: Path
    hands: HandsSettings
    worker: WorkerSettings = field(default_factory=WorkerSettings)
    limits: TakingLimits = field(default_factory=TakingLimits)
    workers: int = 1
    site: str = "default"
    most_pixels: int = 100_000_000
    spare_bytes: float = 0
    folder: Path | None = None
    node_queue: Path | None = None


@dataclass(frozen=True)
class Hooks:
    """Who else wants to know.

    Attributes
    ----------
    noted : callable
        Takes events for the log: a name and fields.
    seconds : callable
        Takes how long a film was read.
    """

    noted: Callable[[str, Mapping[str, Any]], None] = field(default=lambda name, fields: None)
    seconds: Callable[[float], None] = field(default=lambda seconds: None)


class RoomReading:
    """Reads films in the background.

    Parameters
    ----------
    database : Database
    films : FilmStore
    settings : ServiceSettings
    hooks : Hooks
    make_hands : callable, optional
        Makes what does the tasks; processes by default.
    """

    def __init__(
        self,
        database: Database,
        films: FilmStore,
        settings: ServiceSettings,
        hooks: Hooks | None = None,
        make_hands: Callable[[HandsSettings], Runs] = HandsProcess,
    ) -> None:
        self.settings = settings
        self.bus = LiveBus()
        self.cache = PixelCache(settings.cache)
        self._database, self._films, self._hooks = database, films, hooks or Hooks()
        self.intake = Intake(
            database, films, settings.most_pixels, settings.spare_bytes, settings.disk, self._queued
        )
        self._workers = [
            Worker(
                database, films, make_hands(settings.hands), settings.worker, self.film_changed,
                self._hooks.noted,
            )
            for _ in range(settings.workers)
        ]  # fmt: skip
        self._viewer = make_hands(
            HandsSettings(settings.cache, settings.site, None, settings.hands.threads, reads=False)
        )
        self._gatherers: list[Gatherer] = []
        if settings.node_queue is not None:
            self._gatherers.append(
                NodeFilms(
                    settings.node_queue, database, self.intake, settings.site, self._hooks.noted
                )
            )
        if settings.folder is not None:
            self._gatherers.append(
                FolderFilms(
                    settings.folder, self.intake, settings.site, settings.limits,
                    self._hooks.noted,
                )
            )  # fmt: skip
        self._stopping, self._counts_due = threading.Event(), threading.Event()
        self._teller = threading.Thread(
            target=self._tell_counts, name="spondyl-room-counts", daemon=True
        )
        self._warmer = threading.Thread(
            target=self._warm_viewer, name="spondyl-room-viewer", daemon=True
        )

    def start(self) -> None:
        """Queue again what was being read when the program last ended, and begin."""
        self.settings.cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._database.session(write=True) as session:
            again = recover(session)
            session.commit()
        if again:
            self._hooks.noted("films_queued_again", {"films": again})
        for worker in self._workers:
            worker.start()
        for gatherer in self._gatherers:
            gatherer.start()
        self._teller.start()
        self._warmer.start()

    def stop(self) -> None:
        """End; films that are being read are queued again."""
        self._stopping.set()
        self._counts_due.set()
        self.bus.close()
        for gatherer in self._gatherers:
            gatherer.stop()
        for worker in self._workers:
            worker.stop()
        self._viewer.stop()
        if self._teller.ident is not None:
            self._teller.join(5)

    def wake(self) -> None:
        """There are films to be read."""
        for each in self._workers:
            each.wake()

    @property
    def trouble(self) -> str:
        """Why films are not read, as a sentence; "" while they are."""
        if not all(each.alive for each in self._workers):
            return "A thread that reads films has ended; start the program again."
        return next((each.trouble for each in self._workers if each.trouble), "")

    def not_ready(self) -> list[str]:
        """Why films are not read, as sentences for whoever runs the room."""
        return [self.trouble] if self.trouble else []

    # ---- events ----------------------------------------------------------------------------

    def _queued(self, film_id: str) -> None:
        self.wake()
        self.film_changed(film_id)

    def film_changed(self, film_id: str, seconds: float | None = None) -> None:
        """Tell all pages how a film stands."""
        if seconds is not None:
            self._hooks.seconds(seconds)
        self.bus.tell_others(EventKind.FILM, film_id)
        self.show_film(film_id)

    def show_film(self, film_id: str) -> None:
        """Tell the pages of this process how a film stands."""
        self._counts_due.set()
        if not self.bus.heard:
            return
        try:
            with self._database.session() as session:
                film = session.get(Film, film_id)
                line = None if film is None else items(session, [film])[0]
        except SQLAlchemyError:
            return  # the pages ask by themselves when they are looked at
        if line is None:
            self.bus.publish(EventKind.FILM, {"id": film_id, "state": "deleted"})
            return
        data = line.model_dump(mode="json")
        self.bus.publish(EventKind.FILM, {name: data[name] for name in _TOLD})

    def _tell_counts(self) -> None:
        while not self._stopping.is_set():
            self._counts_due.wait()
            self._counts_due.clear()
            if self.bus.heard and not self._stopping.is_set():
                try:
                    with self._database.session() as session:
                        found = counts(session)
                except SQLAlchemyError:
                    found = None
                if found is not None:
                    self.bus.publish(EventKind.COUNTS, found.model_dump())
            # At most so often, however many films are read.
            self._stopping.wait(_COUNTS_EVERY_S)

    # ---- what the viewer asks for ----------------------------------------------------------

    def pixels(self, key: str, sha256: str, inverted: bool) -> Pixels:
        """A film's grey values.

        Raises
        ------
        UnfitError
            It cannot be shown.
        BusyError
            Not just now.
        """
        found = self.cache.pixels(sha256, inverted)
        if found is None:
            self._run(RenderTask(self._bytes(key), sha256, inverted))
            found = self.cache.pixels(sha256, inverted)
        if found is None:
            raise BusyError("The film's picture could not be kept; is the disk full?")
        return found

    def thumbnail(self, key: str, sha256: str, inverted: bool) -> bytes:
        """A film's small picture; errors as of :meth:`pixels`."""
        found = self.cache.thumbnail(sha256, inverted)
        if found is None:
            self._run(RenderTask(self._bytes(key), sha256, inverted))
            found = self.cache.thumbnail(sha256, inverted)
        if found is None:
            raise BusyError("The film's picture could not be kept; is the disk full?")
        return found

    def result(self, key: str, name: str, body: dict[str, Any], form: str) -> bytes:
        """A reading in one of the forms of ``deliver``; errors as of :meth:`pixels`."""
        return self._run(ResultTask(self._bytes(key), name, body, form))

    def _bytes(self, key: str) -> bytes:
        try:
            return self._films.get(key)
        except NoFilmError:
            raise UnfitError(
                "The film's file is no longer in the store; hand the film in again."
            ) from None

    def _warm_viewer(self) -> None:
        """Have the viewer's process ready before somebody waits for it, but after the readers'."""
        if not self._stopping.wait(_WARM_AFTER_S):
            with contextlib.suppress(DiedError):
                self._viewer.start()

    def _run(self, task: Task) -> bytes:
        try:
            outcome = self._viewer.run(task, _SHOW_S)
        except DiedError as error:
            self._hooks.noted("viewer_died", {"why": str(error)})
            raise UnfitError(f"The film's file cannot be opened. {error}") from None
        except PassingError as error:
            raise BusyError(str(error)) from None
        if outcome.refusal:
            raise UnfitError(outcome.refusal)
        return outcome.content
