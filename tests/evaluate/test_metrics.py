from dataclasses import replace

import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.metrics import summarise
from spondyl.evaluate.outcome import FilmCall
from spondyl.geometry import heights
from spondyl.labels import VertebraLabel
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


def with_sacrum(name, inside=True, **more):
    known = label(name)
    sacrum = VertebraLabel(Level.S1, quad(7) if inside else quad(7, (400.0, 0.0)))
    return replace(known, vertebrae={**known.vertebrae, Level.S1: sacrum}, **more)


def shifted():
    return call(*(finding(level, quad(i + 1)) for i, level in enumerate(COLUMN[:-1])))


def test_films_wholly_right_among_those_with_the_sacrum():
    six = {"notes": ["six lumbar bodies"]}
    films = [
        judge_film(with_sacrum("a"), right_call()),
        judge_film(with_sacrum("b"), shifted()),
        judge_film(with_sacrum("c", extra=six), shifted()),
        judge_film(with_sacrum("d", inside=False), shifted()),
        judge_film(label("e"), shifted()),
    ]
    assert [film.sacrum_in_view for film in films] == [True, True, True, False, False]
    numbering = summarise(films).numbering
    assert (numbering["films_wholly_right"].value, numbering["films_wholly_right"].n) == (0.2, 5)
    sacrum = numbering["films_wholly_right_sacrum"]
    assert (sacrum.value, sacrum.n) == (pytest.approx(1 / 3), 3)
    ordinary = numbering["films_wholly_right_sacrum_ordinary"]
    assert (ordinary.value, ordinary.n) == (0.5, 2)
    assert films[1].misses == (
        "T11 not found", "T12 called T11", "L1 called T12", "L2 called L1", "L3 called L2",
        "L4 called L3", "L5 called L4",
    )  # fmt: skip


def test_median_corner_error_is_not_moved_by_one_stray_body():
    said = right_call()
    stray = replace(said.findings[0], corners_px=np.add(said.findings[0].corners_px, [18.0, 0.0]))
    films = [judge_film(label(), replace(said, findings=(stray, *said.findings[1:])))]
    finding_figures = summarise(films).finding
    assert finding_figures["corner_error"].value == pytest.approx(18 / 40 / 7)
    assert finding_figures["corner_error_median"].value == 0.0


def test_ratio_error_is_the_mean_of_both_ratios():
    points = np.vstack([quad(2), [[120.0, 125.0], [120.0, 155.0]]])  # middle height 30 of 40
    known = label("a", FRACTURED_L1)
    body = replace(known.vertebrae[Level.L1], mid_endplates_px=points[4:])
    known = replace(known, vertebrae={**known.vertebrae, Level.L1: body})
    flat = np.add(quad(2), [[0.0, 0.0], [0.0, 4.0], [0.0, 0.0], [0.0, 0.0]])  # anterior 36 of 40
    measured = np.vstack([flat, [[120.0, 125.0], [120.0, 155.0]]])
    one = replace(finding(Level.L1, flat, mids=measured[4:]), heights_px=heights(measured))
    shape = summarise([judge_film(known, call(one))]).shape
    assert shape["anterior_posterior_mae"].value == pytest.approx(0.1)
    assert shape["middle_posterior_mae"].value == pytest.approx(0.0)
    assert shape["compression_ratio_mae"].value == pytest.approx(0.05)
    assert shape["compression_ratio_mae_fractured"].n == 1


def test_mimics_and_sites_have_figures_of_their_own():
    known = label("a", FRACTURED_L1)
    known = replace(known, site="north", extra={"notes": ["L3: short", "L1: rough", "cage"]})
    figures = summarise([judge_film(known, right_call({Level.L1: 0.9, Level.L3: 0.8}))])
    assert list(figures.by_mimic) == ["no mimic", "any mimic", "short"]
    assert figures.by_mimic["short"]["specificity"].value == 0.0
    assert figures.by_mimic["no mimic"]["specificity"].n == 5
    assert figures.by_site["north"]["sensitivity"].value == 1.0
    assert figures.mix.by_mimic == {"short": 1}
    assert summarise([judge_film(label(), right_call())]).by_mimic == {}


def test_calibration_counts_only_what_was_given_a_probability():
    said = right_call({Level.L1: 0.9})
    unsaid = replace(said.findings[0], assessable=False, fracture_probability=0.0)
    without_t12 = replace(said, findings=(unsaid, *said.findings[2:]))
    figure = summarise([judge_film(label("a", FRACTURED_L1), without_t12)]).fracture_body[
        "calibration_error"
    ]
    assert figure.n == 5
    assert figure.value == pytest.approx(0.1)
