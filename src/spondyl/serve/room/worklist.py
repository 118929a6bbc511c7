"""The worklist: pages of films by keyset, counts, neighbours; quick at any number of films.

A page is a walk along one index from where the last page ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from spondyl.serve.room import stands
from spondyl.serve.room.shapes import FilmCounts, FilmFilter, FilmSort, Neighbours
from spondyl.serve.store.tables import Film, FilmState, FilmStatus, suspicion_order

_OPEN_STATES = (FilmState.QUEUED, FilmState.READING)
#: Suspicion of films that have none; see ``store.tables.suspicion_order``.
NO_SUSPICION = -1.0


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
