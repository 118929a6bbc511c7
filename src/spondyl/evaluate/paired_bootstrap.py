"""Any ratio of two readers on the same patients, compared by resampling the patients."""

import numpy as np

from spondyl.evaluate.pair import PairedTest, missing
from spondyl.evaluate.ratio import Ratio
from spondyl.evaluate.statistics import CLUSTERED, Clusters, percentile_interval


def paired_bootstrap(first: Ratio, second: Ratio, clusters: Clusters | None = None) -> PairedTest:
    """The difference of two readers' figures, both resampled by the same patients.

    Parameters
    ----------
    first, second : Ratio
        Of the same patients; their cases may differ (as those that a reader calls do).
    clusters : Clusters, optional
        By default over the patients of both.

    Returns
    -------
    PairedTest
        The interval is the middle 95 % of the resampled differences; p is twice the smaller share
        of them on one side of 0 (Davison and Hinkley 1997, Bootstrap Methods, 4.4.1), at least
        2 / (resamples + 1).

    Examples
    --------
    >>> alike = Ratio(np.ones(9), np.ones(9), range(9))
    >>> paired_bootstrap(alike, alike).p
    1.0
    """
    a, b = first.value, second.value
    n = max(first.n, second.n)
    if a is None or b is None:
        return missing(CLUSTERED, n, "One reader has no case to count.")
    draws = clusters or Clusters([*first.patients, *second.patients])
    away = first.resampled(draws) - second.resampled(draws)
    known = away[np.isfinite(away)]
    interval = percentile_interval(away)
    if interval is None:
        note = "Too few resamples have a case to count; no test can be made."
        return PairedTest(a - b, None, None, None, None, CLUSTERED, n, a, b, note=note)
    # rounding must not put a difference of nothing on one side
    below, above = int((known <= 1e-12).sum()), int((known >= -1e-12).sum())
    p = min(1.0, 2 * (1 + min(below, above)) / (len(known) + 1))
    if interval[0] == interval[1]:
        note = "The difference does not vary between patients; no interval can be given."
        alone = 1.0 if abs(a - b) <= 1e-12 else None
        return PairedTest(a - b, None, None, alone, None, CLUSTERED, n, a, b, note=note)
    return PairedTest(a - b, *interval, p, None, CLUSTERED, n, a, b, CLUSTERED)
