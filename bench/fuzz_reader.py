"""Mutated films through a reading process, as a node reads them."""

import json
import os
import random
import tempfile
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.fuzz_films import mutated, seeds
from bench.node_load import memory_mb
from spondyl.film import load_film
from spondyl.film.model import Film
from spondyl.read.engine import Engine
from spondyl.read.reader import Examined, Reader
from spondyl.serve.dicom.model import Origin
from spondyl.serve.dicom.reading_process import (
    ReaderSettings,
    ReadingProcess,
    Readings,
    make_readings,
)
from spondyl.serve.dicom.results import Outcome, Task
from spondyl.serve.dicom.watch_folder import arrival_of
from spondyl.serve.isolated import DiedError, PassingError

Floats = NDArray[np.float32]

#: Of processor time: on a machine that others use, a second of work may take many by the clock.
HANGS_S = 5.0
#: By the clock, for what waits without working.
_WAITS_S = 180.0
MEMORY_MB = 1000.0
_SAVE_EVERY = 50
#: Results: the one that follows most of the film's header; of some films more.
_ONE, _TWO, _ALL = ("gsps",), ("gsps", "sr"), ("gsps", "sr", "sc", "sc-grey", "dcmpdf")
#: Side of the squares over which a network's input is averaged, and how far two may differ.
_SQUARE, _ALIKE, _KEPT = 8, 0.02, 8


@dataclass
class Progress:
    """How far a run is; a file that a later run goes on from.

    Attributes
    ----------
    seed : int
    films : int
        Done.
    found : dict
        Words of :func:`judge` and how often.
    slowest_s, memory_mb : float
        Processor time of one film, memory of the reading process; each the most there was.
    """

    seed: int
    films: int = 0
    found: dict[str, int] = field(default_factory=dict)
    slowest_s: float = 0.0
    memory_mb: float = 0.0

    @classmethod
    def load(cls, path: Path | None, seed: int) -> "Progress":
        """Where the run with this seed was, or its beginning."""
        if path is None or not path.is_file():
            return cls(seed)
        kept = cls(**json.loads(path.read_text()))
        if kept.seed != seed:
            raise SystemExit(f"{path} is of a run with --seed {kept.seed}, not {seed}.")
        return kept

    def save(self, path: Path | None) -> None:
        """Whole or not at all."""
        if path is not None:
            half = path.with_name(path.name + ".part")
            half.write_text(json.dumps(asdict(self)))
            half.replace(path)

    def told(self) -> dict[str, object]:
        """As it is printed."""
        slowest, memory = round(self.slowest_s, 2), round(self.memory_mb)
        return {"films": self.films, **self.found, "slowest_s": slowest, "memory_mb": memory}


def judge(outcome: Outcome) -> str:
    """One word for what came of a film."""
    if outcome.verdict is None:
        return "refused" if outcome.refusal.strip() else "EMPTY"
    whole = all(made.path.is_file() and made.path.stat().st_size > 1000 for made in outcome.made)
    return "read" if outcome.made and whole else "EMPTY"


