"""Where films come from: scenes, of which any view can be made into a film."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from spondyl.labels import FilmLabel
from spondyl.simulate.maps import PathMaps
from spondyl.train.framing import Framing, label_box, move_label, warp_maps
from spondyl.train.types import FloatImage


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

    pixels: FloatImage
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
