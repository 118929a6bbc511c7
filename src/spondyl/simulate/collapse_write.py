"""Write a data set of films with fractures warped into them, from one of normal films."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from spondyl.anatomy import LEVELS, Level, Shape
from spondyl.files import write_whole
from spondyl.film import Film, FilmError, load_film
from spondyl.labels import Dataset, DatasetError, FilmLabel, load_dataset, save_dataset
from spondyl.simulate.collapse import Collapse, collapse_film, collapsible
from spondyl.simulate.manifest import films_there

MANIFEST_NAME = "fractures.json"
MANIFEST_SCHEMA = "spondyl.fractures/1"
_NOTE = (
    "Fractures made by a warp of films that showed none (spondyl simulate --into): they are not "
    "real, and figures measured on them are not clinical ones. Do not train on films that were "
    "given for evaluation alone."
)
_SAVE_EVERY = 20


@dataclass(frozen=True)
class CollapseSettings:
    """What is put into the films.

    Attributes
    ----------
    losses : tuple of float
        Lost shares of height, each above 0 and at most 0.7.
    shapes : tuple of Shape
    bodies : int
        Fractures in one film, of bodies that are no neighbours; fewer where there are not so many.
    seed : int
    """

    losses: tuple[float, ...] = (0.25, 0.35, 0.50)
    shapes: tuple[Shape, ...] = (Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH)
    bodies: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.losses or not self.shapes or self.bodies < 1:
            raise ValueError(
                "Fractures need at least one loss, one shape and one body a film; found "
                f"{len(self.losses)}, {len(self.shapes)} and {self.bodies}."
            )
        for shape in self.shapes:
            for loss in self.losses:
                Collapse(Level.L1, shape, loss)  # Says what is wrong with them.


def write_collapsed(
    source: Path,
    out: Path,
    settings: CollapseSettings | None = None,
    progress: AbstractContextManager[Callable[[], None]] | None = None,
) -> tuple[Dataset, tuple[str, ...]]:
    """Write warped films and their ``films.json``: one of each film, shape and loss.

    Parameters
    ----------
    source : Path
        A data set with films whose normal bodies have corners.
    out : Path
        Made if missing. Films that an earlier run with the same settings left there are kept.
    settings : CollapseSettings, optional
    progress : context manager, optional
        Called once for every film of the source.

    Returns
    -------
    Dataset
    left_out : tuple of str
        What could not be made, as sentences.

    Raises
    ------
    DatasetError
        If the source is no data set, or ``out`` is the source or holds other films.
    """
    settings = settings or CollapseSettings()
    dataset = load_dataset(source)
    done = _resume(dataset, out, settings)
    left_out: list[str] = []
    with progress or nullcontext(lambda: None) as advance:
        try:
            for number, label in enumerate(dataset):
                _write_film(dataset, number, label, out, settings, done, left_out)
                if number % _SAVE_EVERY == _SAVE_EVERY - 1:
                    _save(dataset, out, done)
                advance()
        finally:
            _save(dataset, out, done)
    return load_dataset(out), tuple(left_out)


def _write_film(
    dataset: Dataset,
    number: int,
    label: FilmLabel,
    out: Path,
    settings: CollapseSettings,
    done: dict[str, FilmLabel],
    left_out: list[str],
) -> None:
    wanted = [
        (shape, loss)
        for shape in settings.shapes
        for loss in settings.losses
        if _name(label, shape, loss) not in done
    ]
    levels = collapsible(label)
    if not levels:
        left_out.append(f"{label.name}: no normal body with four corners well inside the film.")
    if not wanted or not levels:
        return
    try:
        film = load_film(dataset.path(label))
    except FilmError as error:
        left_out.append(f"{label.name}: {error}")
        return
    for shape, loss in wanted:
        # The same bodies for every loss of a shape, so that only the loss differs.
        rng = np.random.default_rng([settings.seed, number, list(Shape).index(shape)])
        chosen = [Collapse(level, shape, loss) for level in _spread(levels, settings.bodies, rng)]
        try:
            pixels, moved = collapse_film(film.pixels, label, chosen, rng)
        except ValueError as error:
            left_out.append(f"{label.name}, {shape}, {loss:g}: {error}")
            continue
        name = _name(label, shape, loss)
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_png(path, pixels, film)
        done[name] = _noted(moved, label, name, chosen, film)


def _spread(levels: Sequence[Level], count: int, rng: np.random.Generator) -> tuple[Level, ...]:
    """Some levels in any place, no two of them neighbours."""
    chosen: list[Level] = []
    for index in rng.permutation(len(levels)):
        level = levels[int(index)]
        if all(abs(LEVELS[level].order - LEVELS[other].order) > 1 for other in chosen):
            chosen.append(level)
        if len(chosen) == count:
            break
    return tuple(sorted(chosen, key=list(Level).index))


def _name(label: FilmLabel, shape: Shape, loss: float) -> str:
    place = Path(label.name)
    return (place.parent / f"{place.stem}-{shape}-{100 * loss:g}.png").as_posix()


def _noted(
    moved: FilmLabel, label: FilmLabel, name: str, chosen: Sequence[Collapse], film: Film
) -> FilmLabel:
    extra: dict[str, object] = dict(label.extra)
    extra["derived_from"] = label.name
    extra["fractures_made"] = [
        {"level": str(each.level), "shape": str(each.shape), "loss": each.loss} for each in chosen
    ]
    if film.spacing is not None and "spacing_mm" not in extra:
        extra["spacing_mm"] = round(film.spacing.column_mm, 5)
    # What a report says of the film is no longer true; the film's patient stays one patient.
    return replace(moved, name=name, extra=extra, report=None, patient=label.patient or label.name)


def _write_png(path: Path, pixels: np.ndarray[Any, np.dtype[np.float32]], film: Film) -> None:
    """With as many bits as the film has grey values."""
    steps = film.pixels * np.float32(255)
    eight = bool(np.abs(steps - np.round(steps)).max() < 1e-3)
    most, kind = (255.0, cv2.CV_8U) if eight else (65535.0, cv2.CV_16U)
    encoded, code = cv2.imencode(".png", cv2.multiply(pixels, most, dtype=kind))
    if not encoded:
        raise OSError(f"{path} could not be encoded as PNG.")
    write_whole(path, code.tobytes())


def _save(dataset: Dataset, out: Path, done: dict[str, FilmLabel]) -> None:
    note = f"{_NOTE} Made from {dataset.folder.resolve().name}."
    if dataset.note:
        note += f" Its note: {dataset.note}"
    save_dataset(out, [done[name] for name in sorted(done)], note)


def _resume(dataset: Dataset, out: Path, settings: CollapseSettings) -> dict[str, FilmLabel]:
    """Labels of the films that are there already; checks that they are films of this run."""
    if out.resolve() == dataset.folder.resolve():
        raise DatasetError(f"{out} is the data set itself; choose another folder for the films.")
    wanted = {
        "schema": MANIFEST_SCHEMA,
        "source": dataset.folder.resolve().name,
        "bodies": settings.bodies,
        "seed": settings.seed,
    }
    return films_there(
        out,
        MANIFEST_NAME,
        wanted,
        foreign="holds another data set",
        other="holds films made from another data set or with other settings",
    )
