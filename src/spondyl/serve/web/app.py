"""The room as one ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.sessions import SessionMiddleware

from spondyl import __version__
from spondyl.serve.logs import log
from spondyl.serve.web import health, page_files
from spondyl.serve.web.auth.guards import csrf
from spondyl.serve.web.problems import ProblemBody, answer_problems
from spondyl.serve.web.reading import start_reading
from spondyl.serve.web.room import Room
from spondyl.serve.web.routes import (
    decisions,
    film_pictures,
    films,
    live,
    oidc,
    projects,
    quality,
    session,
    users,
)
from spondyl.serve.web.settings import RoomSettings
from spondyl.serve.web.shell import Shell

PREFIX = "/api/v1"
_ROUTES = (session, oidc, users, films, film_pictures, decisions, live, projects, quality)


def create_app(settings: RoomSettings) -> FastAPI:
    """Open the stores, bring the tables to their newest form, put everything together.

    Parameters
    ----------
    settings : RoomSettings

    Returns
    -------
    FastAPI
        Films are read while it runs (its lifespan); ``app.state.room`` is the :class:`Room`.

    Raises
    ------
    StoreError, RoomError
        If the database, the films' store or the secret cannot be used.
    """
    room = Room(settings)
    room.database.migrate()
    room.films.check()
    app = FastAPI(
        title="Spondyl reading room",
        version=__version__,
        summary="Films, readings, decisions, projects and quality of one reading room.",
        # FastAPI's own pages fetch their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        generate_unique_id_function=_operation_id,
        lifespan=_life,
        redirect_slashes=False,
    )
    app.state.room = room
    answer_problems(app)
    api = APIRouter(prefix=PREFIX, dependencies=[Depends(csrf)])
    for module in _ROUTES:
        api.include_router(module.router)
    app.include_router(api)
    app.include_router(health.router)
    app.include_router(page_files.router)
    # Holds state and nonce between the two halves of a sign-in by OpenID Connect, and no more.
    app.add_middleware(
        SessionMiddleware,
        secret_key=room.sign("oidc cookie"),
        session_cookie="spondyl_oidc",
        path=f"{PREFIX}/oidc",
        max_age=600,
        same_site="lax",
        https_only=settings.public_url is not None and settings.public_url.scheme == "https",
    )
    app.add_middleware(Shell, room=room)
    _describe(app)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    room: Room = app.state.room
    room.reading = start_reading(room)
    log("room_started", sign_in=room.settings.sign_in, sqlite=room.database.is_sqlite)
    try:
        yield
    finally:
        if room.reading is not None:
            room.reading.stop()
        room.close()
        log("room_stopped")


def _operation_id(route: APIRoute) -> str:
    return route.name


def _describe(app: FastAPI) -> None:
    """Put the form of problems into the interface's description, where routes point to it."""
    own = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = own()
            shapes = schema.setdefault("components", {}).setdefault("schemas", {})
            shapes["ProblemBody"] = ProblemBody.model_json_schema()
        return app.openapi_schema or own()

    app.openapi = described  # type: ignore[method-assign]
