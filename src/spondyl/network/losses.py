"""Losses with partial supervision: what is not known adds nothing and pulls at nothing.

Each loss is a mean over what is known in the batch; with nothing known it is an exact zero that
still belongs to the graph, so that every parameter has a gradient (of 0) in each step.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from spondyl.network.targets import IGNORE
from spondyl.network.tasks import Task


@dataclass(frozen=True)
class FinderLossWeights:
    """Weights and shape parameters of the film network's loss.

    Attributes
    ----------
    levels, dice, fracture, heat, offsets : float
        Weights of the terms.
    background : float
        Class weight of the background against 1 for each level.
    fracture_positive : float
        Weight of fractured cells against 1 for normal ones.
    fracture_focus : float
        Exponent of the focal factor; 0 is plain cross-entropy.
    """

    levels: float = 1.0
    dice: float = 0.5
    fracture: float = 1.0
    heat: float = 1.0
    offsets: float = 2.0
    background: float = 0.4
    fracture_positive: float = 2.0
    fracture_focus: float = 0.5


@dataclass(frozen=True)
class BodyLossWeights:
    """Weights of the crop network's loss: heat maps, points, spread, and the three heads."""

    heat: float = 0.2
    points: float = 0.3
    spread: float = 0.1
    fracture: float = 1.0
    loss: float = 3.0
    body: float = 0.5
    fracture_positive: float = 1.0
    heat_sigma_px: float = 2.0


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean; 0 (with a graph) where no weight is given."""
    return (values * weight).sum() / weight.sum().clamp(min=1e-6)


def level_cross_entropy(logits: Tensor, level: Tensor, background: float) -> Tensor:
    """Class-weighted cross-entropy of (N, C, h, w) logits on (N, h, w) levels, IGNORE left out."""
    classes = logits.shape[1]
    class_weight = logits.new_ones(classes)
    class_weight[0] = background
    known = level != IGNORE
    target = torch.where(known, level, 0).long()
    loss = functional.cross_entropy(logits, target, reduction="none")
    return _mean(loss, class_weight[target] * known)


def level_dice(logits: Tensor, level: Tensor) -> Tensor:
    """Soft Dice loss over the levels that are present in each film, background left out."""
    classes = logits.shape[1]
    known = (level != IGNORE).unsqueeze(1)
    target = torch.where(known[:, 0], level, 0).long()
    share = functional.softmax(logits, dim=1) * known
    truth = functional.one_hot(target, classes).permute(0, 3, 1, 2) * known
    share, truth = share[:, 1:], truth[:, 1:].to(share.dtype)
    overlap = (share * truth).sum(dim=(2, 3))
    total = share.sum(dim=(2, 3)) + truth.sum(dim=(2, 3))
    present = (truth.sum(dim=(2, 3)) > 0).to(share.dtype)
    return _mean(1 - 2 * overlap / (total + 1e-3), present)


def masked_fracture(
    logits: Tensor, target: Tensor, mask: Tensor, positive: float, focus: float
) -> Tensor:
    """Focal binary cross-entropy of (N, 1, h, w) logits inside bodies of known status.

    Focal factor (1 - p_true)^focus: Lin et al. 2017, "Focal loss for dense object detection".
    """
    logits = logits[:, 0]
    loss = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    if focus > 0:
        loss = loss * (1 - torch.exp(-loss.detach())) ** focus
    return _mean(loss, mask * torch.where(target > 0.5, positive, 1.0))


def centre_focal(logits: Tensor, heat: Tensor, mask: Tensor) -> Tensor:
    """Penalty-reduced focal loss of a centre map, per centre.

    Zhou et al. 2019, "Objects as points", eq. 1 (alpha 2, beta 4).
    """
    positive = (heat >= 1.0).to(logits.dtype) * mask
    share = torch.sigmoid(logits)
    hit = -functional.logsigmoid(logits) * (1 - share) ** 2 * positive
    miss = -functional.logsigmoid(-logits) * share**2 * (1 - heat) ** 4 * (1 - positive) * mask
    return (hit.sum() + miss.sum()) / positive.sum().clamp(min=1.0)


def finder_loss(
    outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], weights: FinderLossWeights
) -> dict[str, Tensor]:
    """Terms of the film network's loss by name, already weighted; their sum is the loss.

    Parameters
    ----------
    outputs : mapping
        Of ``MultiTaskUNet``; tasks that are missing add nothing.
    batch : mapping
        The fields of ``FinderTargets``, stacked.
    weights : FinderLossWeights
    """
    terms: dict[str, Tensor] = {}
    if Task.LEVELS in outputs:
        logits = outputs[Task.LEVELS].float()
        terms["levels"] = weights.levels * level_cross_entropy(
            logits, batch["level"], weights.background
        )
        if weights.dice > 0:
            terms["dice"] = weights.dice * level_dice(logits, batch["level"])
    if Task.FRACTURE in outputs:
        terms["fracture"] = weights.fracture * masked_fracture(
            outputs[Task.FRACTURE].float(),
            batch["fracture"],
            batch["fracture_mask"],
            weights.fracture_positive,
            weights.fracture_focus,
        )
    if Task.BODIES in outputs:
        maps = outputs[Task.BODIES].float()
        terms["heat"] = weights.heat * centre_focal(maps[:, 0], batch["heat"], batch["heat_mask"])
        error = functional.smooth_l1_loss(maps[:, 1:], batch["offsets"], reduction="none", beta=0.1)
        terms["offsets"] = weights.offsets * _mean(error, batch["offset_weight"])
    return terms


def body_loss(
    outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], weights: BodyLossWeights
) -> dict[str, Tensor]:
    """Terms of the crop network's loss by name, already weighted.

    Parameters
    ----------
    outputs : mapping
        Of ``BodyNet``.
    batch : mapping
        ``points`` (N, 6, 2) crop pixels, NaN where unknown; ``fracture`` (N,), ``loss`` (N, 3) and
        ``body`` (N,), each NaN where unknown.
    weights : BodyLossWeights
    """
    truth = batch["points"]
    known = torch.isfinite(truth).all(dim=2).to(truth.dtype)
    truth = torch.nan_to_num(truth)
    points, spread = outputs["points"], outputs["spread"]
    distance = torch.sqrt(((points - truth) ** 2).sum(dim=2) + 1e-4)
    # Isotropic exponential p(d) ~ exp(-2 d / s) / s^2 has its mean distance at s = E[d]. The
    # distance is detached: sure points must not be pulled harder than unsure ones.
    unsure = 2 * distance.detach() / spread + 2 * torch.log(spread)
    robust = functional.smooth_l1_loss(distance, torch.zeros_like(distance), reduction="none")
    terms = {
        "points": weights.points * _mean(robust, known),
        "spread": weights.spread * _mean(unsure, known),
        "heat": weights.heat
        * _mean(_heat_cross_entropy(outputs["heat"].float(), truth, weights.heat_sigma_px), known),
    }
    positive = weights.fracture_positive
    fracture = batch["fracture"]
    fracture_weight = torch.isfinite(fracture) * torch.where(fracture > 0.5, positive, 1.0)
    terms["fracture"] = weights.fracture * _mean(
        functional.binary_cross_entropy_with_logits(
            outputs["fracture"][:, 0], torch.nan_to_num(fracture), reduction="none"
        ),
        fracture_weight,
    )
    body = batch["body"]
    terms["body"] = weights.body * _mean(
        functional.binary_cross_entropy_with_logits(
            outputs["body"][:, 0], torch.nan_to_num(body), reduction="none"
        ),
        torch.isfinite(body).to(points.dtype),
    )
    lost = batch["loss"]
    terms["loss"] = weights.loss * _mean(
        functional.smooth_l1_loss(
            outputs["loss"], torch.nan_to_num(lost), reduction="none", beta=0.05
        ),
        torch.isfinite(lost).to(points.dtype),
    )
    return terms


def _heat_cross_entropy(heat: Tensor, points: Tensor, sigma_px: float) -> Tensor:
    """Cross-entropy (N, 6) of heat maps against Gaussians of sigma_px round the points, crop px."""
    cells = heat.shape[-1]
    stride = 2
    centres = torch.arange(cells, device=heat.device, dtype=heat.dtype) * stride + (stride - 1) / 2
    x = torch.exp(-((centres - points[..., :1]) ** 2) / (2 * sigma_px**2))
    y = torch.exp(-((centres - points[..., 1:]) ** 2) / (2 * sigma_px**2))
    x = x / x.sum(dim=2, keepdim=True).clamp(min=1e-6)
    y = y / y.sum(dim=2, keepdim=True).clamp(min=1e-6)
    truth = (y.unsqueeze(3) * x.unsqueeze(2)).flatten(2)
    return -(truth * functional.log_softmax(heat.flatten(2), dim=2)).sum(dim=2)


def view_loss(outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Binary cross-entropy of ``side``, ``inverted`` and ``lumbar``; NaN targets are left out."""
    terms = {}
    for name, logits in outputs.items():
        target = batch[name]
        loss = functional.binary_cross_entropy_with_logits(
            logits[:, 0].float(), torch.nan_to_num(target), reduction="none"
        )
        terms[name] = _mean(loss, torch.isfinite(target).to(loss.dtype))
    return terms
