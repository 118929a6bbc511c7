"""What happens, as it happens: a stream of events, and who has a film open."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from spondyl.serve.room.events import EventKind, as_text, stream
from spondyl.serve.room.lookup import film_of
from spondyl.serve.room.presence import come, leave, watchers
from spondyl.serve.room.shapes import Watchers
from spondyl.serve.room.telling import tell_presence
from spondyl.serve.room.worklist import counts
from spondyl.serve.web.auth.guards import SignedIn
from spondyl.serve.web.problems import problems
from spondyl.serve.web.reading import reading_of
from spondyl.serve.web.refusing import FilmId, RefusingRoute
from spondyl.serve.web.room import DbSession, TheRoom

router = APIRouter(tags=["live"], route_class=RefusingRoute)

#: Then the browser comes back, and is asked anew who it is.
_STREAM_S = 600.0


class Tab(BaseModel):
    """A browser tab, by a random word of its own."""

    tab: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$")


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-Sent Events: film, counts, presence, decision, resync.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(401, 422),
    },
)
def listen(
    _user: SignedIn,
    session: DbSession,
    room: TheRoom,
    seconds: Annotated[
        float, Query(ge=0, le=_STREAM_S, description="Until the stream ends by itself.")
    ] = _STREAM_S,
) -> StreamingResponse:
    """Stream what happens in the room."""
    first = as_text(EventKind.COUNTS, counts(session).model_dump())
    session.close()
    return StreamingResponse(
        stream(reading_of(room).bus, first, seconds),
        media_type="text/event-stream",
        # Proxies would gather events until there are enough of them.
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.put(
    "/films/{film_id}/presence",
    response_model=Watchers,
    responses=problems(401, 403, 404, 422),
)
def open_film(
    film_id: FilmId, tab: Tab, user: SignedIn, session: DbSession, room: TheRoom
) -> object:
    """Say that a tab shows a film, again every few seconds; answers who else does."""
    film_of(session, film_id)
    new = come(session, film_id, user.id, tab.tab)
    session.commit()
    if new:
        tell_presence(reading_of(room).bus, session, film_id)
    return _others(session, film_id, user.id, tab.tab)


@router.delete(
    "/films/{film_id}/presence",
    response_model=Watchers,
    responses=problems(401, 403, 404, 422),
)
def close_film(
    film_id: FilmId, tab: Tab, user: SignedIn, session: DbSession, room: TheRoom
) -> object:
    """Say that a tab shows a film no longer."""
    film_of(session, film_id)
    if leave(session, film_id, user.id, tab.tab):
        session.commit()
        tell_presence(reading_of(room).bus, session, film_id)
    return _others(session, film_id, user.id, tab.tab)


def _others(session: Session, film_id: str, user_id: str, tab: str) -> Watchers:
    return Watchers(
        others=[
            each for who, each in watchers(session, film_id) if (who, each.tab) != (user_id, tab)
        ]
    )