def fuzz_reader(
    count: int, seed: int, keep: Path | None, state: Path | None, each_picture: bool
) -> dict[str, object]:
    """Read mutated films; what came of them.

    Parameters
    ----------
    count : int
        Films in all, with those that ``state`` tells of.
    seed : int
        Film by film: a film is the same wherever a run began.
    keep : Path or None
        Where films go that did harm.
    state : Path or None
        See :class:`Progress`.
    each_picture : bool
        Ask the networks about every picture, also about those that look like one before.
    """
    progress = Progress.load(state, seed)
    found = Counter(progress.found)
    films = seeds()
    make = make_readings if each_picture else make_remembering
    process = ReadingProcess(ReaderSettings(threads=1), make)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process.start()
        for number in range(progress.films, count):
            chance = random.Random(f"{seed} {number}")
            path = folder / "film.dcm"
            content = mutated(chance.choice(films), number, chance)
            path.write_bytes(content)
            announced = arrival_of(content, Origin.FOLDER, "fuzz").sop_instance_uid
            kinds = _ALL if number % 64 == 0 else _TWO if number % 16 == 0 else _ONE
            start = processor_s(process.pid)
            word = _read(process, Task(path, announced, kinds, folder / "results" / "one"))
            took = processor_s(process.pid) - start
            progress.slowest_s = max(progress.slowest_s, took)
            if took > HANGS_S:
                word = "HUNG"
            memory = memory_mb(process.pid or 0)
            progress.memory_mb = max(progress.memory_mb, memory)
            if memory > MEMORY_MB:
                word = "TOO MUCH MEMORY"
                process.stop()
                process = ReadingProcess(ReaderSettings(threads=1), make)
                process.start()
            found[word] += 1
            if word.isupper() and keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{word.lower().replace(' ', '-')}-{seed}-{number}.dcm").write_bytes(
                    content
                )
            progress.films, progress.found = number + 1, dict(found)
            if progress.films % _SAVE_EVERY == 0 or progress.films == count:
                progress.save(state)
        process.stop()
    return progress.told()


def processor_s(pid: int | None) -> float:
    """Processor time that a process has taken (Linux); 0 if it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _read(process: ReadingProcess, task: Task) -> str:
    try:
        outcome = process.read(task, _WAITS_S)
    except DiedError as error:
        process.start()
        return "HUNG" if "longer" in str(error) else "CRASHED"
    except PassingError:
        return "FAILED"
    if "error of its own" in outcome.refusal or "more memory" in outcome.refusal:
        return "OWN ERROR"
    return judge(outcome)


# ---- in the reading process --------------------------------------------------------------------


class _Memory:
    """Answers to the last pictures that were unlike one another."""

    def __init__(self) -> None:
        self._kept: list[tuple[Floats, Any]] = []

    def find(self, key: Floats) -> Any:
        for known, answer in self._kept:
            if known.shape == key.shape and float(np.abs(known - key).max(initial=0.0)) < _ALIKE:
                return answer
        return None

    def add(self, key: Floats, answer: Any) -> None:
        self._kept = [(key, answer), *self._kept[: _KEPT - 1]]


def make_remembering(settings: ReaderSettings) -> Readings:
    """Readings that look again at pictures unlike those before only.

    Header and pixels of each film are read and checked, and results of each are written.
    """
    maps: defaultdict[str, _Memory] = defaultdict(_Memory)
    films: defaultdict[tuple[object, ...], _Memory] = defaultdict(_Memory)
    run, examine = Engine._run, Reader.examine

    def remembered(
        self: Engine, net: Any, name: str, array: Any, outputs: tuple[str, ...]
    ) -> list[Any]:
        key = _averaged(np.asarray(array, np.float32))
        answer = maps[str(net)].find(key)
        if answer is None:
            answer = run(self, net, name, array, outputs)
            maps[str(net)].add(key, answer)
        return [np.copy(each) for each in answer]

    def examined(self: Reader, film: Film | str | Path) -> Examined:
        loaded = film if isinstance(film, Film) else load_film(Path(film))
        key = _averaged(loaded.pixels)
        memory = films[loaded.header_posterior_side, loaded.header_inverted]
        found = memory.find(key)
        if found is None or found.film.pixels.shape != loaded.pixels.shape:
            found = examine(self, loaded)
            memory.add(key, found)
        return replace(found, film=loaded)

    Reader.examine = examined  # type: ignore[method-assign]
    Engine._run = remembered  # type: ignore[method-assign]
    return make_readings(settings)


def _averaged(array: Floats) -> Floats:
    """Means of squares, what is left over at the ends cut off; of a span of 1."""
    *lead, height, width = array.shape
    rows, columns = height // _SQUARE, width // _SQUARE
    whole = array[..., : rows * _SQUARE, : columns * _SQUARE]
    squares = whole.reshape(*lead, rows, _SQUARE, columns, _SQUARE)
    found: Floats = squares.mean(axis=(-3, -1), dtype=np.float32)
    return found / max(float(np.ptp(found)), 1e-6) if found.size else found
