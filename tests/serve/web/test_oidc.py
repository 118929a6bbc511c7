"""Signing in by OpenID Connect, at a provider that speaks real HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from spondyl.serve.store.tables import Audit, Role, User
from spondyl.serve.web.settings import RoomError, load_settings
from tests.serve.web.provider import CLIENT_ID, CLIENT_SECRET, Provider

SESSION = "/api/v1/session"


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider()
    yield found
    found.stop()


@pytest.fixture
def browser(
    room_app: Callable[..., FastAPI], provider: Provider
) -> Iterator[Callable[..., TestClient]]:
    """Makes a browser at a room with that provider; keys of ``oidc`` by keyword."""
    open_ones: list[TestClient] = []

    def make(**oidc: Any) -> TestClient:
        app = room_app(
            sign_in=True,
            oidc={
                "issuer": provider.issuer,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                **oidc,
            },
        )
        found = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
        found.__enter__()
        open_ones.append(found)
        return found

    yield make
    for each in open_ones:
        each.__exit__(None, None, None)


def _go(browser: TestClient) -> str:
    """From the room to the provider, and to where it sends one back to."""
    start = browser.get("/api/v1/oidc/start")
    assert start.status_code == 302, start.text
    answer = httpx2.get(start.headers["location"], follow_redirects=False, trust_env=False)
    assert answer.status_code == 302
    return str(answer.headers["location"])


def _users(browser: TestClient) -> list[User]:
    assert isinstance(browser.app, FastAPI)
    with browser.app.state.room.session() as session:
        return list(session.scalars(select(User).order_by(User.created_at)))


def test_in_by_the_provider(browser: Callable[..., TestClient], provider: Provider) -> None:
    one = browser()
    assert one.get("/api/v1/session/ways").json()["oidc"] is True
    provider.claims["name"] = "Anna A."
    back = one.get(_go(one))
    assert back.status_code == 303
    assert back.headers["location"] == "/"
    cookie = back.headers["set-cookie"].lower()
    assert "httponly" in cookie
    body = one.get(SESSION).json()
    assert body["user"]["name"] == "anna"
    assert body["user"]["full_name"] == "Anna A."
    assert body["user"]["role"] == "reader"
    assert body["csrf"]
    # A second time it is the same user.
    one.get(_go(one))
    assert [user.name for user in _users(one)] == ["anna"]


def test_groups_give_roles_at_each_sign_in(
    browser: Callable[..., TestClient], provider: Provider
) -> None:
    one = browser(roles={"spine-admins": "admin", "spine-labels": "labeller"})
    for groups, role in [
        (["staff", "spine-labels"], "labeller"),
        (["spine-labels", "spine-admins"], "admin"),
        (["staff"], "reader"),
    ]:
        provider.claims["groups"] = groups
        one.get(_go(one))
        assert one.get(SESSION).json()["user"]["role"] == role


def test_a_name_that_is_taken_is_not_taken_over(
    browser: Callable[..., TestClient], provider: Provider
) -> None:
    one = browser()
    assert isinstance(one.app, FastAPI)
    with one.app.state.room.session(write=True) as session:
        session.add(User(name="anna", role=Role.ADMIN))
        session.commit()
    one.get(_go(one))
    user = one.get(SESSION).json()["user"]
    assert (user["name"], user["role"]) == ("anna-2", "reader")


def test_another_subject_is_another_user(
    browser: Callable[..., TestClient], provider: Provider
) -> None:
    one = browser()
    one.get(_go(one))
    provider.claims["sub"] = "u-2"
    one.get(_go(one))
    assert [user.name for user in _users(one)] == ["anna", "anna-2"]


def test_who_is_inactive_or_new_may_be_refused(
    browser: Callable[..., TestClient], provider: Provider
) -> None:
    closed = browser(new_users=False)
    assert closed.get(_go(closed)).headers["location"] == "/sign-in?failed=oidc"
    assert _users(closed) == []


def test_inactive_user_stays_out(browser: Callable[..., TestClient], provider: Provider) -> None:
    one = browser()
    one.get(_go(one))
    assert isinstance(one.app, FastAPI)
    with one.app.state.room.session(write=True) as session:
        session.scalars(select(User)).one().active = False
        session.commit()
    assert one.get(_go(one)).headers["location"] == "/sign-in?failed=oidc"
    assert one.get(SESSION).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-program"},
        {"nonce": "another"},
        {"exp": 1},
        {"sub": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_tokens_that_do_not_hold_let_nobody_in(
    browser: Callable[..., TestClient], provider: Provider, change: dict[str, Any]
) -> None:
    def twist(claims: dict[str, Any]) -> None:
        claims.update(change)
        for name in [name for name, value in claims.items() if value is None]:
            del claims[name]

    provider.twist = twist
    one = browser()
    back = one.get(_go(one))
    assert back.headers["location"] == "/sign-in?failed=oidc"
    assert provider.token_calls == 1
    assert one.get(SESSION).status_code == 401
    assert _users(one) == []


def test_forged_signature_lets_nobody_in(
    browser: Callable[..., TestClient], provider: Provider
) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    one = browser()
    assert one.get(_go(one)).headers["location"] == "/sign-in?failed=oidc"


def test_answers_to_another_browser_are_refused(
    browser: Callable[..., TestClient], provider: Provider
) -> None:
    one, other = browser(), browser()
    back = _go(one)
    assert other.get(back).headers["location"] == "/sign-in?failed=oidc"
    assert provider.token_calls == 0
    # And a state that is no longer open, or made up, is none.
    assert one.get(back).headers["location"] == "/"
    assert one.get(back).headers["location"] == "/sign-in?failed=oidc"
    state = parse_qs(urlsplit(back).query)["state"][0]
    made_up = back.replace(state, "x" * len(state))
    assert one.get(made_up).headers["location"] == "/sign-in?failed=oidc"
    assert one.get("/api/v1/oidc/callback").headers["location"] == "/sign-in?failed=oidc"


def test_a_provider_that_is_away_is_told(
    browser: Callable[..., TestClient], provider: Provider
) -> None:
    one = browser(issuer="http://127.0.0.1:1")
    answer = one.get("/api/v1/oidc/start")
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["detail"]


def test_a_room_without_a_provider_says_so(guarded: TestClient) -> None:
    for path in ("start", "callback"):
        assert guarded.get(f"/api/v1/oidc/{path}").status_code == 404


def test_sign_ins_are_in_the_trail(browser: Callable[..., TestClient], provider: Provider) -> None:
    one = browser()
    one.get(_go(one))
    assert isinstance(one.app, FastAPI)
    with one.app.state.room.session() as session:
        lines = session.scalars(select(Audit).order_by(Audit.id)).all()
    assert [line.action for line in lines] == ["user.add", "session.begin"]
    assert lines[1].detail == {"way": "oidc"}


def test_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(
        "sign_in: true\n"
        "oidc: {issuer: 'https://id.example', client_id: x, client_secret_file: secret.txt}\n"
    )
    from spondyl.serve.web.auth.oidc import make_client

    settings = load_settings(tmp_path / "room.yaml")
    assert settings.oidc is not None
    with pytest.raises(RoomError, match=r"secret\.txt cannot be read"):
        make_client(settings.oidc)
    (tmp_path / "secret.txt").write_text("hush\n")
    assert make_client(settings.oidc).client_secret == "hush"
