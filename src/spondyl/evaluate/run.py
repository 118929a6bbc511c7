"""Read every film of a data set, hold the readings against the labels, write the figures."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spondyl.evaluate.match import judge_film
from spondyl.evaluate.metrics import Evaluation, summarise
from spondyl.evaluate.outcome import FilmCall, FilmOutcome
from spondyl.evaluate.readings import (
    ReadingError,
    call_from_json,
    load_reading,
    reading_file,
    save_reading,
)
from spondyl.evaluate.statistics import RESAMPLES, SEED, Figure
from spondyl.files import write_whole
from spondyl.labels import Dataset, DatasetError, FilmLabel, load_dataset

SCHEMA = "spondyl.evaluation/1"
JSON_NAME = "evaluation.json"
HTML_NAME = "evaluation.html"
READINGS_NAME = "readings"
STAMP_NAME = "reader.txt"

#: Film file -> reading in the form ``spondyl.reading/1``.
ReadFilm = Callable[[Path], Mapping[str, Any]]
_Read = tuple[FilmCall, Mapping[str, Any] | None]


@dataclass(frozen=True)
class EvaluationRun:
    """An evaluation and what it was made from.

    Attributes
    ----------
    set_name : str
    folder : Path
        Of the data set.
    note : str
        The data set's own.
    simulated : bool or None
        Whether the films are simulated; None where the data set does not say.
    model : dict
        Name, version and checksum as the readings state them.
    site : str
    outcomes : tuple of FilmOutcome
    calls : tuple of FilmCall
        In the same order.
    labels : tuple of FilmLabel
        In the same order.
    figures : Evaluation
    """

    set_name: str
    folder: Path
    note: str
    simulated: bool | None
    model: Mapping[str, str]
    site: str
    outcomes: tuple[FilmOutcome, ...]
    calls: tuple[FilmCall, ...]
    labels: tuple[FilmLabel, ...]
    figures: Evaluation

    def to_json(self) -> dict[str, Any]:
        """The form ``spondyl.evaluation/1``."""
        figures = self.figures
        groups = ("finding", "numbering", "fracture_body", "fracture_film", "shape")
        breakdowns = ("by_level", "by_grade", "by_shape", "by_mimic", "by_site")
        return {
            "schema": SCHEMA,
            "set": {"name": self.set_name, "note": self.note, "simulated": self.simulated},
            "model": dict(self.model),
            "site": self.site,
            "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "clusters": "patient"},
            "counts": {
                name: getattr(figures, name)
                for name in ("films", "films_failed", "films_not_assessable", "patients", "bodies")
            },
            "figures": {name: _figures(getattr(figures, name)) for name in groups},
            **{
                name: {key: _figures(group) for key, group in getattr(figures, name).items()}
                for name in breakdowns
            },
            "confusion": figures.confusion,
            "reliability": {
                name: [asdict(one) for one in bins] for name, bins in figures.reliability.items()
            },
            "mix": asdict(figures.mix),
            "films": [_film(outcome) for outcome in self.outcomes],
        }


def evaluate(
    dataset_path: Path,
    out: Path | None,
    read_film: ReadFilm,
    *,
    model: Mapping[str, str] | None = None,
    site: str = "default",
    fingerprint: str = "",
    split: str | None = None,
    limit: int | None = None,
    workers: int = 1,
    readings: Path | None = None,
    pictures: bool = True,
    progress: bool | None = None,
) -> EvaluationRun:
    """Evaluate a reader on a data set.

    Parameters
    ----------
    dataset_path : Path
        Folder with ``films.json``, or the file.
    out : Path or None
        Where ``evaluation.json``, ``evaluation.html`` and ``readings/`` go; None writes nothing.
    read_film : callable
        Film file -> reading in the form ``spondyl.reading/1``; must be safe to call from threads
        when ``workers`` is above 1.
    model : mapping, optional
        Identity of the reader's weights; by default as the readings state it.
    site : str
    fingerprint : str
        Of all that a reading depends on (weights, site, program). Readings that another reader
        left in ``out`` are read anew.
    split : str, optional
        Only films of this split.
    limit : int, optional
        Only the first so many films.
    workers : int
        Films read at the same time.
    readings : Path, optional
        Folder of readings made before (by ``spondyl read --out``); films found there are not read.
    pictures : bool
        Draw the worst films into the page.
    progress : bool, optional
        Show a bar; by default only on a terminal.

    Raises
    ------
    DatasetError
        If the data set is not readable or no film is left to evaluate.
    """
    dataset = load_dataset(dataset_path)
    labels = [film for film in dataset if split is None or film.split == split][:limit]
    if not labels:
        raise DatasetError(
            f"{dataset.folder} has no film to evaluate"
            + (f' in split "{split}".' if split else ".")
        )
    store = None if out is None else out / READINGS_NAME
    since = 0.0 if store is None else _claim(store, fingerprint)

    def one(label: FilmLabel) -> _Read:
        try:
            reading = None if readings is None else _given(readings, label.name)
            if reading is None and store is not None:
                reading = _kept(dataset.path(label), label.name, store, since)
            if reading is None:
                reading = read_film(dataset.path(label))
                if store is not None:
                    save_reading(reading_file(store, label.name), reading)
            return call_from_json(reading), reading
        except Exception as error:  # one bad film must not end the evaluation of a thousand
            return FilmCall(error=str(error) or type(error).__name__), None

    pairs = _read_all(one, labels, workers, progress)
    calls = tuple(call for call, _ in pairs)
    outcomes = tuple(judge_film(label, call) for label, call in zip(labels, calls, strict=True))
    identity = model or next((r["model"] for _, r in pairs if r is not None and "model" in r), {})
    run = EvaluationRun(
        set_name=dataset.folder.resolve().name,
        folder=dataset.folder,
        note=dataset.note,
        simulated=is_simulated(dataset),
        model=identity,
        site=site,
        outcomes=outcomes,
        calls=calls,
        labels=tuple(labels),
        figures=summarise(outcomes),
    )
    if out is not None:
        write(run, out, pictures=pictures)
    return run


def write(run: EvaluationRun, out: Path, *, pictures: bool = True) -> None:
    """Write ``evaluation.json`` and ``evaluation.html`` into ``out``."""
    from spondyl.evaluate.report import render

    text = json.dumps(run.to_json(), indent=1) + "\n"
    write_whole(out / JSON_NAME, text, make_folder=True)
    write_whole(out / HTML_NAME, render(run, pictures=pictures))


def is_simulated(dataset: Dataset) -> bool | None:
    """Whether a data set says that its films are simulated; None where it is silent.

    Every film may say so by ``"simulated": true`` (or false); else the set's note decides.
    """
    said = {film.extra.get("simulated") for film in dataset}
    if said == {True}:
        return True
    if said == {False}:
        return False
    return True if "simulated" in dataset.note.lower() else None


def _given(folder: Path, name: str) -> Mapping[str, Any] | None:
    file = reading_file(folder, name)
    return load_reading(file) if file.is_file() else None


def _claim(store: Path, fingerprint: str) -> float:
    """Note whose readings the folder holds; the time from which on they are this reader's."""
    stamp = store / STAMP_NAME
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != fingerprint:
        write_whole(stamp, fingerprint, make_folder=True)
    return stamp.stat().st_mtime


