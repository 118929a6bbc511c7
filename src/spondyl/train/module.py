"""The training step of each kind of network, and the averaged weights that are exported."""

import copy
import math
import time
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from spondyl.network import BodyNet, MultiTaskUNet, ViewNet
from spondyl.network.body_net import BodyNetConfig
from spondyl.network.export import Kind
from spondyl.network.losses import (
    BodyLossWeights,
    FinderLossWeights,
    body_loss,
    finder_loss,
    view_loss,
)
from spondyl.network.unet import UNetConfig
from spondyl.network.view_net import ViewNetConfig
from spondyl.train.config import Experiment
from spondyl.train.metrics import (
    Arrays,
    body_rows,
    body_summary,
    finder_bodies,
    finder_summary,
    view_rows,
    view_summary,
)
from spondyl.train.together import agreed, gathered

Batch = dict[str, Tensor]
Network = MultiTaskUNet | BodyNet | ViewNet


def network_of(config: UNetConfig | BodyNetConfig | ViewNetConfig) -> Network:
    """A new network of these sizes."""
    if isinstance(config, UNetConfig):
        return MultiTaskUNet(config)
    if isinstance(config, BodyNetConfig):
        return BodyNet(config)
    return ViewNet(config)


def build_network(experiment: Experiment) -> Network:
    """A new network with the experiment's sizes."""
    return network_of(experiment.network_config())


class TrainingModule(pl.LightningModule):
    """A network in training: loss, optimiser, schedule, averaged weights, validation figures.

    Parameters
    ----------
    experiment : Experiment
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment
        self.network = build_network(experiment).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.averaged = copy.deepcopy(self.network).requires_grad_(False)
        self.used_seconds = 0.0
        self._clock: float | None = None
        self._rows: list[Arrays] = []

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        """The averaged network's outputs."""
        return self.averaged(picture)

    # Each kind of network names its input, its loss and its figures.

    @property
    def input_name(self) -> str:
        """Key of the batch that holds the picture."""
        return "crop" if self.experiment.kind is Kind.BODY else "film"

    def loss_terms(self, outputs: dict[str, Tensor], batch: Batch) -> dict[str, Tensor]:
        """Weighted terms of the loss."""
        weights = self.experiment.loss_weights()
        if isinstance(weights, FinderLossWeights):
            return finder_loss(outputs, batch, weights)
        if isinstance(weights, BodyLossWeights):
            return body_loss(outputs, batch, weights)
        return view_loss(outputs, batch)

    def rows(self, outputs: dict[str, Tensor], batch: Batch) -> Arrays:
        """What the validation figures are made of."""
        if self.experiment.kind is Kind.FINDER:
            config = self.experiment.network_config()
            assert isinstance(config, UNetConfig)
            return finder_bodies(outputs, batch, config.output_stride)
        return (body_rows if self.experiment.kind is Kind.BODY else view_rows)(outputs, batch)

    def summary(self, rows: Arrays) -> dict[str, float]:
        """Validation figures of all rows."""
        summaries = {
            Kind.FINDER: finder_summary,
            Kind.BODY: body_summary,
            Kind.VIEW: view_summary,
        }
        return summaries[self.experiment.kind](rows)

    # Training.

    def training_step(self, batch: Batch, _: int) -> Tensor:
        """One step; logs each term."""
        terms = self.loss_terms(self.network(self._picture(batch)), batch)
        loss = torch.stack(list(terms.values())).sum()
        self.log("train/total", loss, prog_bar=True)
        self.log_dict({f"train/{name}": term for name, term in terms.items()})
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """AdamW; norms and biases without decay."""
        settings = self.experiment.optimiser
        matrices = [p for p in self.network.parameters() if p.ndim > 1]
        vectors = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=settings.rate)

    def progress(self) -> float:
        """Share of the budget that is used, 0..1, by steps or by time, whichever is further."""
        budget = self.experiment.budget
        share = self.global_step / budget.max_steps
        if budget.max_minutes is not None:
            share = max(share, self.used_seconds / (60 * budget.max_minutes))
        return min(share, 1.0)

    def rate(self) -> float:
        """Learning rate of the coming step: linear warm-up, then a cosine over the budget.

        It follows the budget's share and not the step number, so that a training of a given time
        ends with a small rate on any machine.
        """
        settings = self.experiment.optimiser
        low = settings.final_share
        cosine = low + (1 - low) * 0.5 * (1 + math.cos(math.pi * self.progress()))
        warm = min(1.0, (self.global_step + 1) / max(1, settings.warmup_steps))
        return settings.rate * cosine * warm

    def on_fit_start(self) -> None:
        """Start the clock of this run."""
        self._clock = time.monotonic()

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Set the rate; the schedule may run on time, which no scheduler class knows."""
        rate = self.rate()
        for group in self.trainer.optimizers[0].param_groups:
            group["lr"] = rate
        self.log("train/rate", rate)

    def on_train_batch_end(self, outputs: Any, batch: Batch, batch_idx: int) -> None:
        """Move the averaged weights; stop when the budget is used up."""
        update_average(
            self.averaged, self.network, self.experiment.optimiser.ema_decay, self.global_step
        )
        now = time.monotonic()
        if self._clock is not None:
            self.used_seconds += now - self._clock
        self._clock = now
        if self.experiment.budget.max_minutes is not None:
            self.used_seconds = agreed(self.used_seconds, self.device)
        if self.progress() >= 1:
            self.trainer.should_stop = True

    # Validation.

    def on_validation_epoch_start(self) -> None:
        """Forget the last validation's rows."""
        self._rows = []

    def validation_step(self, batch: Batch, _: int) -> None:
        """Collect rows and the loss of the averaged network."""
        outputs = self.averaged(self._picture(batch))
        loss = torch.stack(list(self.loss_terms(outputs, batch).values())).sum()
        size = len(batch[self.input_name])
        self.log("val/total", loss, batch_size=size, on_epoch=True, sync_dist=True)
        self._rows.append(self.rows(outputs, batch))

    def on_validation_epoch_end(self) -> None:
        """Log the figures over the whole set."""
        names = self._rows[0] if self._rows else {}
        rows = gathered({n: np.concatenate([part[n] for part in self._rows]) for n in names})
        figures = self.summary(rows)
        # A figure that this set cannot give (no fracture in it) is left out; the score is what
        # checkpoints are chosen by, and must exist.
        figures["score"] = figures["score"] if math.isfinite(figures["score"]) else 0.0
        for name, value in figures.items():
            if math.isfinite(value):
                self.log(f"val/{name}", value, sync_dist=True)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the used time."""
        checkpoint["used_seconds"] = self.used_seconds

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on from the used time."""
        self.used_seconds = float(checkpoint.get("used_seconds", 0.0))

    def _picture(self, batch: Batch) -> Tensor:
        return batch[self.input_name].contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def update_average(averaged: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """Exponential moving mean of weights and of batch statistics.

    The decay grows with the steps, so that the mean of an early step is not the start's.
    """
    weight = 1 - min(decay, (1 + step) / (10 + step))
    target, source = averaged.state_dict(), network.state_dict()
    floats = [name for name, value in target.items() if value.is_floating_point()]
    torch._foreach_lerp_([target[n] for n in floats], [source[n] for n in floats], weight)
    for name in target.keys() - set(floats):
        target[name].copy_(source[name])
