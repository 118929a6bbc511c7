from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.anatomy import LEVELS, Level, Status
from spondyl.evaluate.match import judge_film, level_shift, match_findings, quad_dice
from spondyl.evaluate.outcome import FilmCall
from spondyl.geometry import CORNER_NAMES
from tests.evaluate.makers import (
    COLUMN,
    SIDE,
    STEP,
    call,
    finding,
    label,
    quad,
    right_call,
    truth,
)


class TestMatchFindings:
    def test_centre_must_lie_inside(self):
        bodies = [truth(Level.L1, 0)]
        inside = finding(Level.L1, quad(0, (SIDE / 2 - 1, 0)))
        outside = finding(Level.L1, quad(0, (SIDE / 2 + 1, 0)))
        assert match_findings([inside], bodies) == [(0, 0)]
        assert match_findings([outside], bodies) == []

    def test_nearest_of_two_wins_and_the_other_stays_free(self):
        bodies = [truth(Level.L1, 0)]
        far, near = finding(Level.L1, quad(0, (8, 0))), finding(Level.L2, quad(0, (2, 0)))
        assert match_findings([far, near], bodies) == [(1, 0)]

    def test_one_finding_counts_for_one_body(self):
        twins = [truth(Level.L1, 0), truth(Level.L2, 0)]
        assert len(match_findings([finding(Level.L1, quad(0))], twins)) == 1

    def test_bodies_without_all_corners_are_never_matched(self):
        half = replace(
            truth(Level.S1, 0), corners_px=np.vstack([quad(0)[:2], np.full((2, 2), np.nan)])
        )
        assert match_findings([finding(Level.S1, quad(0))], [half]) == []

    @given(st.permutations(range(7)))
    def test_order_of_findings_does_not_matter(self, order):
        bodies = list(label().vertebrae.values())
        findings = [finding(COLUMN[i], quad(i)) for i in order]
        pairs = match_findings(findings, bodies)
        assert [(order[i], j) for i, j in pairs] == [(j, j) for j in range(7)]


class TestLevelShift:
    @pytest.mark.parametrize(
        ("true", "named", "shift"),
        [
            (Level.L5, Level.L5, 0),
            (Level.L5, Level.S1, 1),
            (Level.S1, Level.L5, -1),
            (Level.L5, Level.L6, 1),
            (Level.L6, Level.S1, 1),
            (Level.L6, Level.L4, -2),
            (Level.T12, Level.L2, 2),
        ],
    )
    def test_counts_levels_downwards(self, true, named, shift):
        assert level_shift(true, named) == shift

    @given(st.sampled_from(list(Level)), st.sampled_from(list(Level)))
    def test_is_antisymmetric(self, one, other):
        assert level_shift(one, other) == -level_shift(other, one)
        assert (level_shift(one, other) == 0) == (one is other)


