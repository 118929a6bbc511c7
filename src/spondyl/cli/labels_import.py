"""What ``spondyl labels import`` and ``export`` do: labels and the pictures that belong to them."""

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spondyl.files import whole_file
from spondyl.labels import FILE_NAME, FilmLabel, load_dataset, save_dataset
from spondyl.labels.formats import FormatError, LabelSet, ReadOptions, format_named

_SHOWN = 5


@dataclass(frozen=True)
class Done:
    """What was brought in or out."""

    films: int
    bodies: int
    copied: int = 0
    remarks: tuple[str, ...] = ()


def from_format(
    source: Path, form: str, out: Path, films: Path | None, side: str | None, copy: bool
) -> Done:
    """Read labels, find their pictures, and write a data set; nothing if anything is wrong.

    Raises
    ------
    FormatError
        If the labels cannot be understood, or a picture is missing.
    ValueError
        If there is no such format.
    """
    entry = format_named(form)
    folder = films or (source if source.is_dir() else source.parent)

    from spondyl.film import FilmError

    def size_of(name: str) -> tuple[int, int] | None:
        picture = find_picture(folder, name)
        try:
            return None if picture is None else picture_size(picture)
        except FilmError as error:
            raise FormatError(f"{picture}: {error}") from None

    labels = entry.read(source, ReadOptions(side, size_of))
    pictures = {film.name: find_picture(folder, film.name) for film in labels.films}
    missing = [name for name, picture in pictures.items() if picture is None]
    if copy and missing:
        shown = ", ".join(missing[:_SHOWN]) + (", ..." if len(missing) > _SHOWN else "")
        raise FormatError(
            f"{source} names {len(missing)} films that do not lie in {folder}: {shown}. Say where "
            "they are with --films, or bring the labels in alone with --labels-only."
        )
    copied = 0
    if copy:
        for name, picture in pictures.items():
            assert picture is not None
            copied += _copy(picture, out / name)
    # Last, so that a run that is stopped leaves no data set behind.
    save_dataset(out, labels.films, labels.note, labels.extra)
    return Done(len(labels.films), _bodies(labels.films), copied, labels.remarks)


def to_format(path: Path, form: str, out: Path) -> Done:
    """Write a data set's labels; files that are there already are left alone.

    Raises
    ------
    ValueError
        If there is no such format, or a file is in the way.
    """
    entry = format_named(form)
    dataset = load_dataset(path)
    _refuse_existing(dataset.films, out)
    labels = LabelSet(dataset.films, dataset.note, dataset.extra, dataset.folder)
    entry.write(labels, out)
    return Done(len(dataset), _bodies(dataset.films))


def from_ct(source: Path, out: Path, count: int, seed: int) -> tuple[int, tuple[str, ...]]:
    """Films made of labelled CT; needs the extra [simulate]."""
    from spondyl.cli.errors import need_extra

    need_extra("labels import --format verse", "simulate")
    from spondyl.simulate.ct.write import write_ct_films

    return write_ct_films(source, out, count, seed)


def find_picture(folder: Path, name: str) -> Path | None:
    """A film's picture: by its path in the folder, or by its name alone."""
    for candidate in (folder / name, folder / PurePosixPath(name).name):
        if candidate.is_file():
            return candidate
    return None


def picture_size(path: Path) -> tuple[int, int]:
    """(width, height) of a film's picture.

    Raises
    ------
    FilmError
        If it cannot be read.
    """
    from spondyl.film import load_film

    height, width = load_film(path).pixels.shape
    return width, height


def _copy(source: Path, target: Path) -> int:
    if target.exists() and target.samefile(source):
        return 0
    if target.exists():
        raise FormatError(f"{target} is there already; name a new folder with --out.")
    with whole_file(target, make_folder=True) as half:
        shutil.copyfile(source, half)
    return 1


def _refuse_existing(films: tuple[FilmLabel, ...], out: Path) -> None:
    """Drawings that people made over an earlier export must not be lost."""
    taken = [out] if out.is_file() else []
    if out.is_dir():
        names = ("annotations.json", "annotations.xml", "via.json", "tasks.json", "spondyl.json")
        taken += [out / name for name in names]
        for film in films:
            place = out / film.name
            taken += [place.with_suffix(".json"), place.with_suffix(".csv")]
            taken.append(place.with_name(place.name + ".json"))
    found = [path for path in taken if path.is_file() and path.name != FILE_NAME]
    if found:
        raise ValueError(f"{found[0]} is there already; name another --out, or remove it.")


def _bodies(films: tuple[FilmLabel, ...]) -> int:
    return sum(len(film.vertebrae) for film in films)
