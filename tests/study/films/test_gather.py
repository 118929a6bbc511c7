"""What is wrong with what a hospital hands over is said with file and line; nothing is written."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra [train]")
pytest.importorskip("negspacy", reason="needs the extra [reports]")

from spondyl.labels import DatasetError, load_dataset, save_dataset
from spondyl.labels.reports import ReportsError
from spondyl.study.films.gather import check_hospitals, gather
from spondyl.study.plan.form import StudyError, parse_study
from spondyl.study.plan.parts import RealHospital
from spondyl.study.run import run_study
from tests.study.compare_cases import TINY
from tests.study.study_cases import write_hospital, write_reports


@pytest.fixture
def hospital(tmp_path: Path) -> RealHospital:
    return RealHospital.model_validate(write_hospital(tmp_path / "north", 3))


def film_missing(one: RealHospital) -> None:
    (one.films / "001.png").unlink()


def wrong_columns(one: RealHospital) -> None:
    assert one.reports is not None
    one.reports.write_text("picture,words\n000.png,No fracture.\n")


def empty_report(one: RealHospital) -> None:
    assert one.reports is not None
    write_reports(one.reports, [("000.png", "No fracture.", "a", "F", "60"),
                                ("001.png", " ", "b", "F", "60")])  # fmt: skip


def cut_table(one: RealHospital) -> None:
    assert one.reports is not None
    one.reports.write_text('film,text\n000.png,"No fracture.\n')


def cut_labels(one: RealHospital) -> None:
    assert one.labels is not None
    file = one.labels / "films.json"
    text = file.read_text()
    file.write_text(text[: len(text) // 2])


def no_films(one: RealHospital) -> None:
    one.films.rename(one.films.with_name("elsewhere"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (film_missing, ["reports.csv, line ", "'001.png' is not in"]),
        (wrong_columns, ["reports.csv, line 1", "expected the columns film and text"]),
        (empty_report, ["reports.csv, line 3", "is empty"]),
        (cut_table, ["reports.csv, line 2", "quotation mark"]),
        (cut_labels, ["films.json", "not valid JSON", "line "]),
        (no_films, ["films: ", "does not exist"]),
    ],
)
def test_mistakes_have_file_and_line(
    hospital: RealHospital, tmp_path: Path, spoil: Any, words: list[str]
) -> None:
    spoil(hospital)
    plan = parse_study(
        {
            "name": "s",
            "hospitals": {"north": hospital.model_dump(mode="json")},
            "internal": "north",
            "compare": TINY,
        }
    )
    with pytest.raises((StudyError, ReportsError, DatasetError)) as told:
        run_study(plan, tmp_path / "out")
    for word in words:
        assert word in str(told.value)
    assert "\n" not in str(told.value)
    assert not (tmp_path / "out").exists()


def test_films_that_fail_can_be_left_out(hospital: RealHospital) -> None:
    film_missing(hospital)
    with pytest.raises(StudyError, match="incomplete: exclude"):
        gather("north", hospital)
    found = gather("north", hospital, "exclude")
    assert [entry.name for entry in found.entries] == ["000.png", "002.png"]
    assert len(found.failures) == 1
    assert all(entry.drawn is not None and entry.truth is not None for entry in found.entries)


def test_text_files_find_their_films(hospital: RealHospital, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "002.txt").write_text("No compression fracture.")
    found = gather("north", hospital.model_copy(update={"reports": texts}))
    assert [entry.name for entry in found.entries] == ["002.png"]


def test_labels_without_reports(hospital: RealHospital) -> None:
    alone = hospital.model_copy(update={"reports": None, "labels": hospital.truth})
    found = gather("north", alone)
    assert len(found.entries) == 3
    assert all(entry.report is None for entry in found.entries)


def test_names_that_lead_out_are_refused(hospital: RealHospital) -> None:
    assert hospital.reports is not None
    write_reports(hospital.reports, [("../../x.png", "No fracture.", "a", "F", "60")])
    with pytest.raises(StudyError, match="leads out of its folder"):
        gather("north", hospital)


def test_check_tells_what_is_there(hospital: RealHospital) -> None:
    assert hospital.labels is not None
    save_dataset(hospital.labels, load_dataset(hospital.labels).films[:2])
    plan = parse_study(
        {
            "name": "s",
            "hospitals": {
                "north": hospital.model_dump(mode="json"),
                "moon": {"simulate": {"sites": ["fluoroscopy"], "films": 9, "seed": 1}},
            },
            "internal": "north",
            "external": "moon",
            "compare": TINY,
        }
    )
    first, second = check_hospitals(plan)
    assert first.startswith("north (internal): 3 films, 3 with a report, 2 with drawn trapezoids")
    assert second == "moon (external): 9 films will be simulated (fluoroscopy)."
