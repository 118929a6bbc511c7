"""Where films come from: simulated geometries that are exposed anew, and folders of real films."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.geometry import Affine, mirror
from spondyl.labels import FilmLabel, load_dataset
from spondyl.simulate.maps import PathMaps
from spondyl.train.config import ConfigError, DataSettings
from spondyl.train.framing import Framing, label_box, move_label, warp, warp_maps

#: Real films are kept at this size at most; enough for crops of 52 px per body depth.
_LONGEST_PX = 1400
#: Draws until a film with a fracture is given up.
_TRIES = 12


@dataclass(frozen=True)
class Picture:
    """A film in a drawn view, with its label in the view's pixels.

    Attributes
    ----------
    pixels : ndarray, float32, (H, W)
        Canonical, bone bright.
    label : FilmLabel
    complete : bool
        Every body on it is labelled.
    """

    pixels: NDArray[np.float32]
    label: FilmLabel
    complete: bool


class Scene(Protocol):
    """One film's worth of material: its label, and a picture of any view of it."""

    @property
    def label(self) -> FilmLabel:
        """In the scene's own pixels, canonical."""

    @property
    def pitch_mm(self) -> float | None:
        """Pixel pitch at the spine, where known."""

    def picture(self, framing: Framing, rng: np.random.Generator) -> Picture:
        """Make the film of a view."""


class Source(Protocol):
    """Scenes by number."""

    def __len__(self) -> int: ...

    def scene(self, index: int) -> Scene:
        """Load one scene."""


@dataclass(frozen=True)
class SimulatedScene:
    """Path maps and how to expose them."""

    maps: PathMaps
    label: FilmLabel
    sites: tuple[str, ...]

    @property
    def pitch_mm(self) -> float | None:
        """Pixel pitch at the spine."""
        return float(self.maps.pitch_mm)

    def picture(self, framing: Framing, rng: np.random.Generator) -> Picture:
        """Warp the maps first, so that noise and processing belong to the view's resolution."""
        from spondyl.simulate.chain import Look, expose

        label = move_label(self.label, framing.to_view, framing.size_px)
        maps = warp_maps(self.maps, framing)
        site = self.sites[int(rng.integers(len(self.sites)))] if self.sites else None
        look = Look.draw(rng, site)
        return Picture(expose(maps, look, rng, keep_px=label_box(label)), label, True)


class GeometrySource:
    """Simulated geometries of a folder (``simulate.cache.GeometryStore``)."""

    def __init__(self, paths: Sequence[Path], sites: tuple[str, ...] = ()) -> None:
        self.paths = list(paths)
        self.sites = sites

    def __len__(self) -> int:
        return len(self.paths)

    def scene(self, index: int) -> SimulatedScene:
        """Load one geometry; its maps stay on disk until used."""
        from spondyl.simulate.cache import GeometryStore

        path = self.paths[index]
        maps, label = GeometryStore(path.parent).load(path)
        return SimulatedScene(maps, label, self.sites)


@dataclass(frozen=True)
class RealScene:
    """Pixels of a real film, canonical."""

    pixels: NDArray[np.float32]
    label: FilmLabel
    complete: bool
    pitch_mm: float | None = None

    def picture(self, framing: Framing, rng: np.random.Generator) -> Picture:
        """Sample the view and change its grey values a little."""
        view = warp(self.pixels, framing)
        label = move_label(self.label, framing.to_view, framing.size_px)
        return Picture(vary_greys(view, rng), label, self.complete)


