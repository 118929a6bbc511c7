"""Names of the bodies of a column: a search over whole sequences, not body by body.

The spine's order is known: each level at most once, top to bottom, one after the other unless the
spacing shows that a body was not found. A candidate's own looks are weak evidence (neighbouring
lumbar bodies look alike), the whole column's is strong. The search is a Viterbi pass over
(candidate, rung of the ladder of levels); the same recursion with sums instead of maxima gives the
probability of each name, and so the confidence.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, MAPPED_LEVELS, Level

FloatArray = NDArray[np.float64]

_NAMED = tuple(level for level, info in LEVELS.items() if info.named)
#: Rungs over T10 and under S1 hold bodies that are there but carry no name.
_ABOVE, _BELOW = 4, 2
_ORDINARY: tuple[Level | None, ...] = (
    *(None,) * _ABOVE,
    *(level for level in _NAMED if level is not Level.L6),
    *(None,) * _BELOW,
)
_SIX_LUMBAR: tuple[Level | None, ...] = (*(None,) * _ABOVE, *_NAMED, *(None,) * _BELOW)
_LUMBAR = (Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)


@dataclass(frozen=True)
class SequenceSettings:
    """Weights of the search, in nats (natural-log units of probability).

    Attributes
    ----------
    evidence_weight : float
        Tempering of a body's looks: bodies of one film err together, so that their evidence is
        not independent.
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
        Of an L6: minus the log of its share (about 5 % of people, FIELD 3.3).
    no_sacrum_cost : float
        Of ending over S1 although the film goes on.
    """

    evidence_weight: float = 0.7
    floor: float = 0.01
    spacing_sd: float = 0.22
    sacral_spacing_sd: float = 0.30
    skip_cost: float = 1.8
    drop_cost: float = 1.5
    unnamed_cost: float = 0.3
    sacral_cost: float = 1.5
    six_lumbar_cost: float = 3.0
    no_sacrum_cost: float = 1.0


@dataclass(frozen=True)
class ColumnEvidence:
    """What is known of the candidates of one column, top to bottom.

    Attributes
    ----------
    looks : ndarray, shape (n, 10)
        Probability of [background, *MAPPED_LEVELS] by each candidate's own looks; rows sum to 1.
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


@dataclass(frozen=True)
class Sequence:
    """Names of the candidates.

    Attributes
    ----------
    levels : tuple of Level or None
        Per candidate; None for one that is no body, or a body over T10 or under S1.
    kept : ndarray of bool, shape (n,)
        The candidate is a body.
    level_confidence : ndarray, shape (n,)
        Probability of the name (0 for those without).
    numbering_confidence : float
        Probability that no name is wrong.
    alternative_shift : int
        1: the next best numbering moves every name one level down (L4 becomes L5); -1: up; 0: no
        other numbering is in question.
    assumption : str
        What the names rest on, as a sentence.
    score : float
        Log score of the best sequence.
    """

    levels: tuple[Level | None, ...]
    kept: NDArray[np.bool_]
    level_confidence: FloatArray
    numbering_confidence: float
    alternative_shift: int
    assumption: str
    score: float


