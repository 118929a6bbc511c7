"""A thread that has one queued film read after the other."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from spondyl.serve.isolated import DiedError, PassingError
from spondyl.serve.room.reading.claims import (
    Claim,
    claim,
    fail,
    finish,
    put_back,
    waiting,
)
from spondyl.serve.room.reading.process import Runs
from spondyl.serve.room.reading.tasks import Outcome, ReadTask
from spondyl.serve.store.engine import Database
from spondyl.serve.store.errors import NoFilmError, StoreError
from spondyl.serve.store.films import FilmStore

#: Films may be queued by another program; the own one says so at once.
_IDLE_S = 2.0
_AFTER_ERROR_S = 2.0
_LONGEST_PAUSE_S = 60.0
#: With more films waiting, what the viewer needs is made when it is asked for.
_RENDER_BELOW = 4
_LOST = "The film's file is no longer in the store; hand the film in again."


@dataclass(frozen=True)
class WorkerSettings:
    """How films are read.

    Attributes
    ----------
    timeout_s : float
        A reading that takes longer is ended.
    attempts : int
        Readings that may die or hang before a film counts as failed.
    """

    timeout_s: float = 120.0
    attempts: int = 2


#: What a worker tells: the film's id, and the seconds that reading took (None: it began or failed).
Told = Callable[[str, float | None], None]
Noted = Callable[[str, Mapping[str, Any]], None]


class Worker:
    """One thread and the process that it feeds.

    Parameters
    ----------
    database : Database
    films : FilmStore
    hands : Runs
    settings : WorkerSettings
    told : callable
    noted : callable
        Takes events for the log: a name and fields without patient data.
    """

    def __init__(
        self,
        database: Database,
        films: FilmStore,
        hands: Runs,
        settings: WorkerSettings,
        told: Told,
        noted: Noted,
    ) -> None:
        self._database, self._films, self._hands = database, films, hands
        self._settings, self._told, self._noted = settings, told, noted
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="spondyl-room-worker", daemon=True)
        #: Why films are not read, as a sentence; "" while they are.
        self.trouble = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is a film."""
        self._wake.set()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End; a film that is being read is queued again."""
        self._stopping.set()
        self._wake.set()
        self._hands.stop()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    @property
    def alive(self) -> bool:
        """It works, or waits for work."""
        return self._thread.is_alive()

    def _run(self) -> None:
        pause_s = _AFTER_ERROR_S
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._hands.start()
                self.trouble = ""
                worked = self.step()
                pause_s = _AFTER_ERROR_S
            except DiedError as error:
                # No reader can be made: the films wait, and who runs the room is told.
                self.trouble = str(error)
                self._noted("reader_missing", {"why": str(error)})
                # A new process costs more than a look: less and less often.
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                continue
            except (SQLAlchemyError, StoreError, OSError) as error:
                self.trouble = "Database or film store do not answer."
                self._noted("worker_error", {"error": type(error).__name__})
                self._stopping.wait(_AFTER_ERROR_S)
                continue
            if not worked and not self._stopping.is_set():
                self._wake.wait(_IDLE_S)

    def step(self) -> bool:
        """Read the film that has waited longest; False if there is none."""
        with self._database.session() as session:
            if not waiting(session):
                return False
        with self._database.session(write=True) as session:
            claimed = claim(session)
        if claimed is None:
            return False
        self._told(claimed.film_id, None)
        try:
            self._read(claimed)
        except (SQLAlchemyError, StoreError, OSError):
            self._give_back(claimed)
            raise
        return True

    def _read(self, claimed: Claim) -> None:
        try:
            content = self._films.get(claimed.key)
        except NoFilmError:
            self._fail(claimed, _LOST)
            return
        with self._database.session() as session:
            render = waiting(session) < _RENDER_BELOW
        start = time.monotonic()
        try:
            outcome = self._hands.run(
                ReadTask(content, claimed.sha256, render), self._settings.timeout_s
            )
        except (DiedError, PassingError) as error:
            self._failed(claimed, error)
            return
        self._note(claimed, outcome, time.monotonic() - start)

    def _note(self, claimed: Claim, outcome: Outcome, seconds: float) -> None:
        if outcome.body is None:
            self._fail(claimed, outcome.refusal)
            return
        with self._database.session(write=True) as session:
            kept = finish(session, claimed, outcome.body)
        if kept:
            self._told(claimed.film_id, seconds)

    def _failed(self, claimed: Claim, error: DiedError | PassingError) -> None:
        if self._stopping.is_set():
            self._give_back(claimed)  # ended by the room itself: no fault of the film's
            return
        self._noted(
            "reading_died", {"film": claimed.film_id, "times": claimed.attempt, "why": str(error)}
        )
        if claimed.attempt >= self._settings.attempts:
            self._fail(claimed, f"{error} It was tried {claimed.attempt} times.")
            return
        self._give_back(claimed)
        if isinstance(error, PassingError):
            self._stopping.wait(_AFTER_ERROR_S)

    def _fail(self, claimed: Claim, reason: str) -> None:
        with self._database.session(write=True) as session:
            if not fail(session, claimed, reason):
                return
        self._noted("film_failed", {"film": claimed.film_id})
        self._told(claimed.film_id, None)

    def _give_back(self, claimed: Claim) -> None:
        try:
            with self._database.session(write=True) as session:
                put_back(session, claimed)
        except SQLAlchemyError:
            self._noted("film_held", {"film": claimed.film_id})
