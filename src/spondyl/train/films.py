"""Real, labelled films of a ``spondyl.dataset/1`` folder as scenes to train on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from spondyl.files import whole_file
from spondyl.geometry import Affine, mirror
from spondyl.labels import FilmLabel
from spondyl.train.config import ConfigError
from spondyl.train.framing import Framing, move_label, warp
from spondyl.train.sources import Picture
from spondyl.train.types import FloatImage

#: Real films are kept at this size at most; enough for crops of 52 px per body depth.
LONGEST_PX = 1400


@dataclass(frozen=True)
class RealScene:
    """Pixels of a real film, canonical."""

    pixels: FloatImage
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
    longest_px : int
        Longer side that films are kept at, at most.
    """

    def __init__(
        self,
        folder: Path,
        films: Sequence[FilmLabel],
        complete: bool,
        cache: Path,
        longest_px: int = LONGEST_PX,
    ) -> None:
        self.folder = folder
        self.films = list(films)
        self.complete = complete
        self.cache = cache
        self.longest_px = longest_px

    def __len__(self) -> int:
        return len(self.films)

    def scene(self, index: int) -> RealScene:
        """Load one film; the first time through its file, later from the cache."""
        label = self.films[index]
        path = self.folder / label.name
        kept = self.cache / f"{film_key(path, label, self.longest_px)[:24]}.npy"
        if kept.is_file():
            pixels = np.load(kept).astype(np.float32)
        else:
            pixels = prepare_film(path, label, self.longest_px)
            with whole_file(kept, make_folder=True) as half, half.open("wb") as file:
                np.save(file, pixels.astype(np.float16))
        return RealScene(pixels, kept_label(label, pixels.shape), self.complete)


def film_key(path: Path, label: FilmLabel, longest_px: int) -> str:
    """Checksum of all that a film's prepared pixels depend on.

    Raises
    ------
    ConfigError
        If the film is not there.
    """
    try:
        facts = path.stat()
    except OSError:
        raise ConfigError(
            f"{path} does not exist, but the data set has a label for it; put the film there, or "
            "take its label out."
        ) from None
    turned = (label.posterior_side == "right", bool(label.extra.get("inverted")))
    key = f"{path.resolve()}|{facts.st_mtime_ns}|{facts.st_size}|{longest_px}|{turned}"
    return hashlib.sha256(key.encode()).hexdigest()


def prepare_film(path: Path, label: FilmLabel, longest_px: int = LONGEST_PX) -> FloatImage:
    """A film's pixels as they are trained on: canonical, 0..1, not larger than asked for.

    Raises
    ------
    ConfigError
        If the film is of another size than its label says.
    """
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
    factor = min(1.0, longest_px / max(pixels.shape))
    size = (round(pixels.shape[1] * factor), round(pixels.shape[0] * factor))
    return cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)


def kept_label(label: FilmLabel, shape: tuple[int, ...]) -> FilmLabel:
    """The label in the pixels of a prepared film of (height, width)."""
    moved = move_label(label, _to_kept(label, shape), (shape[1], shape[0]))
    return replace(moved, posterior_side="left")


def _to_kept(label: FilmLabel, shape: tuple[int, ...]) -> Affine:
    """Film pixels as handed in to the kept, canonical ones."""
    scale = np.array([shape[1], shape[0]]) / np.array(label.size_px)
    shrink = Affine(np.diag(scale), 0.5 * scale - 0.5)
    return mirror(label.size_px[0]).then(shrink) if label.posterior_side == "right" else shrink


def vary_greys(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
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
