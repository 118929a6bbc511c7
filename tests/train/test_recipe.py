import json
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from spondyl.network.export import Kind
from spondyl.read.weights import Net, load_weights
from spondyl.train import recipe_run
from spondyl.train.config import ConfigError
from spondyl.train.recipe import is_recipe, load_recipe

FULL = Path(__file__).parents[2] / "experiments" / "full.yaml"


@pytest.fixture
def content() -> dict:
    """A small recipe's values."""
    return {
        "recipe": "spondyl.recipe/1",
        "name": "small",
        "geometries": {"some": {"count": 3, "seed": 1, "scene": {"pitch_mm": 3.0}}},
        "common": {"data": {"geometry": "some", "validation_films": 3}, "batch_size": 2},
        "stages": {
            "first": {"kind": "finder", "seed": 1},
            "second": {"kind": "finder", "start_from": "first", "data": {"validation_films": 5}},
            "view": {"kind": "view", "data": {"geometry": None, "stream": {"seed": 3}}},
        },
        "weights": {"finder": "second", "view": "view"},
    }


def saved(content: dict, folder: Path) -> Path:
    file = folder / "recipe.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file


class TestForm:
    def test_the_shipped_recipe_makes_all_networks(self):
        assert is_recipe(FULL)
        recipe = load_recipe(FULL)
        assert set(recipe.weights) == set(Kind)
        assert recipe.site is not None
        seeds = [item.seed for item in recipe.geometries.values()]
        seeds += [recipe.stage(name)["seed"] for name in recipe.stages] + [recipe.site.seed]
        assert len(seeds) == len(set(seeds))

    def test_every_stage_is_defined_once(self):
        recipe = load_recipe(FULL)
        others = [path.stem for path in FULL.parent.glob("*.yaml") if path != FULL]
        assert not set(others) & set(recipe.stages)

    def test_an_experiment_is_none(self):
        assert not is_recipe(FULL.parent / "smoke.yaml")
        assert not is_recipe(FULL.parent / "nothing.yaml")

    def test_stages_share_the_common_settings_and_keep_their_own(self, content, tmp_path):
        recipe = load_recipe(saved(content, tmp_path))
        first, second = (recipe.experiment(n, Path("out")) for n in ("first", "second"))
        assert (first.batch_size, first.data.validation_films) == (2, 3)
        assert (second.batch_size, second.data.validation_films) == (2, 5)
        assert first.data.geometry == Path("out/geometries/some")
        assert second.start_from == Path("out/runs/first/last.ckpt")
        assert second.name == "second"

    def test_bones_reach_the_streams(self, content, tmp_path):
        recipe = load_recipe(saved(content, tmp_path))
        view = recipe.experiment("view", Path("out"), Path("bones.npz"))
        assert view.data.geometry is None
        assert view.data.stream.library == Path("bones.npz")

    def test_a_stage_needs_those_it_starts_from(self, content, tmp_path):
        recipe = load_recipe(saved(content, tmp_path))
        assert recipe.needed(["second"]) == ["first", "second"]
        assert recipe.needed(["view"]) == ["view"]

    def test_a_stage_may_start_from_weights_that_are_there(self, content, tmp_path):
        content["stages"]["first"]["start_from"] = "shipped"
        content["stages"]["view"]["start_from"] = "mine/view.onnx"
        recipe = load_recipe(saved(content, tmp_path))
        assert recipe.needed(["second"]) == ["first", "second"]
        assert recipe.experiment("first", Path("out")).start_from == "shipped"
        assert recipe.experiment("view", Path("out")).start_from == Path("mine/view.onnx")

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"stages": {"shipped": {"kind": "view"}}}, "'shipped' means the packaged weights"),
            ({"recipe": "spondyl.recipe/2"}, "recipe: "),
            ({"stagse": {}}, "stagse: this key is unknown"),
            ({"weights": {"finder": "third"}}, r"weights\.finder: no stage 'third'"),
            ({"weights": {"body": "second"}}, r"weights\.body: stage 'second' trains the finder"),
            ({"site": {"films": 9, "seed": 1}}, "all three networks"),
            ({"geometries": {}}, "stages.first: data.geometry: no geometries 'some'"),
            ({"geometries": {"some": {"count": 3, "seed": 1, "scene": {"a": 1}}}}, "key 'a'"),
        ],
    )
    def test_mistakes_are_told_in_sentences(self, change, sentence, content, tmp_path):
        with pytest.raises(ConfigError, match=sentence):
            load_recipe(saved(content | change, tmp_path))

    def test_mistakes_inside_a_stage_name_it(self, content, tmp_path):
        content["stages"]["first"]["bath_size"] = 3
        with pytest.raises(ConfigError, match=r"stages\.first: bath_size: this key is unknown"):
            load_recipe(saved(content, tmp_path))
        del content["stages"]["first"]["bath_size"]
        content["stages"]["first"]["start_from"] = "second"
        with pytest.raises(ConfigError, match=r"stages\.first: start_from: no earlier stage"):
            load_recipe(saved(content, tmp_path))


