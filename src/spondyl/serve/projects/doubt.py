"""Where the model is least sure: the films that a reader's time is best spent on.

Uncertainty sampling (Lewis and Gale 1994, SIGIR 3-12): the next film to label is the one on which
the model's answer is nearest to a coin's. Of a reading three things may be in doubt, each 0..1:

fracture
    The largest binary entropy (bits) of its judged bodies. Probabilities are first moved so that
    the site's threshold lies at one half, since that is where a call turns.
numbering
    One minus the confidence of the names.
finding
    One minus the least confidence that a body is where one was found; 1 on a film that the model
    could not judge.

They are joined as chances that at least one is so; the latter two weigh half: a wrong name or a
missed body is corrected for good, a call near the threshold teaches most.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Rank of a film that is not read yet: after all others.
PENDING = 2.0
_HALF = 0.5


@dataclass(frozen=True)
class Doubt:
    """How unsure the model is of a film, each 0..1."""

    fracture: float
    numbering: float
    finding: float

    @property
    def total(self) -> float:
        """All three together, 0..1."""
        sure = (
            (1 - self.fracture) * (1 - _HALF * self.numbering) * (1 - _HALF * self.finding)
        )  # fmt: skip
        return 1 - sure

    @property
    def rank(self) -> float:
        """What films are sorted by, the least sure first."""
        return 1 - self.total


def entropy(probability: float) -> float:
    """Binary entropy in bits.

    Examples
    --------
    >>> entropy(0.5), round(entropy(0.1), 3), entropy(1.0)
    (1.0, 0.469, 0.0)
    """
    if not 0 < probability < 1:
        return 0.0
    other = 1 - probability
    return -(probability * math.log2(probability) + other * math.log2(other))


def about_threshold(probability: float, threshold: float) -> float:
    """The probability on a scale whose half is the threshold.

    Examples
    --------
    >>> about_threshold(0.2, 0.2), about_threshold(0.1, 0.2), round(about_threshold(0.6, 0.2), 2)
    (0.5, 0.25, 0.75)
    """
    if not 0 < threshold < 1:
        return probability
    if probability < threshold:
        return _HALF * probability / threshold
    return _HALF + _HALF * (probability - threshold) / (1 - threshold)


def doubt_of(reading: Mapping[str, Any]) -> Doubt:
    """How unsure a ``spondyl.reading/1`` is."""
    threshold = _share(reading.get("threshold"), _HALF)
    judged = [body for body in reading.get("vertebrae", ()) if body.get("assessable")]
    numbering = _share((reading.get("numbering") or {}).get("confidence"), 0.0)
    unfound = 1.0
    if judged and reading.get("assessable", True):
        unfound = 1 - min(_share(body.get("confidence"), 0.0) for body in judged)
    return Doubt(
        fracture=max(
            (
                entropy(about_threshold(_share(body.get("fracture_probability"), 0.0), threshold))
                for body in judged
            ),
            default=0.0,
        ),
        numbering=1 - numbering,
        finding=unfound,
    )


def _share(value: Any, missing: float) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        return missing
    return min(1.0, max(0.0, float(value)))
