"""Decisions are added, never changed: who, when, on what, and what the model had said.

A decision names the one that its reader saw. Where somebody has decided in between, it is refused
in the same transaction that would have kept it; the reader looks again. Taking back is a decision,
too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from spondyl.serve.room import stands
from spondyl.serve.room.chain import head_of, stack_of
from spondyl.serve.room.drawn import drawing_of_reading
from spondyl.serve.room.errors import ConflictError, NotThereError, UnfitError
from spondyl.serve.room.lookup import film_of
from spondyl.serve.room.names import user_names
from spondyl.serve.room.shapes import DecisionOut, NewDecision
from spondyl.serve.store.tables import (
    Decision,
    DecisionKind,
    Film,
    FilmStatus,
    ReadingRow,
    new_id,
    utc_now,
)

_STATUS = {
    DecisionKind.ACCEPT: FilmStatus.ACCEPTED,
    DecisionKind.CORRECT: FilmStatus.CORRECTED,
    DecisionKind.ADJUDICATE: FilmStatus.CORRECTED,
    DecisionKind.REJECT: FilmStatus.REJECTED,
}


@dataclass(frozen=True)
class Decider:
    """Who decides: id and how the user is called."""

    id: str
    name: str


def chain_of(
    session: Session, film_id: str, project_id: str | None = None, user_id: str | None = None
) -> list[Decision]:
    """The decisions of one chain: of a film, or of one reader on a project's film."""
    wanted = select(Decision).where(Decision.film_id == film_id)
    if project_id is None:
        wanted = wanted.where(Decision.project_id.is_(None))
    else:
        wanted = wanted.where(Decision.project_id == project_id, Decision.user_id == user_id)
    return list(session.scalars(wanted.order_by(Decision.at)))


def decide(session: Session, film_id: str, by: Decider, new: NewDecision) -> Decision:
    """Keep a decision; the caller commits.

    Parameters
    ----------
    session : Session
        A writing one.
    film_id : str
    by : Decider
    new : NewDecision

    Raises
    ------
    NotThereError
        There is no such film, or no such reading of it.
    ConflictError
        The reader has not seen the newest decision, or there is nothing to undo.
    UnfitError
        A correction without a body.
    """
    film = film_of(session, film_id)
    chain = chain_of(session, film_id, new.project_id, by.id)
    head = head_of(chain)
    if new.parent_id != (None if head is None else head.id):
        raise _overtaken(session, head)
    reading = _reading(session, film, new.reading_id)
    stack = stack_of(chain)
    body = _body(new, stack, reading)
    decision = Decision(
        id=new_id(),
        film_id=film_id,
        project_id=new.project_id,
        user_id=by.id,
        at=utc_now(),
        kind=new.kind,
        parent_id=new.parent_id,
        reading_id=None if reading is None else reading.id,
        body=body,
        report=_report(new, stack),
    )
    session.add(decision)
    if new.project_id is None:
        _note(film, [*chain, decision])
    try:
        session.flush()
    except IntegrityError:
        # PostgreSQL lets two come this far; the unique index takes the first.
        session.rollback()
        raise _overtaken(
            session, head_of(chain_of(session, film_id, new.project_id, by.id))
        ) from None
    return decision


def _overtaken(session: Session, head: Decision | None) -> ConflictError:
    if head is None:
        return ConflictError(
            "This decision follows one that is not there; load the film again.", {"head": None}
        )
    name = user_names(session, [head.user_id]).get(head.user_id, "Somebody")
    return ConflictError(
        f"{name} has decided on this film in the meantime; look at it again.",
        {"by": name, "head": decision_out(head, name).model_dump(mode="json")},
    )


def _reading(session: Session, film: Film, reading_id: str | None) -> ReadingRow | None:
    wanted = reading_id or film.reading_id
    if wanted is None:
        return None
    found = session.get(ReadingRow, wanted)
    if found is None or found.film_id != film.id:
        raise NotThereError("There is no such reading of this film.")
    return found


def _body(
    new: NewDecision, stack: Sequence[Decision], reading: ReadingRow | None
) -> dict[str, Any]:
    """The film after the decision. What was kept before is taken over as it is."""
    if new.kind is DecisionKind.UNDO:
        if not stack:
            raise ConflictError("There is no decision left that could be undone.")
        return stack[-2].body if len(stack) > 1 else _said(reading)
    if new.body is not None:
        return new.body.model_dump(mode="json")
    if new.kind in (DecisionKind.CORRECT, DecisionKind.ADJUDICATE):
        raise UnfitError("body: a correction needs the bodies as they are now, found none.")
    return stack[-1].body if stack else _said(reading)


def _said(reading: ReadingRow | None) -> dict[str, Any]:
    return drawing_of_reading(None if reading is None else reading.body).model_dump(mode="json")


def _report(new: NewDecision, stack: Sequence[Decision]) -> str | None:
    if new.kind is DecisionKind.UNDO:
        return stack[-2].report if len(stack) > 1 else None
    return new.report


def _note(film: Film, chain: Sequence[Decision]) -> None:
    """Bring the film's line of the worklist up to date."""
    stack = stack_of(chain)
    stands.note(film, stack[-1] if stack else None)
    if stack:
        film.status = _STATUS[stack[-1].kind]
        film.decided_by, film.decided_at = stack[-1].user_id, stack[-1].at
    else:
        film.status, film.decided_by, film.decided_at = FilmStatus.UNREAD, None, None


def decision_out(decision: Decision, user: str) -> DecisionOut:
    """A decision as it is sent."""
    return DecisionOut(
        id=decision.id,
        film_id=decision.film_id,
        project_id=decision.project_id,
        user_id=decision.user_id,
        user=user,
        at=decision.at,
        kind=decision.kind,
        parent_id=decision.parent_id,
        reading_id=decision.reading_id,
        body=decision.body,
        report=decision.report,
    )


def decisions_out(session: Session, decisions: Sequence[Decision]) -> list[DecisionOut]:
    """Decisions as they are sent, in their order."""
    names = user_names(session, {each.user_id for each in decisions})
    return [decision_out(each, names.get(each.user_id, "")) for each in decisions]
