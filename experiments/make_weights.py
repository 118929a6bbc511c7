"""Make the shipped weights again, from nothing: ``python experiments/make_weights.py``.

Simulates the geometries, trains the three networks, writes them as ONNX into the package, and fits
the packaged site on simulated films of its own. Every stage goes on where it was stopped; a stage
that is done is not done again. Needs the extra ``train``.

The shipped weights were made by these stages on two processor cores, while the simulator was still
growing; and training stops by the clock (``budget.max_minutes`` of each experiment). So this makes
weights of the same kind, not the same bits.
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from spondyl.read.weights import Net
from spondyl.simulate.geometries import make_geometries
from spondyl.simulate.settings import SceneSettings, View
from spondyl.simulate.shapes.library import ShapeLibrary
from spondyl.train.config import Experiment, load_experiment
from spondyl.train.run import export, train

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "src" / "spondyl" / "weights"


@dataclass(frozen=True)
class Geometries:
    """One set of geometries: where, how many, from which seed."""

    folder: str
    count: int
    seed: int
    settings: SceneSettings


SETS = (
    Geometries("geometries", 4200, 41, SceneSettings(implant_share=0.13)),
    Geometries(
        "geometries-views",
        1050,
        31,
        SceneSettings(
            views=(
                (View.STANDING, 0.27),
                (View.LUMBAR, 0.28),
                (View.CONED, 0.12),
                (View.FRONTAL, 0.2),
                (View.CHEST, 0.13),
            )
        ),
    ),
)
#: Films that the site is fitted to: count and seed, apart from all training.
SITE_FILMS, SITE_SEED = 300, 9_001


#: Experiments in their order, and the network that each makes (the last of a network is shipped).
RUNS = (
    ("view", Net.VIEW),
    ("finder", Net.FINDER),
    ("body", Net.BODY),
    ("body-second", Net.BODY),
)
#: Wanted at the site's threshold on simulated films. Real normal films raise more.
FALSE_ALARMS = 0.01


def _placed(name: str, data: Path, runs: Path) -> Experiment:
    """An experiment with its folders where this call has them."""
    experiment = load_experiment(ROOT / "experiments" / f"{name}.yaml")
    if experiment.data.geometry is None:
        raise ValueError(f"{name}.yaml names no folder of geometries; the recipe needs one.")
    source = experiment.data.model_copy(update={"geometry": data / experiment.data.geometry.name})
    start = experiment.start_from
    placed = start and runs / start.parent.name / start.name
    return experiment.model_copy(update={"data": source, "start_from": placed})


def main() -> int:
    """Run all stages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data"), help="geometries and films")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="training runs")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where the networks go")
    parser.add_argument("--anatomy", type=Path, help="bone meshes and CT masks to mix in")
    parser.add_argument("--workers", type=int, default=2, help="processes that simulate")
    given = parser.parse_args()

    library = None
    if given.anatomy is not None:
        library = given.data / "bones.npz"
        ShapeLibrary.from_folder(given.anatomy, cache=given.data / "bones").save(library)
    for item in SETS:
        folder = given.data / item.folder
        make_geometries(folder, item.count, item.seed, item.settings, library, given.workers)
    for name, net in RUNS:
        run = train(_placed(name, given.data, given.runs), given.runs / name)
        export(run, given.weights / f"{net}.onnx", "last")
    films = given.data / "site-films"
    spondyl = [sys.executable, "-m", "spondyl"]
    count, seed = str(SITE_FILMS), str(SITE_SEED)
    simulate = ["simulate", "--count", count, "--seed", seed, "--out", str(films)]
    if given.anatomy is not None:
        simulate += ["--anatomy", str(given.anatomy)]
    subprocess.run([*spondyl, *simulate, "--workers", str(given.workers)], check=True)
    site = str(given.weights / "site-default.json")
    fit = [str(ROOT / "bench" / "fit_site.py"), str(films), site, "--weights", str(given.weights)]
    fit += ["--false-alarms", str(FALSE_ALARMS)]
    subprocess.run([sys.executable, *fit], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
