"""Fill a geometry store for training, in many processes, resumable."""

from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spondyl.labels import FilmLabel
from spondyl.simulate.cache import GeometryStore
from spondyl.simulate.scene import simulate_scene
from spondyl.simulate.settings import SceneSettings
from spondyl.simulate.shapes.library import ShapeLibrary


@dataclass(frozen=True)
class _Job:
    folder: Path
    seed: int
    index: int
    settings: SceneSettings
    library: Path | None


def make_geometries(
    folder: Path,
    count: int,
    seed: int,
    settings: SceneSettings | None = None,
    library: Path | None = None,
    workers: int = 2,
) -> GeometryStore:
    """Simulate geometries until the folder holds ``count`` of them.

    Parameters
    ----------
    folder : Path
    count : int
    seed : int
        Geometry ``i`` depends on (seed, i) alone: a killed run goes on where it stopped, and the
        number of processes does not matter.
    settings : SceneSettings, optional
    library : Path, optional
        A shape library as one file (``ShapeLibrary.save``).
    workers : int
    """
    from rich.progress import track

    settings = settings or SceneSettings()
    jobs = [
        _Job(folder, seed, index, settings, library)
        for index in range(count)
        if not (folder / f"{index:06d}.json").exists()
    ]
    with ProcessPoolExecutor(workers) as pool:
        futures = [pool.submit(_make, job) for job in jobs]
        for future in track(as_completed(futures), "Geometries", total=len(futures)):
            future.result()
    return GeometryStore(folder)


_LIBRARIES: dict[Path, ShapeLibrary] = {}


def _make(job: _Job) -> None:
    library = None
    if job.library is not None:
        if job.library not in _LIBRARIES:
            _LIBRARIES[job.library] = ShapeLibrary.load(job.library)
        library = _LIBRARIES[job.library]
    rng = np.random.default_rng([job.seed, job.index])
    scene = simulate_scene(rng, job.settings, library)
    label = FilmLabel(
        f"{job.index:06d}",
        scene.maps.size_px,
        "left",
        scene.vertebrae,
        extra={"view": str(scene.view), "notes": list(scene.notes), "simulated": True},
    )
    GeometryStore(job.folder).save(label.name, scene.maps, label)
