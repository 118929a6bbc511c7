import csv
import json

import numpy as np
import pytest
import torch

from spondyl.network.export import CARD_KEY
from spondyl.train.__main__ import main
from spondyl.train.config import ConfigError, parse_experiment
from spondyl.train.mixture import open_sources
from spondyl.train.module import TrainingModule, update_average
from spondyl.train.run import MACHINES_FILE, export, train
from spondyl.train.streams import training_loader

pytestmark = pytest.mark.filterwarnings("ignore")


def logged(run, name: str) -> list[tuple[int, float]]:
    rows = []
    for path in sorted(run.glob("csv/*/metrics.csv")):
        with path.open() as file:
            rows += [(int(r["step"]), float(r[name])) for r in csv.DictReader(file) if r.get(name)]
    return rows


def test_train_resume_export(values, tmp_path):
    run = train(parse_experiment(values), tmp_path / "run")
    first = torch.load(run / "last.ckpt", weights_only=True)
    assert first["global_step"] == 4
    assert (run / "best.ckpt").is_file()

    values["budget"]["max_steps"] = 7
    train(parse_experiment(values), run)
    second = torch.load(run / "last.ckpt", weights_only=True)
    assert second["global_step"] == 7
    assert second["used_seconds"] > first["used_seconds"]
    steps = [step for step, _ in logged(run, "train/total")]
    assert steps == sorted(set(steps))
    assert steps[-1] >= 5

    starts = [json.loads(line) for line in (run / MACHINES_FILE).read_text().splitlines()]
    assert [(start["step"], start["seed"], start["processes"]) for start in starts] == [
        (0, 3, 1),
        (4, 3, 1),
    ]

    side = export(run, tmp_path / "tiny.onnx", "last")
    card = json.loads(side.read_text())
    assert card["name"] == "tiny"
    assert card["settings"]["trained_steps"] == 7
    assert any("own validation set" in name for name in card["metrics"])
    assert CARD_KEY.encode() in (tmp_path / "tiny.onnx").read_bytes()

    with pytest.raises(ConfigError, match="holds a training already"):
        train(parse_experiment(values), run, resume=False)
    values["network"]["arm"] = "levels"
    with pytest.raises(ConfigError, match="holds another network"):
        train(parse_experiment(values), run)
    tuned = train(parse_experiment({**values, "start_from": run / "best.ckpt"}), tmp_path / "tuned")
    assert (tuned / "best.ckpt").is_file()


def test_a_few_steps_learn_a_tiny_set(values):
    """Plain steps on one batch: the loss must fall, the averaged weights must follow."""
    experiment = parse_experiment({**values, "batch_size": 2})
    training, _ = open_sources(experiment.data, None)
    batch = next(iter(training_loader(experiment, training, 0)))
    torch.manual_seed(0)
    module = TrainingModule(experiment)
    optimiser = module.configure_optimizers()
    losses = []
    for step in range(12):
        terms = module.loss_terms(module.network(batch["film"]), batch)
        loss = torch.stack(list(terms.values())).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        update_average(module.averaged, module.network, 0.9, step)
        losses.append(float(loss.detach()))
    assert np.mean(losses[-3:]) < 0.75 * np.mean(losses[:3])
    own, mean = module.network.state_dict(), module.averaged.state_dict()
    assert not torch.equal(own["encoder.stem.0.weight"], mean["encoder.stem.0.weight"])
    assert torch.allclose(own["encoder.stem.0.weight"], mean["encoder.stem.0.weight"], atol=0.1)


def test_rate_warms_up_and_falls_with_the_budget(values):
    values["budget"] = {"max_steps": 100, "max_minutes": 10}
    values["optimiser"] = {"rate": 1.0, "warmup_steps": 10, "final_share": 0.0}
    module = TrainingModule(parse_experiment(values))
    module.__class__ = type("Stepped", (TrainingModule,), {"global_step": 0})
    assert module.rate() == pytest.approx(0.1)
    type(module).global_step = 50
    assert module.rate() == pytest.approx(0.5)
    module.used_seconds = 600.0
    assert module.progress() == 1
    assert module.rate() == pytest.approx(0.0)


def test_average_follows_slowly_and_copies_counts():
    source, target = torch.nn.BatchNorm2d(2), torch.nn.BatchNorm2d(2)
    source.weight.data.fill_(3.0)
    source.num_batches_tracked.fill_(9)
    update_average(target, source, 0.75, 10_000)
    assert torch.allclose(target.weight, torch.tensor(1.5))
    assert target.num_batches_tracked == 9


@pytest.mark.parametrize("kind", ["body", "view"])
def test_other_kinds_train(kind, values, tmp_path):
    values |= {"kind": kind, "network": {"widths": [8, 8, 8, 16]}, "precision": "bf16-mixed"}
    if kind == "body":
        values["network"]["decoder_widths"] = [8, 8, 8]
    values["budget"] = {"max_steps": 2, "validate_every": 2, "checkpoint_every": 2}
    values["body"] = {"buffer": 4}
    run = train(parse_experiment(values), tmp_path / "run")
    assert np.isfinite([value for _, value in logged(run, "train/total")]).all()
    assert logged(run, "val/score")


def test_command_tells_what_is_wrong(tmp_path, capsys):
    file = tmp_path / "x.yaml"
    file.write_text("name: x\n", encoding="utf-8")
    assert main([str(file), "--out", str(tmp_path / "run")]) == 2
    assert "kind: this key is needed" in capsys.readouterr().err
