"""A training's log in a form to keep beside its weights: a table by step, and facts of the runs.

A run's own logs are large, spread over its resumes, and hold steps that were done twice. This is
their essence: means over at most some hundred stretches of steps, and every validation.
"""

import csv
import datetime
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from spondyl.train.config import ConfigError, load_experiment
from spondyl.train.machine import machine
from spondyl.train.run import CONFIG_FILE, MACHINES_FILE, checkpoint_file, without_folders

SCHEMA = "spondyl.training-log/1"
_POINTS = 200
#: (step, metric, value)
Entry = tuple[int, str, float]


def write_log(runs: Sequence[Path], out: Path, points: int = _POINTS) -> Path:
    """Write the log of a training, of several runs if it was made in several.

    Parameters
    ----------
    runs : sequence of Path
        Run folders in the order in which they were made.
    out : Path
        A CSV file: run, step and a column per metric. Beside it goes a JSON file of the same name
        with each run's settings, seed, steps, minutes, last and best validation, versions and
        machines.
    points : int
        At most so many rows of training figures per run.

    Returns
    -------
    Path
        Of the JSON file.

    Raises
    ------
    ConfigError
        If a folder holds no run.
    """
    out = Path(out)
    if out.suffix != ".csv":
        raise ConfigError(f"A training's log is a .csv file, found {out.name}.")
    tables = [_thinned(list(_entries(run)), points) for run in runs]
    facts = {
        "schema": SCHEMA,
        "written": _now(),
        "written_on": machine(),
        "runs": [_facts(run, table) for run, table in zip(runs, tables, strict=True)],
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    names = sorted({name for table in tables for row in table.values() for name in row})
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["run", "step", *names])
        for number, table in enumerate(tables, start=1):
            for step, row in sorted(table.items()):
                writer.writerow([number, step, *(_short(row.get(name)) for name in names)])
    side = out.with_suffix(".json")
    side.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return side


def _entries(run: Path) -> Iterator[Entry]:
    """Every logged value once: of steps that a resume did again, the later ones."""
    starts = sorted(run.glob("csv/from-*/metrics.csv"))
    if not starts:
        raise ConfigError(f"{run} holds no training's log (csv/from-*/metrics.csv); train first.")
    ends = [_first_step(later) for later in starts[1:]]
    for path, end in zip(starts, [*ends, None], strict=True):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                step = int(row["step"])
                if end is not None and step >= end:
                    continue
                for name, value in row.items():
                    if name not in ("step", "epoch") and value:
                        yield step, name, float(value)


def _first_step(metrics: Path) -> int:
    return int(metrics.parent.name.removeprefix("from-"))


def _thinned(entries: Sequence[Entry], points: int) -> dict[int, dict[str, float]]:
    """Rows by step: validations as they are, the rest as means over equal stretches of steps."""
    table: dict[int, dict[str, float]] = {}
    stretch = max((step for step, _, _ in entries), default=0) // points + 1
    sums: dict[tuple[int, str], list[float]] = {}
    for step, name, value in entries:
        if name.startswith("val/"):
            table.setdefault(step, {})[name] = value
        else:
            sums.setdefault(((step // stretch + 1) * stretch - 1, name), []).append(value)
    for (step, name), values in sums.items():
        table.setdefault(step, {})[name] = sum(values) / len(values)
    return table


def _facts(run: Path, table: dict[int, dict[str, float]]) -> dict[str, Any]:
    experiment = load_experiment(run / CONFIG_FILE)
    content = torch.load(checkpoint_file(run, "last"), map_location="cpu", weights_only=True)
    scored = {step: row for step, row in sorted(table.items()) if "val/score" in row}
    best = max(scored, key=lambda step: scored[step]["val/score"], default=None)
    machines = run / MACHINES_FILE
    starts = machines.read_text(encoding="utf-8").splitlines() if machines.is_file() else []
    return {
        "name": experiment.name,
        "kind": str(experiment.kind),
        "seed": experiment.seed,
        "steps": int(content["global_step"]),
        "minutes": round(float(content.get("used_seconds", 0)) / 60, 1),
        "last_validation": _validation(scored, max(scored, default=None)),
        "best_validation": _validation(scored, best),
        "starts": [json.loads(line) for line in starts],
        "settings": without_folders(experiment),
    }


def _validation(
    scored: dict[int, dict[str, float]], step: int | None
) -> dict[str, float | int] | None:
    if step is None:
        return None
    told = {name: _rounded(v) for name, v in scored[step].items() if name.startswith("val/")}
    return {"step": step, **told}


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
