"""Decisions of a project's film, reader by reader: what stands after all that was undone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.serve.room.chain import head_of, stack_of
from spondyl.serve.store.tables import Decision, DecisionKind

#: Ids asked for in one go: SQLite takes no more than some tens of thousands of parameters.
_BATCH = 500


@dataclass(frozen=True)
class Standing:
    """What of one reader's decisions on one film stands.

    Attributes
    ----------
    last : Decision
        The newest one, whatever it did.
    label : Decision or None
        The reader's own accept, correct or reject; None where all were undone.
    settled : Decision or None
        An adjudication, where this reader made one.
    """

    last: Decision
    label: Decision | None
    settled: Decision | None


def project_decisions(
    session: Session, project_id: str, film_ids: Iterable[str]
) -> dict[str, list[Decision]]:
    """All decisions on films of a project by film, oldest first; films without any have a list."""
    wanted = list(dict.fromkeys(film_ids))
    found: dict[str, list[Decision]] = {film_id: [] for film_id in wanted}
    for start in range(0, len(wanted), _BATCH):
        rows = session.scalars(
            select(Decision)
            .where(
                Decision.project_id == project_id,
                Decision.film_id.in_(wanted[start : start + _BATCH]),
            )
            .order_by(Decision.at, Decision.id)
        )
        for row in rows:
            found[row.film_id].append(row)
    return found


def chain_heads(decisions: Sequence[Decision]) -> dict[str, Standing]:
    """What stands of each reader, by user id, in the order of their first decisions.

    Decisions follow their parents, whatever their clocks say. An undo takes back the newest one
    that stands.
    """
    by_user: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_user[decision.user_id].append(decision)
    return {user: _standing(chain) for user, chain in by_user.items()}


def _standing(chain: Sequence[Decision]) -> Standing:
    stack = stack_of(chain)
    settled = [d for d in stack if d.kind is DecisionKind.ADJUDICATE]
    labels = [d for d in stack if d.kind is not DecisionKind.ADJUDICATE]
    last = head_of(chain)
    assert last is not None  # who has no decision has no chain
    return Standing(last, labels[-1] if labels else None, settled[-1] if settled else None)


def places_taken(heads: Mapping[str, Standing], readers: int) -> list[str]:
    """Readers whose labels count, in the order in which they came."""
    having = [user for user, head in heads.items() if head.label is not None]
    return having[:readers]


def settlement(heads: Mapping[str, Standing]) -> Decision | None:
    """The newest adjudication that stands."""
    found = [head.settled for head in heads.values() if head.settled is not None]
    return max(found, key=lambda decision: (decision.at, decision.id), default=None)
