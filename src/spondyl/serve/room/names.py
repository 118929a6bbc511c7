"""How users are called on the page."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.serve.store.tables import User


def user_name(user: User) -> str:
    """How a user is called."""
    return user.full_name or user.name


def user_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """How users are called, by id."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.full_name, User.name).where(User.id.in_(wanted)))
    return {key: full or name for key, full, name in rows}
