"""Failures counted, so that passwords cannot be guessed at leisure."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_KEYS = 10_000


class Throttle:
    """Who failed too often has to wait: first seconds, then twice as long each time.

    Counts are kept in memory: whoever can restart the program needs no guessing.

    Parameters
    ----------
    failures : int
        Borne without waiting.
    window_s : float
        After which failures are forgotten; also the longest wait.
    now : callable, optional
        A monotonic clock, in seconds.
    """

    def __init__(
        self, failures: int, window_s: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._borne = failures
        self._window_s = window_s
        self._now = now
        self._lock = threading.Lock()
        #: Key -> failures and the time of the last, the oldest key first.
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Seconds until a key may try again; 0 if it may now."""
        with self._lock:
            count, last = self._recent(key)
            if count < self._borne:
                return 0.0
            wait = min(2.0 ** (count - self._borne + 1), self._window_s)
            return max(0.0, last + wait - self._now())

    def failed(self, key: str) -> None:
        """Count a failure."""
        with self._lock:
            count, _ = self._recent(key)
            self._failed[key] = (count + 1, self._now())
            self._failed.move_to_end(key)
            while len(self._failed) > _MOST_KEYS:
                self._failed.popitem(last=False)

    def forget(self, key: str) -> None:
        """A success: start anew."""
        with self._lock:
            self._failed.pop(key, None)

    def _recent(self, key: str) -> tuple[int, float]:
        count, last = self._failed.get(key, (0, 0.0))
        if self._now() - last > self._window_s:
            return 0, 0.0
        return count, last
