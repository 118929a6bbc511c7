import json

import pytest

pytest.importorskip("torch")

from spondyl.study.compare import run as module
from spondyl.study.compare.train import train_one
from tests.study.compare.test_run import Here
from tests.study.compare_cases import SIDES, plan_values, write_films

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def plan(tmp_path):
    home = write_films(tmp_path / "home", SIDES)
    file = tmp_path / "compare.yaml"
    # A plan is YAML, of which JSON is a part.
    file.write_text(json.dumps(plan_values(home)), encoding="utf-8")
    return file


@pytest.fixture
def trained(monkeypatch):
    def start(training):
        train_one(training.folder)
        return Here()

    monkeypatch.setitem(module.compare.__kwdefaults__, "start", start)


def test_prints_a_row_per_system_and_set(spondyl, plan, trained, tmp_path):
    said = spondyl("compare", plan, "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert "internal (2 films)" in said.out
    assert "multi-task" in said.out
    assert "single-task" in said.out
    again = spondyl("compare", plan, "--out", tmp_path / "out", "--json")
    told = json.loads(again.out)
    assert told["schema"] == "spondyl.compare/1"
    assert len(told["results"]) == 2


def test_a_training_that_fails_is_said(spondyl, plan, tmp_path, monkeypatch):
    monkeypatch.setitem(module.compare.__kwdefaults__, "start", lambda training: Here(1))
    said = spondyl("compare", plan, "--out", tmp_path / "out")
    assert said.code == 3
    assert "multitask, seed 1 failed" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda values: values.pop("budget"), "budget: this key is needed"),
        (lambda values: values["data"].update(folder="nowhere"), "nowhere"),
        (lambda values: values.update(seeds=[]), "one or more seeds"),
    ],
)
def test_a_wrong_plan_is_wrong_use(spondyl, plan, tmp_path, spoil, said):
    values = json.loads(plan.read_text())
    spoil(values)
    plan.write_text(json.dumps(values))
    told = spondyl("compare", plan, "--out", tmp_path / "out")
    assert told.code == 2
    assert said in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_help_shows_how(spondyl):
    said = spondyl("compare", "--help")
    assert said.code == 0
    assert "spondyl compare experiments/compare-paper.yaml" in said.out
