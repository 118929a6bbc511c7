"""What stands of a film: the decision of a reader, and what the model said until there is one.

The model's word stays in the film's row whatever readers decide, and :mod:`spondyl.serve.quality`
counts that; theirs stands beside it. A reading that was turned down says nothing of fractures.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func

from spondyl.serve.room.drawn import fractured_levels
from spondyl.serve.store.tables import Decision, DecisionKind, Film


def is_fractured() -> ColumnElement[bool]:
    """Films that are fractured, as it stands."""
    return func.coalesce(Film.reader_fractured, Film.fractured).is_(True)


def is_unsure() -> ColumnElement[bool]:
    """Films of which the model is not sure, and that no reader has decided."""
    return and_(Film.unsure.is_(True), Film.reader_fractured.is_(None))


def is_not_assessable() -> ColumnElement[bool]:
    """Films that cannot be judged, as it stands."""
    return func.coalesce(Film.reader_assessable, Film.assessable).is_(False)


def as_it_stands(film: Film) -> dict[str, Any]:
    """``fractured``, ``unsure`` and ``assessable`` of a film's line."""
    if film.reader_fractured is None:
        return {
            "fractured": film.fractured, "unsure": film.unsure, "assessable": film.assessable,
        }  # fmt: skip
    return {
        "fractured": film.reader_fractured, "unsure": False, "assessable": film.reader_assessable,
    }  # fmt: skip


def decided_levels(kind: DecisionKind, body: Mapping[str, Any]) -> list[str]:
    """Fractured levels by a decision, top to bottom."""
    return [] if kind is DecisionKind.REJECT else fractured_levels(body)


def note(film: Film, decision: Decision | None) -> None:
    """Keep in a film's row what the decision that stands says; None: no decision stands."""
    if decision is None:
        film.reader_fractured, film.reader_assessable = None, None
        return
    film.reader_fractured = bool(decided_levels(decision.kind, decision.body))
    film.reader_assessable = decision.body.get("assessable") is not False
