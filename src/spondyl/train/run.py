"""Run an experiment: train, resume, export."""

import datetime
import json
import sys
import warnings
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
import yaml
from pytorch_lightning.callbacks import Callback, EarlyStopping, ModelCheckpoint
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger
from pytorch_lightning.utilities import rank_zero_only

from spondyl.network.export import ModelCard, export_onnx
from spondyl.train.config import ConfigError, Experiment, load_experiment
from spondyl.train.labelled import check_datasets
from spondyl.train.loaders import Films
from spondyl.train.machine import code_version, machine, usable_precision
from spondyl.train.mixture import open_sources
from spondyl.train.module import TrainingModule
from spondyl.train.start import start_from
from spondyl.train.streams import training_loader

#: A run's settings, as YAML.
CONFIG_FILE = "experiment.yaml"
_LAST, _BEST = "last.ckpt", "best.ckpt"
#: One JSON object per start of the run: when, at which step, by what, on what.
MACHINES_FILE = "machines.jsonl"


def train(experiment: Experiment | Path, out: Path, resume: bool = True) -> Path:
    """Train, or go on training, into a run folder.

    With several devices Lightning starts this program again for each further one; all of them
    come through here and leave together, and the first alone writes.

    Parameters
    ----------
    experiment : Experiment or Path
        Settings, or their YAML file.
    out : Path
        Run folder: settings, ``last.ckpt``, ``best.ckpt``, logs, prepared films.
    resume : bool
        Go on from ``last.ckpt`` where there is one; otherwise such a folder is refused.

    Returns
    -------
    Path
        The run folder.

    Raises
    ------
    ConfigError
        If the settings or the data cannot be used, the folder holds a run and ``resume`` is
        False, or it holds a run of another network.
    """
    if not isinstance(experiment, Experiment):
        experiment = load_experiment(Path(experiment))
    out = Path(out)
    last = out / _LAST
    if last.is_file() and not resume:
        raise ConfigError(f"{out} holds a training already; resume it, or choose another folder.")
    step = _saved_step(last, experiment) if last.is_file() else 0
    for sentence in check_datasets(experiment):
        _say(sentence)
    out.mkdir(parents=True, exist_ok=True)
    _write_settings(experiment, out / CONFIG_FILE)

    if experiment.threads is not None:
        torch.set_num_threads(experiment.threads)
    torch.set_float32_matmul_precision("high")
    pl.seed_everything(experiment.seed, verbose=False)
    training, validation = open_sources(experiment.data, out / "cache")
    module = TrainingModule(experiment)
    if experiment.start_from is not None and not step:
        # Made in this process: an exported network is measured once, before any worker starts.
        alone = experiment.model_copy(update={"workers": 0})
        start_from(module, experiment.start_from, lambda: training_loader(alone, training, step))
    trainer = _trainer(experiment, out, step)
    films = Films(experiment, training, validation, step)
    _note_start(experiment, trainer, out / MACHINES_FILE, step)
    with warnings.catch_warnings():
        # The streams' few workers and endless length are meant.
        warnings.filterwarnings("ignore", ".*does not have many workers.*")
        warnings.filterwarnings("ignore", ".*LeafSpec.*")
        warnings.filterwarnings("ignore", ".*Checkpoint directory.*exists and is not empty.*")
        # What it starts from is what it has to beat.
        started = experiment.start_from is not None and not step
        before = trainer.validate(module, films, verbose=False) if started else []
        trainer.fit(
            module,
            datamodule=films,
            ckpt_path=last if step else None,
            weights_only=True if step else None,
        )
    trainer.save_checkpoint(last)
    after = trainer.callback_metrics.get("val/score")
    if before and after is not None:
        _say(
            f"{experiment.name}: score on the validation films {before[0]['val/score']:.3f} before "
            f"training, {float(after):.3f} now (higher is better)."
        )
    return out


def export(run: Path, out: Path, checkpoint: str = "best") -> Path:
    """Write a run's averaged network as ONNX with its card.

    Parameters
    ----------
    run : Path
        Run folder.
    out : Path
        Ends in ``.onnx``.
    checkpoint : "best" or "last"

    Returns
    -------
    Path
        The card's file beside ``out``.

    Raises
    ------
    ConfigError
        If the folder holds no finished step.
    """
    run = Path(run)
    file = checkpoint_file(run, checkpoint)
    experiment = load_experiment(run / CONFIG_FILE)
    module = TrainingModule(experiment)
    content = torch.load(file, map_location="cpu", weights_only=True)
    module.load_state_dict(content["state_dict"])
    card = ModelCard(
        name=experiment.name,
        kind=experiment.kind,
        version=experiment.version,
        data=experiment.description,
        seed=experiment.seed,
        code_version=code_version(),
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        settings={
            **without_folders(experiment),
            "trained_steps": int(content["global_step"]),
            "trained_minutes": round(float(content.get("used_seconds", 0)) / 60, 1),
        },
        metrics=_saved_metrics(content),
    )
    return export_onnx(module.averaged, card, Path(out))


def checkpoint_file(run: Path, checkpoint: str) -> Path:
    """A run's ``best`` or ``last`` checkpoint.

    Raises
    ------
    ConfigError
        If the folder holds no finished step.
    """
    file = run / {"best": _BEST, "last": _LAST}[checkpoint]
    if not file.is_file():
        raise ConfigError(f"{run} has no {file.name}; train first (spondyl train).")
    return file


def without_folders(experiment: Experiment) -> dict[str, Any]:
    """Settings as plain values; of a path its last part alone, the rest is one machine's affair."""

    def plain(value: Any) -> Any:
        if isinstance(value, Path):
            return value.name
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return str(value) if isinstance(value, StrEnum) else value

    settings: dict[str, Any] = plain(experiment.model_dump())
    return settings


class _KeepMetrics(Callback):
    """Puts the last validation's figures into each checkpoint, for the card."""

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        checkpoint["figures"] = {
            name: float(value)
            for name, value in trainer.callback_metrics.items()
            if name.startswith("val/")
        }


def _saved_metrics(content: dict[str, Any]) -> dict[str, float]:
    figures = content.get("figures", {})
    return {name.replace("val/", "own validation set: "): value for name, value in figures.items()}


def _trainer(experiment: Experiment, out: Path, step: int) -> pl.Trainer:
    # The CSV logger empties its folder when it starts: each resume gets its own.
    budget = experiment.budget
    callbacks: list[Callback] = [
        _KeepMetrics(),
        ModelCheckpoint(
            out, "best", monitor="val/score", mode="max", save_top_k=1, enable_version_counter=False
        ),
        ModelCheckpoint(
            out,
            "last",
            every_n_train_steps=budget.checkpoint_every,
            save_top_k=1,
            enable_version_counter=False,
        ),
    ]
    if budget.patience is not None:
        callbacks.append(EarlyStopping("val/score", mode="max", patience=budget.patience))
    return pl.Trainer(
        accelerator=experiment.accelerator,
        devices=experiment.devices,
        num_nodes=experiment.nodes,
        strategy=experiment.strategy,
        # The loaders give each process films of its own.
        use_distributed_sampler=False,
        precision=usable_precision(experiment.precision, experiment.accelerator),
        max_steps=budget.max_steps,
        max_epochs=-1,
        val_check_interval=budget.validate_every,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        gradient_clip_val=experiment.optimiser.clip,
        callbacks=callbacks,
        logger=[
            CSVLogger(out, "csv", version=f"from-{step:07d}"),
            TensorBoardLogger(out, "tensorboard", version=""),
        ],
        log_every_n_steps=min(25, budget.validate_every),
        enable_progress_bar=sys.stderr.isatty(),
        enable_model_summary=False,
    )


def _saved_step(last: Path, experiment: Experiment) -> int:
    """Step of a checkpoint, after a look at whether it belongs to this network."""
    content = torch.load(last, map_location="cpu", weights_only=True)
    wanted = {k: v.shape for k, v in TrainingModule(experiment).state_dict().items()}
    found = {k: v.shape for k, v in content["state_dict"].items()}
    if wanted != found:
        raise ConfigError(
            f"{last} holds another network than experiment {experiment.name!r} asks for; "
            "choose another folder, or the experiment it was made with."
        )
    return int(content["global_step"])


@rank_zero_only
def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


@rank_zero_only
def _note_start(experiment: Experiment, trainer: pl.Trainer, path: Path, step: int) -> None:
    start = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "step": step,
        "seed": experiment.seed,
        "processes": trainer.world_size,
        "precision": trainer.precision,
        **machine(type(trainer.accelerator).__name__),
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(start) + "\n")


@rank_zero_only
def _write_settings(experiment: Experiment, path: Path) -> None:
    values = json.loads(experiment.model_dump_json())
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
