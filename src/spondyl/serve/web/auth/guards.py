"""Dependencies of routes: somebody is signed in, may do this, and meant to.

``user: SignedIn`` in a route's arguments is the signed-in user; ``Depends(needs(Role.ADMIN))`` is
one who may do more. The whole interface stands behind :func:`csrf`. What asks nothing of the
database is ``async``, so that it costs no change of threads.
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import HTTPConnection

from spondyl.serve.store.tables import Role, User
from spondyl.serve.web.auth.sessions import Signed, find
from spondyl.serve.web.problems import Problem
from spondyl.serve.web.room import SAFE_METHODS, TheRoom

CSRF_HEADER = "X-CSRF-Token"


def maybe_signed(connection: HTTPConnection, room: TheRoom) -> Signed | None:
    """Dependency: who the request comes from, if anybody is signed in."""
    found = find(connection, room)
    if found is not None:
        connection.scope["spondyl.user_id"] = found.user.id
    return found


MaybeSigned = Annotated[Signed | None, Depends(maybe_signed)]


async def signed(found: MaybeSigned) -> Signed:
    """Dependency: the sign-in of the request.

    Raises
    ------
    Problem
        401 if nobody is signed in.
    """
    if found is None:
        raise Problem(401, "Nobody is signed in here, or the sign-in has ended; sign in again.")
    return found


async def signed_in(found: Annotated[Signed, Depends(signed)]) -> User:
    """Dependency: the signed-in user."""
    return found.user


SignedIn = Annotated[User, Depends(signed_in)]


def needs(role: Role) -> Callable[[User], Awaitable[User]]:
    """A dependency: the signed-in user, if that role is his or a lesser one than his.

    Raises
    ------
    Problem
        403 if it is not.
    """

    async def may(user: SignedIn) -> User:
        if not Role(user.role).covers(role):
            raise Problem(403, f"This needs the role {role.value}; yours is {user.role.value}.")
        return user

    return may


Labeller = Annotated[User, Depends(needs(Role.LABELLER))]
Admin = Annotated[User, Depends(needs(Role.ADMIN))]


async def csrf(connection: HTTPConnection, found: MaybeSigned) -> None:
    """Dependency of the whole interface: requests that change something come from the page itself.

    Raises
    ------
    Problem
        403 for one that another site made the browser send.
    """
    if connection.scope.get("method") in SAFE_METHODS:
        return
    if _foreign(connection):
        raise Problem(403, "This request was made by another site, and is refused.")
    if found is None:
        return  # nothing to abuse; the route itself says that nobody is signed in
    if not hmac.compare_digest(
        connection.headers.get(CSRF_HEADER, "").encode(), found.csrf.encode()
    ):
        # Signing in anew is no abuse of the old sign-in, and the page may not know its word yet.
        if connection.scope.get("method") == "POST" and _is_sign_in(connection):
            return
        raise Problem(
            403, f"The header {CSRF_HEADER} is missing or of another sign-in; load the page again."
        )


def _foreign(connection: HTTPConnection) -> bool:
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != connection.headers.get("host")


def _is_sign_in(connection: HTTPConnection) -> bool:
    return connection.url.path == "/api/v1/session"
