"""Sources mixed by weight, and what of them is held back for validation."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from spondyl.labels import FilmLabel, load_dataset
from spondyl.train.config import ConfigError, DatasetSettings, DataSettings
from spondyl.train.films import FilmSource
from spondyl.train.pack import FilmPack, PackedFilms
from spondyl.train.simulated import PatientStream, open_stream
from spondyl.train.sources import GeometrySource, Scene, Source

#: Draws until a film with a fracture is given up.
_TRIES = 12


class Mixture:
    """Several sources, drawn by weight."""

    def __init__(
        self,
        sources: Sequence[Source],
        weights: Sequence[float],
        fractured_share: float | None = None,
    ) -> None:
        self.fractured_share = fractured_share
        kept = [(s, w) for s, w in zip(sources, weights, strict=True) if len(s) > 0]
        self.sources = [source for source, _ in kept]
        total = sum(weight for _, weight in kept)
        self.shares = np.array([weight / total for _, weight in kept])

    def __len__(self) -> int:
        return sum(len(source) for source in self.sources)

    def draw(self, rng: np.random.Generator, number: int | None = None) -> Scene:
        """A random scene; by chance one with a fracture, as far as a few draws find one.

        Parameters
        ----------
        rng : numpy.random.Generator
        number : int, optional
            Of the film that is made of it; a stream of patients goes on by these numbers. Drawn
            by default.
        """
        if number is None:
            number = int(rng.integers(1 << 31))
        wanted = self.fractured_share is not None and rng.random() < self.fractured_share
        for _ in range(_TRIES if wanted else 1):
            source = self.sources[int(rng.choice(len(self.sources), p=self.shares))]
            if isinstance(source, PatientStream):
                scene = source.film(number, wanted)
            else:
                scene = source.scene(int(rng.integers(len(source))))
            if scene.label.fractured:
                break
        return scene

    def at(self, index: int) -> Scene:
        """The scene of that number, counted through the sources in turn."""
        count = len(self.sources)
        source = self.sources[index % count]
        return source.scene((index // count) % len(source))


def _held_back(key: str, share: float) -> bool:
    value = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    return value < share * 2**32


def _check_sites(names: Sequence[str]) -> None:
    from spondyl.simulate.chain import site_named

    for name in names:
        try:
            site = site_named(name)
        except ValueError as error:
            raise ConfigError(f"data.sites: {error}") from None
        if site.held_back:
            raise ConfigError(
                f"data.sites: {name!r} is held back: no training may see it, so that it shows how "
                "a reader does on a site that nobody trained on. Name another."
            )


def open_sources(settings: DataSettings, cache: Path) -> tuple[Mixture, Mixture]:
    """Training and validation sources of an experiment.

    Which geometry or film is held back depends on its name (or patient) alone, so that a store
    that grows, or another seed, never moves a film from one side to the other.

    Raises
    ------
    ConfigError
        If a folder has no usable film, either side would be empty, or a site is unknown or held
        back from training.
    """
    _check_sites(settings.sites)
    sides: tuple[list[Source], list[Source]] = ([], [])
    weights: list[float] = []
    share = settings.validation_share
    if settings.stream is not None:
        stream, fixed = open_stream(
            settings.stream, settings.sites, settings.validation_films, cache
        )
        sides[0].append(stream)
        sides[1].append(fixed)
        weights.append(settings.stream.weight)
    if settings.geometry is not None:
        paths = sorted(settings.geometry.glob("*.json"))
        if not paths:
            raise ConfigError(
                f"data.geometry: {settings.geometry} holds no geometries; make some with "
                "`spondyl simulate`."
            )
        for held, side in ((False, sides[0]), (True, sides[1])):
            part = [path for path in paths if _held_back(path.stem, share) == held]
            side.append(GeometrySource(part, settings.sites))
        weights.append(settings.geometry_weight)
    for item in settings.datasets:
        for films, side in zip(open_films(item, settings, share, cache), sides, strict=True):
            side.append(films)
        weights.append(item.weight)
    mixtures = []
    for name, side in zip(("training", "validation"), sides, strict=True):
        if sum(len(source) for source in side) == 0:
            raise ConfigError(
                f"data: no film is left for {name}; add films or change validation_share."
            )
        mixtures.append(Mixture(side, weights, settings.fractured_share))
    return mixtures[0], mixtures[1]


def open_films(
    item: DatasetSettings, settings: DataSettings, share: float, cache: Path
) -> tuple[Source, Source]:
    """Training and validation films of a data set; packed ones are prepared here, all at once."""
    films = load_dataset(item.labels or item.folder).films
    parts = [[film for film in films if side_of(film, share) is held] for held in (False, True)]
    # A folder may be given by its films.json.
    folder = item.folder.parent if item.folder.is_file() else item.folder
    kept = settings.cache or cache
    sources: list[Source] = []
    if settings.packed:
        pack = FilmPack.of(folder, [*parts[0], *parts[1]], kept, settings.film_px)
        sources += [PackedFilms(pack, part, item.complete) for part in parts]
    else:
        sources += [
            FilmSource(folder, part, item.complete, kept, settings.film_px) for part in parts
        ]
    return sources[0], sources[1]


def side_of(film: FilmLabel, share: float) -> bool | None:
    """True: validation, False: training, None: neither (test films)."""
    if film.split in ("train", "training"):
        return False
    if film.split in ("val", "valid", "validation"):
        return True
    if film.split is not None:
        return None
    return _held_back(film.patient or film.name, share)
