"""The share of the measured heights in the height loss, fitted to true losses."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from spondyl.evaluate.calibration_cases import Judged, Seen, Truth, collect
from spondyl.read.site import Site

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
    errors = []
    for share in _SHARES:
        judge = replace(start.judge, geometry_share=float(share))
        _, judged = collect(films, replace(start, judge=judge))
        error = _balanced_error(judged)
        if error is None:
            return start.judge.geometry_share
        errors.append(error)
    return round(float(_SHARES[int(np.argmin(errors))]), 4)


def _balanced_error(judged: Sequence[Judged]) -> float | None:
    by_truth: dict[Truth, list[float]] = {}
    for body in judged:
        if body.true_loss is not None and body.truth <= Truth.FRACTURED:
            error = abs(body.losses.largest - body.true_loss)
            by_truth.setdefault(body.truth, []).append(error)
    if not by_truth:
        return None
    return float(np.mean([np.mean(errors) for errors in by_truth.values()]))
