"""The worklist follows readers; what the model said is kept beside it."""

from collections.abc import Iterator
from typing import Any

import pytest

from spondyl.anatomy import Level
from spondyl.serve.room import lines, worklist
from spondyl.serve.room.deciding import Decider, decide
from spondyl.serve.room.drawn import BodyStatus, Drawing, DrawnBody
from spondyl.serve.room.reading.claims import Claim, finish
from spondyl.serve.room.shapes import FilmFilter, FilmItem, FilmSort, NewDecision
from spondyl.serve.room.worklist import FilmQuery, page_query
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import DecisionKind, Film, FilmState
from tests.serve.room.kit import add_user, film_row, reading_json
from tests.serve.room.test_measuring import box

FRACTURED = Drawing(
    vertebrae=[DrawnBody(level=Level.L3, points_px=box(100), status=BodyStatus.FRACTURED)]
)
SOUND = Drawing(vertebrae=[DrawnBody(level=Level.L3, points_px=box(100), status=BodyStatus.NORMAL)])


class Room:
    """A database with one reader, who decides on films one after the other."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.anna = Decider(add_user(database, "anna"), "anna")
        self._heads: dict[str, str] = {}

    def read(self, fractured: bool, suspicion: float, **more: Any) -> str:
        """A film that was read so; its id."""
        body = reading_json(fractured=fractured, fracture_probability=suspicion, **more)
        body["vertebrae"][0]["fractured"] = fractured
        with self.database.session(write=True) as session:
            film = film_row(state=FilmState.READING, attempts=1)
            session.add(film)
            session.commit()
            assert finish(session, Claim(film.id, film.sha256, film.key, 1), body)
            return film.id

    def decide(self, film: str, kind: str, body: Drawing | None = None) -> None:
        new = NewDecision(kind=DecisionKind(kind), parent_id=self._heads.get(film), body=body)
        with self.database.session(write=True) as session:
            self._heads[film] = decide(session, film, self.anna, new).id
            session.commit()

    def shown(self, filter: FilmFilter) -> set[str]:
        """Ids of a filter's films; their count is the one that the page shows beside it."""
        with self.database.session() as session:
            query = page_query(FilmQuery(filter), FilmSort.SUSPICION, None, 50)
            found = {film.id for film in session.scalars(query)}
            assert getattr(worklist.counts(session), filter.value) == len(found)
            assert worklist.total(session, FilmQuery(filter)) == len(found)
            return found

    def line(self, film: str) -> FilmItem:
        with self.database.session() as session:
            return lines.items(session, [session.get_one(Film, film)])[0]


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    database = Database(database_url)
    database.migrate()
    yield Room(database)
    database.close()


def test_a_correction_moves_films_between_filters_and_undoing_moves_them_back(room: Room) -> None:
    alarm, missed = room.read(True, 0.9), room.read(False, 0.1)
    assert room.shown(FilmFilter.FRACTURED) == {alarm}
    room.decide(alarm, "correct", SOUND)
    room.decide(missed, "correct", FRACTURED)
    assert room.shown(FilmFilter.FRACTURED) == {missed}
    assert (room.line(alarm).fractured, room.line(alarm).levels) == (False, [])
    assert (room.line(missed).fractured, room.line(missed).levels) == (True, ["L3"])
    room.decide(alarm, "undo")
    room.decide(missed, "undo")
    assert room.shown(FilmFilter.FRACTURED) == {alarm}
    assert (room.line(alarm).fractured, room.line(alarm).levels) == (True, ["L1"])


def test_an_undone_correction_leads_back_to_the_one_before(room: Room) -> None:
    film = room.read(True, 0.9)
    room.decide(film, "accept")
    assert room.line(film).fractured
    room.decide(film, "correct", SOUND)
    assert not room.line(film).fractured
    room.decide(film, "undo")
    assert room.line(film).fractured


def test_a_rejected_reading_says_nothing(room: Room) -> None:
    film = room.read(True, 0.9)
    room.decide(film, "reject")
    assert room.shown(FilmFilter.FRACTURED) == set()
    assert (room.line(film).fractured, room.line(film).levels) == (False, [])
    room.decide(film, "undo")
    assert room.shown(FilmFilter.FRACTURED) == {film}


def test_what_a_reader_decided_is_no_longer_unsure(room: Room) -> None:
    film = room.read(False, 0.49)
    assert room.shown(FilmFilter.UNSURE) == {film}
    room.decide(film, "accept")
    assert room.shown(FilmFilter.UNSURE) == set()
    assert not room.line(film).unsure
    room.decide(film, "undo")
    assert room.shown(FilmFilter.UNSURE) == {film}


def test_a_reader_says_what_can_be_judged(room: Room) -> None:
    clear, dim = room.read(False, 0.1), room.read(False, 0.0, assessable=False)
    assert room.shown(FilmFilter.NOT_ASSESSABLE) == {dim}
    room.decide(clear, "correct", Drawing(assessable=False))
    room.decide(dim, "correct", SOUND)
    assert room.shown(FilmFilter.NOT_ASSESSABLE) == {clear}
    assert (room.line(clear).assessable, room.line(dim).assessable) == (False, True)
    room.decide(clear, "undo")
    assert room.shown(FilmFilter.NOT_ASSESSABLE) == set()


def test_a_film_read_again_keeps_its_readers_word_and_its_models(room: Room) -> None:
    film = room.read(True, 0.9)
    room.decide(film, "correct", SOUND)
    with room.database.session(write=True) as session:
        row = session.get_one(Film, film)
        row.state, row.attempts = FilmState.READING, 3
        session.commit()
        assert finish(session, Claim(film, row.sha256, row.key, 3), reading_json())
        assert session.get_one(Film, film, populate_existing=True).fractured
    assert not room.line(film).fractured
    room.decide(film, "undo")
    assert room.line(film).fractured


def test_the_order_stays_the_models(room: Room) -> None:
    films = [room.read(each > 0.5, each) for each in (0.9, 0.7, 0.2)]
    room.decide(films[0], "correct", SOUND)
    room.decide(films[2], "correct", FRACTURED)
    with room.database.session() as session:
        query = page_query(FilmQuery(), FilmSort.SUSPICION, None, 50)
        assert [film.id for film in session.scalars(query)] == films
