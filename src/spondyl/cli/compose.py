"""The reader and the JSON form put together: film file in, JSON values out."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class FilmSource:
    """Reads films for an evaluation.

    Parameters
    ----------
    site : str
    threads : int
        0 takes every core.
    """

    def __init__(self, site: str = "default", threads: int = 0) -> None:
        from spondyl.read.reader import Reader

        self._reader = Reader(site=site, threads=threads or core_count())

    @property
    def model(self) -> Mapping[str, str]:
        """Name, version and checksum of the weights."""
        return asdict(self._reader.networks.identity)

    def read(self, path: Path) -> dict[str, Any]:
        """The reading of one film, in the form ``spondyl.reading/1``."""
        from spondyl.deliver import reading_to_json

        return reading_to_json(self._reader.read(path))
