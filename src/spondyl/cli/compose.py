"""The reader and the JSON form put together: film file in, JSON values out."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spondyl

if TYPE_CHECKING:
    from spondyl.read.reader import Reader


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_reader(site: str, threads: int, weights: Path | None) -> "Reader":
    """A reader as the options of a command say; 0 threads take every core."""
    from spondyl.read.reader import Reader

    return Reader(site=site, threads=threads or core_count(), weights=weights)


class FilmSource:
    """Reads films for an evaluation.

    Parameters
    ----------
    site : str
    threads : int
        0 takes every core.
    weights : Path, optional
        Folder of other weights than the packaged ones.
    """

    def __init__(
        self, site: str = "default", threads: int = 0, weights: Path | None = None
    ) -> None:
        self._reader = open_reader(site, threads, weights)

    @property
    def model(self) -> Mapping[str, str]:
        """Name, version and checksum of the weights."""
        return asdict(self._reader.networks.identity)

    @property
    def fingerprint(self) -> str:
        """Checksum of all that a reading depends on: weights, site, and the code that reads."""
        digest = hashlib.sha256(self._reader.networks.identity.sha256.encode())
        digest.update(json.dumps(asdict(self._reader.site), sort_keys=True).encode())
        for room in ("anatomy", "geometry", "film", "read", "deliver"):
            for module in sorted(Path(spondyl.__path__[0], room).glob("*.py")):
                digest.update(module.read_bytes())
        return digest.hexdigest()

    def read(self, path: Path) -> dict[str, Any]:
        """The reading of one film, in the form ``spondyl.reading/1``."""
        from spondyl.deliver import reading_to_json

        return reading_to_json(self._reader.read(path))
