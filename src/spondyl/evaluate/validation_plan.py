"""How many films a planned external validation needs, figure by figure."""

from dataclasses import dataclass
from math import ceil

from spondyl.evaluate.sample_size import (
    AucVariance,
    cases_for_auc,
    cases_for_auc_difference,
    cases_for_share,
    design_effect,
    independent_discordance,
    pairs_for_mcnemar,
)
from spondyl.evaluate.statistics import wilson

#: Of Wilson's intervals.
CONFIDENCE = 0.95
_ROUNDING = 1e-9


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
class Need:
    """What one figure asks for.

    Attributes
    ----------
    figure : str
    expected : float
    aim : str
        What is to be reached, in words.
    cases : int
        Of ``kind``, the design effect counted in.
    kind : str
    films : int
        To gather, losses counted in.
    low, high : float or None
        Wilson's 95 % interval if the expected share is seen in these cases; None for AUCs, pairs
        and another confidence.
    design_effect : float
    source : str
        Of the formula.
    """

    figure: str
    expected: float
    aim: str
    cases: int
    kind: str
    films: int
    low: float | None
    high: float | None
    design_effect: float
    source: str


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


@dataclass(frozen=True)
class ValidationPlan:
    """Needs of all figures; the greatest counts.

    Attributes
    ----------
    needs : tuple of Need
    setting : Setting
    """

    needs: tuple[Need, ...]
    setting: Setting

    @property
    def films(self) -> int:
        """To gather, one of each patient."""
        return max(need.films for need in self.needs)

    @property
    def deciding(self) -> Need:
        """The figure that asks for most films."""
        return max(self.needs, key=lambda need: need.films)


def plan_validation(
    expected: Expected,
    setting: Setting | None = None,
    half_width: float = 0.05,
    auc_half_width: float | None = None,
    variance: AucVariance = AucVariance.BINORMAL,
) -> ValidationPlan:
    """Films that a validation needs.

    Parameters
    ----------
    expected : Expected
    setting : Setting, optional
    half_width : float
        Of the intervals of shares.
    auc_half_width : float, optional
        By default the same.
    variance : AucVariance

    Raises
    ------
    ValueError
        If nothing is expected, a second reader has no first, or a value lies outside its bounds.

    Examples
    --------
    >>> plan = plan_validation(Expected(sensitivity=0.95, specificity=0.90), Setting(0.3))
    >>> [(need.cases, need.films) for need in plan.needs], plan.films
    ([(73, 244), (139, 199)], 244)
    """
    setting = setting or Setting()
    needs = [
        *_shares(expected, setting, half_width),
        *_aucs(expected, setting, auc_half_width or half_width, variance),
        *_pairs(expected, setting),
    ]
    if not needs:
        raise ValueError(
            "A plan needs at least one expected figure: a sensitivity, specificity, level success "
            "or AUC."
        )
    return ValidationPlan(tuple(needs), setting)


def _shares(expected: Expected, setting: Setting, half_width: float) -> list[Need]:
    """Name, expected value, kind, cases of that kind per film, and per film that has any."""
    normal = setting.normal_per_film
    rows = (
        ("sensitivity per film", expected.sensitivity, "fractured films", setting.prevalence, 1.0),
        ("specificity per film", expected.specificity, "normal films", 1 - setting.prevalence, 1.0),
        ("level success per film", expected.level_success, "films", 1.0, 1.0),
        (
            "sensitivity per body",
            expected.body_sensitivity,
            "fractured bodies",
            setting.fractured_per_film,
            setting.fractured_bodies,
        ),
        (
            "specificity per body",
            expected.body_specificity,
            "normal bodies",
            normal,
            max(1.0, normal),
        ),
    )
    needs = []
    for figure, value, kind, per_film, together in rows:
        if value is None:
            continue
        effect = design_effect(together, setting.body_correlation)
        alone = cases_for_share(value, half_width, setting.confidence)
        cases = _up(alone * effect)
        # what the cases are worth, were they independent
        low, high = (
            wilson(value * cases / effect, cases / effect)
            if setting.confidence == CONFIDENCE
            else (None, None)
        )
        needs.append(
            Need(
                figure,
                value,
                f"±{half_width:g}",
                cases,
                kind,
                _films(cases / per_film, setting),
                None if low is None else float(low),
                None if high is None else float(high),
                effect,
                "Buderer 1996",
            )
        )
    return needs


def _aucs(
    expected: Expected, setting: Setting, half_width: float, variance: AucVariance
) -> list[Need]:
    if expected.auc is None:
        return []
    name = "Obuchowski 1994" if variance is AucVariance.BINORMAL else "Hanley and McNeil 1982"
    n = cases_for_auc(expected.auc, half_width, setting.prevalence, setting.confidence, variance)
    aim = f"±{half_width:g}"
    return [
        Need(
            "AUC per film", expected.auc, aim, n, "films", _films(n, setting), None, None, 1.0, name
        )
    ]


def _pairs(expected: Expected, setting: Setting) -> list[Need]:
    needs = []
    power = f"power {setting.power:g}"
    if expected.other_sensitivity is not None:
        first, second = expected.sensitivity, expected.other_sensitivity
        if first is None:
            raise ValueError("A second sensitivity needs a first to be told apart from.")
        discordant = expected.discordant
        if discordant is None:
            discordant = independent_discordance(first, second)
        n = pairs_for_mcnemar(first - second, discordant, setting.power, setting.confidence)
        aim = f"apart from {second:g}, {power}"
        films = _films(n / setting.prevalence, setting)
        needs.append(
            Need(
                "two sensitivities",
                first,
                aim,
                n,
                "fractured films",
                films,
                None,
                None,
                1.0,
                "Connor 1987",
            )
        )
    if expected.other_auc is not None:
        if expected.auc is None:
            raise ValueError("A second AUC needs a first to be told apart from.")
        n = cases_for_auc_difference(
            expected.auc,
            expected.other_auc,
            setting.prevalence,
            expected.auc_correlation,
            setting.power,
            setting.confidence,
        )
        aim = f"apart from {expected.other_auc:g}, {power}"
        source = "Obuchowski and McClish 1997"
        films = _films(n, setting)
        needs.append(
            Need("two AUCs", expected.auc, aim, n, "films", films, None, None, 1.0, source)
        )
    return needs


def _films(before_losses: float, setting: Setting) -> int:
    return _up(before_losses / (1 - setting.lost))


def _up(value: float) -> int:
    return max(1, ceil(value - _ROUNDING))
