"""The CT readings of Hanley and McNeil 1982 (Radiology 143:29), table I."""

import numpy as np

#: Cases by reading, from definitely normal to definitely abnormal.
CT_NORMAL, CT_ABNORMAL = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)


def ct() -> tuple[np.ndarray, np.ndarray]:
    """Readings 0 to 4, and which of the 109 cases are abnormal."""
    scores = np.r_[np.repeat(np.arange(5), CT_NORMAL), np.repeat(np.arange(5), CT_ABNORMAL)]
    return scores, np.arange(109) >= 58
