"""Retraining from end to end, in small: films, shipped networks, recipe, site, reading."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from spondyl.labels import load_dataset
from spondyl.read.weights import Net, load_weights, model_identity
from spondyl.serve.projects.retrain import recipe_text


def spondyl(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "spondyl", *map(str, words)]
    settings = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, env=settings)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.slow
def test_films_to_readings(tmp_path):
    films = "data/ours"
    spondyl(tmp_path, "simulate", "--count", 8, "--seed", 5, "--size", 512, "--out", films)
    spondyl(tmp_path, "labels", "split", films, "--shares", "0.4,0.4,0.2")
    recipe = yaml.safe_load(recipe_text("ours", 8))
    recipe["geometries"]["rehearsal"] = {"count": 4, "seed": 1, "scene": {"pitch_mm": 2.0}}
    recipe["common"]["data"] |= {"validation_share": 0.5, "validation_films": 4}
    recipe["common"] |= {"workers": 0, "threads": 1, "accelerator": "cpu", "precision": "32-true"}
    budget = {"max_steps": 2, "validate_every": 2, "checkpoint_every": 2}
    for stage in recipe["stages"].values():
        stage |= {"budget": budget, "batch_size": 4}
    file = tmp_path / films / "retrain.yaml"
    file.write_text(yaml.safe_dump(recipe), encoding="utf-8")

    done = spondyl(tmp_path, "train", f"{films}/retrain.yaml", "--out", "runs/ours", "--resume")
    assert "data/ours: 3 films to train on, 3 to validate on, 2 left alone" in done.stderr
    weights = tmp_path / "runs/ours/weights"
    shipped = {net: load_weights(net) for net in Net}
    new = {net: load_weights(net, weights) for net in Net}
    assert new[Net.VIEW].sha256 == shipped[Net.VIEW].sha256
    for net in (Net.FINDER, Net.BODY):
        assert new[net].sha256 != shipped[net].sha256
        assert new[net].card["settings"]["start_from"] == "shipped"
        assert new[net].card["settings"]["trained_steps"] == 2

    spondyl(
        tmp_path, "calibrate", films, "--split", "validation", "--weights", weights,
        "--refit", "none", "--out", "ours.json",
    )  # fmt: skip
    names = [label.name for label in load_dataset(tmp_path / films).films][:2]
    said = spondyl(
        tmp_path, "read", *(f"{films}/{name}" for name in names), "--weights", weights,
        "--site", "ours.json", "--json",
    )  # fmt: skip
    readings = [json.loads(line) for line in said.stdout.splitlines()]
    identity = model_identity({net: one.card for net, one in new.items()})
    for reading in readings:
        assert reading["model"]["sha256"] == identity.sha256
        assert reading["site"] == "ours"
        # The site was made for these networks.
        assert not any("calibrated for other networks" in one for one in reading["warnings"])
        # Two small steps do not unlearn what the shipped networks know.
        assert len(reading["vertebrae"]) >= 3
