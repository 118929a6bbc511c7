"""Fit a site: how the networks' answers become a fracture probability, and where it is cut.

The networks stay as they are. From labelled films come the share of the measured heights in the
height loss (least absolute error), the logistic model of a body's fracture (maximum likelihood
with a weak ridge), and a threshold at a wanted number of false alarms per film.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Status
from spondyl.geometry import points_in_quad, quad_centre
from spondyl.labels import FilmLabel
from spondyl.read.judge import fracture_features, judge_column
from spondyl.read.measure import Losses, Measured, lost_heights
from spondyl.read.reader import Examined
from spondyl.read.site import FractureModel, Site

_SHARES = np.linspace(0.0, 1.0, 11)


@dataclass(frozen=True)
class Seen:
    """A labelled film and what the networks saw on it."""

    label: FilmLabel
    examined: Examined


@dataclass(frozen=True)
class _Case:
    film: int
    measured: Measured
    losses: Losses
    fractured: bool
    true_loss: float | None


def fit_site(films: Iterable[Seen], start: Site, false_alarms_per_film: float) -> Site:
    """Fit a site to labelled films.

    Parameters
    ----------
    films : iterable of Seen
    start : Site
        Settings that are not fitted, and the site's name.
    false_alarms_per_film : float
        Wanted at the threshold, on these films.

    Returns
    -------
    Site

    Raises
    ------
    ValueError
        If the films hold no fractured or no normal body that was found.
    """
    from sklearn.linear_model import LogisticRegression

    seen = list(films)
    judge = replace(start.judge, geometry_share=_best_share(seen, start))
    cases = _cases(seen, replace(start, judge=judge))
    truth = np.array([case.fractured for case in cases])
    if not truth.any() or truth.all():
        raise ValueError(
            f"A site is fitted to fractured and normal bodies; found {int(truth.sum())} fractured "
            f"of {len(truth)}. Give films with both."
        )
    model = LogisticRegression(C=10.0, max_iter=1000).fit(_features(cases), truth)
    body, finder, loss = (float(weight) for weight in model.coef_[0])
    fracture = FractureModel(
        intercept=round(float(model.intercept_[0]), 4),
        body=round(body, 4),
        finder=round(finder, 4),
        loss=round(loss, 4),
    )
    probability = model.predict_proba(_features(cases))[:, 1]
    threshold = _threshold(probability[~truth], false_alarms_per_film * len(seen))
    return replace(start, judge=judge, fracture=fracture, threshold=round(threshold, 4))


def _threshold(normal: NDArray[np.float64], allowed: float) -> float:
    """Smallest cut that at most ``allowed`` of the normal bodies' probabilities reach."""
    ordered = np.sort(normal)[::-1]
    place = int(np.floor(allowed))
    if place >= len(ordered):
        return 0.02
    return float(np.clip(ordered[place] + 1e-4, 0.02, 0.98))


def _features(cases: Sequence[_Case]) -> NDArray[np.float64]:
    return np.array([fracture_features(case.measured, case.losses) for case in cases])


def _best_share(films: Sequence[Seen], start: Site) -> float:
    errors = []
    for share in _SHARES:
        judge = replace(start.judge, geometry_share=float(share))
        cases = _cases(films, replace(start, judge=judge))
        known = [case for case in cases if case.true_loss is not None]
        if not known:
            return start.judge.geometry_share
        # Fractured and normal bodies count alike, else the normal majority decides.
        both = []
        for fractured in (False, True):
            part = [c for c in known if c.fractured is fractured and c.true_loss is not None]
            if part:
                both.append(np.mean([abs(c.losses.largest - (c.true_loss or 0.0)) for c in part]))
        errors.append(float(np.mean(both)))
    return float(_SHARES[int(np.argmin(errors))])


def _cases(films: Sequence[Seen], site: Site) -> list[_Case]:
    """Assessable bodies that lie on a labelled body of known status."""
    cases = []
    for number, film in enumerate(films):
        examined = film.examined
        height, width = examined.found.pixels.shape
        findings = judge_column(examined.measured, (width, height), site)
        trusted = {finding.level: finding.assessable for finding in findings}
        losses = lost_heights(examined.measured, site.judge, trusted)
        back = examined.found.to_canonical.inverse()
        for measured in examined.measured:
            if not trusted[measured.level] or measured.level not in losses:
                continue
            centre = quad_centre(back(measured.points_px))
            for level, body in film.label.vertebrae.items():
                if (
                    LEVELS[level].judged
                    and body.status is not Status.UNKNOWN
                    and body.has_quad
                    and body.corners_px is not None
                    and points_in_quad(centre, body.corners_px)
                ):
                    fractured = body.status is Status.FRACTURED
                    loss = body.height_loss
                    cases.append(_Case(number, measured, losses[measured.level], fractured, loss))
    return cases
