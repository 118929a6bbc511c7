import numpy as np
import pytest
import torch

from spondyl.network.losses import (
    BodyLossWeights,
    FinderLossWeights,
    body_loss,
    centre_focal,
    finder_loss,
    level_cross_entropy,
    level_dice,
    masked_fracture,
    view_loss,
)
from spondyl.network.targets import IGNORE

H, W = 6, 5


def finder_outputs(batch: int = 2) -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    channels = {"levels": 10, "fracture": 1, "bodies": 13}
    return {k: torch.randn(batch, c, H, W, requires_grad=True) for k, c in channels.items()}


def finder_batch(batch: int = 2) -> dict[str, torch.Tensor]:
    """Nothing known of any film."""
    return {
        "level": torch.full((batch, H, W), IGNORE, dtype=torch.uint8),
        "fracture": torch.zeros(batch, H, W),
        "fracture_mask": torch.zeros(batch, H, W),
        "heat": torch.zeros(batch, H, W),
        "heat_mask": torch.zeros(batch, H, W),
        "offsets": torch.zeros(batch, 12, H, W),
        "offset_weight": torch.zeros(batch, 12, H, W),
    }


def test_unlabelled_films_give_zero_loss_and_zero_gradient():
    outputs = finder_outputs()
    terms = finder_loss(outputs, finder_batch(), FinderLossWeights())
    total = sum(terms.values())
    assert float(total.detach()) == 0
    total.backward()
    assert all(value.grad is not None and not value.grad.any() for value in outputs.values())


def test_unknown_places_give_zero_gradient_beside_known_ones():
    outputs, batch = finder_outputs(), finder_batch()
    batch["level"][0, 2, 2] = 3
    batch["fracture_mask"][0, 1, 1] = 1
    batch["heat_mask"][0, 4, 4] = 1
    sum(finder_loss(outputs, batch, FinderLossWeights()).values()).backward()
    for name, place in (("levels", (2, 2)), ("fracture", (1, 1)), ("bodies", (4, 4))):
        gradient = outputs[name].grad.clone()
        assert gradient[0, :, place[0], place[1]].any()
        gradient[0, :, place[0], place[1]] = 0
        assert not gradient.any()


def test_single_task_outputs_have_only_their_terms():
    outputs = finder_outputs()
    del outputs["fracture"], outputs["bodies"]
    assert set(finder_loss(outputs, finder_batch(), FinderLossWeights())) == {"levels", "dice"}


def test_level_cross_entropy_by_hand():
    logits = torch.zeros(1, 10, 1, 3)
    logits[0, 4, 0, 0] = 2.0
    level = torch.tensor([[[4, 0, IGNORE]]], dtype=torch.uint8)
    first = np.log(np.exp(2) + 9) - 2
    expected = (first + 0.5 * np.log(10)) / 1.5
    assert float(level_cross_entropy(logits, level, 0.5)) == pytest.approx(expected, rel=1e-5)


def test_dice_is_zero_when_right_and_one_when_wrong():
    level = torch.zeros(1, 4, 4, dtype=torch.uint8)
    level[0, :2] = 5
    right = torch.full((1, 10, 4, 4), -40.0)
    right.scatter_(1, level.long().unsqueeze(1), 40.0)
    assert float(level_dice(right, level)) == pytest.approx(0, abs=1e-3)
    assert float(level_dice(right.roll(1, dims=1), level)) == pytest.approx(1, abs=1e-3)


def test_fracture_by_hand():
    logits = torch.zeros(1, 1, 1, 2)
    target, mask = torch.tensor([[[1.0, 0.0]]]), torch.ones(1, 1, 2)
    assert float(masked_fracture(logits, target, mask, 3.0, 0.0)) == pytest.approx(np.log(2))
    focused = float(masked_fracture(logits, target, mask, 3.0, 2.0))
    assert focused == pytest.approx(np.log(2) / 4)


def test_centre_focal_prefers_the_truth():
    heat = torch.zeros(1, 5, 5)
    heat[0, 2, 2] = 1
    mask = torch.ones_like(heat)
    right = torch.where(heat > 0, 6.0, -6.0)
    assert float(centre_focal(right, heat, mask)) < 0.01
    assert float(centre_focal(-right, heat, mask)) > 5


def body_outputs(batch: int = 2) -> dict[str, torch.Tensor]:
    torch.manual_seed(2)
    shapes = {"points": (6, 2), "fracture": (1,), "loss": (3,), "body": (1,), "heat": (6, 56, 56)}
    out = {k: torch.randn(batch, *s, requires_grad=True) for k, s in shapes.items()}
    out["spread"] = torch.ones(batch, 6, requires_grad=True)
    return out


def body_batch(batch: int = 2) -> dict[str, torch.Tensor]:
    return {
        "points": torch.full((batch, 6, 2), torch.nan),
        "fracture": torch.full((batch,), torch.nan),
        "loss": torch.full((batch, 3), torch.nan),
        "body": torch.full((batch,), torch.nan),
    }


def test_unlabelled_crops_give_zero_gradient():
    outputs = body_outputs()
    total = sum(body_loss(outputs, body_batch(), BodyLossWeights()).values())
    assert float(total.detach()) == 0
    total.backward()
    assert all(not value.grad.any() for value in outputs.values())


def test_a_status_alone_pulls_at_the_fracture_logit_alone():
    outputs, batch = body_outputs(), body_batch()
    batch["fracture"][1] = 1
    sum(body_loss(outputs, batch, BodyLossWeights()).values()).backward()
    assert outputs["fracture"].grad[1] < 0
    assert outputs["fracture"].grad[0] == 0
    assert all(
        not outputs[name].grad.any() for name in ("points", "spread", "loss", "body", "heat")
    )


def test_best_spread_is_the_expected_error():
    truth = torch.zeros(1, 6, 2)
    batch = {**body_batch(1), "points": truth}
    guess = truth + torch.tensor([3.0, 4.0])

    def term(spread: float) -> float:
        outputs = body_outputs(1) | {"points": guess, "spread": torch.full((1, 6), spread)}
        return float(body_loss(outputs, batch, BodyLossWeights())["spread"])

    assert term(5.0) < min(term(4.0), term(6.3))


def test_heat_term_is_least_at_the_truth():
    truth = torch.full((1, 6, 2), 40.5)
    batch = {**body_batch(1), "points": truth}
    cells = torch.arange(56) * 2 + 0.5

    def term(x: float) -> float:
        line = -((cells - x) ** 2) / 8
        heat = (line[None, :] + (-((cells - 40.5) ** 2) / 8)[:, None]).expand(1, 6, 56, 56)
        outputs = body_outputs(1) | {"heat": heat}
        return float(body_loss(outputs, batch, BodyLossWeights())["heat"])

    assert term(40.5) < min(term(37.0), term(44.0))


def test_view_loss_leaves_out_what_has_no_answer():
    outputs = {
        name: torch.zeros(2, 1, requires_grad=True) for name in ("side", "inverted", "lumbar")
    }
    batch = {
        "side": torch.tensor([torch.nan, torch.nan]),
        "inverted": torch.tensor([1.0, 0.0]),
        "lumbar": torch.tensor([1.0, torch.nan]),
    }
    sum(view_loss(outputs, batch).values()).backward()
    assert not outputs["side"].grad.any()
    assert outputs["inverted"].grad.all()
    assert outputs["lumbar"].grad[0] != 0
    assert outputs["lumbar"].grad[1] == 0
