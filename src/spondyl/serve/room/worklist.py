"""The worklist: pages of films by keyset, counts, neighbours; quick at any number of films.

A page is a walk along one index from where the last page ended. What a page shows besides the
film's own row (fractured levels, earlier films, names) is asked for its films alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from spondyl.serve.room import stands
from spondyl.serve.room.chain import standing
from spondyl.serve.room.drawn import fractured_levels_read
from spondyl.serve.room.shapes import FilmCounts, FilmFilter, FilmItem, FilmSort, Neighbours
from spondyl.serve.store.tables import (
    Decision,
    Film,
    FilmState,
    FilmStatus,
    ReadingRow,
    User,
    suspicion_order,
)

_OPEN_STATES = (FilmState.QUEUED, FilmState.READING)
#: Suspicion of films that have none; see ``store.tables.suspicion_order``.
NO_SUSPICION = -1.0
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True)
class FilmQuery:
    """What is asked for.

    Attributes
    ----------
    filter : FilmFilter
    site : str or None
    first, last : date or None
        Of the study; both included.
    words : str
        Found in name, patient's number or patient's name, in any case.
    """

    filter: FilmFilter = FilmFilter.ALL
    site: str | None = None
    first: date | None = None
    last: date | None = None
    words: str = ""


def conditions(query: FilmQuery) -> list[ColumnElement[bool]]:
    """A query's conditions."""
    found = [] if query.filter is FilmFilter.ALL else [filter_condition(query.filter)]
    if query.site is not None:
        found.append(Film.site == query.site)
    if query.first is not None:
        found.append(Film.study_date >= query.first)
    if query.last is not None:
        found.append(Film.study_date <= query.last)
    for word in query.words.split()[:8]:
        pattern = f"%{_escaped(word)}%"
        found.append(
            or_(
                Film.name.ilike(pattern, escape="\\"),
                Film.patient_id.ilike(pattern, escape="\\"),
                Film.patient_name.ilike(pattern, escape="\\"),
            )
        )
    return found


def filter_condition(filter: FilmFilter) -> ColumnElement[bool]:
    """The films of a filter."""
    table: Mapping[FilmFilter, ColumnElement[bool]] = {
        FilmFilter.ALL: Film.id.is_not(None),
        FilmFilter.FRACTURED: stands.is_fractured(),
        FilmFilter.UNSURE: stands.is_unsure(),
        FilmFilter.NOT_ASSESSABLE: stands.is_not_assessable(),
        FilmFilter.UNREAD: Film.status == FilmStatus.UNREAD,
        FilmFilter.FAILED: Film.state == FilmState.FAILED,
        FilmFilter.READING: Film.state.in_(_OPEN_STATES),
    }
    return table[filter]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


#: A row's place in a sort: its sort value (text, number or none) and its id.
Place = tuple[str | float | None, str]


def page_query(query: FilmQuery, sort: FilmSort, after: Place | None, limit: int) -> Select[Film]:
    """The films of one page.

    Parameters
    ----------
    query : FilmQuery
    sort : FilmSort
    after : Place or None
        Of the last film of the page before.
    limit : int

    Raises
    ------
    ValueError
        If the place is none of this sort.
    """
    wanted = select(Film).where(*conditions(query)).limit(limit)
    if sort is FilmSort.SUSPICION:
        value = suspicion_order()
        wanted = wanted.order_by(value.desc(), Film.id)
        if after is not None:
            start = _number(after[0])
            wanted = wanted.where(value <= start, or_(value < start, Film.id > after[1]))
    elif sort is FilmSort.RECEIVED:
        wanted = wanted.order_by(Film.received_at.desc(), Film.id)
        if after is not None:
            at = datetime.fromisoformat(_text(after[0]))
            if at.tzinfo is None:
                raise ValueError("A time needs its zone.")
            wanted = wanted.where(
                Film.received_at <= at, or_(Film.received_at < at, Film.id > after[1])
            )
    elif sort is FilmSort.DATE:
        wanted = wanted.order_by(Film.study_date.desc().nulls_last(), Film.id.desc())
        if after is not None:
            wanted = wanted.where(_after_date(after))
    else:
        wanted = wanted.order_by(Film.name, Film.id)
        if after is not None:
            name = _text(after[0])
            wanted = wanted.where(Film.name >= name, or_(Film.name > name, Film.id > after[1]))
    return wanted


def _after_date(after: Place) -> ColumnElement[bool]:
    if after[0] is None:
        return and_(Film.study_date.is_(None), Film.id < after[1])
    day = date.fromisoformat(_text(after[0]))
    return or_(
        Film.study_date < day,
        and_(Film.study_date == day, Film.id < after[1]),
        Film.study_date.is_(None),
    )


def _number(value: str | float | None) -> float:
    if isinstance(value, str) or value is None:
        raise ValueError("A number was expected.")
    return float(value)


def _text(value: str | float | None) -> str:
    if not isinstance(value, str):
        raise ValueError("A text was expected.")
    return value


def place_of(film: Film, sort: FilmSort) -> Place:
    """A film's place in a sort."""
    if sort is FilmSort.SUSPICION:
        return (NO_SUSPICION if film.suspicion is None else film.suspicion, film.id)
    if sort is FilmSort.RECEIVED:
        return (film.received_at.isoformat(), film.id)
    if sort is FilmSort.DATE:
        return (None if film.study_date is None else film.study_date.isoformat(), film.id)
    return (film.name, film.id)


def total(session: Session, query: FilmQuery) -> int:
    """How many films a query finds."""
    return session.scalar(select(func.count()).select_from(Film).where(*conditions(query))) or 0


def counts(session: Session, query: FilmQuery | None = None) -> FilmCounts:
    """Films by filter, in one walk over the table."""
    query = query or FilmQuery()
    wanted = [
        func.sum(case((filter_condition(each), 1), else_=0))
        if each is not FilmFilter.ALL
        else func.count()
        for each in FilmFilter
    ]
    row = session.execute(select(*wanted).select_from(Film).where(*conditions(query))).one()
    return FilmCounts(**{each.value: int(n or 0) for each, n in zip(FilmFilter, row, strict=True)})


def sites(session: Session) -> list[str]:
    """All sites that films came from, by name."""
    return list(session.scalars(select(Film.site).distinct().order_by(Film.site)))


def neighbours(session: Session, film: Film) -> Neighbours:
    """The films before and after one in order of suspicion."""
    value = suspicion_order()
    start = NO_SUSPICION if film.suspicion is None else film.suspicion
    after = session.scalar(
        select(Film.id)
        .where(value <= start, or_(value < start, Film.id > film.id))
        .order_by(value.desc(), Film.id)
        .limit(1)
    )
    before = session.scalar(
        select(Film.id)
        .where(value >= start, or_(value > start, Film.id < film.id))
        .order_by(value, Film.id.desc())
        .limit(1)
    )
    return Neighbours(previous=before, next=after)


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


def user_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """How users are called, by id."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.full_name, User.name).where(User.id.in_(wanted)))
    return {key: full or name for key, full, name in rows}


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
