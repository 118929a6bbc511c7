"""The films of a comparison before the first step: sides, folds, leaks, what can be trained on."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spondyl.files import write_whole
from spondyl.film import load_film
from spondyl.labels import Dataset, FilmLabel, load_dataset, save_dataset
from spondyl.labels.dataset import FILE_NAME
from spondyl.labels.prints import Print, picture_print, same_pictures
from spondyl.labels.split import refuse_leaks, split_films
from spondyl.read.orient import likely_orientations, look_at
from spondyl.study.compare.plan import ComparePlan, PlanError
from spondyl.study.results.model import INTERNAL

#: ``with progress(words, total) as advance:`` ... ``advance()``.
Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]

_SIDES = {"train": "train", "training": "train", "val": "validation", "valid": "validation",
          "validation": "validation", "test": "test"}  # fmt: skip
_EXTERNAL = "external"
_LEAST_BODIES = 2


@contextmanager
def silent(words: str, total: int) -> Iterator[Callable[[], None]]:
    """No progress bar."""
    yield lambda: None


@dataclass(frozen=True)
class TestSet:
    """Films to test on."""

    name: str
    external: bool
    data: Dataset
    split: str | None

    @property
    def films(self) -> tuple[FilmLabel, ...]:
        """Those of the split."""
        return tuple(film for film in self.data if self.split in (None, film.split))


@dataclass(frozen=True)
class Fold:
    """What trains and what validates.

    Attributes
    ----------
    number : int or None
        None where the data set's own sides are used.
    labels : Path
        ``films.json`` of the films that can be trained on, with their sides.
    train : int
        Films with enough corners to learn from.
    validation : tuple of FilmLabel
        Every film of the side; thresholds are chosen on them.
    """

    number: int | None
    labels: Path
    train: int
    validation_trained: int
    validation: tuple[FilmLabel, ...]


@dataclass(frozen=True)
class StudyFilms:
    """All films of a comparison, checked.

    Attributes
    ----------
    data : Dataset
    folds : tuple of Fold
    sets : tuple of TestSet
        The internal one first.
    left_out : int
        Training and validation films without corners to learn from.
    sacrum : bool
        Some label to train on holds S1.
    """

    data: Dataset
    folds: tuple[Fold, ...]
    sets: tuple[TestSet, ...]
    left_out: int
    sacrum: bool


def prepare_films(plan: ComparePlan, out: Path, progress: Progress = silent) -> StudyFilms:
    """Check a comparison's films and write the labels that each fold trains by.

    Raises
    ------
    PlanError
        If a side is missing or empty, or a film is not there.
    LeakError
        If one patient or one picture is on two sides, or a film of the study is in an external
        set.
    DatasetError
        If a data set cannot be read.
    FilmError
        If a film cannot be read.
    """
    data = _sided(load_dataset(plan.data.folder))
    sets = [TestSet(INTERNAL, False, data, "test")]
    for one in plan.externals:
        sets.append(TestSet(one.name, True, load_dataset(one.folder), one.split))
        if not sets[-1].films:
            which = f" in split {one.split!r}" if one.split else ""
            raise PlanError(f"externals.{one.name}: {one.folder} has no film to test on{which}.")
    _refuse_missing(sets)
    same = _leaks(data, sets[1:], out, plan.workers * plan.threads, progress)
    pool = [film for film in data if film.split in ("train", "validation")]
    able = [film for film in pool if _learnable(film)]
    able = _with_sides(able, data.folder)
    return StudyFilms(
        data=data,
        folds=tuple(_folds(plan, pool, able, same, data, out / "labels")),
        sets=tuple(sets),
        left_out=len(pool) - len(able),
        sacrum=any("S1" in film.vertebrae for film in able),
    )


def _sided(data: Dataset) -> Dataset:
    films = tuple(
        replace(film, split=_SIDES.get(film.split or "", film.split)) for film in data.films
    )
    for side in ("train", "validation", "test"):
        if not any(film.split == side for film in films):
            raise PlanError(
                f'data.folder: no film of {data.folder} is on the side "{side}"; give sides with '
                "`spondyl labels split`."
            )
    return replace(data, films=films)


def _refuse_missing(sets: Sequence[TestSet]) -> None:
    for one in sets:
        # Of the study's own films all sides are needed.
        films = one.data.films if not one.external else one.films
        missing = [film.name for film in films if not one.data.path(film).is_file()]
        if missing:
            more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
            raise PlanError(
                f"{one.data.folder / missing[0]} does not exist{more}, but {FILE_NAME} has a label "
                "for it; put the film there, or take its label out."
            )


def _leaks(
    data: Dataset, externals: Sequence[TestSet], out: Path, workers: int, progress: Progress
) -> tuple[tuple[str, str], ...]:
    """Refuse leaks; pairs of the study's own films that are one picture (on one side)."""
    entries = [(film, data.path(film)) for film in data if film.split in _SIDES.values()]
    for one in externals:
        # Patients' names of two hospitals have nothing to do with one another; pictures have.
        entries += [
            (replace(f, name=f"{one.name}/{f.name}", split=_EXTERNAL, patient=None),
             one.data.path(f))
            for f in one.films
        ]  # fmt: skip
    films = [film for film, _ in entries]
    refuse_leaks(films)  # By patient first: it needs no picture.
    digest = hashlib.sha256()
    for film, path in entries:
        facts = path.stat()
        digest.update(f"{film.name}|{path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    kept = out / "cache" / f"same-{digest.hexdigest()[:24]}.json"
    if kept.is_file():
        pairs = [(one, other) for one, other in json.loads(kept.read_text(encoding="utf-8"))]
    else:
        prints: list[Print] = []
        with (
            progress("Looking for leaks", len(entries)) as advance,
            ThreadPoolExecutor(workers) as threads,
        ):
            for made in threads.map(
                lambda entry: picture_print(load_film(entry[1]).pixels), entries
            ):
                prints.append(made)
                advance()
        pairs = [(films[i].name, films[k].name) for i, k, _ in same_pictures(prints)]
        write_whole(kept, json.dumps(pairs), make_folder=True)
    refuse_leaks(films, pairs)
    return tuple(pairs)


def _learnable(film: FilmLabel) -> bool:
    """Enough bodies with all corners: others teach neither levels nor where a fracture is."""
    return sum(body.has_quad for body in film.vertebrae.values()) >= _LEAST_BODIES


def _with_sides(films: Sequence[FilmLabel], folder: Path) -> list[FilmLabel]:
    """Posterior sides that no label tells, told by the packaged view network."""
    if all(film.posterior_side in ("left", "right") for film in films):
        return list(films)
    from spondyl.read.engine import Engine

    engine = Engine(1)

    def side(film: FilmLabel) -> str:
        loaded = load_film(folder / film.name)
        view = look_at(np.asarray(loaded.pixels, np.float32), engine)
        return likely_orientations(view, loaded.header_posterior_side)[0].posterior_side

    return [
        film
        if film.posterior_side in ("left", "right")
        else replace(film, posterior_side=side(film))
        for film in films
    ]


def _folds(
    plan: ComparePlan,
    pool: Sequence[FilmLabel],
    able: Sequence[FilmLabel],
    same: Sequence[tuple[str, str]],
    data: Dataset,
    out: Path,
) -> Iterator[Fold]:
    if plan.folds is None:
        yield _fold(None, pool, able, data, out)
        return
    count = plan.folds
    names = [f"fold-{k}" for k in range(count)]
    inside = {film.name for film in pool}
    pairs = [pair for pair in same if inside.issuperset(pair)]
    dealt = {
        film.name: film.split
        for film in split_films(pool, [1 / count] * count, 0, pairs, sides=names)
    }
    for number, name in enumerate(names):
        side = {film: "validation" if fold == name else "train" for film, fold in dealt.items()}
        yield _fold(
            number,
            [replace(film, split=side[film.name]) for film in pool],
            [replace(film, split=side[film.name]) for film in able],
            data,
            out,
        )


def _fold(
    number: int | None,
    pool: Sequence[FilmLabel],
    able: Sequence[FilmLabel],
    data: Dataset,
    out: Path,
) -> Fold:
    sides = {side: [f for f in able if f.split == side] for side in ("train", "validation")}
    for side, films in sides.items():
        if not films:
            where = "" if number is None else f" of fold {number}"
            raise PlanError(
                f'data.folder: no film on the side "{side}"{where} has {_LEAST_BODIES} bodies with '
                "four corners; draw corners on some (the networks learn where bodies are by them)."
            )
    # The folder carries the labels' checksum: a training never goes on with other labels.
    draft = save_dataset(out / "draft", able, data.note)
    checksum = hashlib.sha256(draft.read_bytes()).hexdigest()[:12]
    folder = out / ("own" if number is None else f"fold-{number}") / checksum
    folder.mkdir(parents=True, exist_ok=True)
    labels = draft.replace(folder / FILE_NAME)
    return Fold(
        number,
        labels,
        len(sides["train"]),
        len(sides["validation"]),
        tuple(film for film in pool if film.split == "validation"),
    )
