"""Write a data set of simulated films: many processes, one film per (seed, number), resumable."""

import dataclasses
import json
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import cv2

from spondyl.files import whole_file, write_whole
from spondyl.labels import Dataset, FilmLabel, load_dataset, save_dataset
from spondyl.simulate.film import FilmSettings, SimulatedFilm, film_name, simulate_film
from spondyl.simulate.manifest import films_there
from spondyl.simulate.shapes.library import ShapeLibrary

MANIFEST_NAME = "simulation.json"
MANIFEST_SCHEMA = "spondyl.simulation/1"
_SAVE_EVERY_S = 20.0
_NOTE = "Simulated films. No patient was imaged; figures measured on them are not clinical ones."


@dataclass(frozen=True)
class WriteSettings:
    """What is written.

    Attributes
    ----------
    film : FilmSettings
    bits : int
        8 or 16 bits per pixel of the PNG files.
    dicom : bool
        Write each film as DICOM, too.
    library : Path or None
        Cache folder of a library of bones from meshes, to mix with the built-in ones.
    """

    film: FilmSettings = field(default_factory=FilmSettings)
    bits: int = 16
    dicom: bool = False
    library: Path | None = None

    def __post_init__(self) -> None:
        if self.bits not in (8, 16):
            raise ValueError(f"PNG films have 8 or 16 bits, found {self.bits}.")


def write_dataset(
    folder: Path,
    count: int,
    seed: int = 0,
    settings: WriteSettings | None = None,
    workers: int = 1,
    progress: bool | None = None,
) -> Dataset:
    """Write ``count`` simulated films and their ``films.json``.

    Parameters
    ----------
    folder : Path
        Made if missing. Films that an earlier run with the same seed and settings left there are
        kept, so a stopped run goes on and a larger count adds to it.
    count : int
    seed : int
    settings : WriteSettings, optional
    workers : int
        Processes; the films do not depend on their number.
    progress : bool, optional
        Show a progress bar on standard error; by default only on a terminal.

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetError
        If the folder holds other films, or films of another seed or other settings.
    ValueError
        If count or workers is below 1.
    """
    if count < 1 or workers < 1:
        raise ValueError(
            f"Films and workers must be 1 or more, found {count} films and {workers} workers."
        )
    settings = settings or WriteSettings()
    done = _resume(folder, seed, settings)
    # Labels beyond the count stay: a smaller run does not take films away.
    missing = [index for index in range(count) if film_name(index) not in done]
    saved_s = time.monotonic()
    with _bar(count, count - len(missing), progress) as advance:
        try:
            for label in _make(folder, seed, missing, settings, workers):
                done[label.name] = label
                advance()
                if time.monotonic() - saved_s > _SAVE_EVERY_S:
                    _save(folder, done)
                    saved_s = time.monotonic()
        finally:
            _save(folder, done)
    return load_dataset(folder)


def _save(folder: Path, done: dict[str, FilmLabel]) -> None:
    save_dataset(folder, [done[name] for name in sorted(done)], _NOTE)


def _manifest(seed: int, settings: WriteSettings) -> dict[str, Any]:
    return {
        "schema": MANIFEST_SCHEMA,
        "seed": seed,
        "settings": json.loads(json.dumps(dataclasses.asdict(settings), default=str)),
    }


def _resume(folder: Path, seed: int, settings: WriteSettings) -> dict[str, FilmLabel]:
    """Labels of the films that are there already; checks that they are films of this run."""
    there = films_there(
        folder,
        MANIFEST_NAME,
        _manifest(seed, settings),
        foreign="holds a data set that was not simulated",
        other="holds films of another seed or of other settings",
    )
    if not settings.dicom:
        return there
    return {
        name: film for name, film in there.items() if (folder / name).with_suffix(".dcm").is_file()
    }


def _make(
    folder: Path, seed: int, indices: list[int], settings: WriteSettings, workers: int
) -> Iterator[FilmLabel]:
    if workers == 1 or len(indices) < 2:
        for index in indices:
            yield _write_film(folder, seed, index, settings)
        return
    # Spawned processes start clean: no locks or threads of the parent are copied into them.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:
        todo = iter(indices)
        running: set[Future[FilmLabel]] = set()
        try:
            while True:
                # Few films are under way at once: a long run holds no long queue.
                for index in islice(todo, 3 * workers - len(running)):
                    running.add(pool.submit(_write_film, folder, seed, index, settings))
                if not running:
                    return
                ready, running = wait(running, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        finally:
            for future in running:
                future.cancel()


@lru_cache(maxsize=1)
def _library(folder: Path | None) -> ShapeLibrary | None:
    return None if folder is None else ShapeLibrary.load(folder)


def _start_worker() -> None:
    cv2.setNumThreads(1)


def _write_film(folder: Path, seed: int, index: int, settings: WriteSettings) -> FilmLabel:
    made = simulate_film(seed, index, settings.film, _library(settings.library))
    if settings.bits == 8:
        pixels = cv2.multiply(made.pixels, 255.0, dtype=cv2.CV_8U)
    else:
        pixels = cv2.multiply(made.pixels, 65535.0, dtype=cv2.CV_16U)
    path = folder / made.label.name
    # Without settings the quick way is taken (runs alone, best speed): noise hardly compresses, and
    # other ways take three times as long for the same size.
    done, code = cv2.imencode(".png", pixels)
    if not done:
        raise OSError(f"{path} could not be encoded as PNG.")
    write_whole(path, code.tobytes())
    if settings.dicom:
        _write_dicom(path.with_suffix(".dcm"), made)
    return made.label


def _write_dicom(path: Path, made: SimulatedFilm) -> None:
    """The same picture as DICOM; films of odd number are stored as MONOCHROME1."""
    from spondyl.film import write_film_dicom

    seed, index = made.seed, made.index
    at_detector_mm = made.spacing_mm * made.scene.maps.magnification
    with whole_file(path) as half:
        write_film_dicom(
            half,
            made.pixels,
            photometric="MONOCHROME1" if index % 2 else "MONOCHROME2",
            spacing_mm=(at_detector_mm, at_detector_mm),
            spacing_tag="ImagerPixelSpacing",
            orientation=("A" if made.label.posterior_side == "left" else "P", "F"),
            patient_id=made.label.patient or "SIMULATED",
            seed=f"{seed}-{index}",
        )


class _Advance(Protocol):
    def __call__(self) -> None: ...


@contextmanager
def _bar(total: int, done: int, shown: bool | None) -> Iterator[_Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    if not (console.is_terminal if shown is None else shown):
        yield lambda: None
        return
    columns = ("Simulating films", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=total, completed=done)
        yield lambda: bar.advance(task)
