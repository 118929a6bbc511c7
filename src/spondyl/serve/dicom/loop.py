"""A thread that does one thing again and again, and outlives every error in it."""

import threading
from abc import ABC, abstractmethod

from spondyl.serve.dicom.backoff import Backoff
from spondyl.serve.dicom.clock import Clock
from spondyl.serve.dicom.settings import RetrySettings
from spondyl.serve.logs import log_error

_AFTER_ERROR = RetrySettings(first_s=0.5, longest_s=30)


class Loop(ABC):
    """Base of the node's threads.

    Parameters
    ----------
    name : str
    clock : Clock
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.clock = clock
        self.stopping = threading.Event()
        self._wake = threading.Event()
        self._errors = Backoff(_AFTER_ERROR, clock)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def step(self) -> float:
        """Do a piece of work; seconds until the next look, 0 if there is more at once."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def stop(self) -> None:
        """Ask the thread to end after the piece of work that it is at."""
        self.stopping.set()
        self._wake.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for its end; whether it came."""
        self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    @property
    def started(self) -> bool:
        """It was begun."""
        return self._thread.ident is not None

    @property
    def died(self) -> bool:
        """It was begun, was not asked to end, and has."""
        return self.started and not self.stopping.is_set() and not self._thread.is_alive()

    @property
    def failing(self) -> int:
        """Errors in a row."""
        return self._errors.failures

    def _run(self) -> None:
        while not self.stopping.is_set():
            self._wake.clear()
            try:
                seconds = self.step()
                self._errors.worked()
            except Exception as error:  # a full disk, a locked table: it may pass
                log_error("loop_error", error, loop=self.name)
                seconds = self._errors.failed()
            if seconds > 0 and not self.stopping.is_set():
                self._wake.wait(seconds)
