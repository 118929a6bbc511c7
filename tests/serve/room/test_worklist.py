import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from spondyl.serve.room import lines, worklist
from spondyl.serve.room.shapes import FilmFilter, FilmSort
from spondyl.serve.room.worklist import FilmQuery, page_query, place_of
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import Film, FilmState, FilmStatus, ReadingRow
from tests.serve.room.kit import film_row, new_database

FEW, SMALL, LARGE = 600, 5_000, 50_000
_START = datetime(2026, 1, 1, tzinfo=UTC)


def rows(count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(7)
    for n in range(count):
        assessable = chance.random() > 0.05
        suspicion = round(chance.random() ** 3, 4) if assessable else None
        yield {
            "id": str(uuid.UUID(int=chance.getrandbits(128))),
            "sha256": f"{n:064x}", "name": f"film-{chance.randrange(count):05}.dcm",
            "kind": "dicom", "patient_id": f"P{n // 3}", "patient_key": f"default|P{n // 3}",
            "patient_name": f"Doe, {n // 3}", "sex": "F", "birth_year": 1950,
            "study_date": None if n % 11 == 0 else date(2025, 1, 1) + timedelta(days=n % 300),
            "site": ("a", "b", "c")[n % 3], "received_at": _START + timedelta(seconds=n // 2),
            "state": FilmState.READ, "suspicion": suspicion,
            "fractured": (suspicion or 0) > 0.5, "unsure": 0.4 < (suspicion or 0) < 0.6,
            "assessable": assessable, "key": f"films/aa/{n}",
            "status": FilmStatus.ACCEPTED if n % 4 == 0 else FilmStatus.UNREAD,
        }  # fmt: skip


def filled(folder: Path, count: int) -> Database:
    folder.mkdir(exist_ok=True)
    database = new_database(folder)
    with database.begin_write() as connection:
        assert isinstance(connection, Connection)
        connection.execute(Film.__table__.insert(), list(rows(count)))  # type: ignore[attr-defined]
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
    return database


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    found = filled(tmp_path_factory.mktemp("few"), FEW)
    yield found
    found.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    found = filled(tmp_path_factory.mktemp("small"), SMALL)
    yield found
    found.close()


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Database]:
    found = filled(tmp_path / "large", LARGE)
    yield found
    found.close()


def walk(session: Session, query: FilmQuery, sort: FilmSort, limit: int) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        films = list(session.scalars(page_query(query, sort, after, limit)))
        found += [film.id for film in films]
        if len(films) < limit:
            return found
        after = place_of(films[-1], sort)


@pytest.mark.parametrize("sort", list(FilmSort))
def test_pages_show_every_film_once_and_in_order(few: Database, sort: FilmSort) -> None:
    with few.session() as session:
        found = walk(session, FilmQuery(), sort, 77)
        assert len(found) == len(set(found)) == FEW
        films = {film.id: film for film in session.query(Film)}
    ordered = [films[each] for each in found]
    keys: dict[FilmSort, Any] = {
        FilmSort.SUSPICION: lambda f: -(-1 if f.suspicion is None else f.suspicion),
        FilmSort.RECEIVED: lambda f: -f.received_at.timestamp(),
        FilmSort.DATE: lambda f: -(f.study_date or date.min).toordinal(),
        FilmSort.NAME: lambda f: f.name,
    }
    told = [keys[sort](film) for film in ordered]
    assert told == sorted(told)


@pytest.mark.parametrize("filter", list(FilmFilter))
def test_counts_are_those_of_the_pages(few: Database, filter: FilmFilter) -> None:
    query = FilmQuery(filter, site="b", first=date(2025, 3, 1))
    with few.session() as session:
        shown = len(walk(session, query, FilmSort.SUSPICION, 200))
        counted = worklist.counts(session, FilmQuery(site="b", first=date(2025, 3, 1)))
        assert shown == worklist.total(session, query) == getattr(counted, filter.value)
    assert shown > 0 or filter in (FilmFilter.FAILED, FilmFilter.READING)


def test_search_finds_names_and_numbers_and_takes_signs_as_they_are(few: Database) -> None:
    with few.session() as session:
        assert worklist.total(session, FilmQuery(words="p17")) >= 3
        exact = FilmQuery(words="DOE p199")
        assert worklist.total(session, exact) == 3, "all words, in any case, in any field"
        for signs in ("%", "_", "\\", "' OR 1=1 --"):
            assert worklist.total(session, FilmQuery(words=signs)) == 0


def plan(database: Database, statement: Any) -> str:
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with database.engine.connect() as connection:
        steps = connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}".replace(":", r"\:")))
        return "\n".join(str(step[-1]) for step in steps)


