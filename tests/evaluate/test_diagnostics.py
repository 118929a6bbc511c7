import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from spondyl.anatomy import Level
from spondyl.evaluate.diagnostics import (
    KEYS,
    SHARES,
    alarms_on_normal,
    cases_of,
    diagnostics,
    ratios,
)
from spondyl.evaluate.roc import delong_interval
from spondyl.evaluate.statistics import CLUSTERED, WILSON, Figure, wilson
from tests.evaluate.outcome_makers import LEVELS, film, table, whole, with_body

small = st.integers(0, 12)


def column(name, fractured=(), called=(), patient=None):
    return film(
        name,
        {level: level in fractured for level in LEVELS},
        dict.fromkeys(called, 0.9),
        patient,
    )


class TestPerFilm:
    def test_a_published_table(self):
        # Ryu 2023, internal test per patient: 0.944, 0.917 and 0.929, which 198 films allow only
        # as 85 of 90 and 99 of 108 (or nearly so)
        figures = diagnostics(table(85, 5, 99, 9), "film")
        assert round(figures["sensitivity"].value, 3) == 0.944
        assert round(figures["specificity"].value, 3) == 0.917
        assert round(figures["accuracy"].value, 3) == 0.929
        assert (figures["sensitivity"].low, figures["sensitivity"].high) == pytest.approx(
            wilson(85, 90)
        )
        assert figures["ppv"].value == pytest.approx(85 / 94)
        assert figures["npv"].value == pytest.approx(99 / 104)
        assert {figures[name].method for name in (*SHARES, "f1")} == {WILSON}

    @settings(max_examples=40)
    @given(small, small, small, small)
    def test_agrees_with_scikit_learn(self, hits, misses, passes, alarms):
        cases = cases_of(table(hits, misses, passes, alarms), "film")
        found = ratios(cases)
        true, called = [c.fractured for c in cases], [c.called for c in cases]
        if hits + misses:
            assert found["sensitivity"].value == pytest.approx(metrics.recall_score(true, called))
        if hits + alarms:
            assert found["ppv"].value == pytest.approx(metrics.precision_score(true, called))
        if hits + misses + alarms:
            assert found["f1"].value == pytest.approx(metrics.f1_score(true, called))
        if cases:
            assert found["accuracy"].value == pytest.approx(metrics.accuracy_score(true, called))

    def test_f1_by_wilson_is_the_shares_interval_turned(self):
        figure = diagnostics(table(8, 2, 30, 4), "film")["f1"]
        low, high = wilson(8, 14)
        assert figure.value == pytest.approx(16 / 22)
        assert (figure.low, figure.high) == pytest.approx(
            (2 * low / (1 + low), 2 * high / (1 + high))
        )
        assert figure.n == 14

    def test_every_figure_is_there_and_of_plain_numbers(self):
        figures = diagnostics(table(3, 1, 5, 1), "film")
        assert set(KEYS) <= set(figures)
        for figure in figures.values():
            assert all(type(x) is float for x in (figure.value, figure.low, figure.high))

    def test_another_threshold_calls_anew(self):
        outcomes = [
            film("a", {Level.L1: True}, {Level.L1: 0.4}),
            film("b", {Level.L1: False}, {Level.L1: 0.2}),
        ]
        assert diagnostics(outcomes, "film")["sensitivity"].value == 0.0
        lower = diagnostics(outcomes, "film", 0.3)
        assert (lower["sensitivity"].value, lower["specificity"].value) == (1.0, 1.0)
        assert lower["false_alarms_per_film"].value == 0.0

    def test_a_film_not_read_is_never_called(self):
        one = whole("a", True, True)
        unread = film("b", {Level.L1: True}, {Level.L1: 0.0}, assessable=False)
        figures = diagnostics([one, unread], "film", 0.0)
        assert figures["sensitivity"].value == 0.5

    def test_unknown_films_are_left_out(self):
        outcomes = [*table(2, 1, 2, 0), film("x", {Level.L1: None})]
        figures = diagnostics(outcomes, "film")
        assert figures["accuracy"].n == 5
        assert figures["level_success"].n == 6

    def test_films_of_one_patient_are_resampled_together(self):
        outcomes = [whole(f"{i}", i % 2 == 0, i % 3 == 0, f"p{i // 2}") for i in range(40)]
        figures = diagnostics(outcomes, "film")
        assert figures["accuracy"].method == CLUSTERED
        # one fractured film of each patient: these are independent
        assert figures["sensitivity"].method == WILSON
        assert diagnostics(outcomes, "film", interval="wilson")["accuracy"].method == WILSON


class TestPerBody:
    def outcomes(self):
        return [
            column("a", fractured=(Level.L1, Level.L2), called=(Level.L1, Level.L4)),
            column("b", called=(Level.L5,)),
            column("c", fractured=(Level.T12,), called=(Level.T12,)),
            column("d"),
        ]

    def test_counts(self):
        figures = diagnostics(self.outcomes(), "body")
        assert figures["sensitivity"].value == pytest.approx(2 / 3)
        assert figures["specificity"].value == pytest.approx(23 / 25)
        assert figures["ppv"].value == pytest.approx(2 / 4)
        assert figures["f1"].value == pytest.approx(4 / 7)
        assert figures["false_alarms_per_film"].value == pytest.approx(2 / 4)
        assert figures["specificity"].method == CLUSTERED

    def test_both_ways_of_intervals_are_offered(self):
        alone = diagnostics(self.outcomes(), "body", interval="wilson")
        again = diagnostics(self.outcomes(), "body", interval="bootstrap")
        assert (alone["specificity"].low, alone["specificity"].high) == pytest.approx(
            wilson(23, 25)
        )
        assert alone["auc"] == delong_interval(
            [c.probability for c in cases_of(self.outcomes(), "body")],
            [c.fractured for c in cases_of(self.outcomes(), "body")],
        )
        assert again["specificity"].method == again["f1"].method == again["auc"].method == CLUSTERED
        for name in SHARES:
            assert alone[name].value == again[name].value

    def test_level_success(self):
        wrong = with_body(column("x"), Level.L5, named=Level.L4)
        figures = diagnostics([*self.outcomes(), wrong], "body")
        assert figures["level_success"].value == pytest.approx(34 / 35)
        assert diagnostics([*self.outcomes(), wrong], "film")["level_success"].value == 0.8

    def test_alarms_at_another_threshold_are_of_normal_bodies_alone(self):
        outcomes = self.outcomes()
        figures = diagnostics(outcomes, "body", 0.05)
        assert figures["false_alarms_per_film"] == Figure(None, 4)
        assert alarms_on_normal(outcomes, 0.05) == [5, 7, 6, 7]
        assert figures["false_alarms_on_normal_per_film"].value == pytest.approx(25 / 4)

    def test_a_body_never_found_is_missed_at_any_threshold(self):
        lost = with_body(
            column("a", (Level.L1,)),
            Level.L1,
            found=False, named=None, assessable=False, fracture_probability=0.0,
        )  # fmt: skip
        assert diagnostics([lost], "body", 0.0)["sensitivity"].value == 0.0

    @settings(max_examples=25)
    @given(st.integers(0, 10**6), st.floats(0.05, 0.9), st.floats(0.05, 0.9))
    def test_a_higher_threshold_never_calls_more(self, seed, one, other):
        low, high = sorted((one, other))
        generator = np.random.default_rng(seed)
        outcomes = [
            film(
                str(i),
                {level: bool(generator.random() < 0.3) for level in LEVELS},
                {level: float(generator.random()) for level in LEVELS},
            )
            for i in range(5)
        ]
        called = [sum(c.called for c in cases_of(outcomes, "body", at)) for at in (low, high)]
        assert called[0] >= called[1]


class TestEdges:
    def test_no_film(self):
        figures = diagnostics([], "film")
        assert all(figure.value is None and figure.n == 0 for figure in figures.values())

    def test_no_fractured_film(self):
        figures = diagnostics(table(0, 0, 6, 1), "film")
        assert figures["sensitivity"] == Figure(None, 0)
        assert figures["auc"] == Figure(None, 7)
        assert figures["ppv"].value == 0.0
        assert figures["f1"].value == 0.0

    def test_nothing_called(self):
        figures = diagnostics(table(0, 3, 4, 0), "film")
        assert figures["ppv"] == Figure(None, 0)
        assert figures["specificity"].value == 1.0

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({"unit": "patient"}, 'unit must be "film" or "body"'),
            ({"interval": "exact"}, 'interval must be one of "auto"'),
        ],
    )
    def test_says_what_is_wrong(self, arguments, words):
        with pytest.raises(ValueError, match=words):
            diagnostics(table(1, 1, 1, 1), **arguments)
