"""Refusals of the rooms below, answered as problems."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from fastapi.routing import APIRoute

from spondyl.serve.room.errors import (
    BusyError,
    ConflictError,
    NotAllowedError,
    NotThereError,
    RoomError,
    UnfitError,
)
from spondyl.serve.web.problems import Problem

_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
#: A film's id in an address; what is none is refused before anything is asked.
FilmId = Annotated[str, Path(pattern=_UUID, description="The film's id.")]
PriorId = Annotated[str, Path(pattern=_UUID, description="The earlier film's id.")]
ProjectQuery = Annotated[
    str | None, Query(pattern=_UUID, description="A project's id: its decisions, not the room's.")
]

_STATUS: tuple[tuple[type[RoomError], int], ...] = (
    (NotThereError, 404),
    (NotAllowedError, 403),
    (ConflictError, 409),
    (UnfitError, 422),
    (BusyError, 503),
)


def as_problem(error: RoomError) -> Problem:
    """The answer to a refusal."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 400)
    return Problem(status, error.message, **dict(error.more))


class RefusingRoute(APIRoute):
    """A route whose refusals are answered as problems."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, with refusals turned into problems."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except RoomError as error:
                raise as_problem(error) from None

        return handler
