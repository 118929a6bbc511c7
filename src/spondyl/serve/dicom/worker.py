"""Has films read, one after the other, and hands their results to the senders."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from spondyl.serve.dicom.clock import Clock
from spondyl.serve.dicom.loop import Loop
from spondyl.serve.dicom.metrics import Metrics
from spondyl.serve.dicom.model import Film
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.reading_process import Reads
from spondyl.serve.dicom.results import Outcome, Task
from spondyl.serve.dicom.routes import parcels_of, results_needed
from spondyl.serve.dicom.settings import CaptureSettings, ReadingSettings, Route
from spondyl.serve.isolated import DiedError, PassingError
from spondyl.serve.logs import log

_IDLE_S = 1.0
#: With less room, an error of the file system is taken for a full disk.
_LITTLE_BYTES = 100_000_000


class Worker(Loop):
    """One reading process and the thread that feeds it.

    Parameters
    ----------
    queue : FilmQueue
    process : Reads
    routes : sequence of Route
    settings : ReadingSettings
    metrics : Metrics
    clock : Clock
    read : callable
        Called after each film, to wake the senders.
    captures : CaptureSettings, optional
    """

    def __init__(
        self,
        name: str,
        queue: FilmQueue,
        process: Reads,
        routes: Sequence[Route],
        settings: ReadingSettings,
        metrics: Metrics,
        clock: Clock,
        read: Callable[[], None],
        captures: CaptureSettings | None = None,
    ) -> None:
        super().__init__(name, clock)
        self._queue, self._process, self._routes = queue, process, routes
        self._settings, self._metrics, self._read = settings, metrics, read
        self._compression = (captures or CaptureSettings()).compression
        # A film that was taken from the queue and whose end could not be written there.
        self._held: Film | None = None

    def step(self) -> float:
        """Read the film that has waited longest."""
        if self._held is not None:
            self._queue.put_back(self._held, failed=False)
            self._held = None
        if self._queue.store.nearly_full and self._queue.under_way():
            # Results would take the room that is left; those that are sent give some back.
            return _IDLE_S
        film = self._queue.next_film()
        if film is None:
            return _IDLE_S
        self._held = film
        seconds = self._read_film(film)
        self._held = None
        return seconds

    def _read_film(self, film: Film) -> float:
        kinds = results_needed(self._routes, film.arrival)
        if not kinds:
            self._bury(film, "No route fits this film: see routes in the configuration.")
            return 0.0
        folder = self._queue.store.results_folder()
        uid = film.arrival.sop_instance_uid
        task = Task(film.path, uid, kinds, folder, self._compression)
        start = self.clock.monotonic()
        try:
            outcome = self._process.read(task, self._settings.timeout_s)
        except (DiedError, PassingError) as error:
            self._queue.store.discard(folder)
            return self._failed(film, error)
        self._metrics.reading_seconds.observe(self.clock.monotonic() - start)
        self._note(film, outcome, folder)
        return 0.0

    def _failed(self, film: Film, error: DiedError | PassingError) -> float:
        """Put a film back whose reading came to nothing; bury it if that happens too often."""
        store = self._queue.store
        full = store.nearly_full or store.free_bytes() < _LITTLE_BYTES
        if self.stopping.is_set() or (full and isinstance(error, PassingError)):
            # Ended by the node itself, or for lack of room: no fault of the film's.
            self._queue.put_back(film, failed=False)
            log("reading_waits", level=logging.WARNING, film=film.id, why=str(error))
            return 2.0
        failures = self._queue.put_back(film, failed=True)
        log("reading_failed", level=logging.ERROR, film=film.id, why=str(error), times=failures)
        if failures >= self._settings.attempts:
            self._bury(film, f"{error} It was tried {failures} times.")
        return 0.0

    def _note(self, film: Film, outcome: Outcome, folder: Path) -> None:
        if outcome.verdict is None:
            self._queue.store.discard(folder)
            self._bury(film, outcome.refusal)
            return
        parcels = parcels_of(self._routes, film.arrival, outcome.verdict)
        if not parcels:
            self._queue.store.discard(folder)
            self._bury(film, "No route fits this film's reading: see routes in the configuration.")
            return
        self._queue.was_read(film, outcome.made, parcels)
        self._metrics.films_read.inc()
        log("film_read", film=film.id, results=len(outcome.made), parcels=len(parcels))
        self._read()

    def _bury(self, film: Film, reason: str) -> None:
        self._queue.bury(film, reason)
        self._metrics.dead_letters.inc()
        log("film_dead", level=logging.WARNING, film=film.id, why=reason)
