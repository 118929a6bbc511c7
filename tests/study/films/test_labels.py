"""Labels of a hospital: status by report, trapezoids as drawn, what is left out and why."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra [train]")
pytest.importorskip("negspacy", reason="needs the extra [reports]")

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.labels import FilmLabel, VertebraLabel, load_dataset, save_dataset
from spondyl.study.films.gather import gather
from spondyl.study.films.labels import (
    FAULTY,
    SILENT,
    SUSPECTED,
    UNDRAWN,
    UNREADABLE,
    Labelled,
    Rules,
    label_hospital,
)
from spondyl.study.plan.form import StudyError
from spondyl.study.plan.parts import RealHospital
from tests.study.study_cases import SIZE_PX, write_hospital, write_reports

TEXTS = {
    "000.png": "Wedge fracture of L1. Other vertebral bodies intact.",
    "001.png": "Lumbar spondylosis.",
    "002.png": "Possible compression fracture of L2.",
    "003.png": "No compression fracture.",
}


@pytest.fixture
def hospital(tmp_path: Path) -> RealHospital:
    one = RealHospital.model_validate(write_hospital(tmp_path / "north", len(TEXTS)))
    assert one.reports is not None
    rows = [(name, text, f"P-{name}", "F", "074Y") for name, text in TEXTS.items()]
    write_reports(one.reports, rows)
    return one


def label(hospital: RealHospital, rules: Rules | None = None, draw=None) -> Labelled:
    return label_hospital(gather("north", hospital), rules, draw)


def test_status_is_the_reports_and_outlines_are_drawn(hospital: RealHospital) -> None:
    done = label(hospital)
    by_name = {film.name: film for film in done.labels}
    assert set(by_name) == {"north/000.png", "north/003.png"}
    first = by_name["north/000.png"]
    assert first.vertebrae[Level.L1].status is Status.FRACTURED
    assert all(
        first.vertebrae[v].status is Status.NORMAL for v in JUDGED_LEVELS if v is not Level.L1
    )
    assert all(body.has_quad for body in first.vertebrae.values())
    assert first.patient == "north:P-000.png"
    assert first.site == "north"
    assert first.extra["age"] == 74
    # 000.png is really normal: truth and report differ, and both are kept.
    truth = {film.name: film for film in done.truth}["north/000.png"]
    assert truth.vertebrae[Level.L1].status is Status.NORMAL
    assert truth.patient == first.patient


def test_reasons_are_counted(hospital: RealHospital) -> None:
    assert label(hospital).left_out == {"north/001.png": SILENT, "north/002.png": SUSPECTED}
    kept = label(hospital, Rules(silent="keep", suspected="keep"))
    assert len(kept.labels) == 4
    assert kept.left_out == {}


def test_statuses_of_a_label_file_give_way_to_reports(hospital: RealHospital) -> None:
    both = hospital.model_copy(update={"labels": hospital.truth})
    done = label(both)
    first = next(film for film in done.labels if film.name == "north/000.png")
    assert first.vertebrae[Level.L1].status is Status.FRACTURED
    assert all(body.genant_grade is None for body in first.vertebrae.values())
    alone = label(both.model_copy(update={"reports": None}))
    statuses = {film.name: film.fractured for film in alone.labels}
    assert statuses["north/000.png"] is False
    assert statuses["north/001.png"] is True


def test_films_without_trapezoids(hospital: RealHospital) -> None:
    assert hospital.labels is not None
    films = load_dataset(hospital.labels).films
    save_dataset(hospital.labels, [film for film in films if film.name != "000.png"])
    assert label(hospital).left_out["north/000.png"] == UNDRAWN

    def draw(path: Path) -> FilmLabel:
        bodies = {
            level: VertebraLabel(level, np.array([[60, y], [95, y], [95, y + 18], [60, y + 18.0]]))
            for level, y in ((Level.L1, 60.0), (Level.L2, 90.0))
        }
        return FilmLabel(path.name, SIZE_PX, "left", bodies)

    done = label(hospital, draw=draw)
    drawn = next(film for film in done.labels if film.name == "north/000.png")
    assert drawn.extra["corners_by"] == "reader"
    assert drawn.vertebrae[Level.L1].status is Status.FRACTURED
    assert drawn.vertebrae[Level.L1].has_quad
    assert not drawn.vertebrae[Level.L5].has_quad


def test_faulty_trapezoids_are_left_out_and_named(hospital: RealHospital) -> None:
    assert hospital.labels is not None
    films = list(load_dataset(hospital.labels).films)
    body = films[0].vertebrae[Level.L3]
    assert body.corners_px is not None
    crossed = replace(body, corners_px=body.corners_px[[1, 0, 2, 3]])
    films[0] = replace(films[0], vertebrae={**films[0].vertebrae, Level.L3: crossed})
    save_dataset(hospital.labels, films)
    done = label(hospital)
    assert done.left_out["north/000.png"] == FAULTY
    assert any(fault.level is Level.L3 for fault in done.faults)
    kept = label(hospital, Rules(faults="keep"))
    assert "north/000.png" in {film.name for film in kept.labels}


def test_film_that_is_no_picture(hospital: RealHospital) -> None:
    (hospital.films / "003.png").write_bytes(b"no picture")
    assert label(hospital).left_out["north/003.png"] == UNREADABLE


def test_side_is_seen_by_the_corners(hospital: RealHospital) -> None:
    assert hospital.labels is not None
    films = [replace(film, posterior_side="") for film in load_dataset(hospital.labels).films]
    save_dataset(hospital.labels, films)
    assert {film.posterior_side for film in label(hospital).labels} == {"left"}


def test_names_that_do_not_meet(hospital: RealHospital) -> None:
    assert hospital.labels is not None
    films = [replace(film, name=f"x-{film.name}") for film in load_dataset(hospital.labels).films]
    save_dataset(hospital.labels, films)
    with pytest.raises(StudyError, match=r"no film that can be used .*2: no trapezoids were drawn"):
        label(hospital)
