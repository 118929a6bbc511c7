import csv
import json
from pathlib import Path

import pytest
import torch
import yaml

from spondyl.train.config import ConfigError
from spondyl.train.log import write_log


def run_folder(folder: Path, values: dict, starts: dict[int, list[dict]], steps: int) -> Path:
    """A run's folder as training leaves it, without training."""
    for start, rows in starts.items():
        place = folder / "csv" / f"from-{start:07d}"
        place.mkdir(parents=True)
        names = ["epoch", "step", "train/total", "val/score"]
        with (place / "metrics.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
    (folder / "experiment.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    torch.save({"global_step": steps, "used_seconds": 90.0}, folder / "last.ckpt")
    return folder


def train(steps, value: float) -> list[dict]:
    return [{"step": step, "train/total": value} for step in steps]


def rows(path: Path) -> list[dict]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_steps_that_were_done_twice_count_once(values, tmp_path):
    starts = {
        0: [*train([0, 1, 2, 3], 9.0), {"step": 3, "val/score": 0.9}],
        2: [*train([2, 3], 1.0), {"step": 3, "val/score": 0.2}],
    }
    run = run_folder(tmp_path / "run", values, starts, 4)
    side = write_log([run], tmp_path / "log" / "tiny.csv")
    found = rows(tmp_path / "log" / "tiny.csv")
    assert [(r["step"], r["train/total"]) for r in found] == [
        ("0", "9"), ("1", "9"), ("2", "1"), ("3", "1"),
    ]  # fmt: skip
    assert found[-1]["val/score"] == "0.2"
    facts = json.loads(side.read_text())["runs"][0]
    assert facts["last_validation"] == {"step": 3, "val/score": 0.2}
    assert (facts["seed"], facts["steps"], facts["minutes"]) == (3, 4, 1.5)


def test_long_runs_are_thinned_to_means_and_keep_every_validation(values, tmp_path):
    entries = [{"step": s, "train/total": float(s)} for s in range(1000)]
    entries += [{"step": s, "val/score": s / 1000} for s in range(99, 1000, 100)]
    run = run_folder(tmp_path / "run", values, {0: entries}, 1000)
    write_log([run], tmp_path / "x.csv", points=50)
    found = rows(tmp_path / "x.csv")
    trained = [float(row["train/total"]) for row in found if row["train/total"]]
    assert len(trained) <= 50
    assert sum(trained) / len(trained) == pytest.approx(499.5, rel=0.02)
    assert trained == sorted(trained)
    scored = [row for row in found if row["val/score"]]
    assert [int(row["step"]) for row in scored] == list(range(99, 1000, 100))


def test_several_runs_and_their_best(values, tmp_path):
    one = run_folder(tmp_path / "1", values, {0: [{"step": 1, "val/score": 0.1}]}, 2)
    score = [{"step": 1, "val/score": 0.5}, {"step": 3, "val/score": 0.4}]
    two = run_folder(tmp_path / "2", values | {"seed": 8}, {0: score}, 4)
    side = write_log([one, two], tmp_path / "both.csv")
    assert [row["run"] for row in rows(tmp_path / "both.csv")] == ["1", "2", "2"]
    runs = json.loads(side.read_text())["runs"]
    assert [run["seed"] for run in runs] == [3, 8]
    assert runs[1]["best_validation"]["step"] == 1


def test_no_path_of_this_machine_is_told(values, tmp_path):
    run = run_folder(tmp_path / "run", values, {0: train([0], 1.0)}, 1)
    (run / "machines.jsonl").write_text('{"step": 0, "cores": 2}\n', encoding="utf-8")
    side = write_log([run], tmp_path / "x.csv")
    assert str(tmp_path) not in side.read_text()
    assert json.loads(side.read_text())["runs"][0]["starts"] == [{"step": 0, "cores": 2}]


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no training's log"):
        write_log([tmp_path], tmp_path / "x.csv")
    with pytest.raises(ConfigError, match=r"is a \.csv file"):
        write_log([tmp_path], tmp_path / "x.json")
