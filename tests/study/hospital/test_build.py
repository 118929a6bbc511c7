"""Simulated hospitals: the same each time, resumable, with the truth kept apart."""

import csv
from pathlib import Path

import pytest

pytest.importorskip("pydantic", reason="needs the extra [train]")
pytest.importorskip("numba", reason="needs the extra [simulate]")

from spondyl.anatomy import Status
from spondyl.labels import load_dataset
from spondyl.study.hospital.build import HospitalSettings, build_hospital, load_truth


def settings(**changes: object) -> HospitalSettings:
    values: dict[str, object] = {"sites": ["dr-modern"], "films": 2, "seed": 5, "size": 256}
    return HospitalSettings.model_validate({**values, **changes})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hospital")


def test_folder_is_a_hospitals(folder: Path) -> None:
    hospital = build_hospital(folder, settings())
    with hospital.reports.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["film"] for row in rows] == ["000000.png", "000001.png"]
    assert all(row["text"].strip() and row["sex"] in "FM" for row in rows)
    assert all((hospital.films / row["film"]).is_file() for row in rows)
    assert hospital.facts["counts"]["films"] == 2
    drawn = load_dataset(hospital.drawn)
    for film in drawn:
        assert film.vertebrae
        assert {body.status for body in film.vertebrae.values()} == {Status.UNKNOWN}
        assert all(
            b.height_loss is None and b.genant_grade is None for b in film.vertebrae.values()
        )
        assert "notes" not in film.extra
    truth = load_truth(hospital)
    known = [b.status for film in truth.values() for b in film.vertebrae.values()]
    assert Status.NORMAL in known
    assert all(
        film.extra["age"] == int(row["age"])
        for film, row in zip(truth.values(), rows[:2], strict=True)
    )


def test_more_films_keep_the_first(folder: Path) -> None:
    first = build_hospital(folder, settings())
    before = first.reports.read_text(encoding="utf-8").splitlines()
    stamp = (first.films / "000000.png").stat().st_mtime_ns
    again = build_hospital(folder, settings(films=3))
    assert (again.films / "000000.png").stat().st_mtime_ns == stamp
    assert again.reports.read_text(encoding="utf-8").splitlines()[: len(before)] == before
    assert len(load_truth(again)) == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sites": ["nowhere"]}, "Unknown site 'nowhere'"),
        ({"sites": []}, "at least 1"),
        ({"scene": {"fracture_share": 0.2}}, "say fractured of the hospital"),
        ({"scene": {"colour": 1}}, "unknown key 'colour'"),
        ({"reports": {"missed": 2}}, "less than or equal to 1"),
    ],
)
def test_mistakes_are_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        settings(**changes)


def test_held_back_sites_are_known() -> None:
    assert settings(sites=["fluoroscopy"]).held_back
    assert not settings().held_back