class TestRun:
    @pytest.fixture
    def calls(self, monkeypatch) -> list:
        """What would be run, in its order, in place of running it."""
        made: list = []

        def call(*arguments):
            made.append(arguments)
            if "calibrate" in arguments:
                Path(arguments[-1]).write_text("{}", encoding="utf-8")

        def export(run, out, checkpoint):
            made.append(("export", run.name, out.name, checkpoint))
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(b"network")

        def write_log(runs, out):
            made.append(("log", *(run.name for run in runs)))

        def geometries(folder, count, seed, settings, bones, workers):
            made.append(("geometries", folder.name, count, seed))

        monkeypatch.setattr(recipe_run, "_call", call)
        monkeypatch.setattr(recipe_run, "export", export)
        monkeypatch.setattr(recipe_run, "write_log", write_log)
        monkeypatch.setattr(recipe_run, "make_geometries", geometries)
        return made

    def test_stages_in_their_order_and_each_once(self, content, calls, tmp_path):
        recipe, out = load_recipe(saved(content, tmp_path)), tmp_path / "out"
        weights = recipe_run.run_recipe(recipe, out)
        assert weights == out / "weights"
        assert ("geometries", "some", 3, 1) in calls
        trained = [Path(call[-1]).name for call in calls if "spondyl.train" in call]
        assert trained == ["first", "second", "view"]
        assert ("log", "first", "second") in calls
        exported = [call[1:] for call in calls if call[0] == "export"]
        assert exported == [("second", "finder.onnx", "last"), ("view", "view.onnx", "last")]
        stage = yaml.safe_load((out / "runs/second/stage.yaml").read_text())
        assert Path(stage["data"]["geometry"]).is_absolute()

        calls.clear()
        recipe_run.run_recipe(recipe, out)
        assert {call[0] for call in calls} <= {"geometries", "log"}

        content["stages"]["view"]["batch_size"] = 7
        recipe_run.run_recipe(load_recipe(saved(content, tmp_path)), out)
        again = [Path(call[-1]).name for call in calls if "spondyl.train" in call]
        assert again == ["view"]
        assert [call[1] for call in calls if call[0] == "export"] == ["view"]

    def test_only_some_stages(self, content, calls, tmp_path):
        recipe = load_recipe(saved(content, tmp_path))
        recipe_run.run_recipe(recipe, tmp_path / "out", only=["view"])
        assert [Path(c[-1]).name for c in calls if "spondyl.train" in c] == ["view"]
        assert not any(call[0] == "geometries" for call in calls)
        with pytest.raises(ConfigError, match="no stage 'third'; stages are first, second, view"):
            recipe_run.run_recipe(recipe, tmp_path / "out", only=["third"])

    def test_shipped_networks_are_copied(self, content, calls, tmp_path):
        content["weights"]["view"] = "shipped"
        recipe, out = load_recipe(saved(content, tmp_path)), tmp_path / "out"
        weights = recipe_run.run_recipe(recipe, out)
        assert load_weights(Net.VIEW, weights).sha256 == load_weights(Net.VIEW).sha256
        assert [call[2] for call in calls if call[0] == "export"] == ["finder.onnx"]

    def test_the_site_is_fitted_last_with_the_new_networks(self, content, calls, tmp_path):
        content["stages"]["body"] = {"kind": "body"}
        content["weights"]["body"] = "body"
        content["site"] = {"films": 9, "seed": 77, "options": {"target-false-alarms": 0.02}}
        out = tmp_path / "out"
        recipe_run.run_recipe(load_recipe(saved(content, tmp_path)), out)
        simulate, fit = calls[-2:]
        assert simulate[2:7] == ("simulate", "--count", "9", "--seed", "77")
        assert fit[2:4] == ("calibrate", str(out / "site-films"))
        assert ("--target-false-alarms", "0.02") in pairwise(fit)
        assert fit[-1] == str(out / "weights/site-default.json")

    def test_a_stage_that_fails_says_which(self):
        with pytest.raises(RuntimeError, match=r"`python -c .*` ended with exit code 3"):
            recipe_run._call("-c", "raise SystemExit(3)")

    def test_done_holds_the_settings_it_was_done_with(self, content, calls, tmp_path):
        recipe = load_recipe(saved(content, tmp_path))
        recipe_run.run_recipe(recipe, tmp_path / "out", only=["first"])
        done = json.loads((tmp_path / "out/runs/first" / recipe_run.DONE_FILE).read_text())
        assert done["batch_size"] == 2


@pytest.mark.slow
def test_a_tiny_recipe_from_nothing_to_weights(values, tmp_path):
    """Two real stages, the second from the first and on a stream; then nothing is left to do."""
    scene = {"pitch_mm": 2.0, "implant_share": 0.0, "views": {"coned": 1.0}}
    common = {key: values[key] for key in ("network", "optimiser", "precision", "accelerator")}
    common |= {"kind": "finder", "workers": 0, "batch_size": 2}
    common |= {"budget": {"max_steps": 2, "validate_every": 2, "checkpoint_every": 2}}
    common["data"] = {"validation_share": 0.55, "validation_films": 2}
    stream = {"seed": 3, "scene": scene, "films_per_patient": 2, "lanes": 1}
    content = {
        "recipe": "spondyl.recipe/1",
        "name": "tiny",
        "geometries": {"some": {"count": 6, "seed": 1, "scene": scene}},
        "common": common,
        "stages": {
            "first": {"seed": 1, "data": {"geometry": "some"}},
            "second": {"seed": 2, "start_from": "first", "data": {"stream": stream}},
        },
        "weights": {"finder": "second"},
    }
    recipe, out = load_recipe(saved(content, tmp_path)), tmp_path / "out"
    weights = recipe_run.run_recipe(recipe, out, workers=1)
    card = json.loads((weights / "finder.json").read_text())
    assert card["settings"]["trained_steps"] == 2
    assert card["settings"]["data"]["stream"]["seed"] == 3
    log = json.loads((weights / "logs" / "second.json").read_text())
    assert [run["seed"] for run in log["runs"]] == [1, 2]
    assert log["runs"][1]["starts"][0]["processes"] == 1
    assert "val/score" in log["runs"][1]["last_validation"]
    made = {path: path.stat().st_mtime_ns for path in weights.glob("*.onnx")}
    recipe_run.run_recipe(recipe, out, workers=1)
    assert made == {path: path.stat().st_mtime_ns for path in weights.glob("*.onnx")}