def _kept(film: Path, name: str, store: Path, since: float) -> Mapping[str, Any] | None:
    """A reading kept by an earlier run, if it is younger than its film and than its reader."""
    file = reading_file(store, name)
    if not file.is_file() or file.stat().st_mtime < max(film.stat().st_mtime, since):
        return None
    try:
        return load_reading(file)
    except ReadingError:
        return None


def _read_all(
    one: Callable[[FilmLabel], _Read],
    labels: Sequence[FilmLabel],
    workers: int,
    progress: bool | None,
) -> list[_Read]:
    done: list[_Read] = []
    pool = ThreadPoolExecutor(max(1, workers))
    try:
        with _bar(len(labels), progress) as step:
            for pair in pool.map(one, labels):
                done.append(pair)
                step()
    finally:
        # an interrupted run keeps what it has read and starts no further film
        pool.shutdown(cancel_futures=True)
    return done


@contextmanager
def _bar(total: int, wanted: bool | None) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error, or nothing in a pipe."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not (console.is_terminal if wanted is None else wanted):
        yield lambda: None
        return
    columns = (
        TextColumn("Reading films"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def _figures(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.to_json() for name, figure in figures.items()}


def _film(outcome: FilmOutcome) -> dict[str, Any]:
    value = asdict(outcome)
    value["wholly_right"] = outcome.wholly_right
    for body in value["bodies"]:
        del body["film"], body["patient"]
        for key, item in body.items():
            if isinstance(item, float):
                body[key] = round(item, 5)
    return value
