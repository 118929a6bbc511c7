"""A room in this process, and browsers that are signed in to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")

from fastapi import FastAPI
from fastapi.testclient import TestClient

from spondyl.serve.store.tables import Role, User
from spondyl.serve.web.app import create_app
from spondyl.serve.web.auth import passwords
from spondyl.serve.web.room import Room
from spondyl.serve.web.settings import load_settings

PASSWORD = "correct horse battery"
LOCAL = "http://127.0.0.1"


class Idle:
    """In place of what reads films."""

    def stop(self) -> None:
        """There is nothing to end."""

    def not_ready(self) -> list[str]:
        return []


@pytest.fixture(autouse=True)
def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes with networks: these tests are of what is around them."""
    monkeypatch.setattr("spondyl.serve.web.app.start_reading", lambda room: Idle())


@pytest.fixture
def room_app(tmp_path: Path) -> Iterator[Callable[..., FastAPI]]:
    """Makes a room's application in ``tmp_path``; settings by keyword."""
    rooms: list[Room] = []

    def make(**given: Any) -> FastAPI:
        app = create_app(load_settings(None, {"data": str(tmp_path / "room"), **given}))
        rooms.append(app.state.room)
        return app

    yield make
    for room in rooms:
        room.close()


@pytest.fixture
def client(room_app: Callable[..., FastAPI]) -> Iterator[TestClient]:
    """The browser of a room without sign-in: the local user, who is an administrator."""
    with TestClient(room_app(), base_url=LOCAL) as found:
        found.headers["X-CSRF-Token"] = found.get("/api/v1/session").json()["csrf"]
        yield found


@pytest.fixture
def guarded(room_app: Callable[..., FastAPI]) -> Iterator[TestClient]:
    """The browser of somebody unknown, in a room with sign-in."""
    with TestClient(room_app(sign_in=True), base_url=LOCAL) as found:
        yield found


@pytest.fixture
def signed_client(
    guarded: TestClient, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., TestClient]]:
    """Signs a new user in to the room of ``guarded``: ``signed_client(Role.READER, "anna")``."""
    from argon2 import PasswordHasher

    # Argon2 at its full cost is tested on its own.
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(1, 8, 1))
    app = guarded.app
    assert isinstance(app, FastAPI)
    with ExitStack() as stack:

        def sign_in(role: Role = Role.READER, name: str = "") -> TestClient:
            name = name or role.value
            add_user(app, name, role)
            # Its lifespan is the one of ``guarded``.
            found = TestClient(app, base_url=LOCAL)
            stack.callback(found.close)
            answer = found.post("/api/v1/session", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            found.headers["X-CSRF-Token"] = answer.json()["csrf"]
            return found

        yield sign_in
    # What nobody's password is held against was made at the small cost, too.
    passwords._nobody.cache_clear()


def add_user(app: FastAPI, name: str, role: Role) -> str:
    """A user with :data:`PASSWORD`, straight into the database; their id."""
    with app.state.room.session(write=True) as session:
        user = User(name=name, role=role, password_hash=passwords.hashed(PASSWORD))
        session.add(user)
        session.commit()
        return user.id
