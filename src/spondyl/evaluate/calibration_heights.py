"""The share of the measured heights in the height loss, fitted to true losses."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from spondyl.evaluate.calibration_cases import Judged, Seen, Truth, collect
from spondyl.read.measure import lost_heights
from spondyl.read.site import JudgeSettings, Site

_SHARES = np.linspace(0.0, 1.0, 11)


def best_share(films: Sequence[Seen], start: Site) -> float:
    """The share of least mean absolute error of the height loss.

    Fractured and normal bodies count alike, else the normal majority decides. Where no label gives
    a body's true loss (as the simulator does), the share stays as it is.

    Parameters
    ----------
    films : sequence of Seen
    start : Site
    """
    _, judged = collect(films, start)
    if not any(_known(body) for body in judged):
        return start.judge.geometry_share
    by_film: dict[int, list[Judged]] = {}
    for body in judged:
        by_film.setdefault(body.film, []).append(body)
    errors = [
        _balanced_error(films, by_film, replace(start.judge, geometry_share=float(share)))
        for share in _SHARES
    ]
    return round(float(_SHARES[int(np.argmin(errors))]), 4)


def _known(body: Judged) -> bool:
    return body.true_loss is not None and body.truth <= Truth.FRACTURED


def _balanced_error(
    films: Sequence[Seen], by_film: dict[int, list[Judged]], judge: JudgeSettings
) -> float:
    by_truth: dict[Truth, list[float]] = {}
    for film, bodies in by_film.items():
        column = films[film].examined.measured
        trusted = {body.measured.level for body in bodies}
        losses = lost_heights(column, judge, {m.level: m.level in trusted for m in column})
        for body in bodies:
            if _known(body) and body.true_loss is not None:
                error = abs(losses[body.measured.level].largest - body.true_loss)
                by_truth.setdefault(body.truth, []).append(error)
    return float(np.mean([np.mean(errors) for errors in by_truth.values()]))
