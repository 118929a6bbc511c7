from dataclasses import replace

import pytest

from spondyl.anatomy import Level, Status
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.metrics import summarise
from spondyl.evaluate.outcome import FilmCall
from tests.evaluate.makers import COLUMN, call, finding, label, quad, right_call

FRACTURED_L1 = {Level.L1: Status.FRACTURED}


def test_perfect_reader():
    films = [
        judge_film(label("a", FRACTURED_L1), right_call({Level.L1: 0.9})),
        judge_film(label("b"), right_call()),
    ]
    figures = summarise(films)
    assert (figures.films, figures.bodies, figures.patients) == (2, 14, 2)
    for name in ("auc", "sensitivity", "specificity", "ppv", "npv", "accuracy"):
        assert figures.fracture_body[name].value == 1.0
        assert figures.fracture_film[name].value == 1.0
    assert figures.numbering["films_wholly_right"].value == 1.0
    assert figures.finding["corner_error"].value == 0.0
    assert figures.fracture_body["false_alarms_per_film"].value == 0.0


def test_counts_by_hand():
    films = [
        judge_film(label("a", FRACTURED_L1), right_call({Level.L1: 0.9, Level.T11: 0.8})),
        judge_film(label("b", FRACTURED_L1), right_call({Level.L1: 0.2})),
    ]
    figures = summarise(films)
    body = figures.fracture_body
    assert figures.confusion["body"] == {
        "fractured_called": 1, "fractured_missed": 1, "normal_called": 1, "normal_passed": 11,
    }  # fmt: skip
    assert body["sensitivity"].value == pytest.approx(1 / 2)
    assert body["specificity"].value == pytest.approx(11 / 12)
    assert body["ppv"].value == pytest.approx(1 / 2)
    assert body["npv"].value == pytest.approx(11 / 12)
    assert body["accuracy"].value == pytest.approx(12 / 14)
    # L1 at .9 beats all 12 normals, L1 at .2 all but the one at .8
    assert body["auc"].value == pytest.approx((12 + 11) / 24)
    assert body["false_alarms_per_film"].value == pytest.approx(0.5)
    assert body["films_with_false_alarm"].value == pytest.approx(0.5)


def test_missed_body_counts_against_sensitivity_and_auc():
    said = right_call()
    without_l1 = replace(said, findings=tuple(f for f in said.findings if f.level is not Level.L1))
    figures = summarise([judge_film(label("a", FRACTURED_L1), without_l1)])
    assert figures.fracture_body["sensitivity"].value == 0.0
    assert figures.fracture_body["auc"].value == 0.0
    assert figures.finding["found"].value == pytest.approx(6 / 7)
    assert figures.numbering["named_right_of_found"].value == 1.0


def test_unknown_statuses_are_left_out():
    statuses = {level: Status.UNKNOWN for level in COLUMN if level is not Level.L5}
    figures = summarise([judge_film(label("a", statuses), right_call())])
    assert figures.fracture_body["specificity"].n == 1
    assert figures.finding["found"].n == 7


def test_failed_and_not_assessable_films_are_counted_apart():
    films = [
        judge_film(label("a"), FilmCall(error="broken")),
        judge_film(label("b"), call(assessable=False)),
        judge_film(label("c"), right_call()),
    ]
    figures = summarise(films)
    assert (figures.films_failed, figures.films_not_assessable) == (1, 1)
    assert figures.finding["found"].value == pytest.approx(1 / 3)
    assert figures.numbering["side_right"].n == 2


def test_off_by_one():
    said = call(finding(Level.T12, quad(0)), finding(Level.L2, quad(1)), finding(Level.L1, quad(2)))
    figures = summarise([judge_film(label(), said)])
    assert figures.numbering["off_by_one_of_found"].value == pytest.approx(1 / 3)
    assert figures.numbering["named_right_of_found"].value == pytest.approx(1 / 3)


def test_breakdowns_name_only_groups_with_bodies():
    known = label("a", FRACTURED_L1)
    graded = replace(known.vertebrae[Level.L1], genant_grade=2, height_loss=0.3)
    known = replace(known, vertebrae={**known.vertebrae, Level.L1: graded})
    said = call(finding(Level.L1, quad(2), 0.9, loss=0.26))
    figures = summarise([judge_film(known, said)])
    assert list(figures.by_level) == [str(level) for level in COLUMN]
    assert list(figures.by_grade) == ["moderate"]
    assert figures.by_grade["moderate"]["sensitivity"].value == 1.0
    assert figures.shape["height_loss_mae"].value == pytest.approx(0.04)
    assert figures.shape["grade_exact"].value == 0.0


def test_empty_set_has_no_values():
    figures = summarise([])
    assert figures.films == 0
    assert figures.finding["found"].value is None
