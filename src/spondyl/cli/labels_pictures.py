"""The pictures of a data set, each looked at once: their sizes, and which of them are the same."""

from collections.abc import Sequence
from pathlib import Path

from spondyl.cli.progress import progress_bar
from spondyl.film import FilmError, load_film
from spondyl.labels import Dataset, FilmLabel
from spondyl.labels.fault_rules import FaultKind
from spondyl.labels.faults import Fault
from spondyl.labels.prints import Print, picture_print, same_pictures


class Pictures:
    """Sizes on call; prints are kept of each picture that was looked at."""

    def __init__(self) -> None:
        self._prints: dict[Path, Print] = {}

    def __call__(self, path: Path) -> tuple[int, int]:
        """(width, height) of a picture.

        Raises
        ------
        ValueError
            If it cannot be read.
        OSError
            If it is not there.
        """
        if not path.is_file():
            raise FileNotFoundError(path)
        try:
            pixels = load_film(path).pixels
        except FilmError as error:
            raise ValueError(str(error)) from None
        self._prints[path] = picture_print(pixels)
        height, width = pixels.shape
        return width, height

    def same(self, data: Dataset) -> tuple[tuple[str, str], ...]:
        """Pairs of films that are one picture.

        Raises
        ------
        ValueError
            If a picture cannot be read: whether it leaks could not be said.
        """
        with progress_bar("Looking at films", len(data)) as advance:
            for film in data:
                path = data.path(film)
                try:
                    self(path)
                except OSError:
                    raise ValueError(
                        f"{path} does not exist; put it there, or split by patient alone with "
                        "--no-pictures."
                    ) from None
                advance()
        return self._pairs([film.name for film in data], list(self._prints.values()))

    def faults(self, folder: Path, films: Sequence[FilmLabel]) -> list[Fault]:
        """Films of different patients, or on different sides, that are one picture."""
        by_name = {film.name: film for film in films if folder / film.name in self._prints}
        seen = {name: self._prints[folder / name] for name in by_name}
        found = []
        for one, other in self._pairs(list(seen), list(seen.values())):
            first, second = by_name[one], by_name[other]
            if first.patient == second.patient and first.split == second.split:
                continue
            found.append(
                Fault(
                    one, None, FaultKind.LEAK,
                    f"it is the same picture as {other}, of another patient or on another side.",
                )
            )  # fmt: skip
        return found

    @staticmethod
    def _pairs(names: list[str], prints: list[Print]) -> tuple[tuple[str, str], ...]:
        return tuple((names[i], names[k]) for i, k, _ in same_pictures(prints))