@pytest.mark.parametrize("sort", list(FilmSort))
@pytest.mark.parametrize("later", [False, True])
def test_a_page_is_a_walk_along_an_index(small: Database, sort: FilmSort, later: bool) -> None:
    with small.session() as session:
        films = list(session.scalars(page_query(FilmQuery(), sort, None, 40)))
    after = place_of(films[-1], sort) if later else None
    told = plan(small, page_query(FilmQuery(), sort, after, 50))
    assert "USING INDEX ix_films_" in told
    assert "TEMP B-TREE" not in told


def test_other_films_of_the_patients_are_found_by_an_index(small: Database) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(small.engine, "before_cursor_execute", note)
    try:
        with small.session() as session:
            films = list(session.scalars(page_query(FilmQuery(), FilmSort.SUSPICION, None, 50)))
            lines.items(session, films)
            worklist.neighbours(session, films[20])
    finally:
        event.remove(small.engine, "before_cursor_execute", note)
    with small.engine.connect() as connection:
        for statement in asked:
            names = statement.count("?")
            steps = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", tuple("x" for _ in range(names))
            )
            told = "\n".join(str(step[-1]) for step in steps)
            assert "SCAN films" not in told.replace("SCAN films USING INDEX", ""), statement


def test_a_page_is_quick(small: Database) -> None:
    assert page_seconds(small) < 0.15


@pytest.mark.slow
def test_a_page_is_as_quick_with_ten_times_the_films(large: Database) -> None:
    assert page_seconds(large) < 0.15


def page_seconds(database: Database) -> float:
    """Processor time of the worklist's first page, at best."""
    took = []
    for _ in range(3):
        start = time.process_time()
        with database.session() as session:
            films = list(session.scalars(page_query(FilmQuery(), FilmSort.SUSPICION, None, 50)))
            lines.items(session, films)
            worklist.total(session, FilmQuery())
        took.append(time.process_time() - start)
    return min(took)


def test_neighbours_walk_the_whole_list(database: Database) -> None:
    with database.session(write=True) as session:
        session.add_all(film_row(suspicion=each) for each in (0.9, 0.5, 0.5, 0.5, None, None, 0.1))
        session.commit()
        order = walk(session, FilmQuery(), FilmSort.SUSPICION, 3)
        for n, film_id in enumerate(order):
            found = worklist.neighbours(session, session.get_one(Film, film_id))
            assert found.previous == (order[n - 1] if n else None)
            assert found.next == (order[n + 1] if n + 1 < len(order) else None)


def test_the_newest_earlier_film_of_the_patient_is_named(database: Database) -> None:
    with database.session(write=True) as session:
        films = [
            film_row(patient_key="a|1", study_date=date(2024, 1, 1)),
            film_row(patient_key="a|1", study_date=date(2025, 1, 1)),
            film_row(patient_key="a|1", study_date=date(2026, 1, 1)),
            film_row(patient_key="b|1", study_date=date(2025, 6, 1)),
            film_row(patient_key="", study_date=date(2025, 6, 1)),
            film_row(patient_key="", study_date=date(2025, 7, 1)),
        ]
        session.add_all(films)
        session.commit()
        found = [item.prior_id for item in lines.items(session, films)]
    assert found == [None, films[0].id, films[1].id, None, None, None]


def test_levels_are_the_models_until_a_reader_decides(database: Database) -> None:
    from spondyl.serve.room.deciding import Decider, decide
    from spondyl.serve.room.drawn import Drawing
    from spondyl.serve.room.shapes import NewDecision
    from spondyl.serve.store.tables import DecisionKind
    from tests.serve.room.kit import add_user
    from tests.serve.room.test_deciding import READING

    anna = add_user(database, "anna")
    number = str(uuid.uuid4())
    with database.session(write=True) as session:
        film = film_row(reading_id=number, fractured=True, birth_year=1950)
        session.add(film)
        session.flush()
        session.add(ReadingRow(id=number, film_id=film.id, model="m", version="1", body=READING))
        session.commit()
        (item,) = lines.items(session, [film])
        assert (item.levels, item.age, item.decided_by) == (["L1"], 76, None)
        decide(
            session, film.id, Decider(anna, "anna"),
            NewDecision(kind=DecisionKind.CORRECT, body=Drawing()),
        )  # fmt: skip
        (item,) = lines.items(session, [film])
        assert (item.levels, item.decided_by) == ([], "anna")
