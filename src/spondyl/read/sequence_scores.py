"""What speaks for a name of a body, for a step between two, and for an end of a column: scores.

All scores are logs of probabilities up to a constant (nats), on the rungs of a ladder: the named
levels, with nameless rungs over T10 and under S1 for bodies that are there but carry no name.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, MAPPED_LEVELS, Level

FloatArray = NDArray[np.float64]
Ladder = tuple[Level | None, ...]

NAMED = tuple(level for level, info in LEVELS.items() if info.named)
#: Rungs over T10 and under S1 hold bodies that are there but carry no name.
_ABOVE, _BELOW = 12, 2
ORDINARY: Ladder = (
    *(None,) * _ABOVE,
    *(level for level in NAMED if level is not Level.L6),
    *(None,) * _BELOW,
)
SIX_LUMBAR: Ladder = (*(None,) * _ABOVE, *NAMED, *(None,) * _BELOW)
_LUMBAR = (Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)


@dataclass(frozen=True)
class SequenceSettings:
    """Weights of the search, in nats (natural-log units of probability).

    Attributes
    ----------
    evidence_weight : float
        Tempering of a body's looks: bodies of one film err together, so that their evidence is
        not independent.
    upper_weight, middle_weight : float
        Further tempering of the names T10-L3, and of L4. Bodies are counted from the lumbosacral
        junction, which looks like nothing else; the looks of those above only repeat a count.
    floor : float
        Smallest probability that looks give a name.
    spacing_sd, sacral_spacing_sd : float
        Deviation of log(spacing / expected spacing) between neighbours; wider at the sacrum.
    skip_cost : float
        Of each body that must be there but was not found.
    drop_cost : float
        Of calling a candidate no body, beside what its looks and heat say.
    unnamed_cost, sacral_cost : float
        Of each body over T10, and of each segment found under S1.
    six_lumbar_cost : float
        Of an L6: about the log of its share, one person in twenty.
    no_sacrum_cost : float
        Of ending over S1 although the film goes on.
    """

    evidence_weight: float = 0.7
    upper_weight: float = 0.5
    middle_weight: float = 0.8
    floor: float = 0.02
    spacing_sd: float = 0.22
    sacral_spacing_sd: float = 0.30
    skip_cost: float = 1.8
    drop_cost: float = 1.5
    unnamed_cost: float = 0.3
    sacral_cost: float = 1.5
    six_lumbar_cost: float = 3.0
    no_sacrum_cost: float = 2.0


@dataclass(frozen=True)
class ColumnEvidence:
    """What is known of the candidates of one column, top to bottom.

    Attributes
    ----------
    looks : ndarray, shape (n, 11)
        Probability of ``[background, *MAPPED_LEVELS]`` by its own looks; rows sum to 1.
    objectness : ndarray, shape (n,)
        Probability that a body is there.
    centres_px : ndarray, shape (n, 2)
    depths_px : ndarray, shape (n,)
        Anterior-posterior depth: the yardstick of spacing, as a fracture leaves it alone.
    room_below : float
        Film under the lowest candidate, in spacings.
    """

    looks: FloatArray
    objectness: FloatArray
    centres_px: FloatArray
    depths_px: FloatArray
    room_below: float = 0.0


def local_scores(
    evidence: ColumnEvidence, ladder: Ladder, settings: SequenceSettings
) -> tuple[FloatArray, FloatArray]:
    """Score of each candidate on each rung (n, rungs), and of being no body (n,)."""
    looks = np.clip(evidence.looks, 0, 1)
    background = looks[:, 0]
    # Where looks say nothing (background), all names are alike.
    mapped = looks[:, 1:] + background[:, None] / len(MAPPED_LEVELS)
    # Networks without a channel for L6 have one column less.
    probability = dict(zip(MAPPED_LEVELS, mapped.T, strict=False))
    if Level.L6 not in ladder and Level.L6 in probability:
        # What looks like a sixth lumbar body is the lowest one of five.
        probability[Level.L5] = probability[Level.L5] + probability[Level.L6]
    elif Level.L6 in ladder and Level.L6 not in probability:
        # Six lumbar bodies share five looks: each resembles its own name or the one above it.
        blend = {Level.L6: 0.7 * probability[Level.L5] + 0.2 * probability[Level.S1]}
        for upper, lower in pairwise(_LUMBAR):
            blend[lower] = 0.6 * (probability[lower] + probability[upper])
        probability.update(blend)
    rows = []
    for rung, level in enumerate(ladder):
        if level is not None:
            looks_like = np.log(probability[level] + settings.floor)
            rows.append(_reliability(level, settings) * looks_like)
            continue
        # A second sacral segment rarely looks like a body; a ninth thoracic one does.
        top = rung < _ABOVE
        share = 0.4 * probability[Level.T10] if top else 0.03 * probability[Level.S1]
        cost = settings.unnamed_cost if top else settings.sacral_cost
        unnamed = np.log(share + 0.5 * background + settings.floor)
        if top:
            unnamed = settings.upper_weight * unnamed
        rows.append(unnamed - cost / settings.evidence_weight)
    heat = np.clip(evidence.objectness, 0, 1)
    keep = settings.evidence_weight * np.stack(rows, axis=1) + np.log(heat + 0.02)[:, None]
    drop = (
        settings.evidence_weight * np.log(background + 0.05)
        + np.log(1 - heat + 0.02)
        - settings.drop_cost
    )
    return keep, drop


def _reliability(level: Level, settings: SequenceSettings) -> float:
    """How far the looks of a level are to be believed when names conflict."""
    if level in (Level.L5, Level.L6, Level.S1):
        return 1.0
    return settings.middle_weight if level is Level.L4 else settings.upper_weight


def step_scores(evidence: ColumnEvidence, ladder: Ladder, settings: SequenceSettings) -> FloatArray:
    """Score (n, n, rungs, rungs) of going from candidate i on rung a to candidate j on rung b."""
    count, rungs = len(evidence.objectness), len(ladder)
    steps = np.full((count, count, rungs, rungs), -np.inf)
    if count < 2:
        return steps
    relative = relative_spacing(evidence.centres_px, evidence.depths_px)
    skipped = np.arange(rungs)[None, :] - np.arange(rungs)[:, None]
    allowed = skipped >= 1
    spacing_sd = np.full((rungs, rungs), settings.spacing_sd)
    sacrum = ladder.index(Level.S1)
    spacing_sd[:, sacrum:] = settings.sacral_spacing_sd
    cost = settings.skip_cost * (skipped - 1) + np.log(spacing_sd / settings.spacing_sd)
    for i in range(count - 1):
        off = np.log(relative[i, i + 1 :, None, None] / np.maximum(skipped, 1)) / spacing_sd
        score = -0.5 * np.minimum(off**2, 25.0) - cost
        steps[i, i + 1 :] = np.where(allowed, score, -np.inf)
    return steps


def relative_spacing(centres_px: FloatArray, depths_px: FloatArray) -> FloatArray:
    """Distance of each two candidates over the spacing expected of neighbours, shape (n, n).

    Neighbouring centres lie about one body depth apart (a body and a disc are about as high as
    the body is deep). A film's own ratio corrects this by at most a quarter: more would hide that
    every second body was missed.
    """
    distance = np.linalg.norm(centres_px[:, None] - centres_px[None], axis=-1)
    relative = distance / np.maximum(0.5 * (depths_px[:, None] + depths_px[None]), 1e-6)
    if len(centres_px) >= 4:
        own = float(np.median(np.diagonal(relative, 1)))
        relative = relative / np.clip(own, 0.8, 1.25)
    return np.maximum(relative, 0.05)


def ending_scores(
    evidence: ColumnEvidence, ladder: Ladder, settings: SequenceSettings
) -> FloatArray:
    """Score (rungs,) of a column that ends on a rung."""
    sacrum = ladder.index(Level.S1)
    ending = np.zeros(len(ladder))
    ending[:sacrum] = -settings.no_sacrum_cost * float(np.clip(evidence.room_below - 0.7, 0, 1))
    return ending
