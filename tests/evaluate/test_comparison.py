from dataclasses import replace

import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.evaluate.comparison import aligned, compare_outcomes
from spondyl.evaluate.diagnostics import KEYS, cases_of, diagnostics
from spondyl.evaluate.paired import delong_test, mcnemar
from tests.evaluate.outcome_makers import LEVELS, film, table, with_body


def readers(films=40, seed=0):
    """Two readers of the same films; the second is the worse one."""
    generator = np.random.default_rng(seed)
    both = ([], [])
    for i in range(films):
        truths = {level: bool(generator.random() < 0.2) for level in LEVELS}
        for reader, noise in zip(both, (0.2, 0.5), strict=True):
            said = {
                level: float(np.clip(0.25 + 0.5 * truth + noise * generator.normal(), 0, 1))
                for level, truth in truths.items()
            }
            reader.append(film(f"{i:03d}", truths, said))
    return both


class TestCompareOutcomes:
    @pytest.mark.parametrize("unit", ["film", "body"])
    def test_differences_are_those_of_the_figures(self, unit):
        a, b = readers()
        tests = compare_outcomes(a, b, unit)
        one, other = diagnostics(a, unit), diagnostics(b, unit)
        assert set(tests) == set(KEYS)
        for name, test in tests.items():
            assert test.first == pytest.approx(one[name].value), name
            assert test.difference == pytest.approx(one[name].value - other[name].value), name

    def test_films_of_one_patient_each_are_tested_by_delong_and_mcnemar(self):
        a, b = readers()
        tests = compare_outcomes(a, b, "film")
        x, y = cases_of(a, "film"), cases_of(b, "film")
        truths = [case.fractured for case in x]
        delong = delong_test([c.probability for c in x], [c.probability for c in y], truths)
        assert tests["auc"].p == pytest.approx(delong.p)
        hits = [[c.called for c in cases if c.fractured] for cases in (x, y)]
        assert tests["sensitivity"] == mcnemar(*hits)
        assert tests["level_success"].p == 1.0

    def test_bodies_are_tested_by_patient(self):
        tests = compare_outcomes(*readers(), "body")
        assert tests["auc"].method == "Obuchowski, by patient"
        assert tests["specificity"].method == "exact sign flips, by patient"
        assert tests["specificity"].p < 0.001
        assert tests["auc"].low > 0

    def test_order_of_films_does_not_matter(self):
        a, b = readers(12)
        assert compare_outcomes(a, b, "body") == compare_outcomes(a, b[::-1], "body")

    def test_one_class_alone(self):
        tests = compare_outcomes(table(0, 0, 5, 1), table(0, 0, 4, 2), "film")
        assert tests["auc"].p is None
        assert tests["sensitivity"].note == "There is no case to compare."
        assert tests["specificity"].p == 1.0

    def test_no_film_at_all(self):
        assert all(test.p is None for test in compare_outcomes([], [], "film").values())


class TestAligned:
    def test_other_films(self):
        with pytest.raises(ValueError, match="2 films were read by one of them alone, first 0003"):
            aligned(table(2, 0, 2, 0), [*table(2, 0, 1, 0), film("9", {Level.L1: True})])

    def test_other_labels(self):
        with pytest.raises(ValueError, match="0001: the two readers were judged by different"):
            aligned(table(2, 0, 0, 0), table(1, 0, 0, 1))

    def test_a_film_twice(self):
        one = table(1, 0, 1, 0)
        with pytest.raises(ValueError, match="there twice"):
            aligned(one, [*one, one[0]])

    def test_calls_may_differ(self):
        one = table(2, 1, 2, 1)
        other = [with_body(replace(f, called_fractured=False), Level.L1, found=False) for f in one]
        assert aligned(one, other[::-1]) == tuple(other)
