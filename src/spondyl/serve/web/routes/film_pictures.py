"""A film's pictures, and its reading as a file."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.serve.room.errors import ConflictError
from spondyl.serve.room.lookup import film_of
from spondyl.serve.store.tables import Film, FilmState, ReadingRow
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import SignedIn
from spondyl.serve.web.problems import problems
from spondyl.serve.web.reading import reading_of
from spondyl.serve.web.refusing import FilmId, RefusingRoute
from spondyl.serve.web.room import DbSession, TheRoom

router = APIRouter(tags=["films"], route_class=RefusingRoute)

_YEAR_S = 31_536_000


class ResultForm(StrEnum):
    """Forms in which a film's reading is handed out."""

    JSON = "json"
    PNG = "png"
    PDF = "pdf"
    SR = "sr"
    SC = "sc"
    FHIR = "fhir"


#: Form -> media type, end of the file's name.
_RESULTS = {
    ResultForm.JSON: ("application/json", "json"),
    ResultForm.PNG: ("image/png", "png"),
    ResultForm.PDF: ("application/pdf", "pdf"),
    ResultForm.SR: ("application/dicom", "sr.dcm"),
    ResultForm.SC: ("application/dicom", "sc.dcm"),
    ResultForm.FHIR: ("application/fhir+json", "fhir.json"),
}

_PIXELS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Rows of 16-bit grey values, little-endian, top to bottom; bone bright.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        "headers": {
            name: {"description": what, "schema": {"type": "string"}}
            for name, what in (
                ("X-Rows", "Height in pixels."),
                ("X-Columns", "Width in pixels."),
                ("X-Window-Center", "Middle of a window to begin with."),
                ("X-Window-Width", "Its width."),
                ("X-Inverted", "1 where the film showed bone dark and was turned."),
            )
        },
    },
    304: {"description": "The browser's copy is the same."},
}


@router.get(
    "/films/{film_id}/pixels",
    response_class=Response,
    responses={**_PIXELS, **problems(401, 404, 422, 503)},
)
def get_film_pixels(
    film_id: FilmId,
    request: Request,
    _user: SignedIn,
    session: DbSession,
    room: TheRoom,
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """Hand out a film's grey values."""
    film, inverted, settled = _shown(session, film_id)
    session.close()
    headers = _cached(film.sha256, inverted, settled, "p")
    if _same(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    found = reading_of(room).pixels(film.key, film.sha256, inverted)
    facts = found.facts
    headers |= {
        "X-Rows": str(facts.rows),
        "X-Columns": str(facts.columns),
        "X-Window-Center": f"{facts.window_center:.2f}",
        "X-Window-Width": f"{facts.window_width:.2f}",
        "X-Inverted": str(int(facts.inverted)),
        "Vary": "Accept-Encoding",
    }
    if "gzip" not in accept_encoding.lower():
        return Response(found.rows(), media_type="application/octet-stream", headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(found.packed, media_type="application/octet-stream", headers=headers)


@router.get(
    "/films/{film_id}/thumbnail.png",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "The browser's copy is the same."},
        **problems(401, 404, 422, 503),
    },
)
def get_film_thumbnail(
    film_id: FilmId, request: Request, _user: SignedIn, session: DbSession, room: TheRoom
) -> Response:
    """Hand out a small picture of a film."""
    film, inverted, settled = _shown(session, film_id)
    session.close()
    headers = _cached(film.sha256, inverted, settled, "t")
    if _same(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    png = reading_of(room).thumbnail(film.key, film.sha256, inverted)
    return Response(png, media_type="image/png", headers=headers)


@router.get(
    "/films/{film_id}/results.{form}",
    response_class=Response,
    responses={
        200: {
            "content": {
                media: {
                    "schema": {"type": "object"}
                    if media.endswith("json")
                    else {"type": "string", "format": "binary"}
                }
                for media, _ in _RESULTS.values()
            }
        },
        **problems(401, 403, 404, 409, 422, 503),
    },
)
def get_film_result(
    film_id: FilmId, form: ResultForm, user: SignedIn, session: DbSession, room: TheRoom
) -> Response:
    """Hand out the model's reading of a film as a file."""
    film = film_of(session, film_id)
    row = session.get(ReadingRow, film.reading_id) if film.reading_id else None
    if row is None:
        raise ConflictError("This film has no reading yet; wait until it was read.")
    key, name, body = film.key, film.name, row.body
    session.close()
    content = reading_of(room).result(key, name, body, form.value)
    with room.session(write=True) as writing:
        audit(writing, user, "film.result", f"film:{film_id}", {"form": form.value})
        writing.commit()
    media, ending = _RESULTS[form]
    file = f"spondyl-{film_id[:8]}.{ending}"
    return Response(
        content,
        media_type=media,
        headers={
            "Content-Disposition": f'attachment; filename="{file}"',
            "Cache-Control": "no-store",
        },
    )


def _shown(session: Session, film_id: str) -> tuple[Film, bool, bool]:
    """A film, whether it is turned from dark to bright, and whether that will stay."""
    film = film_of(session, film_id)
    if film.reading_id is None:
        return film, False, film.state is FilmState.FAILED
    body = session.scalar(select(ReadingRow.body).where(ReadingRow.id == film.reading_id))
    return film, bool(((body or {}).get("film") or {}).get("inverted")), True


def _cached(sha256: str, inverted: bool, settled: bool, kind: str) -> dict[str, str]:
    """Headers of what never changes: a film's picture, once it is known which way it is shown."""
    keep = f"private, max-age={_YEAR_S}, immutable" if settled else "private, no-cache"
    return {"ETag": f'"{sha256[:32]}-{kind}{int(inverted)}1"', "Cache-Control": keep}


def _same(request: Request, etag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    return etag in (part.strip().removeprefix("W/") for part in given.split(","))
