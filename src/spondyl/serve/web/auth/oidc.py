"""Users of an identity provider: its client, and who its claims are here."""

from collections.abc import Mapping
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request

from spondyl.serve.store.tables import Role, User
from spondyl.serve.web.auth import sessions
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.room import Room
from spondyl.serve.web.settings import OidcSettings, RoomError

#: What is raised when the provider does not answer.
UNREACHABLE: tuple[type[Exception], ...] = (httpx2.HTTPError, OSError)
#: What is raised when its answer does not hold: signature, issuer, audience, nonce, time.
UNTRUE: tuple[type[Exception], ...] = (
    OAuthError,
    JoseError,
    ValueError,
    KeyError,
    RuntimeError,
)


class RefusedError(Exception):
    """The provider knows somebody whom this room does not let in."""


#: Whatever ends in the sign-in page and not in a sign-in.
FAULTS: tuple[type[Exception], ...] = (RefusedError, *UNREACHABLE, *UNTRUE)


def make_client(settings: OidcSettings) -> Any:
    """A client of the provider; asks it nothing yet.

    Raises
    ------
    RoomError
        If the secret's file cannot be read.
    """
    issuer = str(settings.issuer).rstrip("/")
    return OAuth().register(
        "oidc",
        client_id=settings.client_id,
        client_secret=_secret(settings),
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": " ".join(settings.scopes),
            "code_challenge_method": "S256",
            "timeout": 10.0,
        },
    )


def client_of(room: Room) -> Any:
    """The room's client; None without one."""
    return room.oidc


def callback_url(request: Request, room: Room) -> str:
    """Where the provider sends the browser back to."""
    if room.settings.public_url is not None:
        return str(room.settings.public_url).rstrip("/") + "/api/v1/oidc/callback"
    return str(request.url_for("oidc_callback"))


def expected_claims(room: Room) -> dict[str, Any]:
    """What an identity token must say: it is of this provider, and for this program."""
    settings = room.settings.oidc
    assert settings is not None
    issuer = str(settings.issuer)
    return {
        "iss": {"essential": True, "values": [issuer.rstrip("/"), issuer.rstrip("/") + "/"]},
        "aud": {"essential": True, "value": settings.client_id},
        "sub": {"essential": True},
    }


def sign_in(room: Room, claims: Mapping[str, Any]) -> str:
    """Sign in the user that checked claims speak of.

    Returns
    -------
    str
        The token for the cookie.

    Raises
    ------
    RefusedError
        If he is inactive, or new where no new ones are taken.
    """
    settings = room.settings.oidc
    assert settings is not None
    subject = f"{settings.issuer}|{claims['sub']}"[:600]
    role = _role(settings, claims)
    with room.session(write=True) as session:
        user = session.scalar(select(User).where(User.oidc_subject == subject))
        if user is None:
            if not settings.new_users:
                raise RefusedError("No new users are taken.")
            user = User(
                name=_free_name(session, claims),
                full_name=_printable(claims.get("name"), 200),
                role=role or settings.new_role,
                oidc_subject=subject,
            )
            session.add(user)
            session.flush()
            audit(session, user, "user.add", f"user:{user.id}", {"way": "oidc"})
        if not user.active:
            raise RefusedError("The user is inactive.")
        if role is not None and role != user.role:
            detail = {"role": [user.role.value, role.value], "way": "oidc"}
            audit(session, user, "user.change", f"user:{user.id}", detail)
            user.role = role
        token = sessions.begin(session, room, user)
        audit(session, user, "session.begin", detail={"way": "oidc"})
        session.commit()
    return token


def _role(settings: OidcSettings, claims: Mapping[str, Any]) -> Role | None:
    """The highest role of a user's groups; None if the settings name no groups.

    Somebody who was taken out of all named groups falls back to the role of new users.
    """
    if not settings.roles:
        return None
    groups = claims.get(settings.groups_claim) or []
    named = {groups} if isinstance(groups, str) else {str(each) for each in groups}
    found = [role for group, role in settings.roles.items() if group in named]
    return max(found, key=list(Role).index, default=settings.new_role)


def _free_name(session: Session, claims: Mapping[str, Any]) -> str:
    """A name that nobody has: one that is taken belongs to somebody else, whoever that is."""
    wanted = claims.get("preferred_username") or claims.get("email") or claims.get("sub")
    base = "".join(each for each in str(wanted) if each.isalnum() or each in "._@+-")[:56]
    base = base.lstrip("._@+-") or "user"
    name, number = base, 1
    while session.scalar(select(User.id).where(User.name == name)) is not None:
        number += 1
        name = f"{base}-{number}"
    return name


def _printable(value: Any, longest: int) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(each for each in text if each.isprintable())[:longest]


def _secret(settings: OidcSettings) -> str | None:
    if settings.client_secret is not None:
        return settings.client_secret.get_secret_value()
    if settings.client_secret_file is None:
        return None
    try:
        return settings.client_secret_file.expanduser().read_text().strip()
    except OSError as error:
        raise RoomError(
            f"oidc.client_secret_file: {settings.client_secret_file} cannot be read "
            f"({error.strerror})."
        ) from None
