"""What a set of films holds: how severe its fractures are, and what looks like one and is none.

Sensitivity depends on how many fractures are mild, specificity on how many normal bodies look
fractured; a figure can be compared only with figures on a set of the same mix.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from spondyl.anatomy import GenantGrade, Status
from spondyl.evaluate.outcome import BodyOutcome

#: "About half" of the fractures are mild.
MILD_SHARE = (0.40, 0.60)
#: At least so many of the normal bodies are mimics.
LEAST_MIMIC_SHARE = 0.05


@dataclass(frozen=True)
class Mix:
    """Counts of T11-L5 bodies of known status.

    Attributes
    ----------
    fractured, normal : int
    mild, moderate, severe : int
        Fractured bodies by Genant grade; those without a grade are in none of them.
    mimics : int
        Normal bodies that were changed to look fractured, as far as the labels tell.
    by_mimic : dict of str to int
    """

    fractured: int
    normal: int
    mild: int
    moderate: int
    severe: int
    mimics: int
    by_mimic: dict[str, int] = field(default_factory=dict)

    @property
    def mild_share(self) -> float | None:
        """Mild among the graded fractures; None without any."""
        graded = self.mild + self.moderate + self.severe
        return self.mild / graded if graded else None

    @property
    def mimic_share(self) -> float | None:
        """Mimics among the normal bodies; None without any."""
        return self.mimics / self.normal if self.normal else None

    @property
    def complaints(self) -> tuple[str, ...]:
        """Sentences on what keeps the set from counting; empty where the mix is the field's."""
        said = []
        low, high = MILD_SHARE
        if self.mild_share is None:
            said.append("No fracture of this set has a grade.")
        elif not low <= self.mild_share <= high:
            said.append(
                f"{self.mild_share:.0%} of the fractures are mild; about half "
                f"({low:.0%} to {high:.0%}) are in the field."
            )
        if self.mimic_share is None:
            said.append("This set has no normal body.")
        elif self.mimic_share < LEAST_MIMIC_SHARE:
            said.append(
                f"{self.mimic_share:.1%} of the normal bodies are mimics of fractures; at least "
                f"{LEAST_MIMIC_SHARE:.0%} are wanted."
            )
        return tuple(said)


def count_mix(bodies: Iterable[BodyOutcome]) -> Mix:
    """Count the bodies of a set (the T11-L5 ones, as figures do)."""
    bodies = list(bodies)
    fractured = [body for body in bodies if body.status is Status.FRACTURED]
    normal = [body for body in bodies if body.status is Status.NORMAL]
    grades = Counter(body.genant_grade for body in fractured)
    return Mix(
        fractured=len(fractured),
        normal=len(normal),
        mild=grades[GenantGrade.MILD],
        moderate=grades[GenantGrade.MODERATE],
        severe=grades[GenantGrade.SEVERE],
        mimics=sum(bool(body.mimics) for body in normal),
        by_mimic=dict(sorted(Counter(name for b in normal for name in b.mimics).items())),
    )
