"""Two real processes that train together on the CPU (gloo)."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from spondyl.train.run import MACHINES_FILE

#: Lightning starts this file again for the second process.
SCRIPT = """
import hashlib, json, os, sys
from pathlib import Path

import torch

from spondyl.train.config import load_experiment
from spondyl.train.module import TrainingModule
from spondyl.train.run import train

folder = Path(sys.argv[1])
seen = []
step, end = TrainingModule.training_step, TrainingModule.on_train_end


def watched(self, batch, number):
    seen.extend(hashlib.sha256(film.numpy().tobytes()).hexdigest() for film in batch["film"])
    return step(self, batch, number)


def told(self):
    digests = {
        part: hashlib.sha256(
            b"".join(p.detach().numpy().tobytes() for p in getattr(self, part).parameters())
        ).hexdigest()
        for part in ("network", "averaged")
    }
    facts = {"films": seen, "clock": self.used_seconds, "score": float(
        self.trainer.callback_metrics["val/score"]), "rate": self.rate(), **digests}
    name = f"{sys.argv[2]}-{self.trainer.global_rank}.json"
    (folder / name).write_text(json.dumps(facts))


TrainingModule.training_step, TrainingModule.on_train_end = watched, told
train(load_experiment(folder / "experiment.yaml"), folder / "run")
"""


def run_together(folder: Path, values: dict, name: str) -> list[dict]:
    (folder / "experiment.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(folder / "script.py"), str(folder), name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads((folder / f"{name}-{rank}.json").read_text()) for rank in range(2)]


@pytest.mark.slow
def test_two_processes_train_one_network_and_go_on(values, tmp_path):
    values |= {"devices": 2, "strategy": "ddp", "accelerator": "cpu"}
    values["data"] |= {"validation_films": 5}
    # A clock beside the steps: both processes must go by the same one.
    values["budget"] |= {"max_minutes": 600}
    first = run_together(tmp_path, values, "first")
    last = torch.load(tmp_path / "run" / "last.ckpt", weights_only=True)
    assert last["global_step"] == 4

    # Each saw films of its own, and yet both hold the same network.
    assert [len(rank["films"]) for rank in first] == [8, 8]
    assert not set(first[0]["films"]) & set(first[1]["films"])
    for name in ("network", "averaged", "clock", "score", "rate"):
        assert first[0][name] == first[1][name], name

    values["budget"] |= {"max_steps": 6}
    second = run_together(tmp_path, values, "second")
    again = torch.load(tmp_path / "run" / "last.ckpt", weights_only=True)
    assert again["global_step"] == 6
    assert again["used_seconds"] > last["used_seconds"]
    for name in ("network", "averaged", "score"):
        assert second[0][name] == second[1][name] != first[0][name], name
    assert [len(rank["films"]) for rank in second] == [4, 4]
    films = [film for run in (first, second) for rank in run for film in rank["films"]]
    assert len(films) == len(set(films))

    starts = [json.loads(line) for line in (tmp_path / "run" / MACHINES_FILE).open()]
    assert [(start["step"], start["processes"]) for start in starts] == [(0, 2), (4, 2)]
    with next((tmp_path / "run" / "csv").glob("from-0000000/metrics.csv")).open() as file:
        scores = [float(row["val/score"]) for row in csv.DictReader(file) if row.get("val/score")]
    assert np.isfinite(scores).all()
    assert len(scores) == 2
