"""How the room is, for those who watch it: alive, ready, figures."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from spondyl import __version__
from spondyl.serve.store.errors import StoreError
from spondyl.serve.web.problems import Problem, problems
from spondyl.serve.web.room import Room, TheRoom

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The program answers."""

    status: str
    version: str


class Readiness(BaseModel):
    """Everything that the room needs answers; or why not."""

    ready: bool
    reasons: list[str]


@router.get("/health", response_model=Health)
def get_health() -> object:
    """Say that the program runs; if this fails, start it again."""
    return Health(status="ok", version=__version__)


@router.get("/ready", response_model=Readiness, responses={503: {"model": Readiness}})
def get_readiness(room: TheRoom) -> object:
    """Say whether requests should be sent here now."""
    reasons = not_ready(room)
    return JSONResponse(
        {"ready": not reasons, "reasons": reasons}, status_code=503 if reasons else 200
    )


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **problems(404)},
)
def get_metrics(room: TheRoom) -> Response:
    """Figures for Prometheus."""
    if not room.settings.metrics:
        raise Problem(404, "This room gives out no figures.")
    return Response(room.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def not_ready(room: Room) -> list[str]:
    """Why the room cannot work now, without addresses or names of hosts."""
    reasons = []
    try:
        room.database.check()
    except StoreError:
        reasons.append("The database does not answer.")
    try:
        room.films.check()
    except StoreError:
        reasons.append("The film store does not answer.")
    if room.reading is not None:
        reasons += room.reading.not_ready()
    return reasons
