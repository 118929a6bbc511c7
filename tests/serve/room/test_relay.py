"""Processes of one room tell each other what happens, on a real PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from bench.room_kit import until
from spondyl.serve.room.events import EventKind
from spondyl.serve.room.relay import Relay, _written
from spondyl.serve.store.engine import Database

LOOK_AGAIN = (EventKind.RESYNC, "")


class Process:
    """What a process of the room hears."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.heard: list[tuple[EventKind, str]] = []
        self.notes: list[str] = []
        self.relay = Relay(self.database, self._hear, lambda name, _: self.notes.append(name))
        self.relay.start()
        until(self.relay.connected.is_set, "it is connected")

    def _hear(self, kind: EventKind, id: str) -> None:
        self.heard.append((kind, id))

    def hears(self, *wanted: tuple[EventKind, str]) -> None:
        until(lambda: set(wanted) <= set(self.heard), f"{wanted} is heard")


@pytest.fixture
def two(new_postgres: Callable[[], str]) -> Iterator[tuple[Process, Process]]:
    url = new_postgres()
    found = Process(url), Process(url)
    yield found
    for each in found:
        each.relay.stop()
        assert not each.relay._thread.is_alive()
        each.database.close()


def cut_off(database: Database, *more: str) -> None:
    """End the connections of all relays."""
    with database.begin_write() as connection:
        for statement in more:
            connection.execute(text(statement))
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = ';' "
                "OR query LIKE 'LISTEN %' OR query LIKE '%pg_notify%' AND pid <> pg_backend_pid()"
            )
        )


def test_others_hear_and_one_does_not_hear_oneself(two: tuple[Process, Process]) -> None:
    one, other = two
    one.hears(LOOK_AGAIN)  # what was told before anybody listened
    one.relay.tell(EventKind.DECISION, "d1")
    other.hears((EventKind.DECISION, "d1"))
    other.relay.tell(EventKind.PRESENCE, "f1")
    one.hears((EventKind.PRESENCE, "f1"))
    assert (EventKind.DECISION, "d1") not in one.heard
    assert (EventKind.PRESENCE, "f1") not in other.heard


def test_news_come_at_once(two: tuple[Process, Process]) -> None:
    one, other = two
    took = []
    for k in range(5):
        start = time.perf_counter()
        one.relay.tell(EventKind.FILM, f"f{k}")
        other.hears((EventKind.FILM, f"f{k}"))
        took.append(time.perf_counter() - start)
    assert min(took) < 0.5


def test_many_at_once_arrive_whole(two: tuple[Process, Process]) -> None:
    one, other = two
    wanted = [(EventKind.FILM, f"{k:036}") for k in range(1000)]
    for kind, id in wanted:
        one.relay.tell(kind, id)
    other.hears(*wanted)


def test_a_message_fits_into_a_notification() -> None:
    ids = [(EventKind.DECISION, f"{k:036}") for k in range(950)]
    messages = list(_written("0" * 16, ids))
    assert len(messages) == 10
    assert max(len(each.encode()) for each in messages) < 8000


def test_more_than_can_wait_is_a_look_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    database: Any = None
    relay = Relay(database, lambda kind, id: None, lambda name, fields: None)
    for k in range(5000):
        relay.tell(EventKind.FILM, str(k))
    assert list(_written("a", list(relay._waiting))) == ['{"from":"a","happened":[["resync",""]]}']


def test_who_was_cut_off_has_its_pages_look_again_and_goes_on(
    two: tuple[Process, Process],
) -> None:
    one, other = two
    for each in two:
        each.hears(LOOK_AGAIN)
        each.heard.clear()
    cut_off(one.database)
    for each in two:
        each.hears(LOOK_AGAIN)
        assert each.notes == ["relay_cut_off"]
    one.relay.tell(EventKind.DECISION, "later")
    other.hears((EventKind.DECISION, "later"))


def test_what_could_not_be_sent_has_the_others_look_again(two: tuple[Process, Process]) -> None:
    one, other = two
    line = one.database.own_line()
    line.close()
    one.relay.tell(EventKind.FILM, "lost")
    one.relay._waiting.append((EventKind.FILM, "lost"))
    with pytest.raises(Exception, match="closed"):
        one.relay._send(line)
    one.relay.tell(EventKind.FILM, "next")
    before = other.heard.count(LOOK_AGAIN)
    until(lambda: other.heard.count(LOOK_AGAIN) > before, "the others look again")


def test_words_that_are_no_message_are_a_look_at_all(two: tuple[Process, Process]) -> None:
    one, _ = two
    until(lambda: LOOK_AGAIN in one.heard, "it listens")
    before = one.heard.count(LOOK_AGAIN)
    with one.database.begin_write() as connection:
        connection.execute(text("SELECT pg_notify('spondyl_room', 'no message')"))
    until(lambda: one.heard.count(LOOK_AGAIN) > before, "it looks again")
