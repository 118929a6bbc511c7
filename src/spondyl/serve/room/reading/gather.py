"""Films that come in by themselves: those a DICOM node received, those laid into a folder.

Both are only ever looked at. A node forgets a film's file once its results were delivered, so that
its queue is looked at often and the bytes are taken over at once.
"""

import contextlib
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from spondyl.serve.room.intake import Bringing, Intake
from spondyl.serve.room.taking import Piece, TakingLimits, pieces, shown_name
from spondyl.serve.store.engine import Database
from spondyl.serve.store.errors import StoreError
from spondyl.serve.store.tables import Film, FilmSource

_LOOK_S = 1.0
_QUEUE_FILE = "queue.sqlite"
_BATCH = 400

Noted = Callable[[str, Mapping[str, Any]], None]


class Gatherer(ABC):
    """A thread that looks at a place again and again.

    Parameters
    ----------
    name : str
    intake : Intake
    noted : callable
        Takes events for the log.
    """

    def __init__(self, name: str, intake: Intake, noted: Noted) -> None:
        self.intake, self.noted = intake, noted
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._last_error = ""

    @abstractmethod
    def look(self) -> int:
        """Take in what is new; how much."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being taken in."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
                self._last_error = ""
            except (OSError, sqlite3.Error, SQLAlchemyError, StoreError) as error:
                # It may pass, such as a share that is away; told once, not every second.
                if type(error).__name__ != self._last_error:
                    self._last_error = type(error).__name__
                    self.noted("gather_error", {"error": self._last_error})
            self._stopping.wait(_LOOK_S)


class NodeFilms(Gatherer):
    """Films in the queue of a DICOM node; the queue is opened to read and nothing else.

    Parameters
    ----------
    folder : Path
        The node's ``queue``.
    database : Database
    intake : Intake
    site : str
    noted : callable
    """

    def __init__(
        self, folder: Path, database: Database, intake: Intake, site: str, noted: Noted
    ) -> None:
        super().__init__("spondyl-room-node", intake, noted)
        self._folder, self._database = folder, database
        self._bringing = Bringing(FilmSource.NODE, site)
        self._seen: set[str] = set()

    def look(self) -> int:
        """Take in the films that the room does not have yet."""
        listed = self._listed()
        new = {sha256: path for sha256, path in listed if sha256 not in self._seen}
        taken = 0
        for sha256 in self._unknown(list(new)):
            path = new[sha256]
            if not path.resolve().is_relative_to(self._folder.resolve()):
                continue
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue  # delivered in the meantime
            self.intake.take(Piece(f"{sha256[:12]}.dcm", content), self._bringing)
            taken += 1
        self._seen |= new.keys()
        return taken

    def _listed(self) -> list[tuple[str, Path]]:
        file = self._folder / _QUEUE_FILE
        if not file.is_file():
            return []
        # A queue that nobody has open has no log beside it, and reading it must not make one.
        idle = not file.with_name(f"{file.name}-wal").exists()
        address = f"{file.absolute().as_uri()}?{'immutable=1' if idle else 'mode=ro'}"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=5)) as table:
            rows = table.execute("SELECT sha256, path FROM films WHERE state<>'delivered'")
            return [(str(sha256), self._folder / str(path)) for sha256, path in rows]

    def _unknown(self, sha256s: list[str]) -> Iterator[str]:
        for start in range(0, len(sha256s), _BATCH):
            batch = sha256s[start : start + _BATCH]
            with self._database.session() as session:
                known = set(session.scalars(select(Film.sha256).where(Film.sha256.in_(batch))))
            yield from (each for each in batch if each not in known)


class FolderFilms(Gatherer):
    """Films that appear in a folder; they stay there.

    A file is taken when two looks found it the same, so that half-copied ones are left alone.

    Parameters
    ----------
    folder : Path
    intake : Intake
    site : str
    limits : TakingLimits
    noted : callable
    """

    def __init__(
        self, folder: Path, intake: Intake, site: str, limits: TakingLimits, noted: Noted
    ) -> None:
        super().__init__("spondyl-room-folder", intake, noted)
        self._folder, self._limits = folder, limits
        self._bringing = Bringing(FilmSource.FOLDER, site)
        self._before: dict[Path, tuple[int, int]] = {}
        self._taken: dict[Path, tuple[int, int]] = {}

    def look(self) -> int:
        """Take in the files that are new or changed, and whole."""
        now = dict(self._files())
        ripe = [
            path
            for path, facts in now.items()
            if self._before.get(path) == facts and self._taken.get(path) != facts
        ]
        self._before = now
        for path in ripe:
            self._taken[path] = now[path]
            self._take(path)
        return len(ripe)

    def _files(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        for path in sorted(self._folder.rglob("*")):
            if path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            try:
                facts = path.stat()
            except OSError:
                continue
            yield path, (facts.st_size, facts.st_mtime_ns)

    def _take(self, path: Path) -> None:
        with path.open("rb") as file:
            for piece in pieces(shown_name(path.name), file, path.stat().st_size, self._limits):
                self.intake.take(piece, self._bringing)
