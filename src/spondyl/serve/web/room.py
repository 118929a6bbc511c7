"""The room's parts that live as long as it does, and how a request gets at them."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from spondyl.serve.store.engine import Database
from spondyl.serve.store.films import FilmStore, open_film_store
from spondyl.serve.web.auth.throttle import Throttle
from spondyl.serve.web.metrics import Metrics
from spondyl.serve.web.settings import RoomError, RoomSettings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Room:
    """Settings, database, film store, counters; one for each application.

    Parameters
    ----------
    settings : RoomSettings

    Raises
    ------
    StoreError, RoomError
        If one of them cannot be used.
    """

    def __init__(self, settings: RoomSettings) -> None:
        self.settings = settings
        self.secret = _secret(settings)
        self.database = Database(settings.database_url)
        self.films: FilmStore = open_film_store(settings.films_url)
        sessions = settings.sessions
        self.throttle = Throttle(sessions.failures, sessions.window_minutes * 60)
        self.address_throttle = Throttle(
            sessions.failures_per_address, sessions.window_minutes * 60
        )
        self.metrics = Metrics(self.database)
        self.oidc: Any = None
        if settings.oidc is not None:
            # Imported here: its client belongs to the room, and the room to its users.
            from spondyl.serve.web.auth.oidc import make_client

            self.oidc = make_client(settings.oidc)
        #: What reads films in the background; set while the application runs.
        self.reading: Any = None

    def sign(self, purpose: str) -> str:
        """A word that only this room can make, always the same for a purpose."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).hexdigest()

    def session(self, *, write: bool = False) -> Session:
        """A session outside a request; see :meth:`Database.session`."""
        return self.database.session(write=write)

    def close(self) -> None:
        """End connections."""
        self.database.close()


async def the_room(connection: HTTPConnection) -> Room:
    """Dependency: the room that a request belongs to."""
    room = connection.app.state.room
    assert isinstance(room, Room)
    return room


TheRoom = Annotated[Room, Depends(the_room)]


def get_session(connection: HTTPConnection, room: TheRoom) -> Iterator[Session]:
    """Dependency: a database session for one request.

    It asks nothing until it is used. In unsafe methods it is a writing one (see
    :meth:`Database.session`), so do slow work before its first use or after ``commit()``. Routes
    commit themselves; what is not committed when a route ends is rolled back.
    """
    write = connection.scope.get("method") not in SAFE_METHODS
    with room.session(write=write) as session:
        yield session


DbSession = Annotated[Session, Depends(get_session)]


async def get_films(room: TheRoom) -> FilmStore:
    """Dependency: the film store."""
    return room.films


Films = Annotated[FilmStore, Depends(get_films)]


def _secret(settings: RoomSettings) -> bytes:
    """The room's secret; made at the first start, readable by its owner alone."""
    path = settings.secret_path
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(number, "w") as file:
                file.write(secrets.token_hex(32))
        text = path.read_text().strip()
    except OSError as error:
        raise RoomError(f"secret_file: {path} cannot be used ({error.strerror}).") from None
    if len(text) < 32:
        raise RoomError(f"secret_file: {path} holds less than 32 characters; give it more.")
    return text.encode()
