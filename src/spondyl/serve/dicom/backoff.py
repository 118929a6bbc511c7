"""When to try again: longer and longer waits, spread by chance, by a clock that nobody sets."""

import random
from dataclasses import dataclass, field
from typing import Protocol

from spondyl.serve.dicom.clock import Clock


class Waits(Protocol):
    """Settings of the waits."""

    @property
    def first_s(self) -> float:
        """After the first failure."""
        ...

    @property
    def longest_s(self) -> float:
        """At most."""
        ...

    @property
    def factor(self) -> float:
        """From one wait to the next."""
        ...

    @property
    def jitter(self) -> float:
        """Share by which a wait may be longer or shorter."""
        ...


def wait_s(waits: Waits, failures: int, draw: float) -> float:
    """Seconds to wait after so many failures in a row.

    Parameters
    ----------
    waits : Waits
    failures : int
        One or more.
    draw : float
        0..1: where within the jitter. Without it, all that failed together would come back
        together.
    """
    # The exponent is bounded: a float to the power of a year's failures would overflow.
    plain = min(waits.longest_s, waits.first_s * waits.factor ** min(failures - 1, 64))
    return plain * (1 + waits.jitter * (2 * draw - 1))


@dataclass
class Backoff:
    """How one destination (or one worker) waits after failures.

    It lives in memory: a node that starts again tries everything at once, and no wall clock that
    was set meanwhile can hold a result back.
    """

    waits: Waits
    clock: Clock
    failures: int = 0
    draw: random.Random = field(default_factory=random.Random)
    _due: float = 0.0

    def failed(self) -> float:
        """Note a failure; the wait that follows, in seconds."""
        self.failures += 1
        seconds = wait_s(self.waits, self.failures, self.draw.random())
        self._due = self.clock.monotonic() + seconds
        return seconds

    def worked(self) -> None:
        """Note a success: no more waiting."""
        self.failures, self._due = 0, 0.0

    def left_s(self) -> float:
        """Seconds until the next try; 0 when it is due."""
        if self.failures == 0:
            return 0.0
        return max(0.0, self._due - self.clock.monotonic())
