"""Names of the bodies of a column: a search over whole sequences, not body by body.

The spine's order is known: each level at most once, top to bottom, one after the other unless the
spacing shows that a body was not found. A candidate's own looks are weak evidence (neighbouring
lumbar bodies look alike), the whole column's is strong. The search is a Viterbi pass over
(candidate, rung of the ladder of levels); the same recursion with sums instead of maxima gives the
probability of each name, and so the confidence.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.read.sequence_scores import (
    NAMED,
    ORDINARY,
    SIX_LUMBAR,
    ColumnEvidence,
    Ladder,
    SequenceSettings,
    ending_scores,
    local_scores,
    step_scores,
)

FloatArray = NDArray[np.float64]


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
    best = _Search(evidence, ORDINARY, settings, 0.0)
    searches = [best]
    six = _Search(evidence, SIX_LUMBAR, settings, settings.six_lumbar_cost)
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
        confidence[i] = probability[i, NAMED.index(levels[i])]
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
        ladder: Ladder,
        settings: SequenceSettings,
        cost: float,
    ) -> None:
        self.ladder = ladder
        keep, drop = local_scores(evidence, ladder, settings)
        steps = step_scores(evidence, ladder, settings)
        ending = ending_scores(evidence, ladder, settings)
        # dropped[j] - dropped[i + 1]: all candidates between i and j (both excluded) are no body.
        dropped = np.concatenate([[0.0], np.cumsum(drop)])
        count, rungs = keep.shape
        forward = np.full((count, rungs), -np.inf)
        summed = np.full((count, rungs), -np.inf)
        origin = np.full((count, rungs), -1)
        for j in range(count):
            forward[j] = summed[j] = dropped[j]
            if j:
                between = (dropped[j] - dropped[1 : j + 1])[:, None, None] + steps[:j, j]
                reached = (forward[:j, :, None] + between).reshape(-1, rungs)
                top = reached.argmax(axis=0)
                best = reached[top, np.arange(rungs)]
                origin[j] = np.where(best > forward[j], top, -1)
                forward[j] = np.maximum(forward[j], best)
                ways = (summed[:j, :, None] + between).reshape(-1, rungs)
                summed[j] = np.logaddexp(summed[j], _log_sum(ways))
            forward[j] += keep[j]
            summed[j] += keep[j]
        backward = np.full((count, rungs), -np.inf)
        for i in reversed(range(count)):
            backward[i] = ending + dropped[count] - dropped[i + 1]
            if i + 1 < count:
                between = (dropped[i + 1 : count] - dropped[i + 1])[:, None, None]
                onward = steps[i, i + 1 :] + between + (backward + keep)[i + 1 :, None, :]
                ways = onward.transpose(0, 2, 1).reshape(-1, rungs)
                backward[i] = np.logaddexp(backward[i], _log_sum(ways))
        tail = (dropped[count] - dropped[1:])[:, None]
        finish = forward + ending + tail
        self.score = float(finish.max()) - cost
        self.log_total = float(_log_sum((summed + ending + tail).reshape(-1, 1))[0]) - cost
        self.log_marginal = summed + backward - cost
        self.rungs = np.full(count, -1)
        at, rung = np.unravel_index(int(finish.argmax()), finish.shape)
        while True:
            self.rungs[at] = rung
            if origin[at, rung] < 0:
                break
            at, rung = divmod(int(origin[at, rung]), rungs)


def _log_sum(ways: FloatArray) -> FloatArray:
    """Log of the sum of exponentials down the rows; -inf where all are."""
    top = ways.max(axis=0)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        total: FloatArray = np.log(np.exp(ways - safe).sum(axis=0)) + safe
    return total


def _name_probability(searches: list[_Search], total: float, count: int) -> FloatArray:
    """Probability (n, named levels) of each name, over all sequences on all ladders."""
    probability = np.zeros((count, len(NAMED)))
    for search in searches:
        marginal = np.exp(search.log_marginal - total)
        for rung, level in enumerate(search.ladder):
            if level is not None:
                probability[:, NAMED.index(level)] += marginal[:, rung]
    return np.clip(probability, 0, 1)


def _alternative_shift(probability: FloatArray, levels: tuple[Level | None, ...]) -> int:
    """Shift of the whole column with the most probability beside none; 0 under 2 %."""
    order = [level for level in NAMED if level is not Level.L6]
    places = [
        (i, order.index(level))
        for i, level in enumerate(levels)
        if level is not None and level in order
    ]
    mass = {}
    for shift in (-1, 1):
        shifted = [
            probability[i, NAMED.index(order[place + shift])]
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
