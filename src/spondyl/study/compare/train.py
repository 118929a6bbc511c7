"""The trainings of a comparison: each arm, seed and fold once, side by side where asked for."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spondyl.files import write_whole
from spondyl.study.compare.plan import PlanError
from spondyl.study.results.model import RunFacts

#: Settings as asked for; the training itself writes those that it runs by.
WANTED_FILE = "training.yaml"
RUN_FILE = "run.json"
LOG_FILE = "training.log"
ONNX_FILE = "finder.onnx"
#: A training may go on, or stand, under other values of these.
_FREE = {"threads", "workers", "devices", "accelerator", "description", "version"}
_POLL_S = 0.5


@dataclass(frozen=True, eq=False)
class Training:
    """One run: an arm with a seed on a fold.

    Attributes
    ----------
    arm : str
    seed : int
    fold : int or None
    folder : Path
    experiment : Experiment
    films : int
        That it trains on.
    checkpoint : "last" or "best"
        Which weights are exported.
    """

    arm: str
    seed: int
    fold: int | None
    folder: Path
    experiment: Any
    films: int
    checkpoint: str

    @property
    def words(self) -> str:
        """The run as a reader would name it."""
        fold = "" if self.fold is None else f", fold {self.fold}"
        return f"{self.arm}, seed {self.seed}{fold}"

    @property
    def onnx(self) -> Path:
        """The exported network."""
        return self.folder / ONNX_FILE

    @property
    def finished(self) -> bool:
        """The network is exported and the run's facts are written."""
        return self.onnx.is_file() and (self.folder / RUN_FILE).is_file()

    def facts(self) -> RunFacts:
        """Of a finished run."""
        return RunFacts(**json.loads((self.folder / RUN_FILE).read_text(encoding="utf-8"))["facts"])

    def share(self) -> float:
        """How much of the budget is used, 0..1, by what the run has logged."""
        if self.finished:
            return 1.0
        budget = self.experiment.budget
        logs = sorted(self.folder.glob("csv/from-*/metrics.csv"))
        if not logs:
            return 0.0
        minutes = 0.0 if budget.max_minutes is None else _minutes_since(logs[-1].parent)
        by_time = minutes / budget.max_minutes if budget.max_minutes else 0.0
        return min(0.99, max(by_time, _last_step(logs[-1]) / budget.max_steps))


def _minutes_since(folder: Path) -> float:
    return (time.time() - folder.stat().st_ctime) / 60


def _last_step(log: Path) -> int:
    lines = log.read_text(encoding="utf-8").splitlines()
    if len(lines) < 2:
        return 0
    column = lines[0].split(",").index("step")
    with contextlib.suppress(ValueError, IndexError):
        return int(lines[-1].split(",")[column])
    return 0


def write_wanted(training: Training) -> None:
    """Write a training's settings into its folder.

    Raises
    ------
    PlanError
        If the folder holds a training with other settings.
    """
    import yaml

    values = json.loads(training.experiment.model_dump_json())
    file = training.folder / WANTED_FILE
    if file.is_file():
        before = yaml.safe_load(file.read_text(encoding="utf-8"))
        differ = sorted(_differences(before["experiment"], values))
        if before.get("checkpoint") != training.checkpoint:
            differ.append("checkpoint")
        if differ:
            raise PlanError(
                f"{training.folder} holds a training with other settings ({', '.join(differ)}); "
                "choose another --out, or delete that folder."
            )
    wanted = {
        "experiment": values,
        "checkpoint": training.checkpoint,
        "arm": training.arm,
        "seed": training.seed,
        "fold": training.fold,
        "films": training.films,
    }
    write_whole(file, yaml.safe_dump(wanted, sort_keys=False), make_folder=True)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> set[str]:
    found = set()
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        where = f"{path}.{key}" if path else key
        if where in _FREE or where == "data.cache" or old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found |= _differences(old, new, where)
        else:
            found.add(where)
    return found


def train_one(folder: Path) -> None:
    """Train, or go on training, what a folder's settings say; then export."""
    import torch
    import yaml

    from spondyl.network.blocks import count_parameters
    from spondyl.train.config import parse_experiment
    from spondyl.train.machine import machine
    from spondyl.train.module import build_network
    from spondyl.train.run import checkpoint_file, export, train

    folder = Path(folder)
    wanted = yaml.safe_load((folder / WANTED_FILE).read_text(encoding="utf-8"))
    experiment = parse_experiment(wanted["experiment"], str(folder / WANTED_FILE))
    train(experiment, folder)
    export(folder, folder / ONNX_FILE, wanted["checkpoint"])
    kept = torch.load(checkpoint_file(folder, "last"), map_location="cpu", weights_only=True)
    steps = int(kept["global_step"])
    facts = RunFacts(
        arm=wanted["arm"],
        seed=wanted["seed"],
        fold=wanted["fold"],
        steps=steps,
        minutes=round(float(kept.get("used_seconds", 0.0)) / 60, 2),
        parameters=count_parameters(build_network(experiment)),
        epochs=round(steps * experiment.batch_size / wanted["films"], 2),
        score=kept.get("figures", {}).get("val/score"),
    )
    content = {"facts": asdict(facts), "machine": machine()}
    write_whole(folder / RUN_FILE, json.dumps(content, indent=1) + "\n", make_folder=True)


#: Starts a training and says how it ended: ``poll()`` is None while it runs.
Launch = Callable[[Training], "subprocess.Popen[bytes]"]


def launch(training: Training) -> "subprocess.Popen[bytes]":
    """Train in a process of its own: its threads, its memory and its end are its own affair."""
    threads = str(training.experiment.threads or 1)
    environment = {**os.environ, "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
    with (training.folder / LOG_FILE).open("ab") as log:
        return subprocess.Popen(
            # This module by its own name, wherever it may be moved.
            [sys.executable, "-m", __name__, str(training.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
        )


def run_all(
    trainings: Sequence[Training],
    workers: int,
    heard: Callable[[float], None] | None = None,
    start: Launch = launch,
) -> dict[Training, str]:
    """Run what is not finished, so many at a time.

    Parameters
    ----------
    trainings : sequence of Training
    workers : int
    heard : callable, optional
        Called now and then with the share of all budgets that is used, 0..1.
    start : callable
        Starts one.

    Returns
    -------
    dict
        Trainings that failed, each with a sentence.
    """
    waiting = [one for one in trainings if not one.finished]
    running: dict[Training, subprocess.Popen[bytes]] = {}
    failed: dict[Training, str] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                one = waiting.pop(0)
                running[one] = start(one)
            for one, process in list(running.items()):
                code = process.poll()
                if code is None:
                    continue
                del running[one]
                if code != 0 or not one.finished:
                    failed[one] = f"The training {one.words} failed: {_last_words(one.folder)}"
            if heard is not None:
                heard(sum(one.share() for one in trainings) / max(1, len(trainings)))
            if running:
                time.sleep(_POLL_S)
    finally:
        # An interrupted comparison leaves no training behind; each goes on from its last.ckpt.
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait()
    return failed


def _last_words(folder: Path) -> str:
    log = folder / LOG_FILE
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.is_file() else []
    said = [line.strip() for line in lines if line.strip()]
    return f"{said[-1] if said else 'it said nothing'} (see {log})"


if __name__ == "__main__":
    train_one(Path(sys.argv[1]))
