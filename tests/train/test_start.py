"""Trainings that start from shipped or exported networks."""

import re
from itertools import islice

import pytest
import torch

from spondyl.network.export import Kind
from spondyl.read.weights import packaged_folder
from spondyl.train import start
from spondyl.train.config import ConfigError, parse_experiment
from spondyl.train.mixture import open_sources
from spondyl.train.module import TrainingModule
from spondyl.train.run import export, train
from spondyl.train.start import start_from
from spondyl.train.streams import training_loader

pytestmark = pytest.mark.filterwarnings("ignore")
#: At which no weight moves.
RATE = 1e-9


@pytest.fixture
def own(values, tmp_path):
    """A small network that was trained for some steps, and its exported file."""
    run = train(parse_experiment(values), tmp_path / "own")
    export(run, tmp_path / "own.onnx", "last")
    content = torch.load(run / "last.ckpt", weights_only=True)["state_dict"]
    module = TrainingModule(parse_experiment(values))
    module.load_state_dict(content)
    return module, tmp_path / "own.onnx"


def batches_of(experiment, tmp_path):
    training, _ = open_sources(experiment.data, tmp_path / "cache")
    return lambda: training_loader(experiment, training, 0)


def test_an_exported_file_goes_on_where_it_was(own, values, tmp_path):
    before, file = own
    experiment = parse_experiment({**values, "start_from": str(file)})
    module = TrainingModule(experiment)
    start_from(module, experiment.start_from, batches_of(experiment, tmp_path))
    film = torch.randn(2, 2, 448, 320)
    with torch.no_grad():
        truth = before.averaged.eval()(film)
        for network in (module.network.eval(), module.averaged.eval()):
            for name, value in network(film).items():
                assert torch.allclose(value, truth[name], atol=2e-3)


@pytest.mark.slow
def test_shipped_body_survives_its_first_steps(values, tmp_path, monkeypatch, capsys):
    """At no rate at all, batch statistics alone could change what the network says."""
    monkeypatch.setitem(start._MEASURED, Kind.BODY, 96)
    values = {key: value for key, value in values.items() if key != "network"}
    values |= {"kind": "body", "start_from": "shipped", "body": {"buffer": 16}, "batch_size": 16}
    values["optimiser"] = {"rate": RATE, "warmup_steps": 0, "weight_decay": 0.0}
    values["budget"] = {"max_steps": 4, "validate_every": 4, "checkpoint_every": 4}
    experiment = parse_experiment(values)
    module = TrainingModule(experiment)
    batches = batches_of(experiment, tmp_path)
    start_from(module, "shipped", batches)
    crops = torch.cat([batch["crop"] for batch in islice(batches(), 2)])
    with torch.no_grad():
        truth = module.averaged.eval()(crops)
    run = train(experiment, tmp_path / "run")
    said = re.search(
        r"validation films ([\d.]+) before\s+training, ([\d.]+) now", capsys.readouterr().err
    )
    assert said is not None
    assert float(said[2]) == pytest.approx(float(said[1]), abs=0.1)
    module.load_state_dict(torch.load(run / "last.ckpt", weights_only=True)["state_dict"])
    with torch.no_grad():
        after = module.averaged.eval()(crops)
    # Of logits whose mean size is some units; without measured norms they move by several.
    assert (after["fracture"] - truth["fracture"]).abs().mean() < 0.5
    assert (after["points"] - truth["points"]).abs().mean() < 0.8


def test_other_decoders_start_anew(own, values, tmp_path):
    before, file = own
    values["network"]["arm"] = "levels"
    experiment = parse_experiment({**values, "start_from": str(file)})
    module = TrainingModule(experiment)
    start_from(module, file, batches_of(experiment, tmp_path))
    assert set(module.network.decoders) == {"levels"}
    film = torch.randn(1, 2, 448, 320)
    with torch.no_grad():
        found = module.averaged.eval()(film)["levels"]
        assert torch.allclose(found, before.averaged.eval()(film)["levels"], atol=2e-3)


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        ({}, "nowhere.onnx", r"nowhere\.onnx does not exist; give a run's best\.ckpt .*`shipped`"),
        ({}, "text.onnx", r"text\.onnx is no ONNX file\."),
        ({}, "shipped", r"the shipped finder\.onnx was made with network\.widths \[16, 32, .* has"),
        ({"network": {}, "kind": "body"}, "view", r"holds a view network, .* trains a body"),
        ({"network": {"output_stride": 2}}, "finder", r"network\.output_stride 4, .* has 2"),
    ],
)
def test_what_does_not_fit_is_told(change, place, sentence, values, tmp_path):
    (tmp_path / "text.onnx").write_bytes(b"\xff\xfenothing")
    experiment = parse_experiment({**values, **change})
    given = place if place == "shipped" else tmp_path / place
    if place in list(Kind):
        given = tmp_path / f"{place}.onnx"
        given.write_bytes((packaged_folder() / given.name).read_bytes())
    module = TrainingModule(experiment)
    with pytest.raises(ConfigError, match=f"^start_from: .*{sentence}"):
        start_from(module, given, lambda: [])


def test_the_word_is_kept_apart_from_paths(values):
    assert parse_experiment({**values, "start_from": "shipped"}).start_from == "shipped"
    path = parse_experiment({**values, "start_from": "runs/x/last.ckpt"}).start_from
    assert path.name == "last.ckpt"
