"""Counting what comes in: bytes of the films being received, films a minute."""

import threading
from collections import defaultdict
from dataclasses import dataclass

from spondyl.serve.dicom.clock import Clock


@dataclass
class _Meter:
    bytes: int = 0
    since: float = 0.0


class InFlight:
    """Bytes and age of the messages that associations are sending.

    Parameters
    ----------
    object_bytes : float
        Of one message.
    all_bytes : float
        Of all together.
    object_s : float
        From first byte to last.
    """

    def __init__(
        self, object_bytes: float, all_bytes: float, object_s: float, clock: Clock
    ) -> None:
        self._object_bytes, self._all_bytes, self._object_s = object_bytes, all_bytes, object_s
        self._clock = clock
        self._lock = threading.Lock()
        self._meters: dict[int, _Meter] = {}

    def add(self, key: int, count: int) -> str | None:
        """Note bytes of an association; why it must end, or None."""
        with self._lock:
            meter = self._meters.setdefault(key, _Meter(since=self._clock.monotonic()))
            meter.bytes += count
            if meter.bytes > self._object_bytes:
                return "object_too_large"
            if sum(each.bytes for each in self._meters.values()) > self._all_bytes:
                return "too_much_in_flight"
            if self._clock.monotonic() - meter.since > self._object_s:
                return "too_slow"
        return None

    def opened(self, key: int) -> None:
        """A connection was made: its first message is awaited."""
        with self._lock:
            self._meters[key] = _Meter(since=self._clock.monotonic())

    def done(self, key: int) -> None:
        """A message is complete, or its association has ended."""
        with self._lock:
            self._meters.pop(key, None)

    def busy(self) -> bool:
        """Some message is being received."""
        with self._lock:
            return any(each.bytes for each in self._meters.values())

    def late(self) -> list[int]:
        """Associations whose message takes too long."""
        now = self._clock.monotonic()
        with self._lock:
            return [k for k, each in self._meters.items() if now - each.since > self._object_s]


class Rate:
    """A bucket of permissions for each caller, filled evenly; it holds one minute's worth."""

    def __init__(self, per_minute: float | None, clock: Clock) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = defaultdict(
            lambda: (max(1.0, per_minute or 1.0), clock.monotonic())
        )

    def allow(self, caller: str) -> bool:
        """Take one permission, if there is one."""
        if self._per_minute is None:
            return True
        with self._lock:
            left, then = self._left[caller]
            now = self._clock.monotonic()
            left = min(max(1.0, self._per_minute), left + (now - then) * self._per_minute / 60)
            allowed = left >= 1
            self._left[caller] = (left - 1 if allowed else left, now)
            return allowed
