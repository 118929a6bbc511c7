"""What a site learned from its own labelled films: a map of probabilities, and its record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.read.model import ModelIdentity

FloatArray = NDArray[np.float64]

#: A probability of exactly 0 or 1 is taken for one this far from it: its log odds are finite.
_LEAST = 1e-9


def logit(probability: float | FloatArray) -> FloatArray:
    """Log odds of a probability, finite at 0 and 1.

    Examples
    --------
    >>> float(logit(0.5)), round(float(logit(0.75)), 4)
    (0.0, 1.0986)
    """
    p = np.clip(np.asarray(probability, dtype=np.float64), _LEAST, 1 - _LEAST)
    return np.asarray(np.log(p) - np.log1p(-p))


@dataclass(frozen=True)
class CalibrationMap:
    """A strictly rising map of a body's log odds of fracture.

    It changes what a probability says, never which of two bodies is the likelier fractured.

    Attributes
    ----------
    slope, offset : float
        ``slope * logit + offset`` (temperature is ``1 / slope``). The default leaves all as it is.
    knots : tuple of (float, float)
        In place of slope and offset: pairs (log odds, calibrated log odds), both rising, joined by
        straight lines; beyond the ends the curve goes on with slope 1.

    Raises
    ------
    ValueError
        If the map does not rise.

    Examples
    --------
    >>> round(float(CalibrationMap(slope=0.5)(0.9)), 3)
    0.75
    >>> CalibrationMap().changes_nothing
    True
    """

    slope: float = 1.0
    offset: float = 0.0
    knots: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not (np.isfinite([self.slope, self.offset]).all() and self.slope > 0):
            raise ValueError(
                f"A calibration rises: expected a finite slope above 0 and a finite offset, found "
                f"{self.slope} and {self.offset}."
            )
        if not self.knots:
            return
        points = np.array(self.knots, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
            raise ValueError(
                f"Knots of a calibration are pairs of finite numbers, found {self.knots}."
            )
        if len(points) > 1 and not (np.diff(points, axis=0) > 0).all():
            raise ValueError(f"Knots of a calibration rise in both numbers, found {self.knots}.")

    @property
    def changes_nothing(self) -> bool:
        """The map of a site that was never calibrated."""
        return self == CalibrationMap()

    def on_logits(self, logits: float | FloatArray) -> FloatArray:
        """Calibrated log odds of log odds, any shape."""
        x = np.asarray(logits, dtype=np.float64)
        if not self.knots:
            return np.asarray(self.slope * x + self.offset)
        xs, ys = np.array(self.knots, dtype=np.float64).T
        inside = np.interp(x, xs, ys)
        return np.asarray(inside + np.minimum(x - xs[0], 0) + np.maximum(x - xs[-1], 0))

    def __call__(self, probability: float | FloatArray) -> FloatArray:
        """Calibrated probability of a probability, any shape."""
        if self.changes_nothing:
            return np.asarray(probability, dtype=np.float64)
        calibrated = self.on_logits(logit(probability))
        return np.asarray(1 / (1 + np.exp(-np.clip(calibrated, -40.0, 40.0))))


@dataclass(frozen=True)
class Expected:
    """A figure to expect on new films of the same source, with its 95 % interval.

    Attributes
    ----------
    value : float
    low, high : float or None
    n : int
        Bodies or films that it was counted on.
    """

    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class MadeFrom:
    """What a site file was made from, and what to expect of it.

    Attributes
    ----------
    dataset : str
        Name of the folder.
    films, patients, bodies, fractured : int
        Films read; patients; T11-L5 bodies of known status; how many of these are fractured.
    date : str
        Day of the fit, ISO 8601.
    target : str
        The operating point asked for, in words.
    method : str
        How probabilities were calibrated, and why so.
    model_sha256 : str
        Checksum of the networks whose answers were fitted.
    expected : mapping of str to Expected
    warnings : tuple of str
    """

    dataset: str
    films: int
    patients: int
    bodies: int
    fractured: int
    date: str
    target: str
    method: str
    model_sha256: str
    expected: Mapping[str, Expected] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def calibration_from_json(value: Mapping[str, Any]) -> CalibrationMap:
    """The map as a site file states it.

    Raises
    ------
    TypeError, ValueError
        If a key is unknown or the map does not rise.
    """
    knots = tuple((float(x), float(y)) for x, y in value.get("knots", ()))
    return CalibrationMap(**{**value, "knots": knots})


def made_from_json(value: Mapping[str, Any]) -> MadeFrom:
    """The record as a site file states it.

    Raises
    ------
    TypeError
        If a key is missing or unknown.
    """
    expected = {name: Expected(**figure) for name, figure in value.get("expected", {}).items()}
    return MadeFrom(**{**value, "expected": expected, "warnings": tuple(value.get("warnings", ()))})


def other_model_warnings(site: str, record: MadeFrom | None, model: ModelIdentity) -> Sequence[str]:
    """What a reading says when its site was fitted to other networks than those that read."""
    if record is None or record.model_sha256 in ("", model.sha256):
        return ()
    return (
        f"The site {site!r} was calibrated for other networks ({record.model_sha256[:12]}, these "
        f"are {model.sha256[:12]}): its probabilities and its threshold may not hold. Run "
        "`spondyl calibrate` again.",
    )
