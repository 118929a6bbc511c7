"""The queue's table and files, as its parts use them."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from spondyl.serve.dicom.clock import Clock, SystemClock
from spondyl.serve.dicom.model import Film, Parcel
from spondyl.serve.dicom.queue_table import PARCEL_COLUMNS, open_table, parcel_of
from spondyl.serve.dicom.store import FileStore


class QueueBase:
    """An open queue.

    Paths are stored relative to the folder, so that it can be moved while the node is down. Safe to
    use from several threads, and beside other processes that look or requeue.

    Parameters
    ----------
    folder : Path
    create : bool
        False to look at a queue of a node that may be running.
    clock : Clock
        Its wall clock dates films.
    spare_bytes : float
        Room on the disk that films leave.
    """

    def __init__(
        self,
        folder: Path,
        *,
        create: bool = True,
        clock: Clock | None = None,
        spare_bytes: float = 0,
    ) -> None:
        self.folder = folder.absolute()
        if create:
            self.folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock or SystemClock()
        self._lock = threading.RLock()
        self._table = open_table(self.folder, create=create)
        self.store = FileStore(self.folder, create=create, spare_bytes=spare_bytes)

    def close(self) -> None:
        """Close the table."""
        with self._lock:
            self._table.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: on the disk when the block ends, or as if it had never been."""
        with self._lock:
            self._table.execute("BEGIN IMMEDIATE")
            try:
                yield self._table
                self._table.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled it back already.
                if self._table.in_transaction:
                    self._table.execute("ROLLBACK")
                raise

    def _ask(self, question: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock:
            return self._table.execute(question, values).fetchall()

    def _parcels(self, where: str, *values: object) -> list[Parcel]:
        found = []
        for row in self._ask(f"SELECT {PARCEL_COLUMNS} FROM parcels WHERE {where}", *values):
            each = parcel_of(row)
            made = replace(each.made, path=self.folder / each.made.path)
            found.append(replace(each, made=made))
        return found

    def _rooted_film(self, film: Film) -> Film:
        return replace(film, path=self.folder / film.path)

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.folder))

    def _path(self, name: object) -> Path:
        return self.folder / str(name)

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")
