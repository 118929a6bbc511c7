from pathlib import Path

import pytest

from spondyl.network import Arm
from spondyl.study.compare.plan import PlanError, load_plan, parse_plan
from tests.study.compare_cases import plan_values

EXAMPLE = Path(__file__).parents[3] / "experiments" / "compare-paper.yaml"


def experiment(plan, arm, seed=1, films=100):
    return plan.experiment(arm, seed, Path("labels.json"), Path("cache"), films, 10)


def test_the_example_is_the_papers_comparison():
    plan = load_plan(EXAMPLE)
    assert list(plan.arms) == ["multitask", "levels", "fracture"]
    networks = [plan.network(arm) for arm in plan.arms]
    assert [network.arm for network in networks] == [Arm.MULTITASK, Arm.LEVELS, Arm.FRACTURE]
    assert len({network.input_px for network in networks}) == 1
    assert plan.systems["single-task"].fracture == "fracture"


def test_arms_differ_in_nothing_but_what_they_say():
    values = plan_values(Path("films"), arms={"multitask": {}, "levels": {}, "fracture": {}})
    plan = parse_plan(values)
    dumps = []
    for arm in plan.arms:
        settings = experiment(plan, arm).model_dump()
        assert settings.pop("name") == arm
        assert settings["network"].pop("arm") == arm
        dumps.append(settings)
    assert dumps[0] == dumps[1] == dumps[2]
    assert experiment(plan, "levels", seed=7).seed == 7


def test_every_arm_draws_as_many_fractures():
    values = plan_values(Path("films"))
    values["data"]["fractured_share"] = 0.5
    plan = parse_plan(values)
    assert {experiment(plan, arm).data.fractured_share for arm in plan.arms} == {0.5}


def test_budgets_in_epochs_and_minutes():
    plan = parse_plan(plan_values(Path("films"), budget={"epochs": 3}))
    assert experiment(plan, "levels", films=101).budget.max_steps == 152
    plan = parse_plan(plan_values(Path("films"), budget={"minutes": 5}))
    budget = experiment(plan, "levels").budget
    assert budget.max_minutes == 5
    assert budget.max_steps > 1_000_000
    assert budget.validate_every < 1000


def test_an_arm_is_any_experiment():
    paper = str(EXAMPLE.parent / "paper-levels.yaml")
    arms = {"own": paper, "wide": {"network": {"arm": "fracture", "dropout": 0.3}}}
    systems = {"mixed": {"levels": "own", "fracture": "wide"}}
    plan = parse_plan(plan_values(Path("films"), arms=arms, systems=systems))
    own, wide = experiment(plan, "own"), experiment(plan, "wide")
    assert (own.batch_size, wide.batch_size) == (12, 2)
    assert own.data.geometry is None
    assert own.seed == 1
    assert own.network["input_px"] == wide.network["input_px"] == [64, 96]
    assert wide.network["dropout"] == 0.3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget": {"steps": 2, "minutes": 3}}, "budget: give one of minutes, steps and epochs"),
        ({"budget": {}}, "budget: give one of"),
        ({"budgit": {}}, "budgit: this key is unknown"),
        ({"seeds": [1, 1]}, "seeds: expected one or more seeds, each once"),
        ({"folds": 1}, "folds: "),
        ({"operating_point": "best"}, "operating_point: expected youden"),
        ({"operating_point": {"sensitivity": 2}}, "operating_point.sensitivity"),
        ({"arms": {"wide": {}}, "systems": {"x": {"levels": "wide", "fracture": "wide"}}},
         "arms.wide: say which decoders"),
        ({"arms": ["multitask"]}, "no arm is called 'levels'"),
        ({"systems": {"x": {"levels": "fracture", "fracture": "fracture"}}},
         "has no decoder for levels"),
        ({"systems": {"x": {"levels": "levels"}}}, "needs levels and fracture"),
        ({"systems": {"x": {"weights": "packaged", "levels": "levels"}}}, "needs levels and"),
        ({"training": {"seed": 3}}, "training.seed: seeds are those of the plan"),
        ({"training": {"network": {"width": 3}}}, "unknown key 'width'"),
        ({"training": {"network": {"input_px": [100, 96]}}}, "multiple of 32"),
        ({"arms": {"multitask": {"budget": {}}, "levels": {}, "fracture": {}}},
         "arms.multitask.budget: the budget is that of the plan"),
        ({"arms": {"multitask": "gone.yaml", "levels": {}, "fracture": {}}}, "gone.yaml"),
        ({"externals": [{"name": "internal", "folder": "x"}]}, "externals need different names"),
    ],
)  # fmt: skip
def test_mistakes_are_sentences(change, said):
    with pytest.raises(PlanError) as told:
        parse_plan(plan_values(Path("films")) | change, "compare.yaml")
    assert str(told.value).startswith("compare.yaml: ")
    assert said in str(told.value)


def test_arms_of_one_system_see_films_alike():
    arms = {"levels": {}, "fracture": {"network": {"input_px": [96, 128]}}}
    systems = {"x": {"levels": "levels", "fracture": "fracture"}}
    with pytest.raises(PlanError, match="differ in input_px"):
        parse_plan(plan_values(Path("films"), arms=arms, systems=systems))


def test_files_that_are_none(tmp_path):
    with pytest.raises(PlanError, match="cannot be read"):
        load_plan(tmp_path / "none.yaml")
    (tmp_path / "cut.yaml").write_text("data: {folder: [", encoding="utf-8")
    with pytest.raises(PlanError, match="not valid YAML"):
        load_plan(tmp_path / "cut.yaml")
    (tmp_path / "list.yaml").write_text("- 1\n", encoding="utf-8")
    with pytest.raises(PlanError, match="expected keys and values"):
        load_plan(tmp_path / "list.yaml")
