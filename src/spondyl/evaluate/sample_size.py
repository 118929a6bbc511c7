"""How many cases a figure needs: for an interval of a given half width, or to tell readers apart.

Every formula counts cases of one kind and rounds up; what that means in films is counted by
:mod:`~spondyl.evaluate.validation_plan`.

share, to a half width
    Buderer 1996 (Acad Emerg Med 3:895): ``z^2 p (1 - p) / L^2`` fractured films for a sensitivity,
    normal ones for a specificity, each divided by their share of all films.
AUC, to a half width
    ``z^2 V / L^2`` with the variance of Hanley and McNeil 1982 (Radiology 143:29) or that of
    Obuchowski 1994 (Acad Radiol 1:61, by scores that are normal in both classes).
two AUCs of the same cases
    Obuchowski and McClish 1997 (Stat Med 16:1529), with the correlation of the two AUCs (Hanley
    and McNeil 1983, Radiology 148:839).
two shares of the same cases
    Connor 1987 (Biometrics 43:207), for McNemar's test.
several cases in a patient
    Times the design effect ``1 + (m - 1) r`` (Kish 1965; Donner and Klar 2000).
"""

from collections.abc import Callable
from enum import StrEnum
from math import ceil, exp, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()
#: Lets rounding in the last digit not ask for one case more.
_ROUNDING = 1e-9


class AucVariance(StrEnum):
    """Which variance of an AUC is planned with.

    ``BINORMAL`` (Obuchowski) asks for more cases, and for more than scores that are wholly normal
    need: the safe choice. ``EXPONENTIAL`` is Hanley and McNeil's.
    """

    EXPONENTIAL = "exponential"
    BINORMAL = "binormal"


def quantile(confidence: float) -> float:
    """Two-sided standard normal quantile.

    Examples
    --------
    >>> round(quantile(0.95), 4)
    1.96
    """
    _inside("confidence", confidence)
    return _NORMAL.inv_cdf((1 + confidence) / 2)


def cases_for_share(expected: float, half_width: float, confidence: float = 0.95) -> int:
    """Cases for a share (a sensitivity, a specificity, a level success) to a half width.

    Parameters
    ----------
    expected : float
        Above 0 and below 1.
    half_width : float
        Of the interval, above 0 and below 0.5.
    confidence : float

    Raises
    ------
    ValueError
        If a value lies outside its bounds.

    Examples
    --------
    >>> cases_for_share(0.90, 0.05), cases_for_share(0.95, 0.05)
    (139, 73)
    """
    _inside("An expected share", expected)
    _half_width(half_width)
    z = quantile(confidence)
    return _up(z**2 * expected * (1 - expected) / half_width**2)


def design_effect(cases_per_patient: float, correlation: float) -> float:
    """How many times more cases are needed where a patient brings several.

    Parameters
    ----------
    cases_per_patient : float
        Mean, at least 1.
    correlation : float
        Of right and wrong between two cases of one patient, 0..1.

    Examples
    --------
    >>> round(design_effect(7, 0.1), 3)
    1.6
    """
    if cases_per_patient < 1:
        raise ValueError(f"A patient brings at least one case, found {cases_per_patient:g}.")
    if not 0 <= correlation <= 1:
        raise ValueError(f"A correlation within patients lies in 0..1, found {correlation:g}.")
    return 1 + (cases_per_patient - 1) * correlation


def hanley_mcneil_variance(area: float, positives: float, negatives: float) -> float:
    """Variance of an AUC where scores of both classes are exponential (Hanley and McNeil 1982).

    Examples
    --------
    Their CT example: 51 abnormal and 58 normal, AUC 0.8932, standard error 0.032.

    >>> round(hanley_mcneil_variance(0.8932, 51, 58) ** 0.5, 3)
    0.032
    """
    _inside("An AUC", area)
    above = area / (2 - area)
    below = 2 * area**2 / (1 + area)
    return (
        area * (1 - area)
        + (positives - 1) * (above - area**2)
        + (negatives - 1) * (below - area**2)
    ) / (positives * negatives)


def binormal_variance(area: float, ratio: float) -> float:
    """Variance of an AUC times the number of positives (Obuchowski 1994).

    Parameters
    ----------
    area : float
    ratio : float
        Negatives per positive.
    """
    _inside("An AUC", area)
    a = _NORMAL.inv_cdf(area) * sqrt(2)
    return 0.0099 * exp(-(a**2) / 2) * (5 * a**2 + 8 + (a**2 + 8) / ratio)


