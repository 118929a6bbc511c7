"""A room with users, films and readings that were never any patient's."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from spondyl.serve.room.reading.tasks import Outcome
from spondyl.serve.store.films import film_key
from spondyl.serve.store.tables import Film, FilmSource, FilmState, ReadingRow, Role, User
from spondyl.serve.web import reading
from tests.serve.projects.made import png, reading_of
from tests.serve.web.conftest import client, guarded, room_app, signed_client

__all__ = ["client", "guarded", "room_app", "signed_client"]


class NoHands:
    """Reads nothing: what is tested here needs no networks."""

    def __init__(self, _settings: object) -> None:
        pass

    def start(self) -> None:
        """Be ready."""

    def run(self, _task: object, _timeout_s: float) -> Outcome:
        return Outcome(refusal="Nothing is read in these tests.")

    def stop(self) -> None:
        """End."""


@pytest.fixture(autouse=True)
def _no_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "make_hands", NoHands)


SignIn = Callable[..., TestClient]


@pytest.fixture
def anna(signed_client: SignIn) -> TestClient:
    """A labeller, who makes the projects."""
    return signed_client(Role.LABELLER, "anna")


@pytest.fixture
def ben(signed_client: SignIn) -> TestClient:
    """Another labeller."""
    return signed_client(Role.LABELLER, "ben")


@pytest.fixture
def cleo(signed_client: SignIn) -> TestClient:
    """A third one."""
    return signed_client(Role.LABELLER, "cleo")


@contextmanager
def database(browser: TestClient) -> Iterator[Session]:
    """A writing session of the browser's room, committed at the end."""
    app = browser.app
    assert isinstance(app, FastAPI)
    with app.state.room.session(write=True) as session:
        yield session
        session.commit()


def put_film(browser: TestClient, name: str, probability: float = 0.1, **more: Any) -> str:
    """A film that was read, with its bytes in the store; its id."""
    app = browser.app
    assert isinstance(app, FastAPI)
    data = png(name)
    sha256 = hashlib.sha256(data).hexdigest()
    app.state.room.films.put(film_key(sha256), data)
    with database(browser) as session:
        film = Film(
            sha256=sha256,
            name=f"{name}.png",
            kind="png",
            width=400,
            height=800,
            size_bytes=len(data),
            key=film_key(sha256),
            source=FilmSource.UPLOAD,
            state=FilmState.READ,
            suspicion=probability,
            assessable=True,
            **more,
        )
        session.add(film)
        session.flush()
        body = reading_of(probability)
        reading = ReadingRow(
            film_id=film.id, model="0" * 64, version="1", body=body, suspicion=probability
        )
        session.add(reading)
        session.flush()
        film.reading_id = reading.id
        film.fractured = body["fractured"]
        return film.id


def user_id(browser: TestClient, name: str) -> str:
    """A user's id by name."""
    with database(browser) as session:
        found = session.query(User).filter_by(name=name).one()
        return found.id
