"""Shares with Wilson's interval, and whether two of them differ."""

from dataclasses import dataclass

from spondyl.evaluate.statistics import wilson

#: A difference under this is of no consequence, however many films show it.
LEAST_DIFFERENCE = 0.05
#: Fewer cases say nothing of a share.
LEAST_CASES = 30


@dataclass(frozen=True)
class Share:
    """So many of so many, with its 95 % interval; all None of none."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def share_of(count: int, n: int) -> Share:
    """A share and Wilson's interval.

    Examples
    --------
    >>> share_of(0, 0).value is None, round(share_of(8, 10).low, 3)
    (True, 0.49)
    """
    if n == 0:
        return Share(0, 0, None, None, None)
    low, high = wilson(count, n)
    return Share(count, n, count / n, low, high)


def apart(one: Share, other: Share) -> bool:
    """Two shares whose intervals do not meet, and that differ enough to matter.

    Intervals that do not meet are stricter than a test at 5 % (Schenker and Gentleman 2001, Am Stat
    55:182): of the many months and figures of a page few warn by chance.
    """
    if min(one.n, other.n) < LEAST_CASES:
        return False
    assert one.value is not None
    assert other.value is not None
    assert one.low is not None
    assert other.low is not None
    assert one.high is not None
    assert other.high is not None
    if abs(one.value - other.value) < LEAST_DIFFERENCE:
        return False
    return one.low > other.high or one.high < other.low
