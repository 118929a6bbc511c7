"""Sides by numbers: exact, stratified, by patient, the same for a seed."""

from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="needs the extra [train]")

from spondyl.anatomy import Level
from spondyl.labels import FilmLabel
from spondyl.study.films.split import SPARE, split_counts, split_study
from spondyl.study.plan.form import StudyError
from spondyl.study.plan.parts import SplitSettings
from tests.study.study_cases import truth


def films(count: int, patients: int | None = None) -> list[FilmLabel]:
    return [
        truth(f"{n}.png", (Level.L1,) if n % 5 < 2 else (), f"P{n % (patients or count)}")
        for n in range(count)
    ]


def sides(split: tuple[FilmLabel, ...]) -> dict[str | None, list[FilmLabel]]:
    found: dict[str | None, list[FilmLabel]] = {}
    for film in split:
        found.setdefault(film.split, []).append(film)
    return found


def test_numbers_are_exact_and_stratified() -> None:
    found = sides(split_counts(films(230), (150, 30, 20), seed=1))
    assert {side: len(members) for side, members in found.items()} == {
        "train": 150, "validation": 30, "test": 20, SPARE: 30,
    }  # fmt: skip
    for members in found.values():
        share = sum(film.fractured is True for film in members) / len(members)
        assert abs(share - 0.4) < 0.06


def test_the_papers_numbers() -> None:
    found = sides(split_counts(films(2271), (1865, 208, 198), seed=1))
    assert [len(found[side]) for side in ("train", "validation", "test")] == [1865, 208, 198]
    assert SPARE not in found


def test_patients_stay_whole() -> None:
    split = split_counts(films(120, patients=50), (60, 30, 30), seed=2)
    side: dict[str | None, str | None] = {}
    for film in split:
        assert side.setdefault(film.patient, film.split) == film.split
    found = sides(split)
    assert abs(len(found["train"]) - 60) <= 3


def test_order_does_not_matter_and_seed_does() -> None:
    some = films(60)
    one = {f.name: f.split for f in split_counts(some, (30, 15, 15), seed=1)}
    assert one == {f.name: f.split for f in split_counts(some[::-1], (30, 15, 15), seed=1)}
    assert one != {f.name: f.split for f in split_counts(some, (30, 15, 15), seed=2)}


def test_same_pictures_stay_together() -> None:
    split = split_counts(films(40), (20, 10, 10), seed=1, same=[("0.png", "1.png")])
    placed = {film.name: film.split for film in split}
    assert placed["0.png"] == placed["1.png"]


def test_too_few_films() -> None:
    with pytest.raises(StudyError, match="60 films are asked for"):
        split_counts(films(50), (40, 10, 10))


def test_empty_side() -> None:
    settings = SplitSettings(train=0.98, validation=0.01, test=0.01)
    unknown = [replace(film, patient="one") for film in films(5)]
    with pytest.raises(StudyError, match="leave none for validation and test"):
        split_study(unknown, settings, 1)
