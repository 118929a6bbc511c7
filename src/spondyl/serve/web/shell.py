"""What surrounds every request: headers, allowed hosts, bounds of bodies, one line of log.

One ASGI layer without buffers, so that streams of events and large uploads pass through it as they
come.
"""

import os
import re
import time
import traceback
from typing import Any

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spondyl.serve.logs import log, log_error
from spondyl.serve.web.auth.sessions import find, is_https
from spondyl.serve.web.problems import Problem, answer
from spondyl.serve.web.room import Room
from spondyl.serve.web.settings import RoomSettings, is_loopback

_MB = 1_000_000
#: Where uploads go to; every other request is small.
_UPLOADS = re.compile(r"/api/v1/(films|projects/[^/]+/films)/?")
_QUIET = ("/health", "/ready", "/metrics", "/assets/")

#: Scripts, styles, pictures and everything else come from the room itself. Cornerstone decodes
#: pictures in workers and WebAssembly of the page's own.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "worker-src 'self' blob:",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # What a room answers is a patient's: nothing between it and the browser keeps it.
    "cache-control": "no-store",
}


class Shell:
    """ASGI middleware; see the module.

    Parameters
    ----------
    app : ASGI application
    room : Room
    """

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self.app = app
        self.room = room
        self._hosts = allowed_hosts(room.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        connection = HTTPConnection(scope)
        extra = dict(_HEADERS)
        if is_https(connection, self.room):
            extra["strict-transport-security"] = "max-age=31536000"
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in extra.items()
                        if name.encode() not in present
                    ),
                ]
                self._tell(scope, message["status"], time.perf_counter() - began)
            await send(message)

        try:
            refused = self._refusal(connection)
            if refused is not None:
                raise refused
            await self.app(scope, await self._bounded(connection, receive), send_on)
        except Problem as problem:
            if not started:
                await answer(problem)(scope, receive, send_on)
        except Exception as error:
            log_error("unexpected_error", error, route=route_of(scope))
            if os.environ.get("SPONDYL_DEBUG", "") not in ("", "0"):
                traceback.print_exception(error)
            if started:
                raise  # the connection is cut: half an answer must not look like a whole one
            sorry = Problem(500, "This went wrong inside the program; its log says where.")
            await answer(sorry)(scope, receive, send_on)

    def _refusal(self, connection: HTTPConnection) -> Problem | None:
        host = host_name(connection.headers.get("host", ""))
        if self._hosts is not None and host not in self._hosts:
            # Else a foreign name that resolves to this address could use a local room.
            return Problem(421, "This room does not answer to that name; see the key hosts.")
        return None

    async def _bounded(self, connection: HTTPConnection, receive: Receive) -> Receive:
        """``receive``, but not for ever; who is not signed in uploads nothing at all."""
        limits = self.room.settings.limits
        largest = limits.json_mb * _MB
        declared = connection.headers.get("content-length", "")
        size = int(declared) if declared.isdecimal() and len(declared) < 20 else None
        if _UPLOADS.fullmatch(connection.url.path) and connection.headers.get(
            "content-type", ""
        ).startswith("multipart/"):
            largest = limits.upload_mb * _MB
            if await run_in_threadpool(find, connection, self.room) is None:
                raise Problem(401, "Nobody is signed in here; sign in before films are handed in.")
        sentence = f"The request is too large; at most {largest / _MB:g} MB are taken."
        if size is not None and size > largest:
            raise Problem(413, sentence, headers={"Connection": "close"})
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > largest:
                    raise HTTPException(413, sentence, headers={"Connection": "close"})
            return message

        return receive_some

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        path, method = scope["path"], scope["method"]
        route = route_of(scope) or ("/" if status < 400 else "none")
        metrics = self.room.metrics
        # A made-up method would be a new row for each request.
        known = method if method in _METHODS else "OTHER"
        metrics.requests.labels(known, route, str(status)).inc()
        metrics.seconds.labels(route).observe(seconds)
        if not path.startswith(_QUIET):
            log(
                "request", method=known, route=route, status=status,
                ms=round(1000 * seconds, 1), user=scope.get("spondyl.user_id"),
            )  # fmt: skip


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(scope: Scope) -> str:
    """A request's route as a pattern: its address itself may hold what was searched for."""
    route: Any = scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", "") or "")


def allowed_hosts(settings: RoomSettings) -> frozenset[str] | None:
    """Names that a room answers to; None for any."""
    if settings.hosts:
        public = [settings.public_url.host or ""] if settings.public_url else []
        return frozenset(each.lower() for each in (*settings.hosts, *public))
    if settings.sign_in:
        return None
    own = [settings.host] if is_loopback(settings.host) else []
    return frozenset({"localhost", "127.0.0.1", "::1", *own})


def host_name(header: str) -> str:
    """The name in a Host header, without its port.

    Examples
    --------
    >>> host_name("LOCALHOST:8750"), host_name("[::1]:8750"), host_name("a.example")
    ('localhost', '::1', 'a.example')
    """
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()
