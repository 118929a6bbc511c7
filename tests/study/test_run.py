"""A whole study, from a folder of films and reports to the page."""

import csv
import json
from pathlib import Path

import pytest

pytest.importorskip("pytorch_lightning", reason="needs the extra [train]")
pytest.importorskip("negspacy", reason="needs the extra [reports]")

from spondyl.labels import load_dataset
from spondyl.study.plan.form import StudyError, parse_study
from spondyl.study.run import Study, run_study
from tests.study.compare_cases import TINY
from tests.study.study_cases import train_here, write_hospital, write_reports


def plan_of(folder: Path, **changes: object):
    values = {
        "name": "tiny",
        "seed": 3,
        "hospitals": {
            "north": write_hospital(folder / "north", 12, seed=1),
            "south": write_hospital(folder / "south", 4, seed=2),
        },
        "internal": "north",
        "external": "south",
        "split": {"train": 6, "validation": 3, "test": 3},
        "compare": TINY,
    }
    return parse_study({**values, **changes})


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, list[str]]:
    folder = tmp_path_factory.mktemp("study")
    said: list[str] = []
    done = run_study(plan_of(folder), folder / "out", said.append, start=train_here)
    return done, said


def test_page_and_tables_are_there(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    text = done.page.read_text(encoding="utf-8")
    assert "multi-task" in text
    assert "single-task" in text
    tables = {file.stem for file in (done.folder / "tables").glob("*.csv")}
    assert {"report-labels", "against-truth", "stages"} <= tables


def test_sides_are_as_asked_for(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    films = load_dataset(done.folder / "data" / "internal").films
    sides = [film.split for film in films]
    assert (sides.count("train"), sides.count("validation"), sides.count("test")) == (6, 3, 3)
    assert {film.patient for film in films} == {f"north:P{n}" for n in range(12)}
    assert all(film.extra["age"] >= 60 and film.extra["sex"] in ("F", "M") for film in films)
    assert len(load_dataset(done.folder / "data" / "south")) == 4


def test_labels_are_the_reports(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    with (done.folder / "tables" / "report-labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + 2 * 2
    films = load_dataset(done.folder / "data" / "internal").films
    assert sum(film.fractured is True for film in films) == 6
    # What only the truth knows is on no label that a network sees.
    assert all(body.height_loss is None for film in films for body in film.vertebrae.values())


def test_every_label_can_be_checked(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    review = (done.folder / "data" / "review.html").read_text(encoding="utf-8")
    assert all(f"north/{n:03d}.png" in review for n in range(12))


def test_flow_adds_up(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    own, other = done.flow.streams
    assert [step.count for step in own.steps] == [12, 12]
    assert [end.count for end in own.ends] == [6, 3, 3]
    assert other.ends[0].count == 4


def test_log_has_seed_time_and_hardware(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    facts = json.loads((done.folder / "study.json").read_text(encoding="utf-8"))
    assert facts["schema"] == "spondyl.study/1"
    assert facts["seed"] == 3
    assert set(facts["stages"]) == {"films", "labels", "split", "compare", "page"}
    assert all(entry["seconds"] >= 0 and entry["done"] for entry in facts["stages"].values())
    assert facts["hardware"]["cores"] >= 1


def test_second_run_goes_on(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    networks = sorted((done.folder / "compare" / "runs").rglob("finder.onnx"))
    before = [file.stat().st_mtime_ns for file in networks]
    labels = (done.folder / "data" / "internal" / "films.json").stat().st_mtime_ns
    said: list[str] = []
    plan = parse_study(json.loads(json.dumps(done.facts["plan"])))
    run_study(plan, done.folder, said.append, start=train_here)
    assert "Films, labels and sides are there already." in said
    assert [file.stat().st_mtime_ns for file in networks] == before
    assert (done.folder / "data" / "internal" / "films.json").stat().st_mtime_ns == labels


def test_changed_reports_are_refused(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    plan = parse_study(json.loads(json.dumps(done.facts["plan"])))
    reports = done.folder.parent / "south" / "reports.csv"
    text = reports.read_bytes()
    write_reports(reports, [("000.png", "No fracture.", "P0", "F", "60")])
    with pytest.raises(StudyError, match=r"reports\.csv was changed"):
        run_study(plan, done.folder, start=train_here)
    reports.write_bytes(text)


def test_other_study_in_the_folder_is_refused(study: tuple[Study, list[str]]) -> None:
    done, _ = study
    values = {**json.loads(json.dumps(done.facts["plan"])), "seed": 4}
    with pytest.raises(StudyError, match="holds a study of other hospitals"):
        run_study(parse_study(values), done.folder, start=train_here)


@pytest.mark.slow
def test_simulated_hospitals(tmp_path: Path) -> None:
    def hospital(site: str, films: int, seed: int) -> dict[str, object]:
        reports = {"silent": 0, "hedged": 0}
        return {
            "simulate": {
                "sites": [site], "films": films, "seed": seed, "size": 256, "reports": reports
            }
        }  # fmt: skip

    plan = parse_study(
        {
            "name": "simulated",
            "hospitals": {
                "north": hospital("dr-modern", 12, 1),
                "south": hospital("fluoroscopy", 4, 2),
            },
            "internal": "north",
            "external": "south",
            "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
            "compare": TINY,
            "workers": 1,
        }
    )
    done = run_study(plan, tmp_path / "out", start=train_here)
    assert all(facts.simulated for facts in done.comparison.sets)
    assert "Every film of this study is simulated" in done.page.read_text(encoding="utf-8")
