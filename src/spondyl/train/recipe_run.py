"""Run a recipe: bones, geometries, trainings, exports, logs, site; each stage once, resumable."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from spondyl.network.export import Kind
from spondyl.read.weights import Net, load_weights
from spondyl.simulate.geometries import make_geometries
from spondyl.train.config import SHIPPED, ConfigError, Experiment
from spondyl.train.labelled import check_datasets
from spondyl.train.log import write_log
from spondyl.train.recipe import Recipe
from spondyl.train.run import export

#: Left in a stage's folder when it is done: the settings that it was done with.
DONE_FILE = "done.json"


def run_recipe(
    recipe: Recipe,
    out: Path,
    anatomy: Path | None = None,
    only: Sequence[str] = (),
    workers: int = 2,
) -> Path:
    """Run all stages of a recipe, or some, into one folder.

    A stage that is done is not done again unless its settings have changed; one that was stopped
    goes on. Each training is a process of its own, which frees its memory and lets Lightning start
    further ones for further devices.

    Parameters
    ----------
    recipe : Recipe
    out : Path
        Gets ``geometries/``, ``runs/STAGE/``, and ``weights/`` with the networks, the site and, in
        ``logs/``, the log of each training.
    anatomy : Path, optional
        Folder of bone meshes and CT masks to mix in.
    only : sequence of str
        Stages to run, with those that they start from; all of them, and the site, by default.
    workers : int
        Processes that simulate.

    Returns
    -------
    Path
        The folder of the weights.

    Raises
    ------
    ConfigError
        If a stage is unknown, or its settings or its data sets cannot be used.
    RuntimeError
        If a stage fails.
    """
    unknown = [name for name in only if name not in recipe.stages]
    if unknown:
        known = ", ".join(recipe.stages)
        raise ConfigError(f"The recipe has no stage {unknown[0]!r}; stages are {known}.")
    stages = recipe.needed(list(only)) if only else list(recipe.stages)
    for stage in stages:
        # Before hours of simulation, not after them.
        check_datasets(recipe.experiment(stage, out.resolve()))
    out.mkdir(parents=True, exist_ok=True)
    bones = None if anatomy is None else _bones(anatomy, out)
    for name in dict.fromkeys(recipe.geometry(stage) for stage in stages):
        if name is not None:
            item = recipe.geometries[name]
            folder = out / "geometries" / name
            make_geometries(folder, item.count, item.seed, item.scene_settings(), bones, workers)
    weights = out / "weights"
    for stage in stages:
        _train(recipe.experiment(stage, out.resolve(), bones), out / "runs" / stage)
        write_log(_chain(recipe, stage, out), weights / "logs" / f"{stage}.csv")
    for kind, stage in recipe.weights.items():
        if stage == SHIPPED:
            _copy_shipped(kind, weights)
        elif stage in stages:
            _export(out / "runs" / stage, weights / f"{kind}.onnx", recipe.checkpoint)
    if recipe.site is not None and not only:
        _fit_site(recipe, out, anatomy, workers)
    return weights


def _bones(anatomy: Path, out: Path) -> Path:
    from spondyl.simulate.shapes.library import ShapeLibrary

    file = (out / "bones.npz").resolve()
    ShapeLibrary.from_folder(anatomy, cache=out).save(file)
    return file


def _chain(recipe: Recipe, stage: str, out: Path) -> list[Path]:
    """Runs of a stage and of those that it goes back to, the first one first."""
    return [out / "runs" / name for name in recipe.needed([stage])]


def _train(experiment: Experiment, run: Path) -> None:
    settings = json.loads(experiment.model_dump_json())
    done = run / DONE_FILE
    if done.is_file() and json.loads(done.read_text(encoding="utf-8")) == settings:
        return
    run.mkdir(parents=True, exist_ok=True)
    stage = run / "stage.yaml"
    stage.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    _call("-m", "spondyl.train", str(stage), "--out", str(run))
    done.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def _export(run: Path, out: Path, checkpoint: str) -> None:
    # Anew only after further training: each export has its own date, and so its own checksum.
    if not out.is_file() or out.stat().st_mtime < (run / DONE_FILE).stat().st_mtime:
        export(run, out, checkpoint)


def _copy_shipped(kind: Kind, weights: Path) -> None:
    """The packaged network and its card; left alone where they lie there already."""
    packaged = load_weights(Net(kind))
    weights.mkdir(parents=True, exist_ok=True)
    out = weights / f"{kind}.onnx"
    if not out.is_file() or out.read_bytes() != packaged.content:
        out.write_bytes(packaged.content)
    card = json.dumps(packaged.card, indent=1, sort_keys=True) + "\n"
    out.with_suffix(".json").write_text(card, encoding="utf-8")


def _fit_site(recipe: Recipe, out: Path, anatomy: Path | None, workers: int) -> None:
    assert recipe.site is not None
    weights, films = out / "weights", out / "site-films"
    site = weights / "site-default.json"
    newest = max((weights / f"{kind}.onnx").stat().st_mtime for kind in recipe.weights)
    if site.is_file() and site.stat().st_mtime >= newest:
        return
    call = ["simulate", "--count", str(recipe.site.films), "--seed", str(recipe.site.seed)]
    call += ["--out", str(films), "--workers", str(workers)]
    _call("-m", "spondyl", *call, *([] if anatomy is None else ["--anatomy", str(anatomy)]))
    call = ["calibrate", str(films), "--weights", str(weights), "--name", "default"]
    for option, value in recipe.site.options.items():
        call += [f"--{option}", str(value)]
    _call("-m", "spondyl", *call, "--out", str(site))


def _call(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], check=False)
    if done.returncode != 0:
        raise RuntimeError(
            f"`{' '.join(('python', *arguments))}` ended with exit code {done.returncode}; mend "
            "what it says above, and run the recipe again: it goes on from there."
        )
