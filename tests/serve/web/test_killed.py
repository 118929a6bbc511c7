"""A real room that ends as by a failure of power, again and again: nothing answered is lost."""

import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")

import requests

from bench.room_kit import Client, RoomProcess, until, variant

KILLS = 3
FILMS_EACH = 5
DECISIONS_EACH = 6
KINDS = ("accept", "reject", "undo")


@dataclass
class Answered:
    """What people were told was done."""

    #: File name to film id.
    films: dict[str, str] = field(default_factory=dict)
    #: Decision id to film id.
    decisions: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomProcess]:
    # No more than one film at a time, so that some wait when the end comes.
    found = RoomProcess(tmp_path / "room", settings={"workers": 1, "threads": 1})
    try:
        found.start()
        yield found
    finally:
        found.stop()


def hand_in(client: Client, files: dict[str, bytes], answered: Answered) -> None:
    """One film after the other, until the room is gone."""
    try:
        for name, content in files.items():
            (item,) = client.hand_in({name: content})
            answered.films[name] = item["film_id"]
    except requests.RequestException:
        return


def decide(client: Client, film: str, answered: Answered, over: threading.Event) -> None:
    """One decision after the other on a film, until the room is gone."""
    try:
        head = client.get(f"/films/{film}/decisions")["items"]
        parent, number = (head[-1]["id"] if head else None), len(head)
        while not over.is_set():
            body = {"kind": KINDS[number % 3], "parent_id": parent, "report": f"word {number}"}
            answer = client.post(f"/films/{film}/decisions", body)
            assert answer.status_code == 201, answer.text
            parent, number = answer.json()["id"], number + 1
            answered.decisions[parent] = film
    except requests.RequestException:
        return


def kill_at_work(
    room: RoomProcess, film: str, files: dict[str, bytes], answered: Answered, delay_s: float
) -> None:
    """Kill the room while films come in and are read, and decisions are made."""
    before, watching = len(answered.decisions), room.client()
    over = threading.Event()
    at_work = [
        threading.Thread(target=hand_in, args=(room.client(), files, answered)),
        threading.Thread(target=decide, args=(room.client(), film, answered, over)),
    ]
    for each in at_work:
        each.start()
    try:
        until(
            lambda: (
                len(answered.decisions) >= before + DECISIONS_EACH
                and watching.get("/films/counts")["reading"] > 0
            ),
            "films are read while decisions are made",
        )
        time.sleep(delay_s)
        room.kill()
    finally:
        over.set()
        for each in at_work:
            each.join(60)


def alone(room: RoomProcess) -> bool:
    """Nothing that the killed room had started runs any more."""
    assert room.process is not None
    try:
        os.killpg(room.process.pid, 0)
    except ProcessLookupError:
        return True
    return False


def readings(room: RoomProcess) -> Counter[str]:
    """Film to how often a reading of it was kept."""
    with sqlite3.connect(room.folder / "room.sqlite") as database:
        return Counter(film for (film,) in database.execute("SELECT film_id FROM readings"))


def test_whatever_was_answered_outlives_the_program(room: RoomProcess) -> None:
    answered = Answered()
    hand_in(room.client(), {"first.png": variant("one-fracture.png", 0, 400)}, answered)
    film = answered.films["first.png"]
    room.client().wait_read(1)
    every: dict[str, bytes] = {}
    for kill in range(KILLS):
        numbers = range(1 + FILMS_EACH * kill, 1 + FILMS_EACH * (kill + 1))
        files = {f"{k}.png": variant("one-fracture.png", k, 400) for k in numbers}
        every |= files
        kill_at_work(room, film, files, answered, 0.07 * kill)
        until(lambda: alone(room), "what read films has ended, too", 10)
        room.start()

    client = room.client()
    films = client.wait_read(len(answered.films))
    assert len(answered.films) > KILLS
    states = {each["id"]: (each["state"], each["reason"]) for each in films}
    assert {name: states[id] for name, id in answered.films.items()} == dict.fromkeys(
        answered.films, ("read", None)
    )
    # Films whose answer was lost are here once or not at all, and can be handed in again.
    assert max(Counter(each["name"] for each in films).values()) == 1
    for name, item in zip(every, client.hand_in(every), strict=True):
        assert item["taken"] == ("duplicate" if item["film_id"] in states else "new")
        assert item["film_id"] == answered.films.get(name, item["film_id"])
    films = client.wait_read(1 + len(every))
    assert Counter(each["name"] for each in films) == dict.fromkeys(["first.png", *every], 1)
    assert {each["state"] for each in films} == {"read"}
    assert all(client.get(f"/films/{each['id']}")["reading"]["vertebrae"] for each in films)
    assert readings(room) == dict.fromkeys((each["id"] for each in films), 1)

    assert len(answered.decisions) >= KILLS * DECISIONS_EACH
    chain = client.get(f"/films/{film}/decisions")["items"]
    assert set(answered.decisions) <= {each["id"] for each in chain}
    # At most one of each kill was kept without being answered, and none follows a lost one.
    assert len(chain) <= len(answered.decisions) + KILLS
    assert [each["parent_id"] for each in chain] == [None, *(each["id"] for each in chain[:-1])]
    assert [each["kind"] for each in chain] == [KINDS[k % 3] for k in range(len(chain))]
    # An undone decision's content is that of an earlier one.
    assert all(each["report"] == f"word {k}" for k, each in enumerate(chain) if k % 3 != 2)
