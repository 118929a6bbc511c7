"""Films on their way from queued to read, each step kept before the next one begins.

A claim is a change of state that only one can make (compare and set). The count of attempts, which
each claim raises, is the claim's number: whoever was too slow, or came back from the dead, finishes
nothing.
"""

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from spondyl.serve.store.tables import Film, FilmState, ReadingRow, new_id, utc_now

#: Within this of the threshold, in logits, a film's probability decides little.
UNSURE_LOGITS = 1.0
#: Starts of the program that may find the same film half read before it is given up.
MOST_STARTS = 10


@dataclass(frozen=True)
class Claim:
    """A film that is being read, and by which attempt."""

    film_id: str
    sha256: str
    key: str
    attempt: int


def recover(session: Session) -> int:
    """Queue the films that were being read when the program ended; the caller commits.

    Returns
    -------
    int
        How many.
    """
    session.execute(
        update(Film)
        .where(Film.state == FilmState.READING, Film.attempts >= MOST_STARTS)
        .values(
            state=FilmState.FAILED,
            started_at=None,
            reason=f"The program ended {MOST_STARTS} times while it read this film.",
        )
    )
    return _changed(
        session.execute(
            update(Film)
            .where(Film.state == FilmState.READING)
            .values(state=FilmState.QUEUED, started_at=None)
        )
    )


def claim(session: Session) -> Claim | None:
    """Take the film that has waited longest; commits."""
    while True:
        film = session.execute(
            select(Film.id, Film.sha256, Film.key, Film.attempts)
            .where(Film.state == FilmState.QUEUED)
            .order_by(Film.received_at)
            .limit(1)
        ).one_or_none()
        if film is None:
            session.rollback()
            return None
        taken = session.execute(
            update(Film)
            .where(
                Film.id == film.id,
                Film.state == FilmState.QUEUED,
                Film.attempts == film.attempts,
            )
            .values(state=FilmState.READING, started_at=utc_now(), attempts=film.attempts + 1)
        )
        session.commit()
        if _changed(taken) == 1:
            return Claim(film.id, film.sha256, film.key, film.attempts + 1)


def waiting(session: Session) -> int:
    """Films that are queued."""
    return (
        session.scalar(select(func.count()).select_from(Film).where(Film.state == FilmState.QUEUED))
        or 0
    )


def finish(session: Session, claimed: Claim, body: dict[str, Any]) -> bool:
    """Keep a film's reading; commits.

    Returns
    -------
    bool
        False if the film is gone or somebody else's by now; then nothing was kept.
    """
    width, height = body["film"]["size_px"]
    reading_id = new_id()
    suspicion = body["fracture_probability"] if body["assessable"] else None
    mine = _settle(
        session,
        claimed,
        state=FilmState.READ,
        reason=None,
        width=width,
        height=height,
        suspicion=suspicion,
        fractured=bool(body["fractured"]),
        unsure=unsure(body),
        assessable=bool(body["assessable"]),
        reading_id=reading_id,
        attempts=0,
    )
    if not mine:
        session.rollback()
        return False
    session.add(
        ReadingRow(
            id=reading_id,
            film_id=claimed.film_id,
            model=body["model"]["sha256"],
            version=body["model"]["version"],
            site=body["site"],
            made_at=utc_now(),
            body=body,
            suspicion=suspicion,
        )
    )
    session.commit()
    return True


def fail(session: Session, claimed: Claim, reason: str) -> bool:
    """Note that a film cannot be read, and why; commits."""
    mine = _settle(session, claimed, state=FilmState.FAILED, reason=reason)
    session.commit()
    return mine


def put_back(session: Session, claimed: Claim) -> bool:
    """Queue a film again; commits."""
    mine = _settle(session, claimed, state=FilmState.QUEUED)
    session.commit()
    return mine


def requeue(film: Film) -> bool:
    """Have a film read again; the caller commits. False if it is on its way already."""
    if film.state in (FilmState.QUEUED, FilmState.READING):
        return False
    film.state, film.reason, film.attempts, film.started_at = FilmState.QUEUED, None, 0, None
    return True


def _settle(session: Session, claimed: Claim, **values: Any) -> bool:
    done = session.execute(
        update(Film)
        .where(
            Film.id == claimed.film_id,
            Film.state == FilmState.READING,
            Film.attempts == claimed.attempt,
        )
        .values(started_at=None, **values)
    )
    return _changed(done) == 1


def _changed(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


def unsure(body: dict[str, Any]) -> bool:
    """Whether a reading's probability lies too near to its threshold to decide much."""
    if not body["assessable"]:
        return False
    off = _logit(body["fracture_probability"] or 0.0) - _logit(body["threshold"])
    return abs(off) < UNSURE_LOGITS


def _logit(share: float) -> float:
    inside = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))
