"""Cases to calibrate on, made up: seven bodies a film, one film a patient."""

import numpy as np

from spondyl.evaluate.calibration_cases import Cases, Truth


def made_cases(films=60, seed=0, stretch=1.0, shift=0.0, fractures=True):
    """Findings whose true log odds are ``(logit - shift) / stretch``."""
    rng = np.random.default_rng(seed)
    film = np.repeat(np.arange(films), 7)
    odds = rng.normal(-2.5, 2.0, size=len(film))
    probability = 1 / (1 + np.exp(-odds))
    truth = (rng.random(len(film)) < probability).astype(np.int64) * int(fractures)
    film_truth = np.zeros(films, dtype=np.int64)
    np.maximum.at(film_truth, film, truth)
    nothing = np.zeros(films, dtype=np.int64)
    return Cases(
        logits=stretch * odds + shift,
        features=np.column_stack([odds, rng.normal(size=len(film)), rng.normal(size=len(film))]),
        film=film,
        truth=truth,
        headline=np.ones(len(film), dtype=bool),
        patient=np.arange(films),
        film_truth=film_truth,
        lost_fractured=nothing,
        lost_normal=nothing,
    )


def truths_seen(cases):
    return {Truth(value) for value in cases.truth}
