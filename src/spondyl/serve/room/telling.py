"""What pages are told of decisions and readers, wherever it happened.

What happens in this process is told to its own pages and, by their ids alone, to the room's other
processes (:mod:`spondyl.serve.room.relay`); those look it up and tell their pages.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from spondyl.serve.room.events import EventKind, LiveBus
from spondyl.serve.room.names import user_names
from spondyl.serve.room.presence import watchers
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import Decision


def tell_decision(bus: LiveBus, decision: Decision, user: str) -> None:
    """Tell everybody of a decision on a film."""
    bus.publish(EventKind.DECISION, _decision(decision, user))
    bus.tell_others(EventKind.DECISION, decision.id)


def tell_presence(bus: LiveBus, session: Session, film_id: str) -> None:
    """Tell everybody who has a film open."""
    bus.publish(EventKind.PRESENCE, _presence(session, film_id))
    bus.tell_others(EventKind.PRESENCE, film_id)


def _decision(decision: Decision, user: str) -> dict[str, Any]:
    return {
        "film_id": decision.film_id,
        "decision_id": decision.id,
        "user": user,
        "kind": decision.kind.value,
    }


def _presence(session: Session, film_id: str) -> dict[str, Any]:
    everybody = [each.model_dump(mode="json") for _, each in watchers(session, film_id)]
    return {"film_id": film_id, "others": everybody}


class Retelling:
    """Tells the pages of this process what happened in another.

    Parameters
    ----------
    database : Database
    bus : LiveBus
    show_film : callable
        Tells this process' pages how a film stands, by its id.
    """

    def __init__(self, database: Database, bus: LiveBus, show_film: Callable[[str], None]) -> None:
        self._database, self._bus, self._show_film = database, bus, show_film

    def __call__(self, kind: EventKind, id: str) -> None:
        """Tell of one happening; where it cannot be looked up, the pages look again themselves."""
        try:
            self._retell(kind, id)
        except SQLAlchemyError:
            self._bus.publish(EventKind.RESYNC, {})

    def _retell(self, kind: EventKind, id: str) -> None:
        if kind is EventKind.FILM:
            self._show_film(id)
        elif kind is EventKind.DECISION:
            with self._database.session() as session:
                made = session.get(Decision, id)
                if made is not None:
                    name = user_names(session, [made.user_id]).get(made.user_id, "")
                    self._bus.publish(kind, _decision(made, name))
        elif kind is EventKind.PRESENCE:
            with self._database.session() as session:
                self._bus.publish(kind, _presence(session, id))
        else:
            self._bus.publish(EventKind.RESYNC, {})
