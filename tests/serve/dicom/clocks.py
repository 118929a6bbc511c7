"""A clock that stands still until it is told to go."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class HandClock:
    """Both clocks by hand: the wall clock may jump, the other only goes on."""

    seconds: float = 100.0
    jump: timedelta = timedelta()

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        start = datetime(2026, 3, 1, 12, tzinfo=UTC)
        return start + timedelta(seconds=self.seconds) + self.jump
