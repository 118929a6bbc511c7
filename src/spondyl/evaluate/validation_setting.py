"""What a planned validation goes by: the films to come, and what the reader should reach."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """What is known beforehand of the films to come.

    Attributes
    ----------
    prevalence : float
        Share of films with a fracture.
    bodies_per_film : float
        Labelled T11-L5 bodies of a film.
    fractured_bodies : float
        Fractured bodies of a film that has any.
    body_correlation : float
        Of right and wrong between two bodies of one film, 0..1.
    lost : float
        Share of films that will drop out: unreadable, without reference.
    confidence, power : float
    """

    prevalence: float = 0.5
    bodies_per_film: float = 7.0
    fractured_bodies: float = 1.3
    body_correlation: float = 0.1
    lost: float = 0.0
    confidence: float = 0.95
    power: float = 0.8

    def __post_init__(self) -> None:
        for name in ("prevalence", "confidence", "power"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise ValueError(f"The {name} must lie above 0 and below 1, found {value:g}.")
        if not 0 <= self.lost < 1:
            raise ValueError(f"The share of lost films must lie in 0..1, found {self.lost:g}.")
        if not 1 <= self.fractured_bodies <= self.bodies_per_film:
            raise ValueError(
                "The fractured bodies of a film that has any lie between 1 and the bodies of a "
                f"film, found {self.fractured_bodies:g} of {self.bodies_per_film:g}."
            )

    @property
    def fractured_per_film(self) -> float:
        """Fractured bodies of any film."""
        return self.prevalence * self.fractured_bodies

    @property
    def normal_per_film(self) -> float:
        """Normal bodies of any film."""
        return self.bodies_per_film - self.fractured_per_film


@dataclass(frozen=True)
class Expected:
    """What the reader is expected to reach; None is not planned for.

    Attributes
    ----------
    sensitivity, specificity, level_success : float or None
        Per film.
    auc : float or None
        Per film.
    body_sensitivity, body_specificity : float or None
        Per body.
    other_sensitivity, other_auc : float or None
        Of a second reader of the same films, to be told apart from the first.
    discordant : float or None
        Share of fractured films that one reader alone calls; by default as if they erred
        independently.
    auc_correlation : float
        Of the two readers' AUCs.
    """

    sensitivity: float | None = None
    specificity: float | None = None
    level_success: float | None = None
    auc: float | None = None
    body_sensitivity: float | None = None
    body_specificity: float | None = None
    other_sensitivity: float | None = None
    other_auc: float | None = None
    discordant: float | None = None
    auc_correlation: float = 0.5