def name_column(evidence: ColumnEvidence, settings: SequenceSettings | None = None) -> Sequence:
    """Name the candidates of a column.

    Parameters
    ----------
    evidence : ColumnEvidence
    settings : SequenceSettings, optional

    Returns
    -------
    Sequence
        With no candidates: empty, confidence 0.
    """
    settings = settings or SequenceSettings()
    count = len(evidence.objectness)
    if count == 0:
        return Sequence((), np.zeros(0, bool), np.zeros(0), 0.0, 0, _assumption(()), -np.inf)
    best = _Search(evidence, _ORDINARY, settings, 0.0)
    searches = [best]
    six = _Search(evidence, _SIX_LUMBAR, settings, settings.six_lumbar_cost)
    named = [six.ladder[rung] for rung in six.rungs if rung >= 0]
    # An L6 needs both ends of the lumbar spine in view: without T12 or S1 it is only a shift.
    if {Level.T12, Level.L6, Level.S1} <= set(named):
        searches.append(six)
        if six.score > best.score:
            best = six
    total = np.logaddexp.reduce([search.log_total for search in searches])
    probability = _name_probability(searches, float(total), count)
    levels = tuple(best.ladder[rung] if rung >= 0 else None for rung in best.rungs)
    named_at = [i for i, level in enumerate(levels) if level is not None]
    confidence = np.zeros(count)
    for i in named_at:
        confidence[i] = probability[i, _NAMED.index(levels[i])]
    numbering = float(confidence[named_at].min()) if named_at else 0.0
    return Sequence(
        levels=levels,
        kept=best.rungs >= 0,
        level_confidence=confidence,
        numbering_confidence=numbering,
        alternative_shift=_alternative_shift(probability, levels),
        assumption=_assumption(levels),
        score=best.score,
    )


class _Search:
    """Best and summed score of all sequences on one ladder."""

    def __init__(
        self,
        evidence: ColumnEvidence,
        ladder: tuple[Level | None, ...],
        settings: SequenceSettings,
        cost: float,
    ) -> None:
        self.ladder = ladder
        keep, drop = _local_scores(evidence, ladder, settings)
        steps = _step_scores(evidence, ladder, settings)
        ending = _ending_scores(evidence, ladder, settings)
        # dropped[j] - dropped[i + 1]: all candidates between i and j (both excluded) are no body.
        dropped = np.concatenate([[0.0], np.cumsum(drop)])
        count, rungs = keep.shape
        forward = np.full((count, rungs), -np.inf)
        summed = np.full((count, rungs), -np.inf)
        origin = np.full((count, rungs, 2), -1)
        for j in range(count):
            forward[j] = summed[j] = dropped[j]
            for i in range(j):
                between = dropped[j] - dropped[i + 1]
                reached = forward[i][:, None] + steps[i, j] + between
                top = reached.argmax(axis=0)
                better = reached[top, np.arange(rungs)] > forward[j]
                forward[j][better] = reached[top, np.arange(rungs)][better]
                origin[j][better] = np.stack([np.full(rungs, i), top], axis=1)[better]
                summed[j] = np.logaddexp(
                    summed[j],
                    np.logaddexp.reduce(summed[i][:, None] + steps[i, j] + between, axis=0),
                )
            forward[j] += keep[j]
            summed[j] += keep[j]
        backward = np.full((count, rungs), -np.inf)
        for i in reversed(range(count)):
            backward[i] = ending + dropped[count] - dropped[i + 1]
            for j in range(i + 1, count):
                onward = steps[i, j] + (backward[j] + keep[j])[None, :]
                onward = onward + (dropped[j] - dropped[i + 1])
                backward[i] = np.logaddexp(backward[i], np.logaddexp.reduce(onward, axis=1))
        tail = (dropped[count] - dropped[1:])[:, None]
        finish = forward + ending + tail
        self.score = float(finish.max()) - cost
        self.log_total = float(np.logaddexp.reduce(summed + ending + tail, axis=None)) - cost
        self.log_marginal = summed + backward - cost
        self.rungs = np.full(count, -1)
        at = np.unravel_index(int(finish.argmax()), finish.shape)
        while at[0] >= 0:
            self.rungs[at[0]] = at[1]
            at = tuple(origin[at[0], at[1]])


