"""What each ingredient of the simulation is worth: ``python bench/ingredients.py --out DIR``.

A small body network is trained with everything, and once without each ingredient, with equal
seeds and equally many crops; each is tested on crops of the held-back simulated sites and, with
``--real``, on real films (their normal bodies as they are and with fractures pressed in). Real
films serve as a test alone. Every training that is done is kept in ``--out``: a stopped run goes
on, and the table shows what there is.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/ingredients.py` finds `bench`

from bench.ingredients_arms import ALL, ARMS, Arm, figures, held_back_set, real_set, train_arm

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
    parser.add_argument("--crops", type=int, default=9600, help="of each training")
    parser.add_argument("--test-crops", type=int, default=800, help="of the held-back sites")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS))
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    _train_missing(given)
    results = load(given.out, given.crops)
    text = json.dumps(results, indent=1) if given.json else table(results, given.crops)
    print(text)
    if given.markdown:
        given.markdown.write_text(table(results, given.crops) + "\n", encoding="utf-8")
    return 0


def _train_missing(given: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.progress import Progress

    jobs = [
        (seed, ARMS[name])
        for seed in range(given.seeds)
        for name in given.arms
        if not _file(given.out, ARMS[name], seed, given.crops).is_file()
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
            start = time.monotonic()
            network = train_arm(training, arm, seed, given.crops, partial(progress.advance, task))
            result = {name: figures(network, test) for name, test in tests.items()}
            content = {
                "arm": arm.name, "seed": seed, "crops": given.crops,
                "seconds": round(time.monotonic() - start, 1), "figures": result,
            }  # fmt: skip
            path = _file(given.out, arm, seed, given.crops)
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


def _file(out: Path, arm: Arm, seed: int, crops: int) -> Path:
    return out / f"{arm.name.replace(',', '').replace(' ', '-')}-{seed}-{crops}.json"


def load(out: Path, crops: int) -> dict[str, list[Result]]:
    """Results by arm, one per seed, of trainings with so many crops."""
    results: dict[str, list[Result]] = {}
    for path in sorted(out.glob(f"*-{crops}.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        results.setdefault(content["arm"], []).append(content["figures"])
    return results


def table(results: Mapping[str, Sequence[Result]], crops: int) -> str:
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
        f"Small body networks, {crops} crops each; mean over seeds (least-most). Sensitivity at "
        "false alarms of 2 % of the normal bodies of the same set."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
