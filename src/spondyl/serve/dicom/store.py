"""Files that are on the disk before anybody is told so."""

import errno
import os
import shutil
import threading
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from spondyl.files import sync_folder, write_whole


class FileStore:
    """Films of a queue as files, one each, under names that nothing outside can choose.

    Parameters
    ----------
    folder : Path
    create : bool
        Make what is missing of it.
    spare_bytes : float
        Room on the disk that films leave: for the table, and for results.
    """

    def __init__(self, folder: Path, *, create: bool = True, spare_bytes: float = 0) -> None:
        self.folder = folder
        self._spare_bytes = spare_bytes
        self._lock = threading.Lock()
        self._writing = 0
        self.films = folder / "films"
        self.results = folder / "results"
        if create:
            for each in (self.films, self.results):
                each.mkdir(parents=True, exist_ok=True)
            sync_folder(folder)

    def keep(self, content: Sequence[bytes | memoryview]) -> Path:
        """Write a film and wait until the disk holds it, name and all.

        Raises
        ------
        OSError
            The disk is full, or would be too full for results. Nothing is left of the film then.
        """
        size = sum(len(piece) for piece in content)
        with self._lock:
            # Films that others are writing at this moment count, too.
            if self.free_bytes() - self._writing - size < self._spare_bytes:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._writing += size
        try:
            return self._write(content)
        finally:
            with self._lock:
                self._writing -= size

    def _write(self, content: Iterable[bytes | memoryview]) -> Path:
        path = self.films / f"{uuid.uuid4().hex}.dcm"
        try:
            return write_whole(path, content, durable=True)
        except BaseException:
            path.unlink(missing_ok=True)  # its name may not be on the disk
            raise

    def results_folder(self) -> Path:
        """A new folder for the results of one reading.

        Never one that an earlier reading wrote in: its process may outlive a killed node for a
        while.
        """
        return self.results / uuid.uuid4().hex

    def discard(self, folder: Path) -> None:
        """Remove the results of a reading that came to nothing."""
        shutil.rmtree(folder, ignore_errors=True)

    def forget(self, *paths: Path) -> None:
        """Remove files; of results, their folders as well. What is gone already is no error."""
        for path in paths:
            path.unlink(missing_ok=True)
            if path.parent.parent == self.results:
                shutil.rmtree(path.parent, ignore_errors=True)

    def sweep(self, wanted: set[Path]) -> int:
        """Remove what no row of the queue names: films that nobody was told of, delivered ones.

        Parameters
        ----------
        wanted : set of Path
            Films and results that are needed.

        Returns
        -------
        int
            How many were removed.
        """
        swept = 0
        for path in self.films.iterdir():
            if path not in wanted:
                path.unlink(missing_ok=True)
                swept += 1
        kept = {path.parent for path in wanted}
        for folder in self.results.iterdir():
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)
                swept += 1
        return swept

    @property
    def nearly_full(self) -> bool:
        """Films are not taken for lack of room."""
        return self.free_bytes() < self._spare_bytes

    def free_bytes(self) -> int:
        """Room on the disk."""
        return shutil.disk_usage(self.folder).free
