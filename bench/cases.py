"""What is timed: starting, reading, simulating, training."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.timing import Case, MissingError

_EXAMPLES = Path(__file__).parents[1] / "examples"
_SEED = 7
_BATCH = 12

Step = Callable[[], object]


def _start() -> Step:
    command = [sys.executable, "-c", "from spondyl.cli import main; main()", "--help"]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def _film_path() -> Path:
    found = sorted(path for path in _EXAMPLES.rglob("*") if path.suffix in (".dcm", ".png"))
    if not found:
        raise MissingError(f"no film lies in {_EXAMPLES}")
    return found[0]


def _load() -> Step:
    from spondyl.film import load_film

    path = _film_path()
    return lambda: load_film(path)


def _read(threads: int) -> Step:
    from spondyl.film import load_film
    from spondyl.read.reader import Reader
    from spondyl.read.weights import WeightsError

    film = load_film(_film_path())
    reader = Reader(threads=threads)
    try:
        reader.read(film)
    except WeightsError as error:
        raise MissingError(str(error)) from None
    return lambda: reader.read(film)


def _scene() -> Step:
    from spondyl.simulate.scene import simulate_scene

    rng = np.random.default_rng(_SEED)
    return lambda: simulate_scene(rng)


def _expose() -> Step:
    from spondyl.simulate.chain import Look, expose
    from spondyl.simulate.scene import simulate_scene

    rng = np.random.default_rng(_SEED)
    maps = simulate_scene(rng).maps
    return lambda: expose(maps, Look.draw(rng), rng)


def _train_step(kind: str) -> Step:
    try:
        import torch
    except ImportError:
        raise MissingError("torch is not installed; pip install '.[train]'") from None
    from spondyl.network import BodyNet, MultiTaskUNet
    from spondyl.read.prepare import CROP_SIZE_PX, FINDER_SIZE_PX

    width, height = FINDER_SIZE_PX
    if kind == "finder":
        network: torch.nn.Module = MultiTaskUNet()
        batch = torch.randn(_BATCH, 2, height, width)
    else:
        network = BodyNet()
        batch = torch.randn(_BATCH, 1, CROP_SIZE_PX, CROP_SIZE_PX)
    optimiser = torch.optim.AdamW(network.parameters())

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        # Any loss: what is timed is the way through the network and back.
        loss = sum((output.float() ** 2).mean() for output in network(batch).values())
        loss.backward()
        optimiser.step()

    return step


CASES: tuple[Case, ...] = (
    Case("spondyl --help", "start", _start),
    Case("load a film", "film", _load),
    Case("read a film, 1 thread", "film", lambda: _read(1)),
    Case("read a film, 2 threads", "film", lambda: _read(2)),
    Case("simulate a scene", "scene", _scene),
    Case("expose a scene", "film", _expose, repeat=20),
    Case("finder: training step", "film", lambda: _train_step("finder"), units=_BATCH),
    Case("body: training step", "crop", lambda: _train_step("body"), units=_BATCH),
)
