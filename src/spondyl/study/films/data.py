"""The study's data sets on disk: the internal one with its sides, and each external one."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from spondyl.labels import FilmLabel, load_dataset, save_dataset
from spondyl.labels.prints import Print, same_pictures
from spondyl.study.films.labels import Labelled
from spondyl.study.films.split import SPARE, split_study
from spondyl.study.hospital.build import SIMULATED_NOTE
from spondyl.study.plan.form import StudyPlan
from spondyl.study.results.model import INTERNAL

#: Beside ``films.json``, of the same form.
TRUTH_NAME = "truth.json"
_STATUS = "The status of each body is that of its report."
TWICE = "the same picture as a film of the internal hospitals"
SHARED = "a patient of the internal hospitals"
NOT_ASKED = "more films than the split asks for"


@dataclass(frozen=True)
class StudyData:
    """What was trained and tested on.

    Attributes
    ----------
    internal : tuple of FilmLabel
        With their sides.
    external : mapping of str to tuple of FilmLabel
    left_out : mapping of str to str
        Name -> reason, beyond what the hospitals' labels left out.
    same : tuple of (str, str)
        Films of the internal hospitals that are one picture.
    """

    internal: tuple[FilmLabel, ...]
    external: Mapping[str, tuple[FilmLabel, ...]]
    left_out: Mapping[str, str]
    same: tuple[tuple[str, str], ...] = ()


def divide(plan: StudyPlan, labelled: Mapping[str, Labelled]) -> StudyData:
    """Join the internal hospitals, split them, and take from the external ones what they share.

    Raises
    ------
    StudyError, LeakError
        If the split cannot be made.
    """
    own = [film for name in plan.internal for film in labelled[name].labels]
    prints: dict[str, Print] = {}
    for name in plan.internal:
        prints.update(labelled[name].prints)
    names = list(prints)
    same = tuple((names[i], names[k]) for i, k, _ in same_pictures(list(prints.values())))
    split = split_study(own, plan.split, plan.seed, same)
    left_out = {film.name: NOT_ASKED for film in split if film.split == SPARE}
    kept = tuple(film for film in split if film.split != SPARE)
    patients = {film.patient for film in kept if film.patient is not None}
    used = {film.name for film in kept}
    external = {}
    for name in plan.external:
        seen = _seen_before(labelled[name].prints, {n: p for n, p in prints.items() if n in used})
        chosen = []
        for film in labelled[name].labels:
            if film.name in seen:
                left_out[film.name] = TWICE
            elif film.patient in patients:
                left_out[film.name] = SHARED
            else:
                chosen.append(film)
        external[name] = tuple(chosen)
    return StudyData(kept, external, left_out, same)


def _seen_before(prints: Mapping[str, Print], own: Mapping[str, Print]) -> set[str]:
    names = [*own, *prints]
    pairs = same_pictures([*own.values(), *prints.values()])
    return {names[k] for i, k, _ in pairs if i < len(own) <= k}


def save_data(
    out: Path, plan: StudyPlan, data: StudyData, labelled: Mapping[str, Labelled]
) -> dict[str, Path]:
    """Write the data sets; films are linked, not copied, where the file system can.

    Returns
    -------
    mapping of str to Path
        "internal" and each external hospital -> folder.
    """
    folders = {}
    sets = {INTERNAL: (plan.internal, data.internal)}
    sets |= {name: ((name,), films) for name, films in data.external.items()}
    for key, (hospitals, films) in sets.items():
        folder = out / key
        for film in films:
            hospital = labelled[film.name.partition("/")[0]].hospital
            _link(hospital.films / film.name.partition("/")[2], folder / film.name)
        simulated = [labelled[name].hospital.simulated for name in hospitals]
        note = f"{SIMULATED_NOTE} {_STATUS}" if all(simulated) else _STATUS
        if not any(labelled[name].reports for name in hospitals):
            note = SIMULATED_NOTE if all(simulated) else ""
        save_dataset(folder, films, note)
        truth = _truth(films, [labelled[name] for name in hospitals])
        if truth:
            _save_truth(folder, truth, note.replace(_STATUS, "What is really there."))
        folders[key] = folder
    return folders


def load_truth(folder: Path) -> tuple[FilmLabel, ...]:
    """What is really on the films of a data set of the study; empty where nobody knows."""
    file = folder / TRUTH_NAME
    return load_dataset(file).films if file.is_file() else ()


def _save_truth(folder: Path, truth: Sequence[FilmLabel], note: str) -> None:
    # Beside films.json, so that its names are of the same films.
    with TemporaryDirectory(dir=folder) as place:
        save_dataset(Path(place), truth, note).replace(folder / TRUTH_NAME)


def _truth(films: Sequence[FilmLabel], labelled: Sequence[Labelled]) -> list[FilmLabel]:
    known = {film.name: film for one in labelled for film in one.truth}
    return [replace(known[f.name], split=f.split) for f in films if f.name in known]


def _link(film: Path, place: Path) -> None:
    source = film.resolve()
    if place.is_symlink() or place.exists():
        if place.resolve() == source:
            return
        place.unlink()
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.symlink_to(source)
    except OSError:  # no rights to make links, or a file system without them
        shutil.copy2(source, place)
