"""What a comparison of two readers on the same cases found."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt

import numpy as np
from numpy.typing import ArrayLike

from spondyl.evaluate.placements import BoolArray, checked_truths


@dataclass(frozen=True)
class PairedTest:
    """A difference of two readers, its 95 % interval, and its two-sided p.

    Attributes
    ----------
    difference : float or None
        First minus second; None where there is nothing to compare.
    low, high : float or None
        None where no interval can be given.
    p : float or None
        Two-sided; None where no test can be made.
    statistic : float or None
        Standard normal for DeLong's and Durkalski's tests; for exact tests the surplus of cases
        that only the first reader has right; none for the bootstrap.
    method : str
        How p was made.
    n : int
        Cases that were compared.
    first, second : float or None
        The two readers' own figures.
    interval_method : str or None
    note : str
        Why something is missing; empty where nothing is.
    adjusted_p : float or None
        After :func:`~spondyl.evaluate.multiple.adjusted`; None before.
    """

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    statistic: float | None
    method: str
    n: int = 0
    first: float | None = None
    second: float | None = None
    interval_method: str | None = None
    note: str = ""
    adjusted_p: float | None = None

    def reversed(self) -> "PairedTest":
        """The same comparison, second minus first."""

        def minus(value: float | None) -> float | None:
            return None if value is None else -value

        return replace(
            self,
            difference=minus(self.difference),
            low=minus(self.high),
            high=minus(self.low),
            statistic=minus(self.statistic),
            first=self.second,
            second=self.first,
        )

    def to_json(self) -> dict[str, object]:
        """As JSON values; p is not rounded to nothing."""

        def short(value: float | None) -> float | None:
            return None if value is None else round(float(value), 5)

        return {
            "first": short(self.first),
            "second": short(self.second),
            "difference": short(self.difference),
            "interval": None
            if self.low is None or self.high is None
            else [short(self.low), short(self.high)],
            "interval_method": self.interval_method,
            "p": None if self.p is None else float(f"{self.p:.4g}"),
            "adjusted_p": None if self.adjusted_p is None else float(f"{self.adjusted_p:.4g}"),
            "statistic": short(self.statistic),
            "method": self.method,
            "n": self.n,
            "note": self.note,
        }


def missing(method: str, n: int, note: str) -> PairedTest:
    """A comparison that the cases do not allow; ``note`` says why in a sentence."""
    return PairedTest(None, None, None, None, None, method, n, note=note)


def normal_p(z: float) -> float:
    """Two-sided p of a standard normal statistic.

    Examples
    --------
    >>> round(normal_p(1.959964), 6)
    0.05
    """
    return erfc(abs(z) / sqrt(2))


def checked_pairs(
    first: ArrayLike, second: ArrayLike, patients: Sequence[Hashable] | None = None
) -> tuple[BoolArray, BoolArray]:
    """What two readers had right, case by case, as arrays.

    Raises
    ------
    ValueError
        If lengths differ or a value is neither true nor false.
    """
    one, other = (checked_truths(np.asarray(values)) for values in (first, second))
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(
            "Two readers can only be compared on the same cases, found shapes "
            f"{one.shape} and {other.shape}."
        )
    if patients is not None and len(patients) != len(one):
        raise ValueError(
            f"Each case needs its patient: found {len(one)} cases and {len(patients)} patients."
        )
    return one, other
