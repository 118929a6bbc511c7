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
from spondyl.evaluate.validation_setting import Expected, Setting

__all__ = ["Expected", "Need", "Setting", "ValidationPlan", "plan_validation"]

#: Of Wilson's intervals.
CONFIDENCE = 0.95
_ROUNDING = 1e-9


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
