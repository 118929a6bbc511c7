"""An invented comparison: labels and readings drawn at random, judged as real ones are."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from spondyl.anatomy import Status
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.readings import reading_file, save_reading
from spondyl.labels import FilmLabel, save_dataset
from spondyl.study.results.folder import READINGS_NAME
from spondyl.study.results.model import Comparison, RunFacts, SetFacts, SystemOnSet
from tests.evaluate.makers import COLUMN, call, finding, quad, reading_json, truth

SYSTEMS = ("multi-task", "single-task")
_SKILL = {"multi-task": 2.2, "single-task": 1.6}


def drawn_label(name: str, patient: str, rng: np.random.Generator, **known: object) -> FilmLabel:
    """A film with none, one or two fractures, of one normal body in thirty the status unknown."""
    fractured = set(rng.choice(7, int(rng.choice([0, 1, 2], p=[0.5, 0.35, 0.15])), replace=False))
    bodies = {}
    for i, level in enumerate(COLUMN):
        status = Status.FRACTURED if i in fractured else Status.NORMAL
        if i not in fractured and rng.random() < 1 / 30:
            status = Status.UNKNOWN
        grade = int(rng.integers(1, 4)) if i in fractured else None
        bodies[level] = truth(level, i, status, genant_grade=grade)
    extra = {
        "sex": str(rng.choice(["F", "M"], p=[0.7, 0.3])),
        "age": f"{rng.integers(48, 92):03d}Y",
    }
    return FilmLabel(name, (400, 400), "left", bodies, patient=patient, extra=extra, **known)


def drawn_call(label: FilmLabel, skill: float, rng: np.random.Generator):
    """A reading that is right more often the greater the skill."""
    findings = []
    for i, level in enumerate(COLUMN):
        if rng.random() < 0.02:
            continue
        fractured = label.vertebrae[level].status is Status.FRACTURED
        logit = rng.normal(skill if fractured else -skill, 1.4)
        named = COLUMN[max(0, i - 1)] if rng.random() < 0.03 else level
        corners = quad(i, tuple(rng.normal(0, 1.0, 2)))
        findings.append(finding(named, corners, float(1 / (1 + np.exp(-logit)))))
    return call(*findings)


def drawn_set(
    folder: Path,
    films: int,
    rng: np.random.Generator,
    *,
    per_patient: int = 1,
    split: str = "test",
    site: str = "north",
) -> tuple[FilmLabel, ...]:
    """Labels of a set with a picture each."""
    folder.mkdir(parents=True, exist_ok=True)
    ramp = np.tile(np.linspace(20, 230, 400).astype(np.uint8), (400, 1))
    labels = []
    for i in range(films):
        name = f"{split}-{i:03d}.png"
        patient = f"{site}-{split}-{i // per_patient}"
        labels.append(drawn_label(name, patient, rng, split=split, site=site))
        cv2.imwrite(str(folder / name), ramp)
    return tuple(labels)


def comparison_in(
    folder: Path,
    *,
    films: int = 40,
    seeds: tuple[int, ...] = (1, 2),
    simulated: bool | None = True,
    external: bool = True,
    systems: tuple[str, ...] = SYSTEMS,
) -> Comparison:
    """A finished comparison with readings on disk; the external set has two films per patient."""
    rng = np.random.default_rng(7)
    own = folder / "own"
    train = drawn_set(own, 12, rng, split="train")
    validation = drawn_set(own, 6, rng, split="validation")
    test = drawn_set(own, films, rng)
    save_dataset(own, (*train, *validation, *test))
    sets = [_facts("internal", False, simulated, own, test)]
    if external:
        other = folder / "other"
        labels = drawn_set(other, films // 2, rng, per_patient=2, site="south & <west>")
        save_dataset(other, labels)
        sets.append(_facts("south_1", True, simulated, other, labels))
    results = [
        _result(folder, facts, system, seed, rng)
        for facts in sets
        for system in systems
        for seed in seeds
    ]
    return Comparison(
        folder=folder,
        plan={"name": "A & B <study>"},
        systems=systems,
        sets=tuple(sets),
        results=tuple(results),
        hardware={"code": "0.1.0", "processor": "Test & Sons", "cores": 2, "gpus": [],
                  "packages": {"torch": "2.13.0"}},
        minutes=12.5,
        seeds=seeds,
        folds=None,
        runs=tuple(RunFacts(arm, seed, None, 300, 2.1, 1234567, 1.5, 0.81)
                   for arm in ("multitask", "levels", "fracture") for seed in seeds),
        facts={},
    )  # fmt: skip


def _facts(
    name: str, external: bool, simulated: bool | None, folder: Path, labels: tuple[FilmLabel, ...]
) -> SetFacts:
    patients = len({label.patient for label in labels})
    return SetFacts(name, external, simulated, folder, len(labels), patients, labels)


def _result(
    folder: Path, facts: SetFacts, system: str, seed: int, rng: np.random.Generator
) -> SystemOnSet:
    place = folder / "results" / system / f"seed-{seed}" / facts.name
    outcomes = []
    for label in facts.labels:
        said = drawn_call(label, _SKILL.get(system, 1.9), rng)
        save_reading(reading_file(place / READINGS_NAME, label.name), reading_json(said))
        outcomes.append(judge_film(label, said))
    return SystemOnSet(
        system, seed, None, facts.name, facts.external, tuple(outcomes), 0.5, 0.5, place
    )


def unread(result: SystemOnSet, place: int, why: str) -> SystemOnSet:
    """The same result with one film that could not be read."""
    outcomes = list(result.outcomes)
    outcomes[place] = replace(outcomes[place], error=why)
    return replace(result, outcomes=tuple(outcomes))
