"""Results come back as they were judged."""

import json

import pytest

from spondyl.anatomy import Level, Shape, Status
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.metrics import summarise
from spondyl.evaluate.run import EvaluationRun
from spondyl.study.results.folder import film_outcome, load_comparison, load_outcomes
from spondyl.study.results.model import ComparisonError
from tests.evaluate.makers import call, finding, label, quad, truth


def run_of(tmp_path, *outcomes):
    return EvaluationRun(
        "set", tmp_path, "", None, {}, "default", outcomes, (), (), summarise(outcomes, 5)
    )


def test_outcomes_come_back_as_they_were_judged(tmp_path):
    one = label("a.png", {Level.L1: Status.FRACTURED}, patient="p")
    bodies = dict(one.vertebrae)
    bodies[Level.L1] = truth(
        Level.L1, 2, Status.FRACTURED, genant_grade=2, shape=Shape.WEDGE, height_loss=0.31
    )
    one = type(one)(**{**vars(one), "vertebrae": bodies, "site": "x"})
    outcome = judge_film(one, call(finding(Level.L2, quad(2), 0.75, loss=0.25)))
    file = tmp_path / "evaluation.json"
    file.write_text(json.dumps(run_of(tmp_path, outcome).to_json()))
    (back,) = load_outcomes(file)
    assert back == outcome
    assert back.bodies[2].named is Level.L2
    assert back.bodies[2].shape is Shape.WEDGE


@pytest.mark.parametrize("text", ['{"schema": "spondyl.evaluation/1"}', "{", "[]", '{"schema": 1}'])
def test_files_that_are_none(tmp_path, text):
    file = tmp_path / "evaluation.json"
    file.write_text(text)
    with pytest.raises(ComparisonError, match=r"evaluation\.json"):
        load_outcomes(file)
    with pytest.raises(ComparisonError, match="run `spondyl compare` first"):
        load_comparison(tmp_path)


def test_an_unknown_film_value(tmp_path):
    with pytest.raises(KeyError):
        film_outcome({"film": "a"})
