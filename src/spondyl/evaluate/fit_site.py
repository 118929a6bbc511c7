"""Fit a site in one call: what ``spondyl calibrate --refit logistic`` does, without intervals."""

from collections.abc import Iterable

from spondyl.evaluate.calibration_cases import Seen
from spondyl.evaluate.calibration_fit import Refit
from spondyl.evaluate.calibration_run import calibrate
from spondyl.evaluate.calibration_target import Goal, Target
from spondyl.read.site import Site

__all__ = ["Seen", "fit_site"]


def fit_site(films: Iterable[Seen], start: Site, false_alarms_per_film: float) -> Site:
    """Fit share of heights, fracture model and threshold to labelled films.

    Parameters
    ----------
    films : iterable of Seen
    start : Site
        Settings that are not fitted, and the site's name.
    false_alarms_per_film : float
        Wanted at the threshold, on these films.

    Raises
    ------
    TargetError
        If the films hold too few fractured or normal bodies that were found.
    """
    target = Target(Goal.FALSE_ALARMS, false_alarms_per_film)
    return calibrate(list(films), start, target, refit=Refit.LOGISTIC, resamples=0)
