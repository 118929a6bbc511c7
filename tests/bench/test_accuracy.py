from dataclasses import replace

import pytest

from bench.accuracy import SETS, arguments, chosen_sets, simulated_sets, simulator_state
from bench.accuracy_sets import (
    REAL_GOALS,
    SEEN_GOALS,
    UNSEEN_GOALS,
    misses,
    real_section,
    simulated_section,
)
from spondyl.anatomy import Level, Shape, Status
from spondyl.evaluate import evaluate
from tests.evaluate.makers import label, reading_json, right_call, write_set

ALARM = {Level.L1: 0.9, Level.L4: 0.8}


def fractured_film(name):
    film = label(name, {Level.L1: Status.FRACTURED})
    graded = replace(film.vertebrae[Level.L1], genant_grade=1, shape=Shape.WEDGE, height_loss=0.22)
    return replace(
        film,
        vertebrae={**film.vertebrae, Level.L1: graded},
        site="here",
        extra={"notes": ["L4: short", "T9: rough"]},
    )


@pytest.fixture
def run(tmp_path):
    films = write_set(tmp_path / "films", [fractured_film("standing-1.png"), label("lumbar-1.png")])
    said = {"standing-1.png": right_call(ALARM), "lumbar-1.png": right_call()}
    return evaluate(films, None, lambda path: reading_json(said[path.name]), progress=False)


def by_name(section):
    return {figure.name: figure for figure in section.figures}


def test_goals_are_those_of_the_table():
    def goals(rows):
        return {row.words: row.goal for row in rows}

    assert list(goals(SEEN_GOALS).values()) == [0.90, 0.985, 0.97, 0.95, 0.99]
    assert list(goals(UNSEEN_GOALS).values()) == [0.87, 0.97, 0.95, 0.90, 2.0, 0.03]
    assert list(goals(REAL_GOALS).values()) == [0.99, 1.0, 6.0, 0.08]
    at_most = [row.key for row in (*UNSEEN_GOALS, *REAL_GOALS) if row.at_most]
    assert at_most == [
        "compression_ratio_mae", "calibration_error", "corner_error_median",
        "false_alarms_on_normal_per_film",
    ]  # fmt: skip


def test_simulated_table(run):
    section = simulated_section("Simulated", run, SEEN_GOALS, {"seed": 7})
    figures = by_name(section)
    assert len(figures) == len(section.figures), "names are told once"
    assert [f.goal for f in section.figures[:5]] == [row.goal for row in SEEN_GOALS]
    assert figures["sensitivity per body"].value == 1.0
    assert figures["specificity per body"].value == pytest.approx(12 / 13)
    assert figures["sensitivity, grade mild"].value == 1.0
    assert figures["sensitivity, shape wedge"].n == 1
    assert figures["sensitivity, level L1"].n == 1
    assert figures["specificity, short"].value == 0.0
    assert figures["sensitivity per body, site here"].value == 1.0
    assert figures["corner error, median, of posterior height"].unit == "%"
    assert section.facts["seed"] == 7
    assert "1 mild (100%)" in section.facts["fractures"]
    # all of its fractures are mild, so the set does not count
    assert section.complaints
    assert section.verdict(figures["sensitivity per body"]) == "set does not count"


def test_cut_at_the_goals_specificity(run):
    figures = by_name(simulated_section("Simulated", run, SEEN_GOALS, {}))
    # no normal body of 13 may be called: the cut lies at the alarm's 0.8, and 0.9 is above it
    cut = figures["sensitivity per body, were the cut at specificity 0.985"]
    assert (cut.value, cut.n, cut.note) == (1.0, 1, "above 0.800 on this set")


def test_real_table_says_why(run):
    section = real_section("Real", run, {})
    figures = by_name(section)
    assert figures["bodies T11-L5 found"].met
    assert figures["false alarms per film, on bodies labelled normal"].value == 0.5
    assert figures["standing: false alarms per film, on bodies labelled normal"].value == 1.0
    assert figures["lumbar: films wholly right"].value == 1.0
    assert section.remarks == ("standing-1.png: false alarm on L4 (0.80).",)
    assert not section.complaints


def test_misses_name_the_bodies(run):
    film = run.outcomes[0]
    bodies = list(film.bodies)
    bodies[0] = replace(bodies[0], found=False, named=None)
    bodies[1] = replace(bodies[1], named=Level.L1)
    said = misses([replace(film, bodies=tuple(bodies)), replace(film, error="cut off")])
    assert said[0] == "standing-1.png: T11 not found, T12 called L1."
    assert "standing-1.png: not read: cut off." in said


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ([], ("seen",)),
        (["--real", "films"], ("real",)),
        (["--sets", "unseen", "seen"], ("seen", "unseen")),
        (["--all", "--real", "films"], SETS),
        (["--warped", "--real", "films"], ("warped",)),
    ],
)
def test_choice_of_sets(words, chosen):
    assert chosen_sets(arguments().parse_args(words)) == chosen


def test_real_films_must_be_given():
    with pytest.raises(SystemExit, match="--real DIR"):
        chosen_sets(arguments().parse_args(["--all"]))


def test_unseen_sites_are_in_no_seen_set():
    sets = simulated_sets(5)
    assert not set(sets["seen"].sites) & set(sets["unseen"].sites)
    assert len(sets["unseen"].sites) == 2
    assert sets["seen"].seed != sets["unseen"].seed


def test_state_of_the_simulator_is_short_and_steady():
    assert simulator_state() == simulator_state()
    assert len(simulator_state()) == 12
