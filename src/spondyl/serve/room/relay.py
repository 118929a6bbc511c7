"""What happens in one process of a room, told to the others of the same PostgreSQL database.

By ``LISTEN`` and ``NOTIFY``, on a connection of its own: what is sent are kinds and ids, and each
process looks up for itself what its pages are told. A process that was cut off from the database
has not heard what others said meanwhile, so it has its own pages look again once it is back; and
where it cannot know whether its last words were heard, it has the others' pages look again, too.
"""

import json
import secrets
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from spondyl.serve.room.events import EventKind
from spondyl.serve.store.engine import Database

_CHANNEL = "spondyl_room"
#: PostgreSQL takes less than 8,000 bytes; an id has 36, its kind some ten.
_MOST_IN_ONE = 100
_MOST_WAITING = 2_000
#: What came together with an answer is noticed after so long at the latest.
_BEAT_S = 1.0
_ANSWER_S = 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_STOP_S = 5.0

Happening = tuple[EventKind, str]
_LOOK_AGAIN: Happening = (EventKind.RESYNC, "")


class Relay:
    """A thread that tells other processes, and hears them.

    Parameters
    ----------
    database : Database
        A PostgreSQL.
    heard : callable
        Takes what happened in another process, and of what (an id). ``RESYNC``: anything may have.
    noted : callable
        Takes events for the log.
    """

    def __init__(
        self,
        database: Database,
        heard: Callable[[EventKind, str], None],
        noted: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._database, self._heard, self._noted = database, heard, noted
        self._name = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._waiting: deque[Happening] = deque()
        self._stopping, self.connected = threading.Event(), threading.Event()
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="spondyl-room-relay", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what waits was sent."""
        self._stopping.set()
        self._ring()
        if self._thread.ident is not None:
            self._thread.join(_STOP_S)

    def tell(self, kind: EventKind, id: str) -> None:
        """Tell the other processes; from any thread, and never waiting."""
        with self._lock:
            if len(self._waiting) >= _MOST_WAITING:
                self._waiting = deque([_LOOK_AGAIN])
            self._waiting.append((kind, id))
        self._ring()

    def _ring(self) -> None:
        try:
            self._ringer.send(b".")
        except OSError:
            return  # it rings already, or for the last time

    def _run(self) -> None:
        wait_s, last = _FIRST_WAIT_S, ""
        while not self._stopping.is_set():
            try:
                self._talk()
            except Exception as error:  # the driver's, the network's, the database's: all may pass
                if self.connected.is_set():
                    wait_s, last = _FIRST_WAIT_S, ""
                self.connected.clear()
                # Told once, not at each attempt.
                if type(error).__name__ != last:
                    last = type(error).__name__
                    self._noted("relay_cut_off", {"error": last})
                self._stopping.wait(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        self._bell.close()
        self._ringer.close()

    def _talk(self) -> None:
        line = self._database.own_line()
        try:
            line.settle(_ANSWER_S)
            line.execute_simple(f"LISTEN {_CHANNEL}")
            self.connected.set()
            self._heard(*_LOOK_AGAIN)
            while True:
                ending = self._stopping.is_set()
                self._send(line)
                if ending:
                    return
                self._take(line)
                ready, _, _ = select.select([line, self._bell], [], [], _BEAT_S)
                if self._bell in ready:
                    self._bell.recv(4096)
                if line in ready or not ready:
                    line.execute_simple(";")
        finally:
            line.close()

    def _send(self, line: Any) -> None:
        with self._lock:
            waiting, self._waiting = list(dict.fromkeys(self._waiting)), deque()
        try:
            for words in _written(self._name, waiting):
                line.execute_unnamed("SELECT pg_notify($1, $2)", (_CHANNEL, words))
        except Exception:
            # Who knows which of them were heard.
            with self._lock:
                self._waiting.appendleft(_LOOK_AGAIN)
            raise

    def _take(self, line: Any) -> None:
        found: dict[Happening, None] = {}
        while line.notifications:
            _, _, words = line.notifications.popleft()
            found |= dict.fromkeys(_read(self._name, words))
        for kind, id in [_LOOK_AGAIN] if _LOOK_AGAIN in found else found:
            self._heard(kind, id)


def _written(name: str, happenings: Sequence[Happening]) -> Iterator[str]:
    """As it is sent."""
    if _LOOK_AGAIN in happenings:
        happenings = [_LOOK_AGAIN]
    for start in range(0, len(happenings), _MOST_IN_ONE):
        part = [[kind.value, id] for kind, id in happenings[start : start + _MOST_IN_ONE]]
        yield json.dumps({"from": name, "happened": part}, separators=(",", ":"))


def _read(name: str, words: str) -> list[Happening]:
    """What others sent; what is no message of this kind tells that something happened."""
    try:
        told = json.loads(words)
        if told["from"] == name:
            return []
        return [(EventKind(kind), str(id)) for kind, id in told["happened"]]
    except (ValueError, KeyError, TypeError):
        return [_LOOK_AGAIN]