class TestJudgeFilm:
    def test_all_right(self):
        outcome = judge_film(label(), right_call())
        assert outcome.wholly_right is True
        assert outcome.found_named_right is True
        assert outcome.false_alarms == outcome.extra_findings == 0
        assert outcome.side_right is True
        assert all(body.corner_error == 0 and body.dice == 1 for body in outcome.bodies)

    def test_one_body_missed(self):
        said = right_call()
        outcome = judge_film(label(), replace(said, findings=said.findings[1:]))
        assert outcome.wholly_right is False
        assert outcome.found_named_right is True
        missed = outcome.bodies[0]
        assert (missed.found, missed.fracture_probability, missed.named) == (False, 0.0, None)

    def test_column_shifted_by_one(self):
        below = [*COLUMN[1:], Level.S1]
        said = call(*(finding(level, quad(i)) for i, level in enumerate(below)))
        outcome = judge_film(label(), said)
        assert outcome.wholly_right is outcome.found_named_right is False
        assert [body.shift for body in outcome.bodies] == [1] * 7

    def test_film_without_a_finding(self):
        outcome = judge_film(label(), call())
        assert outcome.wholly_right is False
        assert outcome.found_named_right is None

    def test_corner_error_is_a_share_of_posterior_height(self):
        said = call(finding(Level.T11, quad(0, (3, 4))))
        assert judge_film(label(), said).bodies[0].corner_error == pytest.approx(5 / SIDE)

    def test_mirrored_corners_are_a_large_error(self):
        swapped = quad(0)[[1, 0, 3, 2]]
        body = judge_film(label(), call(finding(Level.T11, swapped))).bodies[0]
        assert body.found
        assert body.corner_error == pytest.approx(1.0)

    def test_false_alarms_on_normal_on_nothing_and_not_on_unknown(self):
        known = label(statuses={Level.L1: Status.UNKNOWN, Level.L2: Status.FRACTURED})
        said = right_call({Level.T11: 0.9, Level.L1: 0.9, Level.L2: 0.9})
        nowhere = finding(Level.T10, quad(-1), 0.9)
        outcome = judge_film(known, replace(said, findings=(nowhere, *said.findings)))
        assert outcome.false_alarms_on_normal == 1
        assert outcome.false_alarms_on_no_body == 1
        assert outcome.extra_findings == 1

    def test_not_assessable_body_is_not_asked_for_and_raises_no_alarm(self):
        known = label()
        hidden = replace(known.vertebrae[Level.T11], assessable=False)
        known = replace(known, vertebrae={**known.vertebrae, Level.T11: hidden})
        outcome = judge_film(known, right_call({Level.T11: 0.9}))
        assert Level.T11 not in [body.level for body in outcome.bodies]
        assert outcome.false_alarms == 0
        assert outcome.wholly_right is True

    def test_unread_film_counts_against_everything(self):
        known = label(statuses={Level.L1: Status.FRACTURED})
        outcome = judge_film(known, FilmCall(error="broken"))
        assert outcome.fractured is True
        assert outcome.called_fractured is False
        assert not any(body.found for body in outcome.bodies)
        assert outcome.side_right is None

    def test_status_of_a_film_needs_a_known_body(self):
        unknown = dict.fromkeys(COLUMN, Status.UNKNOWN)
        assert judge_film(label(statuses=unknown), call()).fractured is None

    def test_only_judged_levels_are_asked_for(self):
        known = label()
        bodies = {**known.vertebrae, Level.S1: truth(Level.S1, 7), Level.T9: truth(Level.T9, -2)}
        outcome = judge_film(replace(known, vertebrae=bodies), right_call())
        assert all(LEVELS[body.level].judged for body in outcome.bodies)

    def test_ratio_errors(self):
        wedge = quad(0)
        wedge[1, 1] += SIDE / 4
        said = call(finding(Level.T11, wedge, loss=0.25))
        known = label()
        six = replace(
            known.vertebrae[Level.T11], height_loss=0.2,
            mid_endplates_px=np.array([[120.0, 20.0], [120.0, 60.0]]),
        )  # fmt: skip
        known = replace(known, vertebrae={**known.vertebrae, Level.T11: six})
        body = judge_film(known, said).bodies[0]
        assert body.anterior_posterior_error == pytest.approx(-0.25)
        assert body.middle_posterior_error is None
        assert (body.loss_true, body.loss_measured) == (0.2, 0.25)


class TestQuadDice:
    def test_half_overlap(self):
        assert quad_dice(quad(0), quad(0, (SIDE / 2, 0))) == pytest.approx(0.5, abs=1e-3)

    def test_apart(self):
        assert quad_dice(quad(0), quad(1)) == 0
        assert STEP > SIDE

    def test_folded_quad_has_no_overlap(self):
        assert quad_dice(quad(0)[[0, 2, 1, 3]], quad(0)) == 0

    @given(st.floats(-60, 60), st.floats(-60, 60), st.floats(0, 5000))
    def test_is_symmetric_and_bounded(self, x, y, far):
        first, second = quad(0) + far, quad(0, (x, y)) + far
        one = quad_dice(first, second)
        assert one == pytest.approx(quad_dice(second, first), abs=1e-3)
        expected = max(0, SIDE - abs(x)) * max(0, SIDE - abs(y)) / SIDE**2
        assert one == pytest.approx(expected, abs=2e-3)


def test_makers_use_the_corner_order():
    assert CORNER_NAMES[0] == "superior_posterior"
    assert quad(0)[0].tolist() == [100.0, 20.0]
