"""Many tests at once: Holm's adjustment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from spondyl.evaluate.pair import PairedTest

Key = TypeVar("Key")


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p, in the order given (Holm 1979, Scand J Stat 6:65).

    Rejecting where the adjusted p is at most alpha keeps the chance of any false rejection at
    alpha, whatever the tests have to do with one another.

    Parameters
    ----------
    p_values : sequence of float or None
        None is a test that could not be made: it stays None and does not count.

    Raises
    ------
    ValueError
        If a p is not between 0 and 1.

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    known = []
    for place, p in enumerate(p_values):
        if p is None:
            continue
        if not 0 <= p <= 1:
            raise ValueError(f"A p lies between 0 and 1, found {p} at place {place}.")
        known.append((float(p), place))
    result: list[float | None] = [None] * len(p_values)
    reached = 0.0
    for rank, (p, place) in enumerate(sorted(known)):
        reached = max(reached, min(1.0, p * (len(known) - rank)))
        result[place] = reached
    return tuple(result)


def adjusted(tests: Mapping[Key, PairedTest]) -> dict[Key, PairedTest]:
    """The same tests with Holm's p over all of them in ``adjusted_p``."""
    values = holm([test.p for test in tests.values()])
    return {
        key: replace(test, adjusted_p=p)
        for (key, test), p in zip(tests.items(), values, strict=True)
    }
