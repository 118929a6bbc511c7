"""A database of the room's tables: opened, brought to its newest form, asked in sessions.

SQLite works in its write-ahead log, so that reading never waits for writing; its writers say so at
their begin (``BEGIN IMMEDIATE``) and then wait for each other, since a transaction that finds out
only at its first write that another was faster cannot go on. A commit is on the disk before it
returns (``synchronous=FULL``).
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from spondyl.serve.store.errors import StoreError
from spondyl.serve.store.postgres import (
    connect,
    connect_arguments,
    driver_url,
    name_error,
    words_of,
)

_BUSY_MS = 20_000
_CONNECTIONS = 16
_WRITES = "spondyl_writes"


class Database:
    """One database.

    Parameters
    ----------
    url : str
        ``sqlite:///room.sqlite``, or ``postgresql://user:password@host/name`` (see
        :func:`spondyl.serve.store.postgres.connect_arguments`).

    Raises
    ------
    StoreError
        If the URL is none, or its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked_url(url)
        self.engine = _engine(self.url)
        self._writer = self.engine.execution_options(**{_WRITES: True})

    @property
    def is_sqlite(self) -> bool:
        """The database is a file of this machine."""
        return self.url.get_backend_name() == "sqlite"

    def session(self, *, write: bool = False) -> Session:
        """A session; what it loaded stays readable after a commit.

        Parameters
        ----------
        write : bool
            It will write. In SQLite it then waits for other writers at its first question, and
            holds them off until it ends: keep slow work outside.
        """
        return Session(self._writer if write else self.engine, expire_on_commit=False)

    def check(self) -> None:
        """Ask something.

        Raises
        ------
        StoreError
            If there is no answer.
        """
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            raise StoreError(
                f"The database {self.shown()} does not answer ({words_of(error.orig)})."
            ) from None

    def migrate(self) -> tuple[str | None, str]:
        """Bring the tables to their newest form.

        Returns
        -------
        before, after : str or None
            Revisions.

        Raises
        ------
        StoreError
            If the database cannot be reached, or is of a newer program.
        """
        from spondyl.serve.store.migrate import migrate

        self.check()
        return migrate(self)

    def begin_write(self) -> Any:
        """A connection that writes, committed at the end of its ``with``."""
        return self._writer.begin()

    def own_line(self) -> Any:
        """A PostgreSQL connection beside all others (:class:`.postgres_line.Line`)."""
        return connect(connect_arguments(self.url))

    def shown(self) -> str:
        """The URL without its password."""
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """End all connections."""
        self.engine.dispose()


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def _checked_url(url: str) -> URL:
    try:
        found = make_url(url)
    except ArgumentError:
        raise StoreError(
            f"database: expected a URL as sqlite:///room.sqlite or "
            f"postgresql://user@host/name, found {url.partition('@')[0]!r}."
        ) from None
    if found.drivername.startswith("postgres"):
        return driver_url(found)
    if found.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StoreError(
            f"database: SQLite and PostgreSQL are supported, found {found.drivername!r}."
        )
    if found.database in (None, "", ":memory:"):
        raise StoreError("database: a SQLite database needs a file, as sqlite:///room.sqlite.")
    return found


def _engine(url: URL) -> Engine:
    many = {"pool_size": _CONNECTIONS, "max_overflow": 2 * _CONNECTIONS}
    if url.get_backend_name() == "sqlite":
        _make_folder(url)
        engine = create_engine(url, **many)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    arguments = connect_arguments(url)
    try:
        engine = create_engine(
            url,
            # A server that was restarted is noticed before a request fails by it.
            pool_pre_ping=True,
            creator=lambda: connect(arguments),
            **many,
        )
    except ModuleNotFoundError:
        raise StoreError(
            'database: PostgreSQL needs the extra [postgres]; run: pip install "spondyl[postgres]"'
        ) from None
    event.listen(engine, "handle_error", name_error, retval=True)
    return engine


def _make_folder(url: URL) -> None:
    try:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"database: {url.database} cannot be made ({error.strerror}).") from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver begins no transaction by itself: _begin_sqlite does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    _to_write_ahead_log(cursor)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        # Without it a row that REPLACE pushes out escapes the guards.
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _to_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Turn a database to its write-ahead log; SQLite does not wait by itself where two do so."""
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
