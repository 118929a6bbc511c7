"""All films of a data set in one file, small and ready to train on.

The file is an array of 16-bit grey values, film after film, that is mapped into memory: several
trainings share one copy of it, and loading a film costs a fraction of a millisecond.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl.files import whole_file, write_whole
from spondyl.labels import FilmLabel
from spondyl.train.films import RealScene, film_key, kept_label, prepare_film
from spondyl.train.types import FloatImage

_WHITE = 65535


@dataclass(frozen=True)
class FilmPack:
    """Prepared films by name.

    Attributes
    ----------
    values : ndarray, uint16, (n,)
        Grey values of all films, row by row.
    places : mapping of str to (start, height, width)
    """

    values: NDArray[np.uint16]
    places: dict[str, tuple[int, int, int]]

    @classmethod
    def of(
        cls,
        folder: Path,
        films: Sequence[FilmLabel],
        cache: Path,
        longest_px: int,
        advance: Callable[[], None] | None = None,
    ) -> "FilmPack":
        """Open the pack of these films, made first where there is none yet.

        Parameters
        ----------
        folder : Path
            That the films' names start from.
        films : sequence of FilmLabel
            In any order; the same films have the same pack.
        cache : Path
            Folder of packs.
        longest_px : int
            Films are kept at this size at most.
        advance : callable, optional
            Called after each film that is prepared.

        Raises
        ------
        ConfigError
            If a film is missing, or is of another size than its label says.
        FilmError
            If a film cannot be read.
        """
        films = sorted(films, key=lambda film: film.name)
        digest = hashlib.sha256()
        for film in films:
            digest.update(film_key(folder / film.name, film, longest_px).encode())
        file = cache / f"films-{digest.hexdigest()[:24]}.u16"
        index = file.with_suffix(".json")
        # The index is written last: where it is, the values are whole.
        if not index.is_file():
            _write(folder, films, file, index, longest_px, advance)
        places = json.loads(index.read_text(encoding="utf-8"))
        return cls(
            np.memmap(file, dtype="<u2", mode="r"),
            {name: (int(s), int(h), int(w)) for name, (s, h, w) in places.items()},
        )

    def pixels(self, name: str) -> FloatImage:
        """Grey values 0..1 of a film, (height, width)."""
        start, height, width = self.places[name]
        values = self.values[start : start + height * width].reshape(height, width)
        return values.astype(np.float32) * np.float32(1 / _WHITE)


class PackedFilms:
    """A source of scenes from a pack.

    Parameters
    ----------
    pack : FilmPack
    films : sequence of FilmLabel
    complete : bool
        Every body on each film has its corners.
    """

    def __init__(self, pack: FilmPack, films: Sequence[FilmLabel], complete: bool) -> None:
        self.pack = pack
        self.complete = complete
        self.films = [film.name for film in films]
        self.labels = [kept_label(film, pack.places[film.name][1:]) for film in films]

    def __len__(self) -> int:
        return len(self.films)

    def scene(self, index: int) -> RealScene:
        """One film."""
        return RealScene(self.pack.pixels(self.films[index]), self.labels[index], self.complete)


def _write(
    folder: Path,
    films: Sequence[FilmLabel],
    file: Path,
    index: Path,
    longest_px: int,
    advance: Callable[[], None] | None,
) -> None:
    places: dict[str, tuple[int, int, int]] = {}
    start = 0
    # Two trainings may start at once: the file of the last one stays.
    with whole_file(file, make_folder=True) as half, half.open("wb") as out:
        for film in films:
            pixels = prepare_film(folder / film.name, film, longest_px)
            values = np.round(np.clip(pixels, 0, 1) * _WHITE).astype("<u2")
            out.write(values.tobytes())
            places[film.name] = (start, *values.shape)
            start += values.size
            if advance is not None:
                advance()
    write_whole(index, json.dumps(places))
