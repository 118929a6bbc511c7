"""Films out of a folder that others write into."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from spondyl.serve.dicom.clock import Clock
from spondyl.serve.dicom.loop import Loop
from spondyl.serve.dicom.metrics import Metrics
from spondyl.serve.dicom.model import Arrival, Origin, Taken
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.settings_ways import FolderSettings
from spondyl.serve.logs import log

TAKEN = ".taken"


@dataclass(frozen=True)
class _Sight:
    """A file as it was seen, and since when it has looked so."""

    size: int
    changed: int
    since: float


class FolderWatch(Loop):
    """Looks at a folder and takes each file that has stopped growing.

    Looking and not listening: the kernel tells nothing of files that another machine writes into a
    network folder, and a file is whole when it has settled, not when somebody closed it.

    Parameters
    ----------
    settings : FolderSettings
    queue : FilmQueue
    largest_bytes : float
    metrics : Metrics
    clock : Clock
    taken : callable
        Called when a film is in the queue.
    """

    def __init__(
        self,
        settings: FolderSettings,
        queue: FilmQueue,
        largest_bytes: float,
        metrics: Metrics,
        clock: Clock,
        taken: object,
    ) -> None:
        super().__init__(f"folder-{settings.name}", clock)
        self._settings, self._queue, self._metrics = settings, queue, metrics
        self._largest_bytes = largest_bytes
        self._taken = taken
        self._seen: dict[Path, _Sight] = {}
        self._kept: dict[Path, tuple[int, int]] = {}

    def step(self) -> float:
        """Look once; take what has settled."""
        now = self.clock.monotonic()
        seen: dict[Path, _Sight] = {}
        for path in sorted(self._settings.folder.rglob("*")):
            if self.stopping.is_set():
                break
            sight = self._look(path, now)
            if sight is None:
                continue
            seen[path] = sight
            if now - sight.since >= self._settings.settle_s:
                self._take(path, sight)
        self._seen = seen
        return self._settings.every_s

    def _look(self, path: Path, now: float) -> _Sight | None:
        inside = path.relative_to(self._settings.folder)
        if any(part.startswith(".") for part in inside.parts):
            return None
        try:
            if path.is_symlink() or not path.is_file():
                return None
            status = path.stat()
        except OSError:
            return None
        if self._kept.get(path) == (status.st_size, status.st_mtime_ns):
            return None
        before = self._seen.get(path)
        same = before is not None and (before.size, before.changed) == (
            status.st_size,
            status.st_mtime_ns,
        )
        since = before.since if same and before is not None else now
        return _Sight(status.st_size, status.st_mtime_ns, since)

    def _take(self, path: Path, sight: _Sight) -> None:
        if sight.size > self._largest_bytes:
            self._metrics.refused.labels("object_too_large").inc()
            log("refused", level=logging.WARNING, reason="object_too_large", folder=self.name)
            self._put_away(path, sight)
            return
        content = path.read_bytes()
        arrival = arrival_of(content, Origin.FOLDER, self._settings.name)
        taken, number = self._queue.take(arrival, [content])
        self._metrics.films_taken.labels(Origin.FOLDER, taken).inc()
        log("film_taken", film=number, taken=taken, folder=self._settings.name, bytes=len(content))
        self._put_away(path, sight)
        if taken is not Taken.DUPLICATE and callable(self._taken):
            self._taken()

    def _put_away(self, path: Path, sight: _Sight) -> None:
        """The file is in the queue (or refused): see that it is not taken again."""
        if self._settings.after == "delete":
            path.unlink(missing_ok=True)
            return
        if self._settings.after == "keep":
            self._kept[path] = (sight.size, sight.changed)
            return
        target = self._settings.folder / TAKEN / path.relative_to(self._settings.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


def arrival_of(content: bytes, origin: Origin, sender: str) -> Arrival:
    """What a file says of itself.

    A file without a UID gets one that follows from its content: it will end as a dead letter, where
    somebody can see it, and does so only once.
    """
    from io import BytesIO

    import pydicom
    from pydicom.uid import UID

    from spondyl.film.quiet import quiet_pydicom

    uid = sop_class = syntax = ""
    with quiet_pydicom:
        try:
            header = pydicom.dcmread(BytesIO(content), stop_before_pixels=True, force=True)
            uid = str(header.get("SOPInstanceUID") or "")
            sop_class = str(header.get("SOPClassUID") or "")
            syntax = str(getattr(header, "file_meta", {}).get("TransferSyntaxUID") or "")
        except Exception:  # broken files make pydicom raise nearly anything
            uid = ""
    if not UID(uid).is_valid or len(uid) > 64:
        number = int.from_bytes(hashlib.sha256(content).digest()[:16], "big")
        uid = f"2.25.{number}"
    return Arrival(uid, sop_class, syntax, origin, sender)
