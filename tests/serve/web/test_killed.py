"""The room is killed while it reads films and takes decisions: what it answered for is kept."""

import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")

import requests

from bench.room_kit import Client, RoomProcess, until, variant

FILMS = 8
KILLS = 2
SIDE_PX = 900


class Reader(threading.Thread):
    """Somebody who decides on one film after the other, as fast as answers come.

    Parameters
    ----------
    client : Client
    """

    def __init__(self, client: Client) -> None:
        super().__init__(daemon=True)
        self.client = client
        #: Film -> decisions that were answered with 201, the oldest first.
        self.kept: dict[str, list[str]] = {}
        self.states: Counter[str] = Counter()

    def run(self) -> None:
        try:
            while True:
                self._round()
        except requests.RequestException:
            return  # killed, as it should be

    def _round(self) -> None:
        films = self.client.get("/films")["items"]
        self.states = Counter(film["state"] for film in films)
        for film in films:
            if film["state"] != "read":
                continue
            history = self.client.get(f"/films/{film['id']}/decisions")["items"]
            parent = history[-1]["id"] if history else None
            kind = ("accept", "reject", "undo")[len(history) % 3]
            body = {"kind": kind, "parent_id": parent, "report": f"word {len(history)}"}
            answer = self.client.post(f"/films/{film['id']}/decisions", body)
            assert answer.status_code == 201, answer.text
            self.kept.setdefault(film["id"], []).append(answer.json()["id"])

    @property
    def count(self) -> int:
        """Decisions that were answered for."""
        return sum(map(len, self.kept.values()))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomProcess]:
    found = RoomProcess(tmp_path / "room")
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.mark.slow
def test_nothing_that_was_answered_for_is_lost(room: RoomProcess) -> None:
    taken: set[str] = set()
    kept: dict[str, list[str]] = {}
    for kill in range(KILLS):
        client = room.client()
        reader = Reader(client)
        reader.start()
        numbers = range(kill * FILMS, (kill + 1) * FILMS)
        files = {f"{k}.png": variant("several-fractures.png", k, SIDE_PX) for k in numbers}
        taken |= {item["film_id"] for item in client.hand_in(files)}
        # The others wait, and one of them is being read.
        _kill_when(room, reader, read=(kill + 1) * FILMS - 5)
        for film_id, ids in reader.kept.items():
            kept.setdefault(film_id, []).extend(ids)
        room.start()
        _check_decisions(room.client(), kept)
    client = room.client()
    films = client.wait_read(KILLS * FILMS)
    assert [film["state"] for film in films] == ["read"] * (KILLS * FILMS)
    assert sorted(film["id"] for film in films) == sorted(taken)
    assert all(client.get(f"/films/{film_id}")["reading"]["vertebrae"] for film_id in taken)
    assert _readings(room) == dict.fromkeys(taken, 1)
    again = client.hand_in({"again.png": variant("several-fractures.png", 0, SIDE_PX)})
    assert [item["taken"] for item in again] == ["duplicate"]


def _kill_when(room: RoomProcess, reader: Reader, read: int) -> None:
    """Kill the room when so many films are read, others are not, and decisions are being made."""
    until(lambda: reader.states["read"] >= read and reader.count >= 3, "decisions are taken")
    waiting = reader.states["queued"] + reader.states["reading"]
    room.kill()
    reader.join(30)
    assert not reader.is_alive()
    assert waiting, "all films were read before the room was killed"
    until(lambda: _is_alone(room), "what read films has ended, too", 30)


def _check_decisions(client: Client, kept: dict[str, list[str]]) -> None:
    """Each decision that was answered for is there, in its order, in one unbroken chain."""
    assert kept
    for film_id, ids in kept.items():
        history = client.get(f"/films/{film_id}/decisions")["items"]
        found = [each["id"] for each in history]
        # One that was kept, but whose answer never came, may stand among them.
        assert [each for each in found if each in ids] == ids
        assert [each["parent_id"] for each in history] == [None, *found[:-1]]
        assert history[0]["report"] == "word 0"


def _is_alone(room: RoomProcess) -> bool:
    """Nothing that the killed room had started runs any more."""
    assert room.process is not None
    try:
        os.killpg(room.process.pid, 0)
    except ProcessLookupError:
        return True
    return False


def _readings(room: RoomProcess) -> dict[str, int]:
    """Film -> how often it was read."""
    with sqlite3.connect(room.folder / "room.sqlite") as database:
        rows = database.execute("SELECT film_id, count(*) FROM readings GROUP BY film_id")
        return dict(rows.fetchall())
