"""Sign-ins of browsers: a random token in a cookie, of which the database knows only the hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from spondyl.serve.store.tables import Role, SignIn, User, utc_now
from spondyl.serve.web.room import Room

COOKIE = "spondyl_session"
LOCAL_NAME = "local"
_LOCAL_ID = "00000000-0000-4000-8000-000000000000"
_SEEN_EVERY = timedelta(seconds=60)


@dataclass(frozen=True)
class Signed:
    """A user and the word that his requests carry against forgery."""

    user: User
    csrf: str
    token_hash: str | None = None


def begin(session: Session, room: Room, user: User) -> str:
    """Sign a user in; the caller commits.

    Returns
    -------
    str
        The token for the cookie; kept nowhere else.
    """
    now = utc_now()
    session.execute(delete(SignIn).where(SignIn.expires_at < now))
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=_hash(token),
            user_id=user.id,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=room.settings.sessions.hours),
        )
    )
    return token


def end(session: Session, token_hash: str) -> None:
    """Sign out; the caller commits."""
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash))


def end_all(session: Session, user_id: str) -> None:
    """Sign a user out everywhere; the caller commits."""
    session.execute(delete(SignIn).where(SignIn.user_id == user_id))


def find(connection: HTTPConnection, room: Room) -> Signed | None:
    """Who a request comes from; None if nobody is signed in.

    Uses short sessions of its own, so that the request's has not begun yet.
    """
    if not room.settings.sign_in:
        return Signed(local_user(room), room.sign("csrf of the local user"))
    token = connection.cookies.get(COOKIE)
    if not token or len(token) > 200:
        return None
    return find_token(token, room)


def find_token(token: str, room: Room) -> Signed | None:
    """Whose token this is; None if it is nobody's, or no longer."""
    now = utc_now()
    with room.session() as session:
        row = session.execute(
            select(SignIn, User)
            .join(User, User.id == SignIn.user_id)
            .where(SignIn.token_hash == _hash(token))
        ).one_or_none()
    if row is None:
        return None
    sign_in, user = row
    idle = timedelta(minutes=room.settings.sessions.idle_minutes)
    if not user.active or sign_in.expires_at <= now or sign_in.seen_at + idle <= now:
        return None
    if now - sign_in.seen_at > _SEEN_EVERY:
        with room.session(write=True) as session:
            again = session.get(SignIn, sign_in.token_hash)
            if again is not None:
                again.seen_at = now
                session.commit()
    return Signed(user, sign_in.csrf, sign_in.token_hash)


def local_user(room: Room) -> User:
    """The user of a room without sign-in, made at its first need."""
    with room.session() as session:
        found = session.get(User, _LOCAL_ID)
    if found is not None:
        return found
    with room.session(write=True) as session:
        found = session.get(User, _LOCAL_ID)
        if found is None:
            found = User(id=_LOCAL_ID, name=LOCAL_NAME, full_name="Local user", role=Role.ADMIN)
            session.add(found)
            session.commit()
    return found


def set_cookie(response: Response, connection: HTTPConnection, room: Room, token: str) -> None:
    """Hand a token to the browser."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(room.settings.sessions.hours * 3600),
        path="/",
        secure=is_https(connection, room),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, connection: HTTPConnection, room: Room) -> None:
    """Take the token from the browser."""
    response.delete_cookie(
        COOKIE, path="/", secure=is_https(connection, room), httponly=True, samesite="lax"
    )


def is_https(connection: HTTPConnection, room: Room) -> bool:
    """The browser speaks TLS, to the room or to the proxy before it."""
    public = room.settings.public_url
    return connection.url.scheme == "https" or (public is not None and public.scheme == "https")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
