"""Two readers on the same cases: every test in one import.

What to use
-----------
AUC
    :func:`delong_test` where each patient brings one case, :func:`clustered_delong_test` else.
sensitivity, specificity, accuracy, level success
    :func:`mcnemar` or :func:`clustered_mcnemar`.
predictive values, F1, false alarms per film
    :func:`paired_bootstrap`.
all of them, from outcomes
    :func:`spondyl.evaluate.comparison.compare_outcomes`.
several at once
    :func:`holm` over their p, or :func:`adjusted`.
"""

from spondyl.evaluate.multiple import adjusted, holm
from spondyl.evaluate.pair import PairedTest
from spondyl.evaluate.paired_auc import clustered_delong_test, delong_test
from spondyl.evaluate.paired_bootstrap import paired_bootstrap
from spondyl.evaluate.paired_calls import (
    ByPatient,
    clustered_mcnemar,
    mcnemar,
    newcombe_paired,
    sign_flip_p,
)
from spondyl.evaluate.ratio import Ratio

__all__ = [
    "ByPatient",
    "PairedTest",
    "Ratio",
    "adjusted",
    "clustered_delong_test",
    "clustered_mcnemar",
    "delong_test",
    "holm",
    "mcnemar",
    "newcombe_paired",
    "paired_bootstrap",
    "sign_flip_p",
]
