"""Films made as training consumes them: patients simulated on the fly, each shown a few times.

A patient takes longer to simulate than a film of it takes to expose, so each is kept for a few
films. Which patient film ``n`` of a stream shows follows from ``n`` alone:

The stream is dealt out to ``lanes``, film ``n`` to lane ``n % lanes`` as its film ``k = n //
lanes``. With ``q, r = divmod(k, uses)`` that film shows the lane's patient ``q - r``. So patient
``j`` appears ``uses`` times, once in each of as many rounds, and one new patient enters per round:
the work is even, a lane remembers ``uses`` patients at most, and two films of one patient lie
``lanes * (uses + 1)`` films apart.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spondyl.labels import FilmLabel
from spondyl.simulate.maps import PathMaps
from spondyl.simulate.settings import SceneSettings
from spondyl.train.config import ConfigError, StreamSettings
from spondyl.train.sources import Scene, SimulatedScene

if TYPE_CHECKING:
    from spondyl.simulate.shapes.library import ShapeLibrary

_CHANNELS = ("cortical_mm", "trabecular_mm", "soft_mm", "metal_mm")
#: Validation takes patients from this number on, which no training ever reaches.
VALIDATION_FROM = 1 << 40

MakeScene = Callable[[int], Scene]


@dataclass(frozen=True)
class Patients:
    """Simulated patients by number; number ``i`` depends on the seed and ``i`` alone.

    Attributes
    ----------
    seed : int
    settings : SceneSettings
    sites : tuple of str
        Sites; each patient is of one, with its anatomy and imaging chain. Empty for the anatomy of
        ``settings`` and the simulator's own mixture of chains.
    library : Path or None
        Bones to mix in: a file of ``ShapeLibrary.save``, or a folder of meshes.
    cache : Path or None
        Where bones read from a folder are kept.
    """

    seed: int
    settings: SceneSettings
    sites: tuple[str, ...] = ()
    library: Path | None = None
    cache: Path | None = None

    def __call__(self, number: int) -> SimulatedScene:
        """Simulate patient ``number``; its maps in half precision."""
        from spondyl.simulate.chain import site_named
        from spondyl.simulate.scene import simulate_scene

        # A spawn key, so that the draws differ from those of the film with the same number.
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,)))
        settings, sites = self.settings, self.sites
        if sites:
            sites = (sites[int(rng.integers(len(sites)))],)
            settings = settings.at(site_named(sites[0]).anatomy)
        library = None if self.library is None else _library(self.library, self.cache)
        scene = simulate_scene(rng, settings, library)
        label = FilmLabel(
            f"simulated-{self.seed}-{number}",
            scene.maps.size_px,
            "left",
            scene.vertebrae,
            extra={"view": str(scene.view), "notes": list(scene.notes), "simulated": True},
        )
        return SimulatedScene(_halved(scene.maps), label, sites)


@lru_cache(maxsize=2)
def _library(path: Path, cache: Path | None) -> "ShapeLibrary":
    """Bones, once per process."""
    from spondyl.simulate.shapes.library import ShapeLibrary

    if not path.exists():
        raise ConfigError(
            f"data.stream.library: {path} does not exist; give a folder of meshes, or the file "
            "that a library was saved as."
        )
    return ShapeLibrary.from_folder(path, cache) if path.is_dir() else ShapeLibrary.load(path)


def _halved(maps: PathMaps) -> PathMaps:
    """The maps in half precision; most films have no metal, and then one number says so."""
    channels: dict[str, Any] = {n: getattr(maps, n).astype(np.float16) for n in _CHANNELS}
    for name, values in channels.items():
        if not values.any():
            channels[name] = np.broadcast_to(np.float16(0), values.shape)
    return replace(maps, **channels)


class FixedPatients:
    """A fixed number of simulated patients, made when asked for: what validates a stream.

    Parameters
    ----------
    make : callable
    count : int
    """

    def __init__(self, make: MakeScene, count: int) -> None:
        self.make = make
        self.count = count

    def __len__(self) -> int:
        return self.count

    def scene(self, index: int) -> Scene:
        """Simulate one patient."""
        return self.make(VALIDATION_FROM + index)


class PatientStream:
    """New patients without end, each shown by a few films.

    Parameters
    ----------
    make : callable
        Patient's number to scene.
    uses : int
        Films of one patient.
    lanes : int
        See the module. Workers that share the stream simulate no patient twice if their number
        divides this one; otherwise the films are the same, and cost more.
    """

    def __init__(self, make: MakeScene, uses: int, lanes: int) -> None:
        self.make = make
        self.uses = uses
        self.lanes = lanes
        self._kept: dict[int, dict[int, Scene]] = {}

    def __len__(self) -> int:
        """Patients that are in use at one time."""
        return self.uses * self.lanes

    def scene(self, index: int) -> Scene:
        """The patient of that number."""
        return self.make(index)

    def film(self, number: int, fractured: bool = False) -> Scene:
        """The patient whom film ``number`` of the stream shows.

        Parameters
        ----------
        number : int
        fractured : bool
            Take, if there is one, a patient with a fracture among those that the lane has in use.
        """
        k, lane = divmod(number, self.lanes)
        newest, turn = divmod(k, self.uses)
        self._forget(lane, newest)
        chosen = self._patient(lane, newest - turn)
        if fractured:
            for step in range(1, self.uses):
                if chosen.label.fractured:
                    break
                other = self._patient(lane, newest - (turn + step) % self.uses)
                chosen = other if other.label.fractured else chosen
        return chosen

    def patient_number(self, number: int) -> int:
        """Number of the patient whom film ``number`` shows, fractures not asked for."""
        k, lane = divmod(number, self.lanes)
        newest, turn = divmod(k, self.uses)
        return self._number(lane, newest - turn)

    def _number(self, lane: int, patient: int) -> int:
        # A lane's first rounds show patients from -(uses - 1) on.
        return (patient + self.uses - 1) * self.lanes + lane

    def _patient(self, lane: int, patient: int) -> Scene:
        kept = self._kept.setdefault(lane, {})
        if patient not in kept:
            kept[patient] = self.make(self._number(lane, patient))
        return kept[patient]

    def _forget(self, lane: int, newest: int) -> None:
        kept = self._kept.get(lane, {})
        used = range(newest - self.uses + 1, newest + 1)
        for patient in [patient for patient in kept if patient not in used]:
            del kept[patient]


def open_stream(
    settings: StreamSettings, sites: tuple[str, ...], validation: int, cache: Path | None
) -> tuple[PatientStream, FixedPatients]:
    """Training and validation sources of a stream.

    Validation has a seed of its own and numbers of its own, so that it is the same for every
    training seed, and no patient of it is ever trained on.
    """
    scene = settings.scene_settings()
    make = Patients(settings.seed, scene, sites, settings.library, cache)
    held = replace(make, seed=settings.validation_seed)
    stream = PatientStream(make, settings.films_per_patient, settings.lanes)
    return stream, FixedPatients(held, validation)
