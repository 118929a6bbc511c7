"""Two clocks: one that only runs forward decides, one that people set is shown."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What a node asks for the time."""

    def monotonic(self) -> float:
        """Seconds since some moment; never set, so fit for waiting."""
        ...

    def now(self) -> datetime:
        """The wall clock, UTC; may jump, so fit for showing only."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return datetime.now(UTC)
