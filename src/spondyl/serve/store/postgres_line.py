"""One connection to a PostgreSQL server that is whole, or closed.

Between a question and its answer pg8000 exchanges several messages. What fails on this side in
between (a text that UTF-8 cannot write, a value that cannot be understood, a thread that is ended)
would leave answers in the line that the next question takes for its own. So what cannot be sent
fails before anything is sent, and after any other failure than one that the server told the line is
closed; whoever keeps connections makes a new one.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from pg8000.converters import make_params
from pg8000.dbapi import Connection
from pg8000.exceptions import DatabaseError, InterfaceError


class Line(Connection):
    """A connection of pg8000; parameters as there."""

    #: The socket and the file over it; None once closed.
    _usock: Any
    _sock: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Of ``NOTIFY``: process, channel, words. The driver would keep the last hundred alone.
        self.notifications: deque[tuple[int, str, str]] = deque()

    def settle(self, timeout_s: float | None) -> None:
        """Say how long the server's next words are waited for; None: without end."""
        if self._usock is not None:
            self._usock.settimeout(timeout_s)

    def fileno(self) -> int:
        """The socket's number, for ``select``."""
        if self._usock is None:
            raise InterfaceError("connection is closed")
        return int(self._usock.fileno())

    def close(self) -> None:
        """End; one that has ended already is left as it is."""
        try:
            super().close()
        except (InterfaceError, OSError):
            self._cut()

    def execute_simple(self, statement: str) -> Any:
        """Ask without values."""
        statement.encode()
        return self._whole(super().execute_simple, statement)

    def execute_unnamed(
        self, statement: str, vals: Sequence[Any] = (), oids: Sequence[int] = (), stream: Any = None
    ) -> Any:
        """Ask with values."""
        statement.encode()
        for each in make_params(self.py_types, vals):
            if each is not None:
                each.encode()
        return self._whole(super().execute_unnamed, statement, vals=vals, oids=oids, stream=stream)

    def _whole(self, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return ask(*args, **kwargs)
        except DatabaseError:
            raise  # told by the server, at the end of its answer
        except BaseException as error:
            self._cut()
            if isinstance(error, Exception) and not isinstance(error, InterfaceError):
                raise InterfaceError(
                    f"connection is closed, an answer was not understood ({type(error).__name__})"
                ) from error
            raise

    def _cut(self) -> None:
        """Close the socket; the server then ends what it does for this connection."""
        if self._usock is not None:
            self._usock.close()
            self._sock = self._usock = None
