"""The checklist is whole, and what the program cannot know is left to the authors."""

from dataclasses import replace

import pytest

from spondyl.study.flow.model import Flow
from spondyl.study.page.claim import AUTHORS, Facts, Filled, claim_answers, claim_table
from spondyl.study.page.claim_items import ITEMS
from spondyl.study.results.readers import read_sets
from tests.study.page_cases import comparison_in


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    comparison = comparison_in(tmp_path_factory.mktemp("c"), films=8, seeds=(1, 2))
    return Facts(comparison, read_sets(comparison), Flow(()), {"Training": (12, 11)}, 0, {})


def answer(facts, number):
    return claim_answers(facts)[number - 1]


def test_all_items_in_order(facts):
    answers = claim_answers(facts)
    assert [one.item.number for one in answers] == list(range(1, 43))
    assert ITEMS[32].words.startswith("Flow of participants")
    assert ITEMS[41].section == "Other information"
    assert all(one.words.strip().endswith(".") for one in answers)
    assert len(claim_table(answers).rows) == 42


@pytest.mark.parametrize("number", [2, 3, 15, 18, 39, 40, 42])
def test_what_the_program_cannot_know(facts, number):
    assert answer(facts, number).words == AUTHORS
    assert answer(facts, number).filled is Filled.AUTHORS


def test_simulated_films_have_no_patients_to_protect(facts):
    assert answer(facts, 12).filled is Filled.PROGRAM
    real = tuple(replace(one, simulated=False) for one in facts.comparison.sets)
    of_patients = replace(facts, comparison=replace(facts.comparison, sets=real))
    for number in (5, 8, 12):
        assert answer(of_patients, number).words == AUTHORS
    assert "imulat" not in " ".join(one.words for one in claim_answers(of_patients)[:30])


def test_shared_patients_are_called_out(facts):
    assert answer(facts, 21).words.startswith("Patient: no patient is on two sides")
    leaking = replace(facts, shared_patients=3)
    assert answer(leaking, 21).words.startswith("NOT disjoint: 3 patients")


def test_the_authors_words_stand_in_place_of_the_programs(facts):
    given = replace(facts, given={42: "None.", 1: "A & B."})
    assert (answer(given, 42).words, answer(given, 42).filled) == ("None.", Filled.GIVEN)
    assert answer(given, 1).words == "A & B."
    with pytest.raises(ValueError, match="items 1 to 42; found words for 43, 99"):
        claim_answers(replace(facts, given={99: "x", 43: "y"}))


def test_plan_is_told(facts):
    plan = {
        "budget": {"steps": 1600, "minutes": None}, "checkpoint": "best",
        "operating_point": {"youden": False, "sensitivity": 0.9},
        "training": {"network": {"input_px": [224, 320]}, "batch_size": 8},
    }  # fmt: skip
    told = replace(facts, comparison=replace(facts.comparison, plan=plan))
    assert "1,600 steps each" in answer(told, 25).words
    assert "best on the validation films" in answer(told, 26).words
    assert "a sensitivity of at least 0.9" in answer(told, 26).words
    assert "Input 224 × 320 pixels. 8 films per step." in answer(told, 22).words
    assert "None was tested." not in answer(told, 32).words
