"""What retraining on a few films of one's own is worth: ``python bench/retraining.py --out DIR``.

A simulated hospital whose imaging chain no shipped network has seen stands in for one's own. Its
films carry what readers draw: corners, mid-endplates, status and grade. Retraining is the
documented command on the recipe of an exported project, with a smaller budget. Later films of the
same hospital, of other patients, tell shipped and retrained networks apart.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/retraining.py` finds `bench`

from bench.accuracy_sets import Row, at_specificity, held
from bench.goals import Figure
from spondyl.evaluate.run import EvaluationRun
from spondyl.labels import VertebraLabel, load_dataset, save_dataset
from spondyl.labels.split import split_films
from spondyl.serve.projects.retrain import recipe_text

SHIPPED, OWN_SITE, RETRAINED = "shipped", "shipped, own site", "retrained, own site"
#: Of the hospital's films; the rest validates, and sets the thresholds.
_TRAINING_SHARE = 0.75
#: Sensitivities are compared where this share of normal bodies is not called.
SPECIFICITY = 0.98
ROWS = (
    Row("fracture_body", "sensitivity", "sensitivity per body"),
    Row("fracture_body", "specificity", "specificity per body"),
    Row("fracture_body", "false_alarms_per_film", "false alarms per film"),
    Row("fracture_body", "auc", "AUC per body"),
    Row("finding", "found_and_named_right", "bodies found and named right"),
    Row("numbering", "films_wholly_right", "films wholly right"),
    Row(
        "finding", "corner_error_median", "corner error, median, of posterior height", percent=True
    ),
    Row("shape", "compression_ratio_mae", "compression ratios, mean absolute error", percent=True),
)


def main() -> int:
    """Simulate, retrain, calibrate and evaluate what is missing; then print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="keep everything here")
    parser.add_argument("--site", default="viewbox-photo", help="imaging chain that is held back")
    parser.add_argument("--films", type=int, default=100, help="of the hospital, to retrain on")
    parser.add_argument("--later", type=int, default=160, help="of the same hospital, to test on")
    parser.add_argument("--rehearsal", type=int, default=100, help="other simulated patients")
    parser.add_argument(
        "--minutes", type=float, nargs=2, default=(5.0, 4.0), metavar=("FINDER", "BODY"),
        help="of training; a network of 0 minutes stays the shipped one",
    )  # fmt: skip
    parser.add_argument("--rate", type=float, help="of learning; else the recipe's")
    parser.add_argument("--seed", type=int, default=880_001, help="of the films; the later ones +1")
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    given = parser.parse_args()
    out = given.out.resolve()
    made(out / "made" / "hospital", given.site, given.films, given.seed)
    later = made(out / "made" / "later", given.site, given.later, given.seed + 1)
    drawn(out / "made" / "hospital", out / "data" / "hospital")
    minutes = dict(zip(("finder", "body"), given.minutes, strict=True))
    weights = retrained(out, given.films, given.rehearsal, minutes, given.rate)
    results = {
        SHIPPED: evaluated(later, out / SHIPPED, None, None),
        # No film of the hospital was trained on here: all of them may set the threshold.
        OWN_SITE: evaluated(later, out / "own-site", None, calibrated(out, None)),
        RETRAINED: evaluated(later, out / "retrained", weights, calibrated(out, weights)),
    }
    facts = {
        "site": f"{given.site} (simulated, held back from the shipped networks)",
        "films": f"{given.films} of the hospital, {given.later} later ones",
        "training": trained(weights),
    }
    figures = {name: figures_of(run) for name, run in results.items()}
    if given.json:
        print(json.dumps({"facts": facts, "figures": {n: _plain(f) for n, f in figures.items()}}))
    else:
        print_table(facts, figures)
    return 0


def made(folder: Path, site: str, count: int, seed: int) -> Path:
    """A folder of simulated films."""
    if len(load_dataset(folder).films if folder.exists() else ()) < count:
        _spondyl("simulate", "--site", site, "--count", count, "--seed", seed, "--out", folder)
    return folder


