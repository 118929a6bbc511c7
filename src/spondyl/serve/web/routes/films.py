"""Films: handed in, listed, shown, read again, their results."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile

from spondyl.serve.room import worklist
from spondyl.serve.room.chain import head_of
from spondyl.serve.room.deciding import chain_of, decisions_out
from spondyl.serve.room.intake import Bringing
from spondyl.serve.room.lines import items
from spondyl.serve.room.lookup import film_of
from spondyl.serve.room.presence import watchers
from spondyl.serve.room.reading.claims import requeue
from spondyl.serve.room.shapes import (
    FilmCounts,
    FilmDetail,
    FilmFilter,
    FilmItem,
    FilmPage,
    FilmSort,
    TakenItem,
    TakenList,
)
from spondyl.serve.room.taking import pieces
from spondyl.serve.room.worklist import FilmQuery
from spondyl.serve.store.tables import FilmSource, ReadingRow
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import Admin, SignedIn
from spondyl.serve.web.pages import cursor_of
from spondyl.serve.web.problems import problems
from spondyl.serve.web.reading import reading_of
from spondyl.serve.web.refusing import FilmId, ProjectQuery, RefusingRoute
from spondyl.serve.web.room import DbSession, TheRoom
from spondyl.serve.web.routes.film_places import place_from

router = APIRouter(tags=["films"], route_class=RefusingRoute)

Words = Annotated[
    str, Query(alias="q", max_length=200, description="Found in name, number and patient.")
]
Site = Annotated[str | None, Query(max_length=100)]
First = Annotated[date | None, Query(alias="from", description="First day of the study.")]
Last = Annotated[date | None, Query(alias="to", description="Last day of the study.")]


def _query(
    filter: FilmFilter, site: str | None, first: date | None, last: date | None, words: str
) -> FilmQuery:
    # PostgreSQL takes no NUL, and no film has one in its name.
    site = None if site is None else site.replace("\0", "")
    return FilmQuery(filter, site or None, first, last, words.replace("\0", ""))


@router.get("/films", response_model=FilmPage, responses=problems(400, 401, 422))
def list_films(
    _user: SignedIn,
    session: DbSession,
    sort: FilmSort = FilmSort.SUSPICION,
    filter: FilmFilter = FilmFilter.ALL,
    site: Site = None,
    first: First = None,
    last: Last = None,
    q: Words = "",
    cursor: Annotated[str | None, Query(max_length=1500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """List films, page by page."""
    query = _query(filter, site, first, last, q)
    after = None if cursor is None else place_from(cursor, sort)
    rows = list(session.scalars(worklist.page_query(query, sort, after, limit + 1)))
    more = len(rows) > limit
    return FilmPage(
        items=items(session, rows[:limit]),
        next=cursor_of(*worklist.place_of(rows[limit - 1], sort)) if more else None,
        total=worklist.total(session, query),
    )


@router.get("/films/counts", response_model=FilmCounts, responses=problems(401, 422))
def count_films(
    _user: SignedIn,
    session: DbSession,
    site: Site = None,
    first: First = None,
    last: Last = None,
    q: Words = "",
) -> object:
    """Count films by filter."""
    return worklist.counts(session, _query(FilmFilter.ALL, site, first, last, q))


@router.get("/films/sites", response_model=list[str], responses=problems(401))
def list_sites(_user: SignedIn, session: DbSession) -> object:
    """List the sites that films came from."""
    return worklist.sites(session)


@router.post("/films", response_model=TakenList, responses=problems(400, 401, 403, 413, 422, 503))
def hand_in_films(
    user: SignedIn,
    room: TheRoom,
    files: Annotated[list[UploadFile], File(description="DICOM, PNG, JPEG, TIFF or zip.")],
    site: Annotated[str, Form(max_length=100, description="Where the films were made.")] = "",
) -> object:
    """Take films in; they are read at once, one after the other."""
    reading = reading_of(room)
    bringing = Bringing(FilmSource.UPLOAD, site or reading.settings.site, user.id)
    taken: list[TakenItem] = []
    for each in files:
        size = each.size if each.size is not None else 0
        for piece in pieces(each.filename or "", each.file, size, reading.settings.limits):
            item = reading.intake.take(piece, bringing)
            room.metrics.films_taken.labels(FilmSource.UPLOAD.value, item.taken).inc()
            taken.append(item)
    with room.session(write=True) as session:
        tally = {word: sum(item.taken == word for item in taken) for word in _TAKEN}
        audit(session, user, "films.hand_in", "", tally)
        session.commit()
    return TakenList(items=taken)


_TAKEN = ("new", "duplicate", "refused")


@router.get("/films/{film_id}", response_model=FilmDetail, responses=problems(401, 404, 422))
def get_film(
    film_id: FilmId, user: SignedIn, session: DbSession, project: ProjectQuery = None
) -> object:
    """Show a film with all that the viewer needs, but its pixels."""
    film = film_of(session, film_id)
    item = items(session, [film])[0]
    reading = session.get(ReadingRow, film.reading_id) if film.reading_id else None
    head = head_of(chain_of(session, film_id, project, user.id))
    body = None if reading is None else reading.body
    said = (body or {}).get("film") or {}
    return FilmDetail(
        **item.model_dump(),
        width=film.width,
        height=film.height,
        reading=body,
        reading_id=None if reading is None else reading.id,
        decision=None if head is None else decisions_out(session, [head])[0],
        others=[each for who, each in watchers(session, film_id) if who != user.id],
        spacing_mm=said.get("spacing_mm"),
        spacing_source=said.get("spacing_source"),
        neighbours=worklist.neighbours(session, film),
    )


@router.delete("/films/{film_id}", status_code=204, responses=problems(401, 403, 404, 422))
def delete_film(film_id: FilmId, admin: Admin, session: DbSession, room: TheRoom) -> None:
    """Delete a film, its readings and its file; decisions on it stay in the trail."""
    film = film_of(session, film_id)
    key, sha256 = film.key, film.sha256
    session.delete(film)
    audit(session, admin, "film.delete", f"film:{film_id}")
    session.commit()
    room.films.delete(key)
    reading = reading_of(room)
    reading.cache.forget(sha256)
    reading.film_changed(film_id)


@router.post(
    "/films/{film_id}/read",
    response_model=FilmItem,
    status_code=202,
    responses=problems(401, 403, 404, 422),
)
def read_film_again(film_id: FilmId, user: SignedIn, session: DbSession, room: TheRoom) -> object:
    """Have a film read again, with the networks that the room has now."""
    film = film_of(session, film_id)
    if requeue(film):
        audit(session, user, "film.read", f"film:{film_id}")
        session.commit()
        reading = reading_of(room)
        reading.wake()
        reading.film_changed(film_id)
    return items(session, [film])[0]
