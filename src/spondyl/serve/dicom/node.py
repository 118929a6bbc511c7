"""The node: its parts put together, started, watched and drained."""

import os
import signal
import ssl
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spondyl.serve.dicom.clock import Clock, SystemClock
from spondyl.serve.dicom.commitment import Commitment, take_report
from spondyl.serve.dicom.errors import NodeError
from spondyl.serve.dicom.health import HealthServer
from spondyl.serve.dicom.loop import Loop
from spondyl.serve.dicom.metrics import Metrics
from spondyl.serve.dicom.pull import Pull
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.reading_process import ReaderSettings, ReadingProcess, Reads
from spondyl.serve.dicom.receive import Receiver
from spondyl.serve.dicom.results import unknown_kinds
from spondyl.serve.dicom.send import Way
from spondyl.serve.dicom.send_dimse import DimseWay
from spondyl.serve.dicom.send_web import WebWay
from spondyl.serve.dicom.sender import Sender
from spondyl.serve.dicom.settings import NodeConfig
from spondyl.serve.dicom.settings_ways import Destination
from spondyl.serve.dicom.watch_folder import FolderWatch
from spondyl.serve.dicom.worker import Worker
from spondyl.serve.isolated import DiedError
from spondyl.serve.logs import log, log_error

_MB = 1_000_000
_TIDY_S = 3600.0
LOCK_NAME = "node.lock"


