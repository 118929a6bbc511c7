"""Readings that readers have accepted or corrected, as labels to calibrate on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.labels import FilmLabel
from spondyl.serve.projects.progress import bare_label, patient_of, readings_of
from spondyl.serve.projects.state import view_of
from spondyl.serve.quality.disagreement import standing_decisions
from spondyl.serve.store.tables import Film, FilmState, FilmStatus

_BATCH = 500


@dataclass(frozen=True)
class AcceptedFilm:
    """A film with the label that its reader left.

    Attributes
    ----------
    id, key : str
        Of the film, and of its bytes in the store.
    label : FilmLabel
        Named by the film's id.
    changed : bool
        The reader corrected what the model had said.
    """

    id: str
    key: str
    label: FilmLabel
    changed: bool


def accepted_films(
    session: Session, site: str | None = None, first: date | None = None, last: date | None = None
) -> list[AcceptedFilm]:
    """Films whose reading was accepted or corrected, by when they were decided.

    Films that were turned down or that their reader could not judge are left out.

    Parameters
    ----------
    session : Session
    site : str, optional
    first, last : date, optional
        Days of the decisions, both included.
    """
    wanted = select(Film).where(
        Film.state == FilmState.READ,
        Film.status.in_((FilmStatus.ACCEPTED, FilmStatus.CORRECTED)),
    )
    if site is not None:
        wanted = wanted.where(Film.site == site)
    if first is not None:
        wanted = wanted.where(Film.decided_at >= _midnight(first))
    if last is not None:
        wanted = wanted.where(Film.decided_at < _midnight(last) + timedelta(days=1))
    films = list(session.scalars(wanted.order_by(Film.decided_at, Film.id)))
    found: list[AcceptedFilm] = []
    for start in range(0, len(films), _BATCH):
        found += _labelled(session, films[start : start + _BATCH])
    return found


def _labelled(session: Session, films: Sequence[Film]) -> list[AcceptedFilm]:
    heads = standing_decisions(session, [film.id for film in films])
    readings = readings_of(session, [head.reading_id for head in heads.values()])
    found = []
    for film in films:
        head = heads.get(film.id)
        if head is None:
            continue
        reading = readings.get(head.reading_id or "")
        view = view_of(
            head.kind,
            head.body or {},
            None if reading is None else reading.body,
            bare_label(film, patient_of(film)),
        )
        if view.rejected or not view.assessable or not view.label.vertebrae:
            continue
        changed = film.status is FilmStatus.CORRECTED
        found.append(AcceptedFilm(film.id, film.key, view.label, changed))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
