from datetime import timedelta

import pytest

from spondyl.serve.room import presence
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import utc_now
from tests.serve.room.kit import add_user, film_row


def test_two_tabs_on_one_film_know_of_each_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = add_user(database, "anna", "Anna A."), add_user(database, "ben")
    with database.session(write=True) as session:
        film = film_row()
        session.add(film)
        session.flush()
        assert presence.come(session, film.id, anna, "tab-1")
        assert not presence.come(session, film.id, anna, "tab-1"), "it was here already"
        assert presence.come(session, film.id, ben, "tab-2")
        found = presence.watchers(session, film.id)
        assert [(who, each.user, each.tab) for who, each in found] == [
            (anna, "Anna A.", "tab-1"),
            (ben, "ben", "tab-2"),
        ]
        assert presence.leave(session, film.id, anna, "tab-1")
        assert not presence.leave(session, film.id, anna, "tab-1")
        assert not presence.leave(session, film.id, anna, "tab-2"), "another's tab"
        session.commit()
    later = utc_now() + timedelta(minutes=2)
    monkeypatch.setattr(presence, "utc_now", lambda: later)
    with database.session(write=True) as session:
        assert presence.watchers(session, film.id) == [], "not heard of for too long"
        assert presence.come(session, film.id, ben, "tab-2"), "it is back"
