"""Films into a project, and a project out as a data set."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from pydantic import BaseModel, ValidationError
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from spondyl.serve.projects.access import member_role, project_for, project_to_manage
from spondyl.serve.projects.archive import Archive, ArchiveLimits
from spondyl.serve.projects.bring_in import (
    Added,
    Arrived,
    add_arrivals,
    add_films,
    arrivals,
)
from spondyl.serve.projects.contents import LONGEST_REPORT, plain, words_of
from spondyl.serve.projects.retrain import slug_of
from spondyl.serve.projects.take_out import Include, finished, write_zip
from spondyl.serve.store.tables import Project, User
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import SignedIn
from spondyl.serve.web.problems import Problem, problems
from spondyl.serve.web.room import DbSession, Films, Room, TheRoom
from spondyl.serve.web.routes.project_parts import ProjectId, refusals
from spondyl.serve.web.routes.project_shapes import AddedFilms, AddFilms, RefusedFilm
from spondyl.serve.web.routes.project_take import taker
from spondyl.serve.web.settings import RoomLimits

router = APIRouter()

_MB = 1_000_000
#: So many refusals tell what is wrong with a data set.
_MOST_REFUSED = 200


class Given(BaseModel):
    """What was handed in: ids, or a zip."""

    model_config = {"arbitrary_types_allowed": True}

    films: AddFilms | None = None
    file: Any = None
    labels: bool = False


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": AddFilms.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "A zip of a spondyl.dataset/1: films.json, pictures, "
                            "and reports.csv where there are reports.",
                        },
                        "labels": {
                            "type": "boolean",
                            "default": False,
                            "description": "Labels in the set become one's own decisions.",
                        },
                    },
                }
            },
        },
    }
}


async def _given(request: Request) -> AsyncIterator[Given]:
    """Dependency: films by their ids (JSON) or a zipped data set (multipart)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Problem(422, "file: expected a zip of a data set, found none.")
            labels = str(form.get("labels", "")).lower() in ("true", "1")
            yield Given(file=file.file, labels=labels)
        return
    try:
        films = AddFilms.model_validate_json(await request.body())
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in wrong]
        ) from None
    yield Given(films=films)


@router.post(
    "/projects/{project_id}/films",
    response_model=AddedFilms,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
    openapi_extra=_BODY,
)
def add_project_films(
    project_id: ProjectId,
    user: SignedIn,
    session: DbSession,
    room: TheRoom,
    given: Annotated[Given, Depends(_given)],
) -> object:
    """Put films into a project: those of the room by their ids, or a zipped data set.

    Reports are read (which levels they name, in which words) where the program can; their text
    stands beside the film.
    """
    with refusals():
        project = project_to_manage(session, user, project_id)
        if project.closed:
            raise Problem(409, "The project is closed; open it before films are added.")
        # Unpacking and reading reports takes a while: nobody waits for it.
        session.commit()
        if given.films is not None:
            added = _by_id(session, project, given.films)
        else:
            added = _by_zip(session, room, user, project, given.file, given.labels)
    detail = {"added": added.added, "labelled": added.labelled, "refused": len(added.refused)}
    audit(session, user, "project.films", f"project:{project.id}", detail)
    session.commit()
    return AddedFilms(
        added=added.added,
        already=added.already,
        labelled=added.labelled,
        refused=[
            RefusedFilm(name=_sendable(name, 300), reason=_sendable(reason, 1000))
            for name, reason in added.refused[:_MOST_REFUSED]
        ],
    )


def _by_id(session: DbSession, project: Project, given: AddFilms) -> Added:
    texts = {film_id: plain(text) for film_id, text in given.reports.items()}
    for text in texts.values():
        if len(text) > LONGEST_REPORT:
            raise Problem(422, f"reports: one has more than {LONGEST_REPORT} letters.")
    wanted = [film_id for film_id in given.film_ids if 0 < len(film_id) <= 36]
    odd = len(given.film_ids) - len(wanted)
    if odd or any("\0" in film_id for film_id in wanted):
        raise Problem(422, "film_ids: one of them is no id of a film.")
    words = {film_id: words_of(text) for film_id, text in texts.items() if text}
    return add_films(session, project, wanted, {k: v for k, v in texts.items() if v}, words)


def _by_zip(
    session: DbSession, room: Room, user: User, project: Project, file: BinaryIO, labels: bool
) -> Added:
    films: list[Arrived] = []
    refused: list[tuple[str, str]] = []
    with Archive(file, _limits(room.settings.limits)) as archive:
        for found in arrivals(archive, taker(room, user)):
            if isinstance(found, Arrived):
                films.append(found)
            else:
                refused.append(found)
    added = add_arrivals(session, user, project, films, labels)
    return Added(added.added, added.already, added.labelled, (*refused, *added.refused))


def _sendable(text: str, most: int) -> str:
    """A text of somebody else's file as JSON can hold it."""
    return text[:most].encode("utf-8", "replace").decode()


def _limits(limits: RoomLimits) -> ArchiveLimits:
    return ArchiveLimits(
        files=limits.zip_files,
        file_bytes=int(limits.film_mb * _MB),
        total_bytes=int(limits.upload_mb * _MB),
        ratio=limits.zip_ratio,
    )


_ZIP: Mapping[int | str, dict[str, Any]] = {
    200: {
        "description": "A zip.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/projects/{project_id}/export",
    response_class=FileResponse,
    responses={**_ZIP, **problems(401, 404, 409, 422, 503)},
)
def export_project(
    project_id: ProjectId,
    user: SignedIn,
    session: DbSession,
    store: Films,
    format: Annotated[
        Literal["spondyl", "coco", "labelme", "cvat", "via", "labelstudio", "buu"],
        Query(description="spondyl: a spondyl.dataset/1 that one can train on."),
    ] = "spondyl",
    pictures: Annotated[bool, Query(description="Films beside their labels.")] = True,
    include: Annotated[
        Include, Query(description="done: settled films; decided: those read once, too.")
    ] = Include.DONE,
) -> object:
    """Get a project as a data set, zipped: labels in any format, films beside them."""
    with refusals():
        project = project_for(session, user, project_id)
        blind = user.id if member_role(session, user, project.id) is not None else None
        films = finished(session, project, include, blind)
        if not films:
            raise Problem(
                409, "No film of the project is labelled and settled yet; there is nothing to send."
            )
        with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
            path = Path(file.name)
        try:
            write_zip(path, project, films, format, store if pictures else None)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return FileResponse(
        path,
        media_type="application/zip",
        filename=f"{slug_of(project.name)}-{format}.zip",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
