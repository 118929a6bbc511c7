"""Signing in and out."""

import math
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import select

from spondyl.serve.store.tables import Role, User
from spondyl.serve.web.auth import passwords, sessions
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import MaybeSigned, signed
from spondyl.serve.web.problems import Problem, problems
from spondyl.serve.web.room import Room, TheRoom

router = APIRouter(tags=["session"])

_WRONG = "Name or password is wrong."


class UserBrief(BaseModel):
    """A user as others see him."""

    id: str
    name: str
    full_name: str
    role: Role


class SessionBody(BaseModel):
    """Who is signed in, and what the page must know of it."""

    user: UserBrief
    csrf: str = Field(description="value of the header X-CSRF-Token of requests that change things")
    sign_in_required: bool
    oidc: bool


class WaysIn(BaseModel):
    """How one can sign in here."""

    sign_in_required: bool
    oidc: bool
    oidc_label: str


class Credentials(BaseModel):
    """A name and its password."""

    name: str = Field(max_length=64)
    password: SecretStr = Field(max_length=passwords.LONGEST)


@router.get("/session", response_model=SessionBody, responses=problems(401))
def get_session_info(room: TheRoom, found: Annotated[sessions.Signed, Depends(signed)]) -> object:
    """Say who is signed in."""
    return session_body(room, found)


@router.get("/session/ways", response_model=WaysIn)
def get_ways_in(room: TheRoom) -> object:
    """Say how one can sign in; for the page, before anybody is."""
    oidc = room.settings.oidc
    return WaysIn(
        sign_in_required=room.settings.sign_in,
        oidc=oidc is not None,
        oidc_label=oidc.label if oidc else "",
    )


@router.post("/session", response_model=SessionBody, responses=problems(401, 403, 413, 422, 429))
def sign_in(given: Credentials, request: Request, response: Response, room: TheRoom) -> object:
    """Sign in by name and password."""
    name, password = given.name.strip(), given.password.get_secret_value()
    address = request.client.host if request.client else ""
    _hold_off(room, name, address)
    with room.session() as session:
        user = session.scalar(select(User).where(User.name == name)) if "\0" not in name else None
    right = passwords.matches(user.password_hash if user else None, password)
    if user is None or not right or not user.active:
        room.throttle.failed(name)
        room.address_throttle.failed(address)
        room.metrics.sign_ins.labels("password", "refused").inc()
        with room.session(write=True) as session:
            # The name that was tried may be a password in the wrong field: it is not kept.
            audit(session, user, "session.refused", detail={"known": user is not None})
            session.commit()
        raise Problem(401, _WRONG)
    with room.session(write=True) as session:
        again = session.get_one(User, user.id)
        if again.password_hash and passwords.outdated(again.password_hash):
            again.password_hash = passwords.hashed(password)
        token = sessions.begin(session, room, again)
        audit(session, again, "session.begin", detail={"way": "password"})
        session.commit()
    room.throttle.forget(name)
    room.metrics.sign_ins.labels("password", "done").inc()
    sessions.set_cookie(response, request, room, token)
    found = sessions.find_token(token, room)
    assert found is not None
    return session_body(room, found)


@router.delete("/session", status_code=204, responses=problems(403))
def sign_out(found: MaybeSigned, request: Request, room: TheRoom) -> Response:
    """Sign out; that nobody was signed in is no error."""
    if found is not None and found.token_hash is not None:
        with room.session(write=True) as session:
            sessions.end(session, found.token_hash)
            audit(session, found.user, "session.end")
            session.commit()
    response = Response(status_code=204, headers={"Clear-Site-Data": '"cache"'})
    sessions.drop_cookie(response, request, room)
    return response


def session_body(room: Room, found: sessions.Signed) -> SessionBody:
    """What a signed-in page is told."""
    user = found.user
    return SessionBody(
        user=UserBrief(id=user.id, name=user.name, full_name=user.full_name, role=user.role),
        csrf=found.csrf,
        sign_in_required=room.settings.sign_in,
        oidc=room.settings.oidc is not None,
    )


def _hold_off(room: Room, name: str, address: str) -> None:
    wait = max(room.throttle.wait_s(name), room.address_throttle.wait_s(address))
    if wait > 0:
        room.metrics.sign_ins.labels("password", "held_off").inc()
        seconds = math.ceil(wait)
        raise Problem(
            429,
            f"Too many wrong passwords; try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )
