"""Steps from one form of the tables to the next keep what is in them."""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the extra [serve] is not installed")

from sqlalchemy import MetaData, insert, select

from spondyl.serve.store.base import utc_now
from spondyl.serve.store.engine import Database
from spondyl.serve.store.migrate import migrate
from spondyl.serve.store.tables import Film


@pytest.fixture
def first_form(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    migrate(found, "0001")
    yield found
    found.close()


def _body(*statuses: str, **more: Any) -> dict[str, Any]:
    return {"vertebrae": [{"level": "L1", "status": each} for each in statuses], **more}


#: Film -> decisions beside projects, oldest first, and what then stands: fractured, assessable.
CHAINS: dict[str, tuple[list[tuple[str, dict[str, Any]]], tuple[bool | None, bool | None]]] = {
    "alarm": ([("correct", _body("normal"))], (False, True)),
    "missed": ([("correct", _body("normal", "fractured"))], (True, True)),
    "rejected": ([("reject", _body("fractured"))], (False, True)),
    "dim": ([("correct", _body(assessable=False))], (False, False)),
    "undone": ([("accept", _body("fractured")), ("undo", _body())], (None, None)),
    "back": (
        [
            ("accept", _body("fractured")), ("correct", _body("normal")),
            ("reject", _body()), ("undo", _body()), ("undo", _body()),
        ],
        (True, True),
    ),
    "unread": ([], (None, None)),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_decisions_that_were_made_before_stand_in_the_films_rows(first_form: Database) -> None:
    tables = MetaData()
    with first_form.begin_write() as connection:
        tables.reflect(connection)
        now = utc_now()
        if first_form.is_sqlite:
            now = now.replace(tzinfo=None)
        connection.execute(
            insert(tables.tables["users"]),
            [{"id": "anna", "name": "anna", "full_name": "", "role": "reader", "active": True,
              "created_at": now}],
        )  # fmt: skip
        connection.execute(
            insert(tables.tables["projects"]),
            [{"id": "p", "name": "p", "description": "", "created_by": "anna", "created_at": now,
              "readers_per_film": 1, "levels": [], "closed": False}],
        )  # fmt: skip
        for number, (name, (chain, stands)) in enumerate(CHAINS.items()):
            decided = stands[0] is not None
            connection.execute(insert(tables.tables["films"]), [_film(name, number, now, decided)])
            parent = None
            for step, (kind, body) in enumerate(chain):
                row = {"id": f"{name}-{step}", "film_id": name, "project_id": None,
                       "user_id": "anna", "at": now, "kind": kind, "parent_id": parent,
                       "body": body}  # fmt: skip
                connection.execute(insert(tables.tables["decisions"]), [row])
                parent = row["id"]
        # What is said in a project is not said of the film.
        connection.execute(
            insert(tables.tables["decisions"]),
            [{"id": "other", "film_id": "alarm", "project_id": "p", "user_id": "anna", "at": now,
              "kind": "correct", "parent_id": None, "body": _body("fractured")}],
        )  # fmt: skip
    first_form.migrate()
    wanted = select(Film.id, Film.reader_fractured, Film.reader_assessable, Film.fractured)
    with first_form.session() as session:
        found = {row[0]: (row[1:3], row[3]) for row in session.execute(wanted)}
    assert {name: tuple(stands) for name, (stands, _) in found.items()} == {
        name: stands for name, (_, stands) in CHAINS.items()
    }
    assert all(model for _, model in found.values()), "what the model had said is untouched"


def _film(name: str, number: int, now: Any, decided: bool) -> dict[str, Any]:
    return {
        "id": name, "sha256": f"{number:064}", "name": name, "kind": "png", "patient_key": "",
        "patient_id": "", "patient_name": "", "sex": "", "site": "default", "source": "upload",
        "width": 1, "height": 1, "size_bytes": 1, "key": name, "received_at": now,
        "state": "read", "attempts": 0, "suspicion": 0.9, "fractured": True, "unsure": False,
        "assessable": True, "status": "corrected" if decided else "unread",
        "decided_by": "anna" if decided else None, "decided_at": now if decided else None,
    }  # fmt: skip
