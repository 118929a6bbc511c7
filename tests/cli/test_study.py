"""``spondyl study``: help, a look at what is at hand, mistakes as one sentence."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra [train]")
pytest.importorskip("negspacy", reason="needs the extra [reports]")

import yaml

from tests.study.compare_cases import TINY
from tests.study.study_cases import write_hospital


@pytest.fixture
def study(tmp_path: Path) -> Path:
    values = {
        "name": "s",
        "hospitals": {"north": write_hospital(tmp_path / "north", 2)},
        "internal": "north",
        "compare": TINY,
    }
    file = tmp_path / "STUDY.yaml"
    file.write_text(yaml.safe_dump(values))
    return file


def test_help_has_an_example(spondyl):
    said = spondyl("study", "--help")
    assert said.code == 0
    assert "spondyl study experiments/study-small.yaml" in said.out


def test_check_writes_nothing(spondyl, study, tmp_path):
    said = spondyl("study", str(study), "--out", str(tmp_path / "out"), "--check")
    assert said.code == 0
    assert "north (internal): 2 films, 2 with a report, 2 with drawn trapezoids" in said.out
    assert not (tmp_path / "out").exists()


def test_missing_film_is_one_sentence(spondyl, study, tmp_path):
    (tmp_path / "north" / "films" / "001.png").unlink()
    said = spondyl("study", str(study), "--out", str(tmp_path / "out"))
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "reports.csv, line " in said.err
    assert "'001.png' is not in" in said.err
    assert not (tmp_path / "out").exists()


def test_label_file_cut_in_half(spondyl, study, tmp_path):
    labels = tmp_path / "north" / "drawn" / "films.json"
    labels.write_text(labels.read_text()[:400])
    said = spondyl("study", str(study), "--out", str(tmp_path / "out"))
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "films.json is not valid JSON" in said.err
    assert "line " in said.err


def test_mistake_in_the_file_is_named(spondyl, study, tmp_path):
    study.write_text(study.read_text().replace("internal: north", "internal: west"))
    said = spondyl("study", str(study), "--out", str(tmp_path / "out"))
    assert said.code == 2
    assert "no hospital 'west'; hospitals are north" in said.err


def test_folder_of_something_else_is_refused(spondyl, study, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    said = spondyl("study", str(study), "--out", str(tmp_path / "out"))
    assert said.code == 2
    assert "is not empty and holds no study" in said.err
