import numpy as np
import pytest
import torch

from spondyl.anatomy import LEVELS, Level
from spondyl.geometry import identity
from spondyl.network.targets import finder_targets
from spondyl.train.finder_data import body_table
from spondyl.train.metrics import (
    body_rows,
    body_summary,
    finder_bodies,
    finder_summary,
    rank_auc,
    sensitivity_at,
    view_rows,
    view_summary,
)
from tests.train.conftest import phantom


def test_auc_by_hand():
    score = np.array([0.1, 0.4, 0.4, 0.8])
    truth = np.array([False, True, False, True])
    assert rank_auc(score, truth) == pytest.approx(3.5 / 4)
    assert np.isnan(rank_auc(score, np.ones(4, bool)))


def test_sensitivity_at_a_false_alarm_rate():
    score = np.concatenate([np.arange(100) / 100, [0.2, 0.97, 0.995]])
    truth = np.arange(103) >= 100
    assert sensitivity_at(score, truth, 0.05) == pytest.approx(2 / 3)
    assert np.isnan(sensitivity_at(score, np.zeros(103, bool), 0.05))


def perfect():
    """Outputs that say exactly what the targets say, and their batch."""
    _, label = phantom(np.random.default_rng(1))
    targets = finder_targets(label, identity(), (320, 448), complete=True)
    fields = {**vars(targets), **body_table(label, identity())}
    batch = {name: torch.as_tensor(np.asarray(value)[None]) for name, value in fields.items()}
    level = torch.where(batch["level"] == 255, 0, batch["level"]).long()
    levels = torch.full((1, 10, 112, 80), -9.0).scatter_(1, level.unsqueeze(1), 9.0)
    heat = torch.where(batch["heat"] == 1, 4.0, -4.0)
    outputs = {
        "levels": levels,
        "fracture": (18 * batch["fracture"] - 9).unsqueeze(1),
        "bodies": torch.cat([heat.unsqueeze(1), batch["offsets"]], dim=1),
    }
    return outputs, batch


def test_perfect_maps_have_perfect_figures():
    figures = finder_summary(finder_bodies(*perfect(), 4))
    assert figures["named"] == 1
    assert figures["found"] == 1
    assert figures["fracture_auc"] == 1
    assert figures["fracture_sensitivity_5"] == 1
    assert figures["point_error"] < 1e-3
    assert figures["spurious"] == 0
    assert figures["score"] == pytest.approx(1, abs=0.01)


def test_mistakes_show():
    outputs, batch = perfect()
    outputs["levels"] = outputs["levels"].roll(1, dims=1)
    outputs["bodies"][0, 0, 5, 5] = 3.0
    outputs["bodies"][:, 1:] += 0.25
    centre = batch["table_centre"][0, 2]
    row, column = round((float(centre[1]) - 1.5) / 4), round((float(centre[0]) - 1.5) / 4)
    outputs["bodies"][0, 0, row - 2 : row + 3, column - 2 : column + 3] = -4.0
    figures = finder_summary(finder_bodies(outputs, batch, 4))
    assert figures["named"] == 0
    assert figures["found"] == pytest.approx(7 / 8)
    assert figures["spurious"] == pytest.approx(1 / 8)
    height = float(batch["table_height"][0, :8].mean())
    assert figures["point_error"] == pytest.approx(4 * np.sqrt(2) / height, rel=0.1)


def test_single_task_figures():
    outputs, batch = perfect()
    figures = finder_summary(finder_bodies({"levels": outputs["levels"]}, batch, 4))
    assert set(figures) == {"named", "score"}
    assert LEVELS[Level.S1].channel in batch["table_channel"]


def test_body_figures():
    truth = torch.zeros(4, 6, 2)
    batch = {
        "points": truth,
        "fracture": torch.tensor([1.0, 0.0, torch.nan, 0.0]),
        "loss": torch.zeros(4, 3),
        "body": torch.tensor([1.0, 1.0, 0.0, 1.0]),
        "height": torch.full((4,), 50.0),
    }
    outputs = {
        "points": truth + torch.tensor([3.0, 4.0]),
        "spread": torch.full((4, 6), 10.0),
        "fracture": torch.tensor([[3.0], [-1.0], [9.0], [0.0]]),
        "loss": torch.full((4, 3), 0.1),
        "body": torch.tensor([[1.0], [2.0], [0.0], [3.0]]),
    }
    figures = body_summary(body_rows(outputs, batch))
    assert figures["fracture_auc"] == 1
    assert figures["body_auc"] == 1
    assert figures["point_error"] == pytest.approx(0.1)
    assert figures["expected_error"] == pytest.approx(0.2)
    assert figures["loss_error"] == pytest.approx(0.1)


def test_view_figures_leave_out_what_has_no_answer():
    outputs = {"side": torch.tensor([[2.0], [2.0], [-1.0]])}
    batch = {"side": torch.tensor([1.0, 0.0, torch.nan])}
    assert view_summary(view_rows(outputs, batch))["side"] == 0.5
