"""Who has a film open, so that two do not work on one without knowing."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from spondyl.serve.room.shapes import Watcher
from spondyl.serve.store.tables import Presence, User, utc_now

#: A tab that has not been heard of for so long is closed or asleep.
AWAY_AFTER = timedelta(seconds=45)
_FORGET_AFTER = timedelta(hours=1)


def come(session: Session, film_id: str, user_id: str, tab: str) -> bool:
    """A tab shows a film; the caller commits. True if it did not before."""
    now = utc_now()
    row = session.get(Presence, (film_id, user_id, tab))
    if row is not None:
        new = row.seen_at < now - AWAY_AFTER
        if new:
            row.since = now
        row.seen_at = now
        return new
    session.execute(delete(Presence).where(Presence.seen_at < now - _FORGET_AFTER))
    session.add(Presence(film_id=film_id, user_id=user_id, tab=tab, since=now, seen_at=now))
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return False
    return True


def leave(session: Session, film_id: str, user_id: str, tab: str) -> bool:
    """A tab shows it no longer; the caller commits. True if it did."""
    row = session.get(Presence, (film_id, user_id, tab))
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def watchers(session: Session, film_id: str) -> list[tuple[str, Watcher]]:
    """All who have a film open, with their users' ids, in the order in which they came."""
    rows = session.execute(
        select(Presence.user_id, User.full_name, User.name, Presence.since, Presence.tab)
        .join(User, User.id == Presence.user_id)
        .where(Presence.film_id == film_id, Presence.seen_at >= utc_now() - AWAY_AFTER)
        .order_by(Presence.since, Presence.tab)
    )
    return [
        (user_id, Watcher(user=full or name, since=since, tab=tab))
        for user_id, full, name, since, tab in rows
    ]
