import json

import pytest

from bench.goals import Figure, Section, as_json, as_markdown, as_text, tell_sections

MET = Figure("sensitivity", 0.95, goal=0.9, low=0.92, high=0.97, n=1234, method="Wilson")
LOST = Figure("alarms", 0.2, goal=0.1, at_most=True, note="why")
TOLD = Figure("corner error", 2.5, "%", low=2.0, high=3.0, n=7, method="patient bootstrap")


def section(*figures, **more):
    return Section("A set", figures, {"films": 3}, **more)


def test_goals_are_least_or_most():
    assert MET.met is True
    assert LOST.met is False
    assert TOLD.met is None
    assert Figure("x", None, goal=0.5).met is False
    assert Figure("x", 0.1, goal=0.1, at_most=True).met is True


def test_a_set_that_does_not_count_meets_nothing():
    good, off = section(MET, TOLD), section(MET, TOLD, complaints=("Too few.",))
    assert (good.verdict(MET), good.missed()) == ("met", False)
    assert (off.verdict(MET), off.missed()) == ("set does not count", True)
    assert off.verdict(TOLD) == ""
    assert section(LOST).missed()


def test_text_has_intervals_goals_and_their_legend():
    text = as_text([section(MET, LOST, TOLD, remarks=("One thing.",))], {"model": "m"})
    line = next(line for line in text.splitlines() if "sensitivity" in line)
    assert line.split() == [
        "sensitivity", "0.950", "0.920", "to", "0.970", "W", "1,234", "at", "least", "0.9", "met",
    ]  # fmt: skip
    assert "MISSED" in text
    assert "2.00 to 3.00 % b" in text
    assert "One thing." in text
    assert text.splitlines()[0] == "model: m"
    assert text.splitlines()[-1] == "Intervals: W Wilson, b patient bootstrap."


def test_markdown_has_a_row_of_six_cells_per_figure():
    page = as_markdown([section(MET, LOST, complaints=("Too few.",))], {"model": "m"})
    assert "## A set" in page
    assert "**This set does not count**: Too few." in page
    rows = [line for line in page.splitlines() if line.startswith(("| sens", "| alarms"))]
    assert [row.count(" | ") for row in rows] == [5, 5]


@pytest.mark.parametrize(("figures", "strict", "code"), [
    ((MET,), True, 0), ((MET, LOST), True, 1), ((LOST,), False, 0),
])  # fmt: skip
def test_exit_code_follows_strict(figures, strict, code, capsys):
    from argparse import Namespace

    given = Namespace(json=True, strict=strict)
    assert tell_sections([section(*figures)], given, {}) == code
    assert json.loads(capsys.readouterr().out)["sections"][0]["figures"][0]["name"]


def test_json_says_what_is_met():
    figures = as_json([section(MET, LOST, TOLD)], {})["sections"][0]["figures"]
    assert [figure["met"] for figure in figures] == [True, False, None]
