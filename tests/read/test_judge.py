"""Probability, grade and shape follow each other; doubts keep a body from being called."""

import numpy as np
import pytest
from ideal_maps import six_points

from spondyl.anatomy import GenantGrade, Level, Shape
from spondyl.read.judge import (
    film_doubts,
    fracture_probability,
    fractured_grade,
    fractured_shape,
    judge_column,
)
from spondyl.read.measure import Losses, Measured, NamedBody
from spondyl.read.site import FractureModel, JudgeSettings, Site

SIZE = (400, 800)


def _body(level: Level, y: float, logit: float = -5.0, **changes: object) -> Measured:
    points = six_points((200.0, y), depth=100.0, height=80.0)
    values: dict = {
        "body": NamedBody(level, points, 0.9, logit, 0.95),
        "points_px": points,
        "spread_px": 3.0,
        "fracture_logit": logit,
        "body_logit": 4.0,
        "network_loss": np.zeros(3),
    }
    return Measured(**{**values, **changes})


def _column(**changes: object) -> list[Measured]:
    levels = (Level.T12, Level.L1, Level.L2, Level.L3)
    return [
        _body(level, 100.0 + 120 * k, **(changes if level is Level.L1 else {}))
        for k, level in enumerate(levels)
    ]


def test_probability_rises_with_each_cue() -> None:
    model = FractureModel()
    none, some = Losses(0, 0, 0), Losses(0.3, 0, 0)
    base = fracture_probability(_body(Level.L1, 100), none, model)
    assert fracture_probability(_body(Level.L1, 100), some, model) > base
    assert fracture_probability(_body(Level.L1, 100, fracture_logit=2.0), none, model) > base
    assert fracture_probability(_body(Level.L1, 100, logit=2.0), none, model) > base
    assert base < 0.05


def test_grade_and_shape_agree_with_the_call() -> None:
    judged = {f.level: f for f in judge_column(_column(fracture_logit=6.0), SIZE, Site())}
    assert judged[Level.L1].fractured
    assert judged[Level.L1].genant_grade == GenantGrade.MILD, "at least mild where fractured"
    assert judged[Level.L1].shape is not Shape.NORMAL
    assert judged[Level.L2].genant_grade == GenantGrade.NORMAL
    assert judged[Level.L2].shape is Shape.NORMAL


def test_grades_and_shapes_of_fractured_bodies() -> None:
    assert [int(fractured_grade(loss)) for loss in (0.0, 0.22, 0.3, 0.5)] == [1, 1, 2, 3]
    assert fractured_shape(Losses(0.1, 0.15, 0.0)) is Shape.BICONCAVE
    assert fractured_shape(Losses(0.3, 0.15, 0.0)) is Shape.WEDGE
    assert fractured_shape(Losses(0.3, 0.3, 0.3)) is Shape.CRUSH
    assert fractured_shape(Losses(0.0, 0.0, 0.1)) is Shape.CRUSH


@pytest.mark.parametrize(("changes", "words"), [
    ({"body_logit": -8.0, "body": NamedBody(Level.L1, six_points((200, 220), 100, 80), 0.1, 5, 1)},
     "not seen clearly"),
    ({"spread_px": 30.0}, "sharply"),
    ({"flat_share": 0.64}, "hidden (64% of it is of one grey"),
    ({"seam_share": 0.5}, "seam between two cassettes covers 50% of an endplate"),
    ({"points_px": six_points((200.0, 220.0), depth=100.0, height=200.0)}, "not one of a"),
    ({"points_px": six_points((200.0, 220.0), depth=190.0, height=100.0)}, "times as deep"),
    ({"points_px": six_points((20.0, 220.0), depth=100.0, height=80.0)}, "edge of the film"),
])  # fmt: skip
def test_doubts_keep_a_body_from_being_called(changes: dict, words: str) -> None:
    found = judge_column(_column(fracture_logit=8.0, **changes), SIZE, Site())[1]
    assert not found.assessable
    assert not found.fractured
    assert found.genant_grade is None
    assert any(words in reason for reason in found.reasons)


def test_film_doubts() -> None:
    settings = JudgeSettings()
    findings = judge_column(_column(), SIZE, Site())
    assert film_doubts(findings, 3.0, settings) == ()
    assert "lateral lumbar spine" in film_doubts(findings, -5.0, settings)[0]
    assert "Only 2 neighbouring" in film_doubts(findings[:2], 3.0, settings)[0]
    assert "Only 1 neighbouring vertebral body" in film_doubts(findings[:1], 3.0, settings)[0]
    assert "No vertebral body" in film_doubts((), 3.0, settings)[0]
    apart = (findings[0], findings[1], findings[3])
    assert "Only 2" in film_doubts(apart, 3.0, settings)[0], "a gap breaks the run"