class FilmSource:
    """Labelled films of a ``spondyl.dataset/1`` folder, kept canonical and small on disk.

    Parameters
    ----------
    folder : Path
        The data set's.
    films : sequence of FilmLabel
    complete : bool
    cache : Path
        Where prepared pixels are kept between runs.
    """

    def __init__(
        self, folder: Path, films: Sequence[FilmLabel], complete: bool, cache: Path
    ) -> None:
        self.folder = folder
        self.films = list(films)
        self.complete = complete
        self.cache = cache

    def __len__(self) -> int:
        return len(self.films)

    def scene(self, index: int) -> RealScene:
        """Load one film; the first time through its file, later from the cache."""
        label = self.films[index]
        path = self.folder / label.name
        facts = path.stat()
        key = f"{path.resolve()}|{facts.st_mtime_ns}|{facts.st_size}|{_LONGEST_PX}"
        kept = self.cache / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.npy"
        if kept.is_file():
            pixels = np.load(kept).astype(np.float32)
        else:
            pixels = self._prepare(path, label)
            self.cache.mkdir(parents=True, exist_ok=True)
            half = kept.with_suffix(f".{np.random.default_rng().integers(1 << 40)}.part")
            with half.open("wb") as file:
                np.save(file, pixels.astype(np.float16))
            half.replace(kept)
        to_kept = _to_kept(label, pixels.shape)
        size = (pixels.shape[1], pixels.shape[0])
        canonical = replace(move_label(label, to_kept, size), posterior_side="left")
        return RealScene(pixels, canonical, self.complete)

    def _prepare(self, path: Path, label: FilmLabel) -> NDArray[np.float32]:
        from spondyl.film.load import load_film

        pixels = np.asarray(load_film(path).pixels, dtype=np.float32)
        if pixels.shape != label.size_px[::-1]:
            raise ConfigError(
                f"{path} has {pixels.shape[1]} x {pixels.shape[0]} pixels, but its label says "
                f"{label.size_px[0]} x {label.size_px[1]}; correct size_px in the data set."
            )
        low, high = float(pixels.min()), float(pixels.max())
        pixels = (pixels - low) / max(high - low, 1e-6)
        if label.extra.get("inverted"):
            pixels = 1 - pixels
        if label.posterior_side == "right":
            pixels = pixels[:, ::-1]
        factor = min(1.0, _LONGEST_PX / max(pixels.shape))
        size = (round(pixels.shape[1] * factor), round(pixels.shape[0] * factor))
        return cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)


def _to_kept(label: FilmLabel, shape: tuple[int, ...]) -> Affine:
    """Film pixels as handed in to the kept, canonical ones."""
    scale = np.array([shape[1], shape[0]]) / np.array(label.size_px)
    shrink = Affine(np.diag(scale), 0.5 * scale - 0.5)
    return mirror(label.size_px[0]).then(shrink) if label.posterior_side == "right" else shrink


def vary_greys(pixels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Other exposure, processing and noise for a real film of grey values 0..1."""
    out = np.clip(pixels, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.25)))
    if rng.random() < 0.4:
        sigma = float(rng.uniform(0.4, 1.2))
        soft = cv2.GaussianBlur(out, (0, 0), sigma)
        out = out + np.float32(rng.uniform(-0.9, 1.2)) * (out - soft)
    if rng.random() < 0.4:
        height, width = out.shape
        grid = rng.normal(0, 0.06, (3, 3)).astype(np.float32)
        out = out + cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.5:
        noise = rng.standard_normal(out.shape, dtype=np.float32)
        out = out + noise * np.float32(rng.uniform(0.002, 0.03))
    return np.clip(out, 0, 1).astype(np.float32)


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

    def draw(self, rng: np.random.Generator) -> Scene:
        """A random scene; by chance one with a fracture, as far as a few draws find one."""
        wanted = self.fractured_share is not None and rng.random() < self.fractured_share
        for _ in range(_TRIES if wanted else 1):
            source = self.sources[int(rng.choice(len(self.sources), p=self.shares))]
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


def open_sources(settings: DataSettings, cache: Path) -> tuple[Mixture, Mixture]:
    """Training and validation sources of an experiment.

    Which geometry or film is held back depends on its name (or patient) alone, so that a store
    that grows, or another seed, never moves a film from one side to the other.

    Raises
    ------
    ConfigError
        If a folder has no usable film, or either side would be empty.
    """
    sides: tuple[list[Source], list[Source]] = ([], [])
    weights: list[float] = []
    share = settings.validation_share
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
        dataset = load_dataset(item.folder)
        for held, side in ((False, sides[0]), (True, sides[1])):
            part_films = [film for film in dataset if _side(film, share) == held]
            side.append(FilmSource(dataset.folder, part_films, item.complete, cache))
        weights.append(item.weight)
    mixtures = []
    for name, side in zip(("training", "validation"), sides, strict=True):
        if sum(len(source) for source in side) == 0:
            raise ConfigError(
                f"data: no film is left for {name}; add films or change validation_share."
            )
        mixtures.append(Mixture(side, weights, settings.fractured_share))
    return mixtures[0], mixtures[1]


def _side(film: FilmLabel, share: float) -> bool | None:
    """True: validation, False: training, None: neither (test films)."""
    if film.split in ("train", "training"):
        return False
    if film.split in ("val", "valid", "validation"):
        return True
    if film.split is not None:
        return None
    return _held_back(film.patient or film.name, share)
