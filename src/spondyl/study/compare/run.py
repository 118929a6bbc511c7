"""A comparison from its plan to its folder: train, choose thresholds, read, judge.

Every step looks first at what stands: finished trainings are skipped, a half one goes on from its
last checkpoint, readings and evaluations that still hold are kept.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spondyl.study.compare.book import Book
from spondyl.study.compare.films import Fold, Progress, StudyFilms, prepare_films, silent
from spondyl.study.compare.plan import ComparePlan, load_plan
from spondyl.study.compare.systems import judge_set, open_system, set_thresholds
from spondyl.study.compare.train import Launch, Training, launch, run_all, write_wanted
from spondyl.study.maps.reader import labels_by_path
from spondyl.study.results.folder import load_comparison
from spondyl.study.results.model import Comparison, ComparisonError

_PARTS = 100
#: Lines that a stage is told in.
_TOLD = 10


@dataclass(frozen=True)
class CompareRun:
    """What a comparison came to.

    Attributes
    ----------
    comparison : Comparison
    failed : tuple of str
        Sentences: trainings that failed, films that could not be read.
    """

    comparison: Comparison
    failed: tuple[str, ...]


def compare(
    plan: ComparePlan | Path,
    out: Path,
    *,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress = silent,
    start: Launch = launch,
) -> CompareRun:
    """Run a comparison, or go on with it.

    Parameters
    ----------
    plan : ComparePlan or Path
        Settings, or their YAML file.
    out : Path
        Folder of the comparison; see the room's contract in :mod:`spondyl.study.results.folder`.
    workers, threads : int, optional
        Instead of the plan's: trainings side by side, and threads of each.
    progress : callable
        ``with progress(words, total) as advance``.
    start : callable
        Starts a training; by default in a process of its own.

    Raises
    ------
    PlanError
        If the plan or its films cannot be used, or ``out`` holds trainings with other settings.
    LeakError
        If one patient or picture is on two sides.
    DatasetError, FilmError
        If a data set or a film cannot be read before training.
    """
    if not isinstance(plan, ComparePlan):
        plan = load_plan(Path(plan))
    given = {"workers": workers, "threads": threads}
    plan = plan.model_copy(update={key: value for key, value in given.items() if value})
    out = Path(out)
    films = prepare_films(plan, out, progress)
    trainings = list(_trainings(plan, films, out))
    for one in trainings:
        write_wanted(one)
    _pack(plan, films, out, progress)
    book = Book(plan, films, out)
    book.write(trainings, [])
    failed = list(_train(plan, trainings, progress, start))
    book.write(trainings, [])
    results, unread = _judge(plan, films, trainings, out, progress)
    book.write(trainings, results)
    return CompareRun(load_comparison(out), (*failed, *unread))


def run_compare(
    plan: ComparePlan, out: Path, say: Callable[[str], None], start: Launch = launch
) -> Comparison:
    """As :func:`compare`, told in lines, for those who need every result.

    Raises
    ------
    ComparisonError
        If a training failed.
    """

    @contextmanager
    def told(words: str, total: int) -> Iterator[Callable[[], None]]:
        done = 0

        def advance() -> None:
            nonlocal done
            done += 1
            # Ten lines for the whole, however many parts it has.
            if total >= _TOLD and done * _TOLD // total > (done - 1) * _TOLD // total:
                say(f"{words}: {100 * done // total} %")

        say(f"{words} ...")
        yield advance

    run = compare(plan, out, progress=told, start=start)
    for sentence in run.failed:
        say(sentence)
    wanted = len({(one["system"], one["seed"], one["fold"]) for one in _wanted(plan)})
    found = len({(one.system, one.seed, one.fold) for one in run.comparison.results})
    if found < wanted:
        raise ComparisonError(
            f"{wanted - found} of {wanted} trained systems are missing: {run.failed[0]}"
        )
    return run.comparison


def _wanted(plan: ComparePlan) -> Iterator[dict[str, Any]]:
    for name, system in plan.systems.items():
        if system.weights is not None:
            yield {"system": name, "seed": 0, "fold": None}
            continue
        for seed in plan.seeds:
            for fold in range(plan.folds) if plan.folds else [None]:
                yield {"system": name, "seed": seed, "fold": fold}


def _trainings(plan: ComparePlan, films: StudyFilms, out: Path) -> Iterator[Training]:
    used = {arm for system in plan.systems.values() for arm in (system.levels, system.fracture)}
    for seed in plan.seeds:
        for fold in films.folds:
            for arm in plan.arms:
                if arm not in used:
                    continue
                experiment = plan.experiment(
                    arm, seed, fold.labels, out / "cache", fold.train, fold.validation_trained
                )
                folder = out / "runs" / arm / _run_name(seed, fold.number)
                yield Training(
                    arm, seed, fold.number, folder, experiment, fold.train, plan.checkpoint
                )


def _run_name(seed: int, fold: int | None) -> str:
    return f"seed-{seed}" if fold is None else f"seed-{seed}-fold-{fold}"


def _pack(plan: ComparePlan, films: StudyFilms, out: Path, progress: Progress) -> None:
    """Prepare the films once, before several trainings would at the same time."""
    from spondyl.labels import load_dataset
    from spondyl.train.pack import FilmPack

    labelled = load_dataset(films.folds[0].labels).films
    with progress("Preparing films", len(labelled)) as advance:
        FilmPack.of(films.data.folder, labelled, out / "cache", plan.film_px(), advance)


def _train(
    plan: ComparePlan, trainings: list[Training], progress: Progress, start: Launch
) -> Iterator[str]:
    left = sum(not one.finished for one in trainings)
    if not left:
        return
    with progress(f"Training {left} networks", _PARTS * len(trainings)) as advance:
        shown = 0

        def heard(share: float) -> None:
            nonlocal shown
            while shown < int(share * _PARTS * len(trainings)):
                advance()
                shown += 1

        yield from run_all(trainings, plan.workers, heard, start).values()


def _judge(
    plan: ComparePlan,
    films: StudyFilms,
    trainings: list[Training],
    out: Path,
    progress: Progress,
) -> tuple[list[dict[str, Any]], list[str]]:
    onnx = {(t.arm, t.seed, t.fold): t.onnx for t in trainings if t.finished}
    jobs = list(_jobs(plan, films, onnx))
    sides = [(films.data.folder, films.data.films)]
    sides += [(one.data.folder, one.films) for one in films.sets if one.external]
    labels = labels_by_path(sides)
    results: list[dict[str, Any]] = []
    unread: list[str] = []
    workers = plan.workers * plan.threads
    with progress("Reading films", len(jobs) * (1 + len(films.sets))) as advance:
        for system, seed, fold, networks in jobs:
            reader = open_system(
                system, plan.systems[system], networks, plan.naming, films.sacrum, labels, 1
            )
            place = out / "results" / system / _run_name(seed, fold.number)
            body, film = set_thresholds(
                reader, place, films.data.folder, fold.validation, plan.operating_point.point,
                workers,
            )  # fmt: skip
            advance()
            for one in films.sets:
                failed = judge_set(
                    reader, place / one.name, one, body.threshold, film.threshold, workers
                )
                advance()
                if failed:
                    unread.append(f"{system}, seed {seed}: {failed} films of {one.name} not read.")
                folder = (place / one.name).relative_to(out).as_posix()
                results.append(
                    {
                        "system": system,
                        "seed": seed,
                        "fold": fold.number,
                        "set": one.name,
                        "folder": folder,
                    }
                )
    return results, unread


def _jobs(
    plan: ComparePlan, films: StudyFilms, onnx: Mapping[tuple[str, int, int | None], Path]
) -> Iterator[tuple[str, int, Fold, dict[str, Path]]]:
    """Systems whose networks are all there, per seed and fold; given weights once."""
    for name, system in plan.systems.items():
        if system.weights is not None:
            yield name, 0, replace(films.folds[0], number=None), {}
            continue
        for seed in plan.seeds:
            for fold in films.folds:
                arms = {str(system.levels), str(system.fracture)}
                networks = {
                    arm: onnx[arm, seed, fold.number]
                    for arm in arms
                    if (arm, seed, fold.number) in onnx
                }
                if networks.keys() == arms:
                    yield name, seed, fold, networks
