"""What was right and wrong of one body and of one film."""

from dataclasses import dataclass

from spondyl.anatomy import JUDGED_LEVELS, Level, Shape, Status
from spondyl.read.model import Finding


@dataclass(frozen=True)
class BodyOutcome:
    """One true body and what was said of it.

    Attributes
    ----------
    film, patient : str
        ``patient`` is the film's name where no patient is known.
    level : Level
        The true one.
    status : Status
    genant_grade : int or None
    shape : Shape or None
    found : bool
    named : Level or None
        What the finding calls it.
    shift : int or None
        Levels that the name is off, downwards positive.
    assessable : bool
        The reading judged it; False for a body never found.
    fracture_probability : float
        0 for a body never found: a missed fracture counts against sensitivity and AUC.
    called_fractured : bool
    called_grade : int or None
    corner_error : float or None
        Share of the true posterior height.
    dice : float or None
        Overlap of the two quads, 0..1.
    loss_true, loss_measured : float or None
        Lost share of height.
    anterior_posterior_error, middle_posterior_error : float or None
        Measured minus true Ha/Hp and Hm/Hp (the second needs six true points and six measured).
    mimics : tuple of str
        What the label's film says was done to the body that is no fracture (simulated films).
    """

    film: str
    patient: str
    level: Level
    status: Status
    genant_grade: int | None
    shape: Shape | None
    found: bool = False
    named: Level | None = None
    shift: int | None = None
    assessable: bool = False
    fracture_probability: float = 0.0
    called_fractured: bool = False
    called_grade: int | None = None
    corner_error: float | None = None
    dice: float | None = None
    loss_true: float | None = None
    loss_measured: float | None = None
    anterior_posterior_error: float | None = None
    middle_posterior_error: float | None = None
    mimics: tuple[str, ...] = ()

    @property
    def ratio_error(self) -> float | None:
        """Mean absolute error of the compression ratios Ha/Hp and, where known, Hm/Hp."""
        known = [
            abs(error)
            for error in (self.anterior_posterior_error, self.middle_posterior_error)
            if error is not None
        ]
        return sum(known) / len(known) if known else None

    @property
    def named_right(self) -> bool:
        """Found under its true name."""
        return self.found and self.named is self.level


@dataclass(frozen=True)
class FilmOutcome:
    """One film: its bodies, and what concerns the film as a whole.

    Attributes
    ----------
    film, patient : str
    bodies : tuple of BodyOutcome
        Every body asked for (T10-L6 with four corners), top to bottom.
    false_alarms_on_normal, false_alarms_on_no_body : int
        Findings called fractured on a normal body, or where the label has no body.
    extra_findings : int
        Findings on no labelled body (an unlabelled neighbour above the label counts here too).
    fractured : bool or None
        True status; None where no body's status is known.
    fracture_probability : float
    called_fractured : bool
    assessable : bool
        The reading judged the film.
    numbering_confidence : float
    side_right : bool or None
        The posterior side was recognised; None for a film that could not be read.
    error : str or None
        Why the film could not be read; its bodies then count as not found.
    site : str or None
        Where the film comes from, as its label says.
    sacrum_in_view : bool
        The label holds the superior endplate of S1, and both its ends lie inside the picture.
    transitional : bool
        The label holds an L6, or its notes speak of transitional anatomy.
    """

    film: str
    patient: str
    bodies: tuple[BodyOutcome, ...]
    false_alarms_on_normal: int
    false_alarms_on_no_body: int
    extra_findings: int
    fractured: bool | None
    fracture_probability: float
    called_fractured: bool
    assessable: bool
    numbering_confidence: float
    side_right: bool | None
    error: str | None = None
    site: str | None = None
    sacrum_in_view: bool = False
    transitional: bool = False

    @property
    def misses(self) -> tuple[str, ...]:
        """What keeps the film from being wholly right: ``("T11 not found", "L5 called S1")``."""
        if self.error is not None:
            return (f"not read: {self.error}",)
        return tuple(
            f"{body.level} called {body.named}" if body.found else f"{body.level} not found"
            for body in self.judged
            if not body.named_right
        )

    @property
    def judged(self) -> tuple[BodyOutcome, ...]:
        """The bodies that headline figures count: T11-L5."""
        return tuple(body for body in self.bodies if body.level in JUDGED_LEVELS)

    @property
    def wholly_right(self) -> bool | None:
        """Every labelled T11-L5 body is found and named right; None where none is labelled."""
        judged = self.judged
        return all(body.named_right for body in judged) if judged else None

    @property
    def found_named_right(self) -> bool | None:
        """Every T11-L5 body that was found is named right; None where none was found."""
        found = [body for body in self.judged if body.found]
        return all(body.named_right for body in found) if found else None

    @property
    def false_alarms(self) -> int:
        """Findings called fractured on a normal body or on no body."""
        return self.false_alarms_on_normal + self.false_alarms_on_no_body


@dataclass(frozen=True)
class FilmCall:
    """What a reading says of the film as a whole; the default is that of a film not read."""

    findings: tuple[Finding, ...] = ()
    fracture_probability: float = 0.0
    fractured: bool = False
    assessable: bool = False
    numbering_confidence: float = 0.0
    posterior_side: str | None = None
    error: str | None = None
