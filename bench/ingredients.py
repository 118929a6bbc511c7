"""What each ingredient of the simulation is worth: ``python bench/ingredients.py --out DIR``.

For each seed a small body network learns bodies from the plainest simulation, without any of the
ingredients (``--base-crops``). From there it goes on with everything, and once without each
ingredient, on equally many crops; each is tested on crops of the held-back simulated sites and,
with ``--real``, on real films (their normal bodies as they are and with fractures pressed in).
Real films serve as a test alone. Every training that is done is kept in ``--out``: a stopped run
goes on, and the table shows what there is.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/ingredients.py` finds `bench`

from bench.ingredients_arms import (
    ALL,
    ARMS,
    NONE,
    Arm,
    figures,
    held_back_set,
    real_set,
    train_arm,
)

if TYPE_CHECKING:
    import torch
    from rich.progress import Progress

Result = dict[str, dict[str, float]]

#: Test set, figure, heading, scale and decimals as printed.
COLUMNS = (
    ("real", "corner_error", "real: corner error, % of height", 100, 1),
    ("real", "auc", "real: AUC, pressed-in", 1, 3),
    ("real", "sensitivity", "real: sensitivity, %", 100, 0),
    ("held back", "corner_error", "held-back sites: corner error, %", 100, 1),
    ("held back", "auc", "held-back sites: AUC", 1, 3),
    ("held back", "sensitivity", "held-back sites: sensitivity, %", 100, 0),
)


def main() -> int:
    """Train what is missing, then print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="keep results here")
    parser.add_argument("--geometries", type=Path, help="simulated before; made by default")
    parser.add_argument("--count", type=int, default=500, help="geometries to make")
    parser.add_argument("--real", type=Path, help="a labelled set of real films to test on")
    parser.add_argument(
        "--base-crops", type=int, default=60_000, help="of the plain network that all start from"
    )
    parser.add_argument("--crops", type=int, default=24_000, help="of each training after it")
    parser.add_argument("--test-crops", type=int, default=800, help="of the held-back sites")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS))
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    _train_missing(given)
    budget = Budget(given.base_crops, given.crops)
    results = load(given.out, budget)
    print(json.dumps(results, indent=1) if given.json else table(results, budget))
    if given.markdown:
        given.markdown.write_text(table(results, budget) + "\n", encoding="utf-8")
    return 0


@dataclass(frozen=True)
class Budget:
    """Crops of the plain network, and of each training that goes on from it."""

    base: int
    crops: int

    def file(self, out: Path, arm: Arm, seed: int) -> Path:
        """Where the figures of a training are kept."""
        name = arm.name.replace(",", "").replace(" ", "-")
        return out / f"{name}-{seed}-{self.base}-{self.crops}.json"


def _train_missing(given: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.progress import Progress

    budget = Budget(given.base_crops, given.crops)
    jobs = [
        (seed, ARMS[name])
        for seed in range(given.seeds)
        for name in given.arms
        if not budget.file(given.out, ARMS[name], seed).is_file()
    ]
    if not jobs:
        return
    training, held = _geometries(given)
    tests = {"held back": held_back_set(held, given.test_crops)}
    if given.real is not None:
        if given.real.is_dir():
            tests["real"] = real_set(given.real)
        else:
            print(f"{given.real} is not there: no figures on real films.", file=sys.stderr)
    with Progress(console=Console(stderr=True)) as progress:
        for seed, arm in jobs:
            task = progress.add_task(f"{arm.name}, seed {seed}", total=given.crops)
            base = _base(given, training, seed, progress)
            start = time.monotonic()
            advance = partial(progress.advance, task)
            network = train_arm(training, arm, seed + 1000, given.crops, advance, base)
            result = {name: figures(network, test) for name, test in tests.items()}
            content = {
                "arm": arm.name, "seed": seed, "base_crops": budget.base, "crops": budget.crops,
                "seconds": round(time.monotonic() - start, 1), "figures": result,
            }  # fmt: skip
            path = budget.file(given.out, arm, seed)
            path.with_suffix(".part").write_text(json.dumps(content, indent=1), encoding="utf-8")
            path.with_suffix(".part").replace(path)


def _geometries(given: argparse.Namespace) -> tuple[list[Path], list[Path]]:
    """Geometries to train on, and others for the held-back sites."""
    from spondyl.simulate.geometries import make_geometries

    folder = given.geometries
    if folder is None:
        folder = given.out / "geometries"
        make_geometries(folder, given.count, seed=71)
    paths = sorted(folder.glob("*.json"))
    if len(paths) < 20:
        raise SystemExit(f"{folder} holds {len(paths)} geometries; at least 20 are needed.")
    share = max(10, len(paths) // 8)
    return paths[share:], paths[:share]


def _base(
    given: argparse.Namespace, paths: Sequence[Path], seed: int, progress: "Progress"
) -> "Mapping[str, torch.Tensor]":
    """Weights of the plain network of a seed; trained where no earlier run left them."""
    import torch

    path: Path = given.out / f"base-{seed}-{given.base_crops}.pt"
    if not path.is_file():
        task = progress.add_task(f"plain network, seed {seed}", total=given.base_crops)
        advance = partial(progress.advance, task)
        network = train_arm(paths, ARMS[NONE], seed, given.base_crops, advance)
        torch.save(network.state_dict(), path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
    weights: Mapping[str, torch.Tensor] = torch.load(path, weights_only=True)
    return weights


def load(out: Path, budget: Budget) -> dict[str, list[Result]]:
    """Results by arm, one per seed, of trainings with this budget."""
    results: dict[str, list[Result]] = {}
    for path in sorted(out.glob(f"*-{budget.base}-{budget.crops}.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        results.setdefault(content["arm"], []).append(content["figures"])
    return results


def table(results: Mapping[str, Sequence[Result]], budget: Budget) -> str:
    """A Markdown table: everything first, then what is lost without each ingredient."""
    present = [
        column
        for column in COLUMNS
        if any(column[0] in result for runs in results.values() for result in runs)
    ]
    lines = [
        "| without | " + " | ".join(heading for _, _, heading, _, _ in present) + " | seeds |",
        "|---|" + "---:|" * (len(present) + 1),
    ]
    for name in ARMS:
        runs = results.get(name, [])
        if not runs:
            continue
        cells = []
        for test, key, _, scale, digits in present:
            values = np.array([scale * run[test][key] for run in runs if test in run])
            if not len(values):
                cells.append("")
                continue
            spread = (
                f" ({values.min():.{digits}f}-{values.max():.{digits}f})" if len(values) > 1 else ""
            )
            cells.append(f"{values.mean():.{digits}f}{spread}")
        shown = "nothing (everything is in)" if name == ALL else name
        lines.append(f"| {shown} | " + " | ".join(cells) + f" | {len(runs)} |")
    lines.append("")
    lines.append(
        f"Small body networks; {budget.base:,} crops of the plainest simulation, from there "
        f"{budget.crops:,} each; mean over seeds (least-most). Sensitivity at false alarms of 2 % "
        "of the normal bodies of the same set."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
