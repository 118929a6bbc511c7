"""A film of a patient on disk, its reading, and other people's programs."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from spondyl.film import load_film
from spondyl.film.write_dicom import film_dataset
from spondyl.read.model import Reading

pytest.importorskip("highdicom", reason="the extra [dicom] is not installed")

MakeReading = Callable[..., Reading]
Run = Callable[..., subprocess.CompletedProcess]

WHEN = datetime(2026, 11, 23, 14, 5, 9)


@pytest.fixture
def when() -> datetime:
    return WHEN


@pytest.fixture
def make_reading(reading: Reading, tmp_path: Path) -> MakeReading:
    """A reading whose film lies on disk as DICOM.

    ``change`` edits the header before it is written; other settings go to ``film_dataset``.
    """

    def make(
        change: Callable[[Dataset], None] | None = None, name: str = "film.dcm", **settings: object
    ) -> Reading:
        rows, columns = np.mgrid[:700, :460]
        pixels = 0.5 + 0.3 * np.sin(rows / 31) + 0.2 * np.cos(columns / 23)
        values = {"seed": "results", "spacing_mm": (0.15, 0.15), "modality": "CR", **settings}
        dataset = film_dataset(pixels, **values)
        if change is not None:
            change(dataset)
        path = tmp_path / name
        dataset.save_as(path, enforce_file_format=True)
        return replace(reading, film=load_film(path), site_sha256="5" * 64)

    return make


@pytest.fixture
def program() -> Run:
    """Run one of Debian's programs; skip where it is not installed (`make debian`)."""

    def run(name: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed; run: make debian")
        return subprocess.run(
            [found, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=check,
            errors="replace",
        )  # fmt: skip

    return run


@pytest.fixture
def errors_of(program: Run) -> Callable[[Path], list[str]]:
    """What dicom3tools' dciodvfy calls an error in a DICOM file."""

    def errors(path: Path) -> list[str]:
        said = program("dciodvfy", path, check=False)
        lines = (said.stdout + said.stderr).splitlines()
        assert len(lines) > 0
        return [line for line in lines if line.startswith(("Error", "Abort"))]

    return errors
