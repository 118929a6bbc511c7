"""The films and decisions that figures of quality are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.serve.store.tables import Film, FilmState, FilmStatus


@dataclass(frozen=True)
class FilmRow:
    """What a film adds to the figures.

    Attributes
    ----------
    id, site : str
    received_at : datetime
    assessable : bool
    fractured : bool
        As the model sees it.
    suspicion : float or None
    sex : str
    age : int or None
    decided_at : datetime or None
    status : FilmStatus
    """

    id: str
    site: str
    received_at: datetime
    assessable: bool
    fractured: bool
    suspicion: float | None
    sex: str
    age: int | None
    decided_at: datetime | None
    status: FilmStatus

    @property
    def day(self) -> date:
        """When it came in."""
        return self.received_at.date()

    @property
    def month(self) -> str:
        """As ``2026-11``."""
        return month_of(self.received_at)


def month_of(when: datetime) -> str:
    """Month of a time, as ``2026-11``."""
    return f"{when.year:04d}-{when.month:02d}"


def read_films(session: Session, site: str | None = None) -> list[FilmRow]:
    """All films that were read, by arrival.

    Parameters
    ----------
    session : Session
    site : str, optional
        Of one site alone.
    """
    wanted = select(
        Film.id,
        Film.site,
        Film.received_at,
        Film.assessable,
        Film.fractured,
        Film.suspicion,
        Film.sex,
        Film.birth_year,
        Film.study_date,
        Film.decided_at,
        Film.status,
    ).where(Film.state == FilmState.READ)
    if site is not None:
        wanted = wanted.where(Film.site == site)
    return [
        FilmRow(
            id=row.id,
            site=row.site,
            received_at=row.received_at,
            assessable=bool(row.assessable),
            fractured=bool(row.fractured),
            suspicion=row.suspicion,
            sex=row.sex,
            age=_age(row.study_date, row.birth_year),
            decided_at=row.decided_at,
            status=row.status,
        )
        for row in session.execute(wanted.order_by(Film.received_at, Film.id))
    ]


def _age(study: date | None, birth_year: int | None) -> int | None:
    return None if study is None or birth_year is None else study.year - birth_year


def sites_of(rows: Iterable[FilmRow]) -> list[str]:
    """Names of the sites, in order."""
    return sorted({row.site for row in rows})


def between(rows: Sequence[FilmRow], first: date, last: date) -> list[FilmRow]:
    """Films that came in on these days, both included."""
    return [row for row in rows if first <= row.day <= last]