class Node:
    """A DICOM node.

    Parameters
    ----------
    config : NodeConfig
    clock : Clock, optional
    readings : sequence of Reads, optional
        In place of reading processes.

    Raises
    ------
    NodeError
        If the queue's folder is another node's, or a setting cannot be used.
    """

    def __init__(
        self,
        config: NodeConfig,
        clock: Clock | None = None,
        readings: Sequence[Reads] | None = None,
    ) -> None:
        self.config = config
        self.clock = clock or SystemClock()
        _check_results(config)
        self._lock = _lock_folder(config.queue.folder)
        self.queue = FilmQueue(
            config.queue.folder, clock=self.clock, spare_bytes=config.limits.free_mb * _MB
        )
        self.metrics = Metrics(self.queue)
        self.receiver = Receiver(
            config, self.queue, self.metrics, self.clock, self._taken, self._reported
        )
        self.processes: list[Reads] = list(readings or ())
        if not self.processes:
            self.processes = [self._process() for _ in range(config.reading.processes)]
        self.workers = [self._worker(n, each) for n, each in enumerate(self.processes)]
        self.senders = [self._sender(each) for each in config.destinations]
        self.ways_in = self._ways_in()
        self.health: HealthServer | None = None
        self._ready = False

    # ---- life ------------------------------------------------------------------------------

    def start(self) -> None:
        """Put the queue in order, warm up a reader, and begin.

        Raises
        ------
        NodeError
        """
        again = self.queue.recover(self.config.queue.remember_days)
        self._give_up_old_destinations()
        if self.config.metrics is not None:
            self.health = HealthServer(
                self.config.metrics, self.metrics, self.unhealthy, self.not_ready
            )
        try:
            # Bad weights or an unknown site are told at once, not by the first film.
            self.processes[0].start()
        except DiedError as error:
            raise NodeError(f"reading: {error}") from None
        for loop in self._loops():
            loop.start()
        self.receiver.start()
        self._ready = True
        log(
            "node_started", ae_title=self.config.ae_title, port=self.receiver.port,
            metrics_port=self.health.port if self.health else None, pid=os.getpid(),
            read_again=again, waiting=self.queue.waiting(),
        )  # fmt: skip

    def run(self) -> None:
        """Start, and serve until SIGTERM or SIGINT; then drain."""
        stop = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda number, frame: stop.set())
        try:
            self.start()
            tidied = self.clock.monotonic()
            while not stop.wait(0.5):
                if self.clock.monotonic() - tidied > _TIDY_S:
                    tidied = self.clock.monotonic()
                    self._tidy()
        finally:
            self.drain()

    def drain(self) -> None:
        """Take nothing more, finish what is under way, leave the rest in the queue."""
        until = time.monotonic() + self.config.drain_s
        self._ready = False
        log("node_draining", waiting=self.queue.waiting())
        for way_in in self.ways_in:
            way_in.stop()
        self.receiver.drain(until)
        loops = self._loops()
        for loop in loops:
            loop.stop()
        for loop in loops:
            if loop.started and not loop.join(until - time.monotonic()):
                log("drain_cut", loop=loop.name)
        # A reading that is not finished by now is ended; its worker puts the film back.
        for process in self.processes:
            process.stop()
        for worker in self.workers:
            if worker.started:
                worker.join(2.0)
        if self.health is not None:
            self.health.stop()
        log("node_stopped", waiting=self.queue.waiting())
        self.queue.close()
        self._lock.close()

    # ---- how it is -------------------------------------------------------------------------

    def unhealthy(self) -> list[str]:
        """Why the node should be started again."""
        names = [loop.name for loop in self._loops() if loop.died]
        if self.receiver.died:
            names.append("receive")
        return [f"The thread {name} has ended." for name in names]

    def not_ready(self) -> list[str]:
        """Why films should not be sent now."""
        reasons = [] if self._ready and self.receiver.accepting else ["The node takes no films."]
        reasons += self.unhealthy()
        # A source of films that is away is no reason to send none from elsewhere.
        reasons += [f"{each.name} fails again and again." for each in self.workers if each.failing]
        if self.queue.store.nearly_full:
            reasons.append("The queue's disk is nearly full.")
        return reasons

    # ---- parts -----------------------------------------------------------------------------

    def _loops(self) -> Sequence[Loop]:
        return [*self.ways_in, *self.workers, *self.senders]

    def _process(self) -> ReadingProcess:
        reading = self.config.reading
        return ReadingProcess(ReaderSettings(reading.site, reading.weights, reading.threads))

    def _worker(self, number: int, process: Reads) -> Worker:
        return Worker(
            f"read-{number}", self.queue, process, self.config.all_routes(), self.config.reading,
            self.metrics, self.clock, self._read, self.config.captures,
        )  # fmt: skip

    def _sender(self, destination: Destination) -> Sender:
        way: Way
        commitment, timeout_s = None, 0.0
        if destination.dicom is not None:
            try:
                way = DimseWay(self.config.ae_title, destination.dicom)
            except ssl.SSLError as error:
                raise NodeError(
                    f"destinations: the certificates for {destination.name} cannot be used "
                    f"({error.reason})."
                ) from None
            if destination.dicom.commitment:
                commitment = Commitment(way, self.queue, destination.dicom.commitment_wait_s)
                timeout_s = destination.dicom.commitment_timeout_s
        else:
            assert destination.dicomweb is not None
            way = WebWay(destination.dicomweb)
        return Sender(
            destination.name, way, commitment, timeout_s, self.queue, self.config.retry,
            self.metrics, self.clock,
        )  # fmt: skip

    def _ways_in(self) -> list[Loop]:
        largest = self.config.limits.object_mb * _MB
        folders: list[Loop] = [
            FolderWatch(each, self.queue, largest, self.metrics, self.clock, self._taken)
            for each in self.config.folders
        ]
        return folders + [
            Pull(each, self.queue, self.metrics, self.clock, self._taken)
            for each in self.config.pulls
        ]

    def _taken(self) -> None:
        for worker in self.workers:
            worker.wake()

    def _read(self) -> None:
        for sender in self.senders:
            sender.wake()

    def _reported(self, report: Any, kind: int) -> None:
        count = take_report(self.queue, report)
        log("commitment_answered", results=count, kind=kind)

    def _give_up_old_destinations(self) -> None:
        """Results for destinations that the configuration no longer names would wait for ever."""
        names = {each.name for each in self.config.destinations}
        for name in set(self.queue.parcels_by_destination()) - names:
            parcels = [*self.queue.pending(name, -1), *self.queue.uncommitted(name)]
            self.queue.failed(parcels, "No such destination is in the configuration.", 1)

    def _tidy(self) -> None:
        try:
            self.queue.forget_old(self.config.queue.remember_days)
        except Exception as error:  # a full disk: next hour
            log_error("tidy_error", error)


def _check_results(config: NodeConfig) -> None:
    wanted = [kind for route in config.all_routes() for kind in route.results]
    unknown = unknown_kinds(wanted)
    if unknown:
        raise NodeError(f"routes: this program makes no result {unknown[0]!r}.")


def _lock_folder(folder: Path) -> Any:
    """Hold a queue's folder against a second node; the lock ends with the process, however it ends.

    Raises
    ------
    NodeError
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / LOCK_NAME).open("w")
    except OSError as error:
        raise NodeError(f"queue.folder: {folder} cannot be used ({error.strerror}).") from None
    if os.name == "posix":
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise NodeError(
                f"queue.folder: another node works with {folder}; give each node its own."
            ) from None
    return handle


def running(folder: Path) -> bool:
    """A node holds this queue's folder now."""
    path = folder / LOCK_NAME
    if os.name != "posix" or not path.is_file():
        return False
    import fcntl

    with path.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
