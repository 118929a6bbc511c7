"""Lines of the worklist: what a page shows of its films.

What a line says besides the film's own row (fractured levels, earlier films, names) is asked for
all films of a page at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.serve.room import stands
from spondyl.serve.room.chain import standing
from spondyl.serve.room.drawn import fractured_levels_read
from spondyl.serve.room.names import user_names
from spondyl.serve.room.shapes import FilmItem
from spondyl.serve.store.tables import Decision, Film, ReadingRow

_MOST_REMEMBERED = 50_000


@dataclass
class LevelsOfReadings:
    """Fractured levels by reading: readings never change, so that they are opened once."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, session: Session, reading_ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Levels by reading id."""
        missing = [each for each in dict.fromkeys(reading_ids) if each not in self.known]
        if missing:
            if len(self.known) > _MOST_REMEMBERED:
                self.known.clear()
            rows = session.execute(
                select(ReadingRow.id, ReadingRow.body).where(ReadingRow.id.in_(missing))
            )
            self.known |= {key: tuple(fractured_levels_read(body)) for key, body in rows}
        return self.known


_LEVELS = LevelsOfReadings()


def items(session: Session, films: Sequence[Film]) -> list[FilmItem]:
    """Lines of the worklist."""
    names = user_names(session, {film.decided_by for film in films if film.decided_by})
    priors = _priors(session, films)
    read_levels = _LEVELS.of(
        session, [film.reading_id for film in films if film.reading_id and film.fractured]
    )
    drawn = _drawn_levels(session, [film.id for film in films if film.decided_at is not None])
    found = []
    for film in films:
        levels = drawn.get(film.id)
        if levels is None:
            levels = list(read_levels.get(film.reading_id or "", ())) if film.fractured else []
        found.append(
            FilmItem(
                **_own(film),
                decided_by=names.get(film.decided_by or ""),
                levels=levels,
                prior_id=priors.get(film.id),
            )
        )
    return found


def _own(film: Film) -> dict[str, Any]:
    age = None
    if film.birth_year is not None and film.study_date is not None:
        age = film.study_date.year - film.birth_year
    return {
        "id": film.id, "name": film.name, "patient_id": film.patient_id,
        "patient_name": film.patient_name, "sex": film.sex,
        "age": age if age is not None and 0 <= age <= 130 else None,
        "study_date": film.study_date, "site": film.site, "source": film.source,
        "state": film.state, "reason": film.reason, "suspicion": film.suspicion,
        **stands.as_it_stands(film),
        "status": film.status, "decided_at": film.decided_at, "received_at": film.received_at,
    }  # fmt: skip


def _priors(session: Session, films: Sequence[Film]) -> dict[str, str]:
    """The newest earlier film of each film's patient, by study date, then by arrival."""
    keys = {film.patient_key for film in films if film.patient_key}
    if not keys:
        return {}
    rows = session.execute(
        select(Film.patient_key, Film.study_date, Film.received_at, Film.id).where(
            Film.patient_key.in_(keys)
        )
    ).all()
    by_patient: dict[str, list[tuple[date, datetime, str]]] = {}
    for key, day, at, film_id in rows:
        by_patient.setdefault(key, []).append((day or at.date(), at, film_id))
    found = {}
    for film in films:
        own = (film.study_date or film.received_at.date(), film.received_at, film.id)
        earlier = [each for each in by_patient.get(film.patient_key, ()) if each < own]
        if earlier:
            found[film.id] = max(earlier)[2]
    return found


def _drawn_levels(session: Session, film_ids: Sequence[str]) -> dict[str, list[str]]:
    """Fractured levels of films by the decision that stands."""
    if not film_ids:
        return {}
    rows = session.scalars(
        select(Decision).where(Decision.film_id.in_(film_ids), Decision.project_id.is_(None))
    )
    chains: dict[str, list[Decision]] = {}
    for row in rows:
        chains.setdefault(row.film_id, []).append(row)
    found = {}
    for film_id, chain in chains.items():
        decision = standing(chain)
        if decision is not None:
            found[film_id] = stands.decided_levels(decision.kind, decision.body)
    return found
