"""A comparison from its plan to its folder: train, choose thresholds, read, judge.

Every step looks first at what stands: finished trainings are skipped, a half one goes on from its
last checkpoint, readings and evaluations that still hold are kept.
"""

import datetime
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spondyl.study.compare_data import Fold, Progress, StudyFilms, prepare_films, silent
from spondyl.study.compare_train import Launch, Training, launch, run_all, write_wanted
from spondyl.study.map_reader import labels_by_path
from spondyl.study.plan import ComparePlan, load_plan
from spondyl.study.results import COMPARE_NAME, SCHEMA, Comparison, load_comparison
from spondyl.study.systems import judge_set, open_system, set_thresholds

_PARTS = 100


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
        Folder of the comparison; see the room's contract in :mod:`spondyl.study.results`.
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
    book = _Book(plan, films, out)
    book.write(trainings, [])
    failed = list(_train(plan, trainings, progress, start))
    book.write(trainings, [])
    results, unread = _judge(plan, films, trainings, out, progress)
    book.write(trainings, results)
    return CompareRun(load_comparison(out), (*failed, *unread))


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
            yield name, 0, films.folds[0], {}
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


class _Book:
    """Keeps ``compare.json``."""

    def __init__(self, plan: ComparePlan, films: StudyFilms, out: Path) -> None:
        from spondyl.evaluate.run import is_simulated
        from spondyl.train.machine import code_version, machine

        file = out / COMPARE_NAME
        before = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        self._file = file
        self._facts: dict[str, Any] = {
            "schema": SCHEMA,
            "plan": json.loads(plan.model_dump_json()),
            "systems": list(plan.systems),
            "seeds": list(plan.seeds),
            "folds": plan.folds,
            "sets": [
                {
                    "name": one.name,
                    "external": one.external,
                    "simulated": is_simulated(one.data),
                    "folder": _relative(one.data.folder, out),
                    "split": one.split,
                    "films": len(one.films),
                    "patients": len({film.patient or film.name for film in one.films}),
                }
                for one in films.sets
            ],
            "training_films": {
                "folds": [
                    {
                        "fold": fold.number,
                        "train": fold.train,
                        "validation": len(fold.validation),
                    }
                    for fold in films.folds
                ],
                "left_out_without_corners": films.left_out,
            },
            "hardware": machine(),
            "code_version": code_version(),
            "started": before.get("started") or _now(),
        }

    def write(self, trainings: list[Training], results: list[dict[str, Any]]) -> None:
        """Write what is there by now, whole or not at all."""
        runs = [one.facts() for one in trainings if one.finished]
        facts = {
            **self._facts,
            "written": _now(),
            "minutes": round(sum(run.minutes for run in runs), 2),
            "runs": [asdict(run) for run in runs],
            "results": results,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        half = self._file.with_suffix(".part")
        half.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        half.replace(self._file)


def _relative(folder: Path, out: Path) -> str:
    try:
        return Path(os.path.relpath(folder.resolve(), out.resolve())).as_posix()
    except ValueError:  # another drive
        return folder.resolve().as_posix()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
