from typing import Any

import pytest
from sqlalchemy import select

from spondyl.serve.room.reading.claims import (
    MOST_STARTS,
    claim,
    fail,
    finish,
    put_back,
    recover,
    requeue,
    unsure,
    waiting,
)
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import Film, FilmState, ReadingRow
from tests.serve.room.kit import film_row, reading_json


def queued(database: Database, count: int = 1, **values: Any) -> list[str]:
    with database.session(write=True) as session:
        films = [film_row(**{"state": FilmState.QUEUED, **values}) for _ in range(count)]
        session.add_all(films)
        session.commit()
        return [film.id for film in films]


def test_each_film_is_claimed_once_in_the_order_of_arrival(database: Database) -> None:
    ids = queued(database, 3)
    found = []
    with database.session(write=True) as session:
        assert waiting(session) == 3
        while (taken := claim(session)) is not None:
            found.append(taken)
    assert [each.film_id for each in found] == ids
    assert {each.attempt for each in found} == {1}


def test_a_reading_is_kept_and_the_film_says_what_it_found(database: Database) -> None:
    (number,) = queued(database)
    with database.session(write=True) as session:
        taken = claim(session)
        assert taken is not None
        assert finish(session, taken, reading_json())
        film = session.get_one(Film, number)
        row = session.scalar(select(ReadingRow))
    assert row is not None
    assert film.reading_id == row.id
    assert (film.state, film.suspicion, film.fractured) == (FilmState.READ, 0.9, True)
    assert (film.assessable, film.width, film.attempts) == (True, 80, 0)
    assert row.model == "a" * 64


def test_a_film_that_is_not_assessable_has_no_suspicion(database: Database) -> None:
    (number,) = queued(database)
    with database.session(write=True) as session:
        taken = claim(session)
        assert taken is not None
        body = reading_json(assessable=False, fractured=False, fracture_probability=0.0)
        finish(session, taken, body)
        film = session.get_one(Film, number)
    assert (film.suspicion, film.assessable, film.unsure) == (None, False, False)


def test_who_was_overtaken_finishes_nothing(database: Database) -> None:
    (number,) = queued(database)
    with database.session(write=True) as session:
        slow = claim(session)
        assert slow is not None
        assert put_back(session, slow)
        quick = claim(session)
        assert quick is not None
        assert quick.attempt == 2
        assert not finish(session, slow, reading_json())
        assert not fail(session, slow, "too late")
        assert session.get_one(Film, number).state is FilmState.READING
        assert finish(session, quick, reading_json())
        assert len(list(session.scalars(select(ReadingRow)))) == 1


def test_films_that_were_being_read_when_all_ended_are_queued_again(database: Database) -> None:
    (number,) = queued(database)
    with database.session(write=True) as session:
        for _ in range(MOST_STARTS):
            assert claim(session) is not None
            recovered = recover(session)
            session.commit()
        film = session.get_one(Film, number)
    assert recovered == 0
    assert film.state is FilmState.FAILED
    assert "10 times" in (film.reason or "")


def test_reading_again_starts_from_nothing() -> None:
    film = film_row(state=FilmState.FAILED, reason="died", attempts=3)
    assert requeue(film)
    assert (film.state, film.reason, film.attempts) == (FilmState.QUEUED, None, 0)
    assert not requeue(film)


@pytest.mark.parametrize(
    ("probability", "is_unsure"),
    [(0.0, False), (0.3, True), (0.5, True), (0.7, True), (0.9, False)],
)
def test_unsure_is_near_the_threshold(probability: float, is_unsure: bool) -> None:
    assert unsure(reading_json(fracture_probability=probability)) is is_unsure
    assert not unsure(reading_json(fracture_probability=probability, assessable=False))