def _local_scores(
    evidence: ColumnEvidence, ladder: tuple[Level | None, ...], settings: SequenceSettings
) -> tuple[FloatArray, FloatArray]:
    """Score of each candidate on each rung (n, rungs), and of being no body (n,)."""
    looks = np.clip(evidence.looks, 0, 1)
    background = looks[:, 0]
    # Where looks say nothing (background), all names are alike.
    mapped = looks[:, 1:] + background[:, None] / len(MAPPED_LEVELS)
    probability = {level: mapped[:, i] for i, level in enumerate(MAPPED_LEVELS)}
    if Level.L6 in ladder:
        # Six lumbar bodies share five looks: each resembles its own name or the one above it.
        blend = {Level.L6: 0.7 * probability[Level.L5] + 0.2 * probability[Level.S1]}
        for upper, lower in pairwise(_LUMBAR):
            blend[lower] = 0.6 * (probability[lower] + probability[upper])
        probability.update(blend)
    rows = []
    for rung, level in enumerate(ladder):
        if level is not None:
            rows.append(np.log(probability[level] + settings.floor))
            continue
        # A second sacral segment rarely looks like a body; a ninth thoracic one does.
        top = rung < _ABOVE
        share = 0.4 * probability[Level.T10] if top else 0.15 * probability[Level.S1]
        cost = settings.unnamed_cost if top else settings.sacral_cost
        unnamed = np.log(share + 0.5 * background + settings.floor)
        rows.append(unnamed - cost / settings.evidence_weight)
    heat = np.clip(evidence.objectness, 0, 1)
    keep = settings.evidence_weight * np.stack(rows, axis=1) + np.log(heat + 0.02)[:, None]
    drop = (
        settings.evidence_weight * np.log(background + 0.05)
        + np.log(1 - heat + 0.02)
        - settings.drop_cost
    )
    return keep, drop


def _step_scores(
    evidence: ColumnEvidence, ladder: tuple[Level | None, ...], settings: SequenceSettings
) -> FloatArray:
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
    for i in range(count):
        for j in range(i + 1, count):
            off = np.log(relative[i, j] / np.maximum(skipped, 1)) / spacing_sd
            score = -0.5 * np.minimum(off**2, 25.0) - np.log(spacing_sd / settings.spacing_sd)
            steps[i, j] = np.where(allowed, score - settings.skip_cost * (skipped - 1), -np.inf)
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


def _ending_scores(
    evidence: ColumnEvidence, ladder: tuple[Level | None, ...], settings: SequenceSettings
) -> FloatArray:
    """Score (rungs,) of a column that ends on a rung."""
    sacrum = ladder.index(Level.S1)
    ending = np.zeros(len(ladder))
    ending[:sacrum] = -settings.no_sacrum_cost * float(np.clip(evidence.room_below - 0.7, 0, 1))
    return ending


def _name_probability(searches: list[_Search], total: float, count: int) -> FloatArray:
    """Probability (n, named levels) of each name, over all sequences on all ladders."""
    probability = np.zeros((count, len(_NAMED)))
    for search in searches:
        marginal = np.exp(search.log_marginal - total)
        for rung, level in enumerate(search.ladder):
            if level is not None:
                probability[:, _NAMED.index(level)] += marginal[:, rung]
    return np.clip(probability, 0, 1)


def _alternative_shift(probability: FloatArray, levels: tuple[Level | None, ...]) -> int:
    """Shift of the whole column with the most probability beside none; 0 under 2 %."""
    order = [level for level in _NAMED if level is not Level.L6]
    places = [
        (i, order.index(level))
        for i, level in enumerate(levels)
        if level is not None and level in order
    ]
    mass = {}
    for shift in (-1, 1):
        shifted = [
            probability[i, _NAMED.index(order[place + shift])]
            for i, place in places
            if 0 <= place + shift < len(order)
        ]
        mass[shift] = float(np.mean(shifted)) if shifted else 0.0
    best = max(mass, key=lambda shift: mass[shift])
    return best if mass[best] >= 0.02 else 0


def _assumption(levels: tuple[Level | None, ...]) -> str:
    if Level.L6 in levels:
        return "Six lumbar bodies were counted between T12 and the sacrum; the lowest is called L6."
    if Level.S1 in levels:
        return "Counted up from the lumbosacral junction; five lumbar bodies are assumed."
    if any(levels):
        return (
            "The sacrum was not found; the names rest on the looks of the bodies, and five lumbar "
            "bodies are assumed."
        )
    return "No body could be named."
