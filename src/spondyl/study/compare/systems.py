"""Systems: what turns a film into a reading, put together of arms or given as it is."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from spondyl.evaluate.match import judge_film
from spondyl.evaluate.outcome import FilmCall, FilmOutcome
from spondyl.evaluate.readings import call_from_json
from spondyl.evaluate.run import STAMP_NAME, evaluate
from spondyl.files import write_whole
from spondyl.labels import FilmLabel
from spondyl.labels.dataset import FILE_NAME
from spondyl.study.compare.films import TestSet
from spondyl.study.compare.plan_parts import PACKAGED, SystemPlan
from spondyl.study.compare.thresholds import (
    OperatingPoint,
    Threshold,
    thresholds_of,
    with_thresholds,
)
from spondyl.study.maps.reader import MapReader, Naming
from spondyl.study.results.folder import EVALUATION_NAME, READINGS_NAME, THRESHOLDS_NAME
from spondyl.study.results.model import ComparisonError

THRESHOLDS_SCHEMA = "spondyl.thresholds/1"


class FilmReader(Protocol):
    """What a system is asked for."""

    @property
    def model_facts(self) -> Mapping[str, str]:
        """Name, version and checksum of its weights."""

    @property
    def fingerprint(self) -> str:
        """Of all that a reading depends on but the film and the thresholds."""

    def read(self, path: Path) -> dict[str, Any]:
        """The reading of one film in the form ``spondyl.reading/1``."""


class WeightsReader:
    """A whole reader of other weights; the arms are compared with it, it is not trained here."""

    def __init__(self, weights: str, threads: int) -> None:
        from spondyl.read.reader import Reader

        folder = None if weights == PACKAGED else Path(weights)
        self._reader = Reader(threads=threads, weights=folder)

    @property
    def model_facts(self) -> Mapping[str, str]:
        """Name, version and checksum of its weights."""
        return asdict(self._reader.networks.identity)

    @property
    def fingerprint(self) -> str:
        """Weights and site."""
        facts = [self.model_facts["sha256"], asdict(self._reader.site)]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def read(self, path: Path) -> dict[str, Any]:
        """The reading of one film."""
        from spondyl.deliver.reading_json import reading_to_json

        return reading_to_json(self._reader.read(path))


def open_system(
    name: str,
    plan: SystemPlan,
    onnx: Mapping[str, Path],
    naming: Naming,
    sacrum: bool,
    labels: Mapping[Path, FilmLabel],
    threads: int,
) -> FilmReader:
    """A system's reader.

    Parameters
    ----------
    name : str
    plan : SystemPlan
    onnx : mapping of arm to Path
        Its trained networks.
    naming, sacrum, labels, threads
        Of :class:`MapReader`.
    """
    if plan.weights is not None:
        return WeightsReader(plan.weights, threads)
    assert plan.levels is not None
    assert plan.fracture is not None
    return MapReader(
        onnx[plan.levels], onnx[plan.fracture], naming, name, "", sacrum, labels, threads
    )


def outcomes_of(
    reader: FilmReader, folder: Path, films: Sequence[FilmLabel], workers: int
) -> tuple[FilmOutcome, ...]:
    """Films read and judged, without thresholds."""

    def one(label: FilmLabel) -> FilmOutcome:
        try:
            call = call_from_json(reader.read(folder / label.name))
        except Exception as error:  # one bad film must not end the comparison
            call = FilmCall(error=str(error) or type(error).__name__)
        return judge_film(label, call)

    with ThreadPoolExecutor(workers) as pool:
        return tuple(pool.map(one, films))


def set_thresholds(
    reader: FilmReader,
    place: Path,
    folder: Path,
    films: Sequence[FilmLabel],
    point: OperatingPoint,
    workers: int,
) -> tuple[Threshold, Threshold]:
    """Body and film thresholds of a system, kept in ``place``; chosen anew where they must be."""
    names = [film.name for film in films]
    key = hashlib.sha256(
        json.dumps([reader.fingerprint, str(point), names, _stamp(folder)]).encode()
    ).hexdigest()
    file = place / THRESHOLDS_NAME
    if file.is_file():
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept.get("key") == key:
            return Threshold(**kept["body"]), Threshold(**kept["film"])
    body, film = thresholds_of(outcomes_of(reader, folder, films, workers), point)
    content = {
        "schema": THRESHOLDS_SCHEMA,
        "operating_point": str(point),
        "chosen_on": {"side": "validation", "films": len(films)},
        "body": asdict(body),
        "film": asdict(film),
        "key": key,
    }
    write_whole(file, json.dumps(content, indent=1) + "\n", make_folder=True)
    return body, film


def judge_set(
    reader: FilmReader, out: Path, one: TestSet, body: float, film: float, workers: int
) -> int:
    """Read and judge a set into ``out``; nothing is done again that stands.

    Returns
    -------
    int
        Films that could not be read.
    """
    facts = [reader.fingerprint, body, film, _stamp(one.data.folder)]
    fingerprint = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    failed = _standing(out, fingerprint, len(one.films))
    if failed is not None:
        return failed

    def read(path: Path) -> dict[str, Any]:
        return with_thresholds(reader.read(path), body, film)

    run = evaluate(
        one.data.folder,
        out,
        read,
        model=reader.model_facts,
        fingerprint=fingerprint,
        split=one.split,
        workers=workers,
        pictures=False,
        progress=False,
    )
    return sum(outcome.error is not None for outcome in run.outcomes)


def _standing(out: Path, fingerprint: str, films: int) -> int | None:
    """Films not read of an evaluation that stands; None where it must be made."""
    stamp, file = out / READINGS_NAME / STAMP_NAME, out / EVALUATION_NAME
    if not (stamp.is_file() and file.is_file()):
        return None
    # The stamp is written first: an evaluation that is older belongs to another reader.
    if stamp.read_text(encoding="utf-8") != fingerprint:
        return None
    if file.stat().st_mtime < stamp.stat().st_mtime:
        return None
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))["films"]
    except (json.JSONDecodeError, KeyError):
        return None
    return sum(f["error"] is not None for f in kept) if len(kept) == films else None


def _stamp(folder: Path) -> list[int]:
    file = folder / FILE_NAME if folder.is_dir() else folder
    try:
        facts = file.stat()
    except OSError:
        raise ComparisonError(f"{file} is gone; put the data set back.") from None
    return [facts.st_size, facts.st_mtime_ns]
