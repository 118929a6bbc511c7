from pathlib import Path

import pytest

pytest.importorskip("torch")

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


@pytest.fixture
def runs(monkeypatch) -> list:
    """What would be trained, in place of training."""
    made: list = []

    def recipe(recipe, out, anatomy, only, workers):
        made.append((recipe.name, out, anatomy, tuple(only), workers))
        return out / "weights"

    monkeypatch.setattr("spondyl.train.recipe_run.run_recipe", recipe)
    monkeypatch.setattr(
        "spondyl.train.run.train",
        lambda given, out, resume: made.append((given.name, given.start_from, resume)),
    )
    return made


def test_a_recipe_runs_its_stages(spondyl, runs, tmp_path):
    full = str(EXPERIMENTS / "full.yaml")
    said = spondyl("train", full, "--out", str(tmp_path), "--only", "view", "--only", "body")
    assert said.code == 0, said.err
    assert runs == [("full", tmp_path, None, ("view", "body"), 2)]
    assert "weights" in said.out


def test_a_recipe_is_not_gone_on_with_unasked(spondyl, runs, tmp_path):
    (tmp_path / "runs").mkdir()
    call = ("train", str(EXPERIMENTS / "full.yaml"), "--out", str(tmp_path))
    said = spondyl(*call)
    assert said.code == 2
    assert "--resume" in said.err
    assert runs == []
    assert spondyl(*call, "--resume").code == 0
    assert len(runs) == 1


def test_one_experiment(spondyl, runs, tmp_path):
    smoke = str(EXPERIMENTS / "smoke.yaml")
    assert spondyl("train", smoke, "--out", str(tmp_path)).code == 0
    assert runs == [("smoke", None, False)]


def test_one_experiment_from_shipped_weights(spondyl, runs, tmp_path):
    smoke, full = (str(EXPERIMENTS / name) for name in ("smoke.yaml", "full.yaml"))
    options = ("--out", str(tmp_path), "--start-from")
    assert spondyl("train", smoke, *options, "shipped").code == 0
    assert spondyl("train", smoke, *options, "x.onnx").code == 0
    assert runs == [("smoke", "shipped", False), ("smoke", Path("x.onnx"), False)]
    said = spondyl("train", full, *options, "shipped")
    assert said.code == 2
    assert "--start-from belongs to one experiment" in said.err


@pytest.mark.parametrize("options", [("--only", "view"), ("--workers", "2"), ("--anatomy", ".")])
def test_options_of_recipes_are_refused_elsewhere(options, spondyl, runs, tmp_path):
    said = spondyl("train", str(EXPERIMENTS / "smoke.yaml"), "--out", str(tmp_path), *options)
    assert said.code == 2
    assert f"{options[0]} belongs to recipes" in said.err
    assert runs == []


def test_export_writes_the_log_of_all_runs(spondyl, monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr("spondyl.train.run.export", lambda *args: made.append(args))
    monkeypatch.setattr("spondyl.train.log.write_log", lambda *args: made.append(args))
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    out, log = tmp_path / "x.onnx", tmp_path / "x.csv"
    said = spondyl(
        "export", str(second), "--out", str(out), "--checkpoint", "last", "--log", str(log),
        "--after", str(first),
    )  # fmt: skip
    assert said.code == 0, said.err
    assert made == [(second, out, "last"), ([first, second], log)]
