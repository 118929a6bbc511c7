import pytest

from spondyl.anatomy import Level, Status
from spondyl.evaluate.match import judge_film
from spondyl.study.compare.thresholds import (
    OperatingPoint,
    choose_threshold,
    thresholds_of,
    with_thresholds,
)
from tests.evaluate.makers import label, reading_json, right_call

SCORES = [0.9, 0.8, 0.6, 0.3, 0.7, 0.2, 0.1, 0.05]
TRUTH = [True, True, True, True, False, False, False, False]


def test_youden_lies_between_the_cases():
    chosen = choose_threshold(SCORES, TRUTH, OperatingPoint())
    # Called from 0.3 up: 4 of 4 and 3 of 4; no other cut has a larger sum.
    assert chosen.threshold == pytest.approx(0.25)
    assert (chosen.sensitivity, chosen.specificity) == (1.0, 0.75)
    assert (chosen.fractured, chosen.normal, chosen.note) == (4, 4, "")


def test_a_sensitivity_is_reached_by_the_highest_cut():
    chosen = choose_threshold(SCORES, TRUTH, OperatingPoint("sensitivity", 0.75))
    assert chosen.threshold == pytest.approx(0.45)
    assert (chosen.sensitivity, chosen.specificity) == (0.75, 0.75)


def test_a_specificity_is_reached_by_the_lowest_cut():
    chosen = choose_threshold(SCORES, TRUTH, OperatingPoint("specificity", 1.0))
    assert chosen.threshold == pytest.approx(0.75)
    assert (chosen.sensitivity, chosen.specificity) == (0.5, 1.0)


def test_what_was_never_found_is_never_called():
    chosen = choose_threshold([0.0, 0.0, 0.4], [True, True, False], OperatingPoint())
    assert chosen.threshold > 0
    goal = OperatingPoint("sensitivity", 0.9)
    short = choose_threshold([0.0, 0.8, 0.4], [True, True, False], goal)
    assert short.sensitivity == 0.5
    assert "nearest" in short.note


@pytest.mark.parametrize("truth", [True, False])
def test_cases_of_one_kind_choose_nothing(truth):
    chosen = choose_threshold([0.2, 0.9], [truth, truth], OperatingPoint())
    assert chosen.threshold == 0.5
    assert "No " in chosen.note
    assert (chosen.sensitivity is None) is not truth


def test_bodies_and_films_have_thresholds_of_their_own():
    broken = label("a.png", {Level.L1: Status.FRACTURED})
    sound = label("b.png")
    outcomes = [
        judge_film(broken, right_call({Level.L1: 0.6, Level.L2: 0.3})),
        judge_film(sound, right_call({Level.L5: 0.4})),
    ]
    body, film = thresholds_of(outcomes, OperatingPoint())
    assert 0.4 < body.threshold < 0.6
    assert (body.fractured, body.normal) == (1, 13)
    assert (film.fractured, film.normal) == (1, 1)


def test_a_reading_is_called_anew():
    reading = reading_json(right_call({Level.L1: 0.6, Level.L3: 0.3}))
    reading["vertebrae"][0] |= {"fracture_probability": 0.9, "assessable": False}
    called = with_thresholds(reading, 0.3, 0.7)
    assert [body["level"] for body in called["vertebrae"] if body["fractured"]] == ["L1", "L3"]
    assert called["fractured"] is False
    assert with_thresholds(reading, 0.3, 0.6)["fractured"] is True
    assert called["threshold"] == 0.3
