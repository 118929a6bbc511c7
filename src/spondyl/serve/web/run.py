"""The room run by a server of this process, until it is told to stop."""

import signal
import socket
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from spondyl.serve.logs import start_logging
from spondyl.serve.store.tables import User
from spondyl.serve.web.app import create_app
from spondyl.serve.web.room import Room
from spondyl.serve.web.settings import RoomError, RoomSettings

_DRAIN_S = 5


def run(settings: RoomSettings, *, open_page: bool = False) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished first.

    Parameters
    ----------
    settings : RoomSettings
    open_page : bool
        Open the page in this machine's browser.

    Raises
    ------
    RoomError, StoreError
        If the address is taken, or a store cannot be used.
    """
    start_logging()
    listener = _listen(settings)
    app = create_app(settings)
    address = page_address(settings, listener.getsockname()[1])
    _say_where(app.state.room, address)
    _Server(_config(app, settings), address if open_page else None).run(sockets=[listener])


def page_address(settings: RoomSettings, port: int) -> str:
    """Where a browser of this machine finds the page."""
    if settings.public_url is not None:
        return str(settings.public_url)
    scheme = "https" if settings.certificate else "http"
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(settings.host)
    return f"{scheme}://{host or settings.host}:{port}/"


class _Server(uvicorn.Server):
    """Uvicorn's, ended by a signal without dying of it: a drained room ends with exit code 0."""

    def __init__(self, config: uvicorn.Config, open_at: str | None) -> None:
        super().__init__(config)
        self._open_at = open_at

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and self._open_at is not None:
            webbrowser.open(self._open_at)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self.handle_exit) for each in handled}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _config(app: FastAPI, settings: RoomSettings) -> uvicorn.Config:
    more: dict[str, Any] = {}
    if settings.proxies:
        more["forwarded_allow_ips"] = list(settings.proxies)
    if settings.certificate is not None:
        more |= {"ssl_certfile": settings.certificate, "ssl_keyfile": settings.private_key}
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        # Believed of named proxies alone: else anybody could write his own address.
        proxy_headers=bool(settings.proxies),
        timeout_graceful_shutdown=_DRAIN_S,
        ws="none",
        lifespan="on",
        **more,
    )


def _listen(settings: RoomSettings) -> socket.socket:
    """Take the address before anything is made or migrated.

    Raises
    ------
    RoomError
    """
    try:
        kind, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(kind, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(256)
    except OSError as error:
        raise RoomError(
            f"Nothing can listen at {settings.host} port {settings.port} ({error.strerror}); "
            "is the room running already? Another port is chosen by --port."
        ) from None
    return listener


def _say_where(room: Room, address: str) -> None:
    print(f"Reading room: {address}", flush=True)
    if room.settings.sign_in and room.settings.oidc is None:
        with room.session() as session:
            known = select(User.id).where(User.active, User.password_hash.is_not(None))
            if session.scalar(known.limit(1)) is None:
                print(
                    "Nobody can sign in yet: add an administrator by "
                    "`spondyl room user add NAME --role admin`.",
                    flush=True,
                )
