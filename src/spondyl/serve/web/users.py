"""Users as they are added and changed at the console, without the page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import Role, User
from spondyl.serve.web.auth import passwords, sessions
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.names import checked_name
from spondyl.serve.web.settings import RoomError

_BY_HAND = {"way": "console"}


def add_user(
    database: Database,
    name: str,
    role: Role,
    password: str | None,
    *,
    full_name: str = "",
    shortest: int = 12,
) -> None:
    """Add a user; without a password he signs in by OpenID Connect alone.

    Raises
    ------
    RoomError
        If the name is taken or none, or the password too weak.
    """
    checked_name(name)
    password_hash = None if password is None else _hashed(password, name, shortest)
    with database.session(write=True) as session:
        if session.scalar(select(User.id).where(User.name == name)) is not None:
            raise RoomError(f"There is a user {name} already.")
        user = User(name=name, full_name=full_name, role=role, password_hash=password_hash)
        session.add(user)
        session.flush()
        audit(session, None, "user.add", f"user:{user.id}", {**_BY_HAND, "role": role.value})
        session.commit()


def set_password(database: Database, name: str, password: str, *, shortest: int = 12) -> None:
    """Give a user a new password, and sign him out everywhere.

    Raises
    ------
    RoomError
        If there is no such user, or the password is too weak.
    """
    password_hash = _hashed(password, name, shortest)
    with database.session(write=True) as session:
        user = _user(session, name)
        user.password_hash = password_hash
        sessions.end_all(session, user.id)
        audit(session, None, "user.change", f"user:{user.id}", {**_BY_HAND, "password": True})
        session.commit()


def set_active(database: Database, name: str, active: bool) -> None:
    """Let a user in or out; what he decided stays.

    Raises
    ------
    RoomError
        If there is no such user.
    """
    with database.session(write=True) as session:
        user = _user(session, name)
        user.active = active
        sessions.end_all(session, user.id)
        audit(session, None, "user.change", f"user:{user.id}", {**_BY_HAND, "active": active})
        session.commit()


def all_users(database: Database) -> list[User]:
    """All users by name."""
    with database.session() as session:
        return list(session.scalars(select(User).order_by(User.name)))


def _user(session: Session, name: str) -> User:
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise RoomError(f"There is no user {name}; `spondyl room user list` shows all.")
    return user


def _hashed(password: str, name: str, shortest: int) -> str:
    weak = passwords.weakness(password, name, shortest)
    if weak:
        raise RoomError(weak)
    return passwords.hashed(password)
