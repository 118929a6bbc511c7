"""A film's grey values as the viewer takes them: uint16, bone bright, a window to begin with.

Made once and kept packed on the disk, in one file a film: a line of JSON, then the rows by gzip.
"""

import gzip
import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.files import write_whole
from spondyl.film.model import Film
from spondyl.film.normalise import robust_window

#: 1 packs a film in a fraction of the time that 6 takes, to a few percent more bytes.
_GZIP_LEVEL = 1
_THUMBNAIL_PX = 256
_WINDOW_SHARES = (1.0, 99.0)
_PRUNE_EVERY = 50
_KEPT_SHARE = 0.8


@dataclass(frozen=True)
class PixelFacts:
    """What goes with the rows.

    Attributes
    ----------
    rows, columns : int
    window_center, window_width : float
        In units of the values.
    inverted : bool
        The film showed bone dark, and was turned.
    """

    rows: int
    columns: int
    window_center: float
    window_width: float
    inverted: bool


@dataclass(frozen=True)
class Pixels:
    """A film's facts and its rows, packed by gzip: little-endian uint16, top to bottom."""

    facts: PixelFacts
    packed: bytes

    def rows(self) -> bytes:
        """The rows, unpacked."""
        return gzip.decompress(self.packed)


def make_pixels(film: Film, inverted: bool) -> Pixels:
    """A film's grey values.

    Parameters
    ----------
    film : Film
    inverted : bool
        It shows bone dark although its header does not say so: turn it.
    """
    grey = film.pixels if not inverted else np.float32(1.0) - film.pixels
    full = _full_scale(film)
    values = np.clip(np.rint(grey * np.float32(full)), 0, 65535).astype("<u2")
    centre, width = window_of(grey)
    height_px, width_px = values.shape
    facts = PixelFacts(height_px, width_px, full * centre, full * width, inverted)
    return Pixels(facts, gzip.compress(values.tobytes(), _GZIP_LEVEL, mtime=0))


def _full_scale(film: Film) -> int:
    """As many grey values as the file has: more would only pack worse."""
    try:
        bits = int(float(film.metadata.get("BitsStored", "12")))
    except ValueError:
        bits = 12
    return (1 << min(max(bits, 8), 16)) - 1


def window_of(grey: NDArray[np.float32]) -> tuple[float, float]:
    """Centre and width of a window that shows the anatomy, in units of the grey values.

    Collimation and direct exposure are left out of it, as in ``film.normalise``.
    """
    step = max(1, int(np.sqrt(grey.size / 60_000)))
    small = np.ascontiguousarray(grey[::step, ::step])
    scaled = robust_window(small, *_WINDOW_SHARES)
    # robust_window is a straight line where it does not clip: two points of it tell the window.
    inside = np.abs(scaled) < 1.4
    if not inside.any():
        return 0.5, 1.0
    low, high = np.argmin(np.where(inside, scaled, 9)), np.argmax(np.where(inside, scaled, -9))
    rise = float(scaled.flat[high] - scaled.flat[low])
    run = float(small.flat[high] - small.flat[low])
    if not (rise > 1e-6 and run > 0):
        return 0.5, 1.0
    per_unit = run / rise
    centre = float(small.flat[low]) - float(scaled.flat[low]) * per_unit
    return centre, max(2 * per_unit, 1e-3)


def make_thumbnail(film: Film, inverted: bool) -> bytes:
    """A small PNG of a film, windowed."""
    grey = film.pixels if not inverted else np.float32(1.0) - film.pixels
    height, width = grey.shape
    scale = min(1.0, _THUMBNAIL_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    centre, spread = window_of(grey)
    shown = np.clip((small - (centre - spread / 2)) / spread, 0, 1)
    done, png = cv2.imencode(".png", (255 * shown).astype(np.uint8))
    assert done
    return png.tobytes()


class PixelCache:
    """Packed films and small pictures on the disk; whatever is missing can be made again.

    Safe to use from several threads and processes: files appear whole or not at all.

    Parameters
    ----------
    folder : Path
    most_bytes : int
        Of all files; the ones not used for longest go first.
    """

    def __init__(self, folder: Path, most_bytes: int = 4_000_000_000) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._puts = 0

    def pixels(self, sha256: str, inverted: bool) -> Pixels | None:
        """A film's grey values, if they are here."""
        content = self._get(_name(sha256, inverted, "pixels"))
        if content is None:
            return None
        line, _, packed = content.partition(b"\n")
        try:
            return Pixels(PixelFacts(**json.loads(line)), packed)
        except (ValueError, TypeError):
            return None  # damaged, or of another version: it is made anew

    def thumbnail(self, sha256: str, inverted: bool) -> bytes | None:
        """A film's small picture, if it is here."""
        return self._get(_name(sha256, inverted, "png"))

    def make(self, film: Film, sha256: str, inverted: bool) -> Pixels:
        """Make and keep both."""
        made = make_pixels(film, inverted)
        head = json.dumps(asdict(made.facts)).encode()
        self._put(_name(sha256, inverted, "pixels"), head + b"\n" + made.packed)
        self._put(_name(sha256, inverted, "png"), make_thumbnail(film, inverted))
        return made

    def forget(self, sha256: str) -> None:
        """Remove all of a film."""
        for inverted in (False, True):
            for kind in ("pixels", "png"):
                (self.folder / _name(sha256, inverted, kind)).unlink(missing_ok=True)

    def prune(self) -> None:
        """Remove what was not used for longest, down to a share of what may be kept."""
        found = []
        for path in self.folder.glob("*/*"):
            try:
                facts = path.stat()
            except OSError:
                continue
            found.append((facts.st_mtime, facts.st_size, path))
        used = sum(size for _, size, _ in found)
        if used <= self._most_bytes:
            return
        for _, size, path in sorted(found):
            path.unlink(missing_ok=True)
            used -= size
            if used <= _KEPT_SHARE * self._most_bytes:
                return

    def _get(self, name: str) -> bytes | None:
        path = self.folder / name
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return content

    def _put(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, content)
        with self._lock:
            self._puts += 1
            due = self._puts % _PRUNE_EVERY == 0
        if due:
            self.prune()


def _name(sha256: str, inverted: bool, kind: str) -> str:
    return f"{sha256[:2]}/{sha256}-{int(inverted)}.{kind}"
