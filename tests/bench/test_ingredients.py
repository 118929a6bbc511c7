import json
from typing import Any

import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.labels import FilmLabel
from tests.train.conftest import geometries  # noqa: F401  (a fixture)

pytest.importorskip("torch")

from bench.ingredients import Budget, load, table
from bench.ingredients_arms import (
    ALL,
    ARMS,
    NONE,
    Arm,
    figures,
    has_mimic,
    held_back_set,
    train_arm,
)
from spondyl.simulate.chain import Look


def test_each_arm_takes_its_ingredient_out():
    look = Look.draw(np.random.default_rng(0), "stitched-standing")
    assert ARMS[ALL].change(look) is look
    assert ARMS["noise and blur"].change(look).detector.electronic_noise == 0
    assert ARMS["scatter"].change(look).beam.scatter_fraction == 0
    assert ARMS["anatomical clutter"].change(look).beam.texture == 0
    assert not any(ARMS["processing"].change(look).processing.edge_gains)
    assert ARMS["things on the film, implants"].change(look).objects.lattice == 0
    assert not ARMS["things on the film, implants"].metal
    assert ARMS["pressed-in fractures"].collapse_share == 0
    plain = ARMS[NONE].change(look)
    assert plain.beam.scatter_fraction == plain.beam.texture == plain.objects.lattice == 0


def test_mimics_are_told_by_the_notes_that_name_a_level():
    def label(*notes: str) -> FilmLabel:
        return FilmLabel("a", (10, 10), "left", {}, extra={"notes": list(notes)})

    assert has_mimic(label("six lumbar bodies", f"{Level.L3}: cupids_bow"))
    assert not has_mimic(label("six lumbar bodies"))
    assert not has_mimic(FilmLabel("a", (10, 10), "left", {}))


def test_a_network_learns_and_is_measured(geometries):  # noqa: F811
    paths = sorted(geometries.glob("*.json"))
    counted = []
    network = train_arm(paths, Arm("tiny", collapse_share=0.5), 0, 64, counted.append)
    assert sum(counted) == 64
    found = figures(network, held_back_set(paths, 48))
    assert set(found) == {"corner_error", "auc", "sensitivity"}
    assert 0 <= found["auc"] <= 1
    assert 0 < found["corner_error"] < 5


def test_an_arm_goes_on_from_the_plain_network(geometries):  # noqa: F811
    paths = sorted(geometries.glob("*.json"))
    plain = train_arm(paths, ARMS[NONE], 0, 64, lambda _: None)
    base = {name: value.clone() for name, value in plain.state_dict().items()}

    def distance(start: Any) -> float:
        network = train_arm(paths, Arm("tiny"), 1, 64, lambda _: None, start)
        return sum(float((p.detach() - base[n]).abs().sum()) for n, p in network.named_parameters())

    assert 0 < distance(base) < 0.5 * distance(None)


def test_the_table_holds_what_is_done(tmp_path):
    for seed, auc in ((0, 0.8), (1, 0.9)):
        content = {
            "arm": "scatter",
            "figures": {"held back": {"corner_error": 0.1, "auc": auc, "sensitivity": 0.5}},
        }
        (tmp_path / f"scatter-{seed}-64-32.json").write_text(json.dumps(content))
    budget, other = Budget(64, 32), Budget(64, 33)
    text = table(load(tmp_path, budget), budget)
    assert "| scatter | 10.0 (10.0-10.0) | 0.850 (0.800-0.900) | 50 (50-50) | 2 |" in text
    assert "nothing" not in text
    assert "scatter" not in table(load(tmp_path, other), other)
