"""The queue's tables in SQLite, and rows as objects."""

import sqlite3
from pathlib import Path

from spondyl.serve.dicom.errors import NodeError
from spondyl.serve.dicom.model import (
    Arrival,
    Film,
    FilmState,
    Made,
    Origin,
    Parcel,
    ParcelState,
)

VERSION = 1
FILE_NAME = "queue.sqlite"

_TABLES = """
CREATE TABLE IF NOT EXISTS films (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sop_instance_uid TEXT NOT NULL UNIQUE,
    sop_class_uid TEXT NOT NULL,
    transfer_syntax TEXT NOT NULL,
    origin TEXT NOT NULL,
    sender TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    path TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    repeats INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    received_at TEXT NOT NULL,
    finished_at TEXT
);
CREATE INDEX IF NOT EXISTS films_by_state ON films (state, id);
CREATE TABLE IF NOT EXISTS parcels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    film_id INTEGER NOT NULL REFERENCES films (id) ON DELETE CASCADE,
    destination TEXT NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    sop_instance_uid TEXT NOT NULL,
    sop_class_uid TEXT NOT NULL,
    transfer_syntax TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    transaction_uid TEXT NOT NULL DEFAULT '',
    UNIQUE (film_id, destination, kind)
);
CREATE INDEX IF NOT EXISTS parcels_by_state ON parcels (destination, state, id);
CREATE INDEX IF NOT EXISTS parcels_by_film ON parcels (film_id);
CREATE INDEX IF NOT EXISTS parcels_by_transaction ON parcels (transaction_uid);
CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, count INTEGER NOT NULL);
"""

FILM_COLUMNS = (
    "id, sop_instance_uid, sop_class_uid, transfer_syntax, origin, sender, path, state, attempts, "
    "reason, received_at"
)
PARCEL_COLUMNS = (
    "id, film_id, destination, kind, path, sop_instance_uid, sop_class_uid, transfer_syntax, "
    "state, attempts, reason"
)


def open_table(folder: Path, *, create: bool) -> sqlite3.Connection:
    """Open the queue's database.

    WAL with synchronous=FULL: every commit waits for the disk, and other processes may look on
    while the node writes.

    Raises
    ------
    NodeError
        If there is none, or one of another version.
    """
    path = folder / FILE_NAME
    if not create and not path.is_file():
        raise NodeError(f"No node has run with the queue folder {folder} yet.")
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, VERSION):
            raise NodeError(
                f"The queue in {folder} is of version {found}, this program's is {VERSION}; let "
                "the program that made it empty it first."
            )
        if found == 0:
            connection.executescript(_TABLES + f"PRAGMA user_version={VERSION};")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise NodeError(f"The queue's table {path} cannot be used ({error}).") from None
    return connection


def film_of(row: tuple[object, ...]) -> Film:
    """A row of FILM_COLUMNS."""
    number, uid, sop_class, syntax, origin, sender, path, state, attempts, reason, at = row
    arrival = Arrival(str(uid), str(sop_class), str(syntax), Origin(str(origin)), str(sender))
    return Film(
        int(str(number)), arrival, Path(str(path)), FilmState(str(state)), int(str(attempts)),
        str(reason), str(at),
    )  # fmt: skip


def parcel_of(row: tuple[object, ...]) -> Parcel:
    """A row of PARCEL_COLUMNS."""
    number, film, destination, kind, path, uid, sop_class, syntax, state, attempts, reason = row
    made = Made(str(kind), Path(str(path)), str(uid), str(sop_class), str(syntax))
    return Parcel(
        int(str(number)), int(str(film)), str(destination), made, ParcelState(str(state)),
        int(str(attempts)), str(reason),
    )  # fmt: skip