def cases_for_auc(
    area: float,
    half_width: float,
    prevalence: float,
    confidence: float = 0.95,
    variance: AucVariance = AucVariance.BINORMAL,
) -> int:
    """Cases of both classes together for an AUC to a half width.

    Parameters
    ----------
    area : float
        Expected, above 0 and below 1.
    half_width : float
    prevalence : float
        Share of positives among the cases.
    confidence : float
    variance : AucVariance

    Examples
    --------
    >>> cases_for_auc(0.90, 0.05, 0.5)
    211
    """
    _half_width(half_width)
    _inside("A prevalence", prevalence)
    z = quantile(confidence)
    return _least(lambda n: z * sqrt(auc_variance(area, n, prevalence, variance)) <= half_width)


def cases_for_auc_difference(
    first: float,
    second: float,
    prevalence: float,
    correlation: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
    variance: AucVariance = AucVariance.BINORMAL,
) -> int:
    """Cases of both classes together to tell two AUCs of the same cases apart.

    Parameters
    ----------
    first, second : float
        Expected AUCs.
    prevalence : float
    correlation : float
        Of the two AUCs, which share their cases: 0.5 is usual, 0 is two separate sets.
    power, confidence : float
    variance : AucVariance
    """
    _apart(first, second)
    _inside("A prevalence", prevalence)
    _inside("power", power)
    if not 0 <= correlation < 1:
        raise ValueError(f"A correlation of two AUCs lies in 0..1, found {correlation:g}.")
    z, z_power = quantile(confidence), _NORMAL.inv_cdf(power)
    middle = (first + second) / 2

    def enough(n: int) -> bool:
        a, b, same = (auc_variance(x, n, prevalence, variance) for x in (first, second, middle))
        nothing = 2 * same * (1 - correlation)
        something = a + b - 2 * correlation * sqrt(a * b)
        return z * sqrt(nothing) + z_power * sqrt(something) <= abs(first - second)

    return _least(enough)


def auc_variance(area: float, n: int, prevalence: float, variance: AucVariance) -> float:
    """Variance of an AUC of ``n`` cases."""
    positives, negatives = n * prevalence, n * (1 - prevalence)
    if variance is AucVariance.BINORMAL:
        return binormal_variance(area, negatives / positives) / positives
    return hanley_mcneil_variance(area, positives, negatives)


def pairs_for_mcnemar(
    difference: float, discordant: float, power: float = 0.8, confidence: float = 0.95
) -> int:
    """Cases that both readers judge, to tell two shares apart by McNemar's test.

    Parameters
    ----------
    difference : float
        Of the two shares.
    discordant : float
        Share of cases that one reader alone has right; at least the difference.
    power, confidence : float

    Examples
    --------
    >>> pairs_for_mcnemar(0.15, 0.45)
    155
    """
    gap = abs(difference)
    _inside("power", power)
    if not 0 < gap < 1:
        raise ValueError(f"Two shares to tell apart must differ, found {difference:g}.")
    if not gap <= discordant <= 1:
        raise ValueError(
            f"The share of discordant cases lies between the difference, {gap:g}, and 1; found "
            f"{discordant:g}."
        )
    z, z_power = quantile(confidence), _NORMAL.inv_cdf(power)
    return _up((z * sqrt(discordant) + z_power * sqrt(discordant - gap**2)) ** 2 / gap**2)


def independent_discordance(first: float, second: float) -> float:
    """Discordant share of two readers that err independently: what to plan with at the worst.

    Examples
    --------
    >>> round(independent_discordance(0.95, 0.90), 3)
    0.14
    """
    return first * (1 - second) + second * (1 - first)


def _least(enough: Callable[[int], bool]) -> int:
    """The least number of cases, at least 4, for which a rising condition holds."""
    high = 4
    while not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _up(value: float) -> int:
    return max(1, ceil(value - _ROUNDING))


def _inside(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie above 0 and below 1, found {value:g}.")


def _half_width(value: float) -> None:
    if not 0 < value < 0.5:
        raise ValueError(f"A half width must lie above 0 and below 0.5, found {value:g}.")


def _apart(first: float, second: float) -> None:
    _inside("An AUC", first)
    _inside("An AUC", second)
    if first == second:
        raise ValueError(f"Two AUCs to tell apart must differ, found {first:g} twice.")