def drawn(source: Path, folder: Path) -> Path:
    """The films with no more than what readers draw, split by patient."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = []
    for label in load_dataset(source).films:
        bodies = {
            level: VertebraLabel(
                level, body.corners_px, body.mid_endplates_px, body.status, body.genant_grade,
                body.shape, assessable=body.assessable,
            )
            for level, body in label.vertebrae.items()
        }  # fmt: skip
        extra = {key: label.extra[key] for key in ("inverted", "simulated") if key in label.extra}
        labels.append(replace(label, vertebrae=bodies, extra=extra))
        place = folder / label.name
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(source / label.name)
    shares = (_TRAINING_SHARE, 1 - _TRAINING_SHARE)
    split = split_films(labels, shares, sides=("train", "validation"))
    save_dataset(folder, split, "Simulated films, labelled as readers would draw them.")
    return folder


def retrained(
    out: Path, films: int, rehearsal: int, minutes: Mapping[str, float], rate: float | None
) -> Path:
    """Networks of the documented command; a run that was stopped goes on."""
    recipe = yaml.safe_load(recipe_text("hospital", films))
    recipe["geometries"]["rehearsal"]["count"] = rehearsal
    recipe["common"]["budget"] |= {"validate_every": 100, "checkpoint_every": 100}
    recipe["common"]["threads"] = 1
    for stage, limit in minutes.items():
        recipe["stages"][stage]["budget"] = {"max_minutes": limit}
        if rate is not None:
            recipe["stages"][stage].setdefault("optimiser", {})["rate"] = rate
        if not limit:
            del recipe["stages"][stage]
            recipe["weights"][stage] = "shipped"
    file = out / "data" / "hospital" / "retrain.yaml"
    file.write_text(yaml.safe_dump(recipe, sort_keys=False), encoding="utf-8")
    run = out / "runs" / "hospital"
    _spondyl("train", file.relative_to(out), "--out", run, "--resume", folder=out)
    return run / "weights"


def trained(weights: Path) -> str:
    """Steps and minutes of the retrained networks, as their cards tell them."""
    told = []
    for kind in ("finder", "body"):
        settings = json.loads((weights / f"{kind}.json").read_text(encoding="utf-8"))["settings"]
        if settings.get("start_from") == "shipped":
            told.append(
                f"{kind} {settings['trained_steps']} steps, {settings['trained_minutes']} min, "
                f"rate {settings['optimiser']['rate']}"
            )
    return "; ".join(told)


def calibrated(out: Path, weights: Path | None) -> Path:
    """A site of the hospital: for the shipped networks, or for others that saw a part of it."""
    file = out / ("site-shipped.json" if weights is None else "site-retrained.json")
    newest = None if weights is None else (weights / "body.onnx").stat().st_mtime
    if not file.is_file() or (newest is not None and file.stat().st_mtime < newest):
        more = () if weights is None else ("--weights", weights, "--split", "validation")
        _spondyl("calibrate", out / "data" / "hospital", *more, "--out", file)
    return file


def evaluated(folder: Path, out: Path, weights: Path | None, site: Path | None) -> EvaluationRun:
    """An evaluation of the later films; readings are kept."""
    from spondyl.cli.compose import FilmSource
    from spondyl.evaluate import evaluate

    name = "default" if site is None else str(site)
    source = FilmSource(name, 1, weights)
    return evaluate(
        folder, out, source.read, model=source.model, site=name, fingerprint=source.fingerprint,
        pictures=False,
    )  # fmt: skip


def figures_of(run: EvaluationRun) -> list[Figure]:
    """The rows of one column."""
    return [*(held(run.figures, row) for row in ROWS), at_specificity(run, SPECIFICITY)]


def print_table(
    facts: Mapping[str, str], figures: Mapping[str, list[Figure]], width: int = 24
) -> None:
    """Figures side by side, each with its 95 % interval."""
    for name, fact in facts.items():
        print(f"{name}: {fact}")
    first = next(iter(figures.values()))
    left = max(len(figure.name) for figure in first) + 2
    print(" " * left + "".join(f"{name:<{width}}" for name in figures))
    for rows in zip(*figures.values(), strict=True):
        print(f"{rows[0].name:<{left}}" + "".join(f"{_shown(row):<{width}}" for row in rows))


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    digits = 2 if figure.unit else 3
    text = f"{figure.value:.{digits}f}"
    if figure.low is not None and figure.high is not None:
        text += f" ({figure.low:.{digits}f}-{figure.high:.{digits}f})"
    return f"{text} {figure.unit}".rstrip()


def _plain(figures: list[Figure]) -> dict[str, Any]:
    return {f.name: {"value": f.value, "low": f.low, "high": f.high, "n": f.n} for f in figures}


def _spondyl(*words: object, folder: Path | None = None) -> None:
    start = time.monotonic()
    call = [sys.executable, "-m", "spondyl", *map(str, words)]
    # What a command says belongs beside the table, not into it.
    subprocess.run(call, check=True, cwd=folder, stdout=sys.stderr)
    print(f"spondyl {words[0]}: {time.monotonic() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
