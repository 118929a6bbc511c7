from dataclasses import replace

import pytest

from spondyl.anatomy import Level
from spondyl.evaluate.diagnostics import diagnostics
from spondyl.evaluate.subgroups import (
    UNKNOWN,
    Grouping,
    age_band,
    age_years,
    all_subgroups,
    subgroups,
)
from spondyl.labels import FilmLabel
from tests.evaluate.outcome_makers import LEVELS, film, table, with_body


def label(name, site=None, **extra):
    return FilmLabel(name, (10, 10), "left", {}, site=site, extra=extra)


class TestByLevelAndGrade:
    def outcomes(self):
        one = film(
            "a",
            {level: level in (Level.L1, Level.L2) for level in LEVELS},
            {Level.L1: 0.9, Level.L5: 0.8},
        )
        one = with_body(one, Level.L1, genant_grade=3)
        one = with_body(one, Level.L2, genant_grade=1)
        other = with_body(film("b", dict.fromkeys(LEVELS, False)), Level.L1, genant_grade=0)
        return [one, other]

    def test_levels_in_their_order(self):
        parts = subgroups(self.outcomes(), "level")
        assert list(parts) == [str(level) for level in LEVELS]
        assert parts["L1"]["sensitivity"].value == 1.0
        assert parts["L2"]["sensitivity"].value == 0.0
        assert parts["L5"]["specificity"].value == 0.5
        assert parts["L5"]["level_success"].n == 2
        assert "false_alarms_per_film" not in parts["L1"]

    def test_parts_add_up_to_the_whole(self):
        parts = subgroups(self.outcomes(), Grouping.LEVEL)
        whole = diagnostics(self.outcomes(), "body")
        for name in ("sensitivity", "specificity", "accuracy"):
            counted = sum(p[name].n for p in parts.values())
            right = sum((p[name].value or 0) * p[name].n for p in parts.values())
            assert counted == whole[name].n
            assert right / counted == pytest.approx(whole[name].value)

    def test_grades_mild_to_severe(self):
        parts = subgroups(self.outcomes(), "grade")
        assert list(parts) == ["normal", "mild", "severe"]
        assert parts["severe"]["sensitivity"].value == 1.0
        assert parts["mild"]["sensitivity"].value == 0.0
        assert parts["normal"]["sensitivity"].value is None

    def test_another_threshold(self):
        assert subgroups(self.outcomes(), "level", threshold=0.05)["L2"]["sensitivity"].value == 1.0

    def test_no_grade_known(self):
        assert subgroups(table(2, 1, 2, 1), "grade") == {}


class TestByFilm:
    outcomes = table(2, 1, 2, 1)

    def labels(self):
        facts = (
            {"sex": "F", "age": "067Y", "view": "standing"},
            {"sex": "female", "age": 45, "view": "lying"},
            {"sex": "M", "age_years": 83},
            {"sex": "m", "age": "60", "view": "lying"},
            {"sex": "O"},
        )
        return [label(f"{i:04d}", **extra) for i, extra in enumerate(facts)]

    def test_sex(self):
        parts = subgroups(self.outcomes, "sex", self.labels(), "film")
        assert {name: p["accuracy"].n for name, p in parts.items()} == {
            "female": 2, "male": 2, UNKNOWN: 2,
        }  # fmt: skip
        assert parts["female"]["sensitivity"].value == 1.0

    def test_age_bands_from_young_to_old(self):
        parts = subgroups(self.outcomes, "age", self.labels(), "film")
        assert list(parts) == ["under 50", "60-69", "80 and over", UNKNOWN]

    def test_site_of_label_or_outcome(self):
        outcomes = [replace(one, site="north") for one in self.outcomes]
        assert list(subgroups(outcomes, "site", unit="film")) == ["north"]
        labels = [label("0000", site="south")]
        parts = subgroups(outcomes, "site", labels, "film")
        assert {name: p["accuracy"].n for name, p in parts.items()} == {"north": 5, "south": 1}

    def test_per_body_too(self):
        parts = subgroups(self.outcomes, "view", self.labels())
        assert list(parts) == ["lying", "standing", UNKNOWN]
        assert parts["lying"]["false_alarms_per_film"].n == 2

    def test_nothing_known(self):
        assert subgroups(self.outcomes, "sex") == {}

    def test_all_that_part_the_set(self):
        found = all_subgroups(self.outcomes, self.labels(), "film")
        assert list(found) == [Grouping.SEX, Grouping.AGE, Grouping.VIEW]
        assert all_subgroups([], []) == {}

    def test_says_what_is_wrong(self):
        with pytest.raises(ValueError, match='can be parted by "level", "grade"'):
            subgroups(self.outcomes, "height")


@pytest.mark.parametrize(
    ("given", "years"),
    [
        ("067Y", 67), (67, 67), ("67", 67), ("67 years", 67), ("018M", 1.5), (" 70.5 ", 70.5),
        ("unknown", None), ("", None), (None, None), (-3, None), (float("nan"), None),
        (True, None), ([67], None),
    ],
)  # fmt: skip
def test_age_years(given, years):
    assert age_years(given) == years


@pytest.mark.parametrize(
    ("years", "band"),
    [(12, "under 50"), (50, "50-59"), (69.9, "60-69"), (79, "70-79"), (80, "80 and over")],
)
def test_age_band(years, band):
    assert age_band(years) == band
