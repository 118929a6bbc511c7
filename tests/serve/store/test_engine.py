"""Databases: opened, migrated, guarded; on SQLite and on a real PostgreSQL."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the extra [serve] is not installed")

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from spondyl.serve.store.engine import Database
from spondyl.serve.store.errors import StoreError
from spondyl.serve.store.tables import (
    Audit,
    Base,
    Decision,
    DecisionKind,
    Film,
    Project,
    ReadingRow,
    Setting,
    User,
    suspicion_order,
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    found.migrate()
    yield found
    found.close()


def _film(name: str = "a", **more: Any) -> Film:
    return Film(id=f"film-{name}", sha256=name * 64, name=f"{name}.dcm", kind="dicom", **more)


@pytest.fixture
def people(database: Database) -> Database:
    """Two users and a film."""
    with database.session(write=True) as session:
        session.add_all([User(id="anna", name="anna"), User(id="berta", name="berta"), _film()])
        session.commit()
    return database


def _decide(database: Database, id: str, user: str = "anna", **more: Any) -> None:
    with database.session(write=True) as session:
        session.add(
            Decision(
                id=id, film_id="film-a", user_id=user, kind=DecisionKind.ACCEPT,
                body={"vertebrae": []}, **more,
            )
        )  # fmt: skip
        session.commit()


class TestMigrations:
    def test_a_second_time_changes_nothing(self, database: Database) -> None:
        before, after = database.migrate()
        assert before == after

    def test_migrated_tables_are_the_ones_of_the_code(self, database: Database) -> None:
        found = inspect(database.engine)
        names = set(found.get_table_names()) - {"alembic_version"}
        assert names == set(Base.metadata.tables)
        for table in Base.metadata.sorted_tables:
            there = {each["name"]: each for each in found.get_columns(table.name)}
            assert set(there) == {column.name for column in table.columns}
            for column in table.columns:
                where = f"{table.name}.{column.name}"
                assert there[column.name]["nullable"] == column.nullable, where
                expected = column.type.compile(database.engine.dialect)
                kind = there[column.name]["type"].compile(database.engine.dialect)
                # SQLite calls a double by another of its names.
                assert kind in (expected, "DOUBLE PRECISION", "DOUBLE_PRECISION"), where
            wanted = {str(each.name) for each in table.indexes}
            assert wanted <= set(_index_names(database, table.name)), table.name
            keys = {each["name"] for each in found.get_foreign_keys(table.name)}
            assert keys == {each.name for each in table.foreign_key_constraints}, table.name

    def test_two_at_once(self, database_url: str) -> None:
        faults: list[BaseException] = []

        def start() -> None:
            database = Database(database_url)
            try:
                database.migrate()
            except BaseException as fault:
                faults.append(fault)
            finally:
                database.close()

        threads = [threading.Thread(target=start) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert faults == []

    def test_a_newer_database_is_left_alone(self, database: Database) -> None:
        with database.begin_write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
        with pytest.raises(StoreError, match="newer Spondyl"):
            database.migrate()


def _index_names(database: Database, table: str) -> list[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type='index' AND tbl_name=:table"
        if database.is_sqlite
        else "SELECT indexname FROM pg_indexes WHERE tablename=:table"
    )
    with database.engine.connect() as connection:
        return [str(each) for each in connection.scalars(text(query), {"table": table})]


class TestGuard:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE decisions SET report='other'",
            "DELETE FROM decisions",
            "UPDATE audit SET action='other'",
            "DELETE FROM audit",
            "UPDATE readings SET model='other'",
        ],
    )
    def test_what_was_added_stays(self, people: Database, statement: str) -> None:
        _decide(people, "one")
        with people.session(write=True) as session:
            session.add_all(
                [
                    Audit(action="film.add", object="film:film-a"),
                    ReadingRow(film_id="film-a", model="m", version="1", body={}),
                ]
            )
            session.commit()
        with pytest.raises(DBAPIError, match="only ever added"), people.begin_write() as connection:
            connection.execute(text(statement))
        with people.session() as session:
            assert session.scalars(select(Decision)).one().report is None
            assert session.scalars(select(Audit)).one().action == "film.add"

    def test_nothing_is_replaced_or_truncated(self, people: Database) -> None:
        _decide(people, "one")
        values = "('one', 'film-a', 'anna', '2026-01-01 00:00:00', 'reject', '{}')"
        statement = (
            "INSERT OR REPLACE INTO decisions (id, film_id, user_id, at, kind, body) VALUES "
            + values
            if people.is_sqlite
            else "TRUNCATE decisions CASCADE"
        )
        with pytest.raises(DBAPIError, match="only ever added"), people.begin_write() as connection:
            connection.execute(text(statement))
        with people.session() as session:
            assert session.scalars(select(Decision.kind)).all() == [DecisionKind.ACCEPT]

    def test_decisions_outlive_a_deleted_film_and_its_readings(self, people: Database) -> None:
        with people.session(write=True) as session:
            session.add(ReadingRow(film_id="film-a", model="m", version="1", body={}))
            session.commit()
        _decide(people, "one")
        with people.session(write=True) as session:
            session.delete(session.get_one(Film, "film-a"))
            session.commit()
        with people.session() as session:
            assert session.scalars(select(ReadingRow)).all() == []
            assert session.get_one(Decision, "one").film_id == "film-a"


class TestRace:
    def test_of_two_who_saw_the_same_the_first_counts(self, people: Database) -> None:
        _decide(people, "one", "anna")
        with pytest.raises(IntegrityError):
            _decide(people, "two", "berta")
        _decide(people, "three", "berta", parent_id="one")
        with pytest.raises(IntegrityError):
            _decide(people, "four", "anna", parent_id="one")

    def test_in_a_project_each_reader_has_a_chain(self, people: Database) -> None:
        with people.session(write=True) as session:
            session.add(Project(id="p", name="p", created_by="anna", levels=[]))
            session.commit()
        _decide(people, "one", "anna")
        _decide(people, "two", "anna", project_id="p")
        _decide(people, "three", "berta", project_id="p")
        with pytest.raises(IntegrityError):
            _decide(people, "four", "berta", project_id="p")

    def test_many_writers_lose_nothing(self, people: Database) -> None:
        def work(name: str) -> None:
            for number in range(10):
                with people.session(write=True) as session:
                    # Read first, then write: what fails in SQLite if it began as a reader.
                    row = session.get(Setting, "count") or Setting(key="count", value={"n": 0})
                    if not people.is_sqlite:
                        session.execute(text("SELECT pg_advisory_xact_lock(1)"))
                        session.expire_all()
                        row = session.get(Setting, "count") or row
                    row.value = {"n": row.value["n"] + 1}
                    session.merge(row)
                    session.add(Audit(action="test", object=f"{name}-{number}"))
                    session.commit()

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        with people.session() as session:
            assert len(session.scalars(select(Audit.object)).all()) == 40
            assert session.get_one(Setting, "count").value == {"n": 40}


class TestRows:
    def test_times_come_back_as_utc(self, database: Database) -> None:
        east = datetime(2026, 5, 1, 12, 30, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
        with database.session(write=True) as session:
            session.add(_film(received_at=east))
            session.commit()
        with database.session() as session:
            found = session.scalars(select(Film.received_at)).one()
        assert found == east
        assert found.tzinfo is UTC

    def test_a_time_without_zone_is_refused(self, database: Database) -> None:
        with database.session(write=True) as session:
            session.add(_film(received_at=datetime(2026, 5, 1)))
            with pytest.raises(StatementError, match="with its zone"):
                session.commit()

    def test_a_reading_comes_back_as_it_was(self, people: Database) -> None:
        body = {"zebra": 1, "apple": [0.1, None, "T12–L1"], "nested": {"b": 1, "a": 2.5e-7}}
        with people.session(write=True) as session:
            session.add(ReadingRow(film_id="film-a", model="m", version="1", body=body))
            session.commit()
        with people.session() as session:
            found = session.scalars(select(ReadingRow.body)).one()
        assert found == body
        assert list(found) == list(body)

    def test_most_suspicious_first_by_the_index(self, database: Database) -> None:
        values = {"a": 0.2, "b": None, "c": 0.9, "d": 0.9, "e": 0.0}
        with database.session(write=True) as session:
            session.add_all(_film(name, suspicion=value) for name, value in values.items())
            session.commit()
        wanted = select(Film.id).order_by(suspicion_order().desc(), Film.id)
        with database.session() as session:
            assert session.scalars(wanted).all() == [f"film-{name}" for name in "cdaeb"]
            if database.is_sqlite:
                sql = str(wanted.compile(database.engine))
                plan = session.execute(text(f"EXPLAIN QUERY PLAN {sql}")).all()
                assert "ix_films_suspicion" in str(plan)
                assert "TEMP B-TREE" not in str(plan)

    def test_unknown_words_are_refused(self, database: Database) -> None:
        with database.session(write=True) as session:
            session.add(_film(state="lost"))
            with pytest.raises(StatementError):
                session.commit()

    def test_rows_that_point_nowhere_are_refused(self, database: Database) -> None:
        with database.session(write=True) as session:
            session.add(ReadingRow(film_id="nowhere", model="m", version="1", body={}))
            with pytest.raises(IntegrityError):
                session.commit()


class TestUrl:
    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("mysql://root:hidden@host/x", "SQLite and PostgreSQL"),
            ("sqlite+other:///x.sqlite", "SQLite and PostgreSQL"),
            ("postgresql+asyncpg://root:hidden@host/x", "no driver 'postgresql.asyncpg'"),
            ("postgresql://root:hidden@host/x?sslmode=maybe", "sslmode is one of disable"),
            ("postgresql://root:hidden@host/x?options=-c", "found 'options'"),
            ("sqlite://", "needs a file"),
            ("sqlite:///:memory:", "needs a file"),
            ("room.sqlite", "expected a URL"),
        ],
    )
    def test_is_told_in_a_sentence(self, url: str, says: str) -> None:
        with pytest.raises(StoreError, match=says) as told:
            Database(url)
        assert "hidden" not in str(told.value)

    def test_a_server_that_is_away_is_told_without_its_password(self) -> None:
        pytest.importorskip("pg8000")
        database = Database("postgresql://user:hidden@127.0.0.1:1/room")
        with pytest.raises(StoreError, match="does not answer") as told:
            database.migrate()
        assert "hidden" not in str(told.value)

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "room.sqlite").write_text("no database at all, just some words" * 50)
        with pytest.raises(StoreError, match="does not answer"):
            Database(f"sqlite:///{tmp_path / 'room.sqlite'}").check()
