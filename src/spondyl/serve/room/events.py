"""Live events: told by any thread, heard by every open page of this process.

Each listener has a bounded queue. One that does not keep up loses what waits for it and is told to
look again (``resync``), so that a sleeping page costs nothing. Events carry ids, states and
numbers, and the names of users; never a patient's data.
"""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Mapping
from enum import StrEnum
from typing import Any, Protocol

_MOST_WAITING = 256


class EventKind(StrEnum):
    """What an event is about."""

    FILM = "film"
    COUNTS = "counts"
    PRESENCE = "presence"
    DECISION = "decision"
    RESYNC = "resync"


def as_text(kind: EventKind, data: Mapping[str, Any]) -> str:
    """An event as Server-Sent Events write it."""
    return f"event: {kind}\ndata: {json.dumps(data, default=str)}\n\n"


class Listener:
    """One open page, in the event loop that it was made in.

    Parameters
    ----------
    most : int
        Events that may wait for it.
    """

    def __init__(self, most: int = _MOST_WAITING) -> None:
        self._loop = asyncio.get_running_loop()
        self._most = most
        self._waiting: deque[str] = deque()
        self._news = asyncio.Event()
        self._closed = False

    def tell(self, text: str | None) -> None:
        """Hand over an event, from any thread; None ends the stream."""
        try:
            self._loop.call_soon_threadsafe(self._take, text)
        except RuntimeError:
            return  # its loop is closed, and with it the page's connection

    def _take(self, text: str | None) -> None:
        if text is None:
            self._closed = True
        elif len(self._waiting) >= self._most:
            self._waiting.clear()
            self._waiting.append(as_text(EventKind.RESYNC, {}))
        else:
            self._waiting.append(text)
        self._news.set()

    async def hear(self, wait_s: float) -> str | None:
        """What came in, at once or within a time; "" if nothing did; None at the end."""
        if not self._waiting and not self._closed:
            try:
                await asyncio.wait_for(self._news.wait(), wait_s)
            except TimeoutError:
                return ""
        self._news.clear()
        text = "".join(self._waiting)
        self._waiting.clear()
        if text:
            return text
        return None if self._closed else ""


class Others(Protocol):
    """The room's other processes; see :class:`spondyl.serve.room.relay.Relay`."""

    def tell(self, kind: EventKind, id: str) -> None:
        """Tell them that something happened, and of what."""

    def stop(self) -> None:
        """End."""


class LiveBus:
    """All open pages of this process, and the way to the room's other processes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._closed = False
        #: None where the room has this one process.
        self.others: Others | None = None

    def publish(self, kind: EventKind, data: Mapping[str, Any]) -> None:
        """Tell every page; from any thread, and never waiting."""
        with self._lock:
            listeners = tuple(self._listeners)
        if listeners:
            text = as_text(kind, data)
            for each in listeners:
                each.tell(text)

    def tell_others(self, kind: EventKind, id: str) -> None:
        """Tell other processes that something happened; from any thread, and never waiting."""
        if self.others is not None:
            self.others.tell(kind, id)

    def join(self, listener: Listener) -> bool:
        """A page begins to listen; False if the room is closing."""
        with self._lock:
            if not self._closed:
                self._listeners.add(listener)
            return not self._closed

    def leave(self, listener: Listener) -> None:
        """A page is gone."""
        with self._lock:
            self._listeners.discard(listener)

    @property
    def heard(self) -> bool:
        """Somebody listens."""
        return bool(self._listeners)

    def close(self) -> None:
        """End all streams."""
        if self.others is not None:
            self.others.stop()
        with self._lock:
            self._closed = True
            listeners = tuple(self._listeners)
        for each in listeners:
            each.tell(None)


async def stream(
    bus: LiveBus, first: str, seconds: float, heartbeat_s: float = 15.0
) -> AsyncIterator[str]:
    """One page's events, for a time; browsers come back by themselves.

    Parameters
    ----------
    bus : LiveBus
    first : str
        Events to begin with.
    seconds : float
        Until the stream ends, so that a sign-in that has ended is noticed.
    heartbeat_s : float
        Proxies close connections on which nothing is said.
    """
    listener = Listener()
    if not bus.join(listener):
        return
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    try:
        yield "retry: 2000\n\n" + first
        while (left := end - loop.time()) > 0:
            text = await listener.hear(min(heartbeat_s, left))
            if text is None:
                return
            yield text or ": still here\n\n"
    finally:
        bus.leave(listener)
