import threading
from typing import Any

import pytest
from sqlalchemy.orm import Session

from spondyl.anatomy import Level
from spondyl.serve.room.chain import in_order, stack_of, standing
from spondyl.serve.room.deciding import Decider, chain_of, decide
from spondyl.serve.room.drawn import Drawing, DrawnBody, fractured_levels
from spondyl.serve.room.errors import ConflictError, NotThereError, UnfitError
from spondyl.serve.room.shapes import NewDecision
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import (
    Decision,
    DecisionKind,
    Film,
    FilmStatus,
    ReadingRow,
)
from tests.serve.room.kit import add_user, film_row
from tests.serve.room.test_measuring import box

READING: dict[str, Any] = {
    "film": {"posterior_side": "right", "size_px": [400, 900]},
    "assessable": True,
    "vertebrae": [
        {
            "level": "L1",
            "corners_px": {
                name: list(point)
                for name, point in box(80).model_dump().items()
                if "middle" not in name
            },
            "mid_endplates_px": {"superior": [140, 80], "inferior": [140, 140]},
            "assessable": True, "fractured": True, "genant_grade": 1, "shape": "wedge",
        }
    ],
}  # fmt: skip


@pytest.fixture
def anna(database: Database) -> Decider:
    return Decider(add_user(database, "anna", "Anna A."), "Anna A.")


@pytest.fixture
def film(database: Database) -> str:
    with database.session(write=True) as session:
        row = film_row(reading_id="r1")
        session.add(row)
        session.flush()
        session.add(ReadingRow(id="r1", film_id=row.id, model="m", version="1", body=READING))
        session.commit()
        return row.id


def keep(
    database: Database, film: str, by: Decider, kind: str, parent: str | None, **more: Any
) -> Decision:
    with database.session(write=True) as session:
        made = decide(
            session, film, by, NewDecision(kind=DecisionKind(kind), parent_id=parent, **more)
        )
        session.commit()
        return made


def status(database: Database, film: str) -> tuple[FilmStatus, str | None]:
    with database.session() as session:
        row = session.get_one(Film, film)
        return row.status, row.decided_by


def test_accepting_keeps_what_the_model_had_said(
    database: Database, film: str, anna: Decider
) -> None:
    made = keep(database, film, anna, "accept", None)
    assert made.reading_id == "r1"
    assert made.body["posterior_side"] == "right"
    assert fractured_levels(made.body) == ["L1"]
    assert made.body["vertebrae"][0]["origin"] == "model"
    assert status(database, film) == (FilmStatus.ACCEPTED, anna.id)


def test_each_decision_follows_the_one_that_its_reader_saw(
    database: Database, film: str, anna: Decider
) -> None:
    first = keep(database, film, anna, "accept", None)
    with pytest.raises(ConflictError) as caught:
        keep(database, film, anna, "reject", None)
    assert "Anna A." in caught.value.message
    assert caught.value.more["head"]["id"] == first.id
    with pytest.raises(ConflictError):
        keep(database, film, anna, "reject", "made-up")
    second = keep(database, film, anna, "correct", first.id, body=Drawing())
    with database.session() as session:
        assert [each.id for each in in_order(chain_of(session, film))] == [first.id, second.id]


def test_undoing_is_a_decision_that_leads_back(
    database: Database, film: str, anna: Decider
) -> None:
    drawn = Drawing(vertebrae=[DrawnBody(level=Level.L3, points_px=box(100))], comment="mine")
    one = keep(database, film, anna, "correct", None, body=drawn, report="first")
    two = keep(database, film, anna, "reject", one.id)
    assert status(database, film)[0] is FilmStatus.REJECTED
    back = keep(database, film, anna, "undo", two.id)
    assert back.body == one.body
    assert back.report == "first"
    assert status(database, film)[0] is FilmStatus.CORRECTED
    start = keep(database, film, anna, "undo", back.id)
    assert fractured_levels(start.body) == ["L1"], "what the model had said"
    assert status(database, film) == (FilmStatus.UNREAD, None)
    with pytest.raises(ConflictError, match="no decision left"):
        keep(database, film, anna, "undo", start.id)
    with database.session() as session:
        chain = chain_of(session, film)
        assert len(chain) == 4, "nothing was overwritten"
        assert standing(chain) is None
        assert stack_of(chain) == []


def test_what_is_not_there_is_not_decided_on(database: Database, film: str, anna: Decider) -> None:
    with pytest.raises(NotThereError):
        keep(database, "0" * 36, anna, "accept", None)
    with pytest.raises(NotThereError):
        keep(database, film, anna, "accept", None, reading_id="another")
    with pytest.raises(UnfitError):
        keep(database, film, anna, "correct", None)


def test_of_two_at_once_one_is_kept_and_the_other_told(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    try:
        anna = Decider(add_user(database, "anna"), "anna")
        ben = Decider(add_user(database, "ben"), "ben")
        with database.session(write=True) as session:
            row = film_row()
            session.add(row)
            session.commit()
            film = row.id
        start, results = threading.Barrier(8), []

        def one(who: Decider) -> None:
            start.wait()
            try:
                results.append(keep(database, film, who, "accept", None).id)
            except ConflictError as error:
                results.append(error.more["head"]["id"])

        threads = [threading.Thread(target=one, args=(who,)) for who in (anna, ben) * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(results) == 8
        assert len(set(results)) == 1, "all name the same decision"
        with database.session() as session:
            assert len(chain_of(session, film)) == 1
    finally:
        database.close()


def test_readers_of_a_project_have_chains_of_their_own(
    database: Database, film: str, anna: Decider
) -> None:
    from spondyl.serve.store.tables import Project

    ben = Decider(add_user(database, "ben"), "ben")
    with database.session(write=True) as session:
        project = Project(name="p", created_by=anna.id)
        session.add(project)
        session.commit()
        number = project.id
    for who in (anna, ben):
        keep(database, film, who, "accept", None, project_id=number)
    assert status(database, film)[0] is FilmStatus.UNREAD
    with database.session() as session:
        assert _users(session, film, number, anna) == [anna.id]
        assert _users(session, film, number, ben) == [ben.id]


def _users(session: Session, film: str, project: str, who: Decider) -> list[str]:
    return [each.user_id for each in chain_of(session, film, project, who.id)]


def test_a_chain_survives_a_clock_that_was_set_back(
    database: Database, film: str, anna: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from spondyl.serve.room import deciding

    one = keep(database, film, anna, "accept", None)
    monkeypatch.setattr(deciding, "utc_now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
    two = keep(database, film, anna, "reject", one.id)
    with database.session() as session:
        assert [each.id for each in in_order(chain_of(session, film))] == [one.id, two.id]
