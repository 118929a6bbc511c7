"""Two server processes on one PostgreSQL: a page of the one hears what happens in the other."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")

import requests

from bench.room_kit import API, RoomProcess, until
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import ReadingRow
from tests.serve.room.kit import film_row, reading_json


class Page(threading.Thread):
    """A browser that listens to a room's events."""

    def __init__(self, room: RoomProcess) -> None:
        super().__init__(daemon=True)
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._stream = requests.get(f"{room.url}{API}/events", stream=True, timeout=120)
        self.start()

    def run(self) -> None:
        kind = ""
        try:
            for line in self._stream.iter_lines(chunk_size=1, decode_unicode=True):
                name, _, said = line.partition(": ")
                if name == "event":
                    kind = said
                elif name == "data":
                    self.events.append((kind, json.loads(said)))
        except requests.RequestException:
            return  # the room has ended

    def hears(self, kind: str, /, **wanted: Any) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            fits = (
                data
                for name, data in self.events
                if name == kind and wanted.items() <= data.items()
            )
            return next(fits, None)

        return until(found, f"{kind} with {wanted} in {self.events}") or {}


@pytest.fixture
def url(new_postgres: Callable[[], str]) -> str:
    return new_postgres()


@pytest.fixture
def film(url: str) -> str:
    """A film that was read, before any room is open."""
    database = Database(url)
    database.migrate()
    with database.session(write=True) as session:
        row = film_row(fractured=True, assessable=True, suspicion=0.9)
        session.add(row)
        session.flush()
        reading = ReadingRow(film_id=row.id, model="m", version="1", body=reading_json())
        session.add(reading)
        session.flush()
        row.reading_id = reading.id
        session.commit()
        film_id = row.id
    database.close()
    return film_id


@pytest.fixture
def rooms(url: str, film: str, tmp_path: Path) -> Iterator[tuple[RoomProcess, RoomProcess]]:
    shared = {"database": url, "films": str(tmp_path / "films"), "threads": 1}
    found = (
        RoomProcess(tmp_path / "one", settings=shared),
        RoomProcess(tmp_path / "two", settings=shared),
    )
    try:
        for each in found:
            each.start()
        yield found
    finally:
        for each in found:
            each.stop()


@pytest.mark.slow
def test_a_decision_in_one_is_heard_in_the_other(
    rooms: tuple[RoomProcess, RoomProcess], url: str, film: str
) -> None:
    one, other = rooms
    page = Page(other)
    page.hears("counts", fractured=1)
    body = {"kind": "correct", "body": {"vertebrae": []}}
    made = one.client().post(f"/films/{film}/decisions", body)
    assert made.status_code == 201, made.text
    page.hears("decision", decision_id=made.json()["id"], film_id=film, kind="correct")
    line = page.hears("film", id=film, status="corrected", fractured=False)
    assert "patient_name" not in line
    page.hears("counts", fractured=0)

    client = one.client()
    client.session.put(f"{one.url}{API}/films/{film}/presence", json={"tab": "a"}, timeout=30)
    assert page.hears("presence", film_id=film)["others"][0]["tab"] == "a"

    # Cut off, then back: the page is told to look again, and hears what comes after.
    before = len(page.events)
    _end_connections(url)
    until(lambda: ("resync", {}) in page.events[before:], "the page is told to look again")
    undone = client.post(
        f"/films/{film}/decisions", {"kind": "undo", "parent_id": made.json()["id"]}
    )
    assert undone.status_code == 201, undone.text
    page.hears("decision", decision_id=undone.json()["id"])
    page.hears("film", id=film, status="unread", fractured=True)


def _end_connections(url: str) -> None:
    from sqlalchemy import text

    database = Database(url)
    with database.begin_write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    database.close()
