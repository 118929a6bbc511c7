"""STUDY.yaml: what is wrong with one is said in a sentence with its key."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra [train]")

from spondyl.study.plan.form import StudyError, load_study, parse_study
from spondyl.study.plan.parts import RealHospital

EXPERIMENTS = Path(__file__).parents[3] / "experiments"


def values(**changes: Any) -> dict[str, Any]:
    plain = {
        "name": "s",
        "hospitals": {"north": {"films": "f", "reports": "r.csv", "labels": "l"}},
        "internal": "north",
        "compare": {"budget": {"steps": 1}},
    }
    return {**plain, **changes}


def simulated(site: str) -> dict[str, Any]:
    return {"simulate": {"sites": [site], "films": 4, "seed": 1}}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hospital": {}}, "study: hospital: this key is unknown"),
        ({"name": ""}, "study: name: "),
        ({"internal": "west"}, "internal: no hospital 'west'; hospitals are north"),
        ({"external": ["north"]}, "'north' is internal and external"),
        ({"hospitals": {"north": {"films": "f"}}}, "reports or labels are needed"),
        ({"hospitals": {"north": {"film": "f"}}}, "hospitals.north: film: this key is unknown"),
        ({"hospitals": {"north": 3}}, "hospital 'north': expected keys and values, found 3"),
        ({"hospitals": {"north": simulated("fluoroscopy")}}, "one of its sites is held back"),
        ({"hospitals": {"north": simulated("moon")}}, "Unknown site 'moon'"),
        ({"split": {"train": 0.9, "validation": 0.2, "test": 0.1}}, "add up to 1"),
        ({"split": {"train": 10, "validation": 0.2, "test": 3}}, "whole numbers of films"),
        ({"compare": {}}, "compare: budget: this key is needed"),
        ({"compare": {"budget": {"steps": 1}, "data": {}}}, "compare.data: the study's hospitals"),
        ({"compare": {"budget": {"hours": 1}}}, "compare: budget.hours: this key is unknown"),
    ],
)
def test_mistakes_are_told_by_key(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(StudyError) as told:
        parse_study(values(**changes))
    assert words.lower() in str(told.value).lower()
    assert ".." not in str(told.value)


def test_numbers_and_shares() -> None:
    counts = parse_study(values(split={"train": 1865, "validation": 208, "test": 198}))
    assert counts.split.counts == (1865, 208, 198)
    assert parse_study(values()).split.counts is None


@pytest.mark.parametrize("name", ["study-small", "study-full"])
def test_experiments_are_studies(name: str) -> None:
    plan = load_study(EXPERIMENTS / f"{name}.yaml")
    assert plan.external
    comparison = plan.comparison({})
    assert comparison.data.complete
    assert set(comparison.arms) == {"multitask", "levels", "fracture"}
    assert [one.name for one in comparison.externals] == list(plan.external)


def test_full_study_has_the_papers_size() -> None:
    plan = load_study(EXPERIMENTS / "study-full.yaml")
    assert plan.split.counts == (1865, 208, 198)
    assert len(plan.comparison({}).seeds) == 3


def test_paths_start_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "STUDY.yaml"
    file.write_text(
        "name: s\nhospitals: {north: {films: f, reports: r.csv}}\ninternal: [north]\n"
        "compare: {budget: {steps: 1}}\n"
    )
    north = load_study(file).hospitals["north"]
    assert isinstance(north, RealHospital)
    assert north.films == tmp_path / "f"
    assert north.reports == tmp_path / "r.csv"


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="cannot be read"):
        load_study(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [")
    with pytest.raises(StudyError, match="not valid YAML"):
        load_study(broken)
    broken.write_text("- 1")
    with pytest.raises(StudyError, match="expected keys and values, found list"):
        load_study(broken)
