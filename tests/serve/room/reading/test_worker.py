import time
from collections.abc import Iterator
from typing import Any

import pytest

from spondyl.serve.isolated import DiedError, PassingError
from spondyl.serve.room.reading.tasks import Outcome, ReadTask
from spondyl.serve.room.reading.worker import Worker, WorkerSettings
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import Film, FilmState
from tests.serve.room.kit import MemoryFilms, ScriptedHands, film_row, reading_json


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from spondyl.serve.room.reading import worker

    monkeypatch.setattr(worker, "_AFTER_ERROR_S", 0.01)
    return


def film(database: Database, films: MemoryFilms) -> str:
    with database.session(write=True) as session:
        row = film_row(state=FilmState.QUEUED)
        films.put(row.key, b"bytes")
        session.add(row)
        session.commit()
        return row.id


def work(database: Database, *answers: Any, kept: bool = True) -> tuple[Film, ScriptedHands, list]:  # type: ignore[type-arg]
    films, hands, told = MemoryFilms(), ScriptedHands(*answers), []
    number = film(database, films)
    if not kept:
        films.kept.clear()
    worker = Worker(
        database, films, hands, WorkerSettings(attempts=2),
        lambda film_id, seconds: told.append(seconds), lambda name, fields: None,
    )  # fmt: skip
    while worker.step():
        pass
    with database.session() as session:
        return session.get_one(Film, number), hands, told


def test_a_film_is_read_and_all_are_told(database: Database) -> None:
    found, hands, told = work(database, Outcome(body=reading_json()))
    assert found.state is FilmState.READ
    (task,) = hands.asked
    assert isinstance(task, ReadTask)
    assert task.content == b"bytes"
    assert task.render, "with few films waiting the viewer's picture is made at once"
    assert told[0] is None, "it began"
    assert told[1] is not None, "it was read"


def test_a_film_that_cannot_be_read_fails_with_its_sentence(database: Database) -> None:
    found, hands, _ = work(database, Outcome(refusal="It is no film."))
    assert (found.state, found.reason) == (FilmState.FAILED, "It is no film.")
    assert len(hands.asked) == 1


def test_a_film_on_which_the_process_dies_is_tried_so_often_and_no_more(
    database: Database,
) -> None:
    found, hands, _ = work(database, DiedError("It ended with signal SIGSEGV."))
    assert found.state is FilmState.FAILED
    assert found.reason == "It ended with signal SIGSEGV. It was tried 2 times."
    assert len(hands.asked) == 2


@pytest.mark.parametrize("error", [DiedError("gone"), PassingError("disk")])
def test_what_passes_is_no_failure(database: Database, error: Exception) -> None:
    found, _, _ = work(database, error, Outcome(body=reading_json()))
    assert (found.state, found.reason) == (FilmState.READ, None)


def test_a_film_whose_bytes_are_gone_says_so(database: Database) -> None:
    found, hands, _ = work(database, kept=False)
    assert found.state is FilmState.FAILED
    assert "hand the film in again" in (found.reason or "")
    assert hands.asked == []


def test_a_worker_wakes_at_once_and_stops(database: Database) -> None:
    films, hands = MemoryFilms(), ScriptedHands()
    read: list[str] = []
    worker = Worker(
        database, films, hands, WorkerSettings(),
        lambda film_id, seconds: read.append(film_id) if seconds is not None else None,
        lambda name, fields: None,
    )  # fmt: skip
    worker.start()
    try:
        number = film(database, films)
        worker.wake()
        until = time.monotonic() + 30
        while not read and time.monotonic() < until:
            time.sleep(0.005)
        assert read == [number]
        assert worker.trouble == ""
    finally:
        worker.stop(30)
    assert not worker.alive
