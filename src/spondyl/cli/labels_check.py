"""``spondyl labels check`` and ``split``: faults named, sides given, leaks refused."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.errors import ExitCode, say, show_path, wrong_use

if TYPE_CHECKING:
    from spondyl.labels import FilmLabel
    from spondyl.labels.faults import Fault

_Dataset = Annotated[
    Path, typer.Argument(metavar="DATASET", exists=True, help="Folder with films.json.")
]
_NoPictures = Annotated[
    bool, typer.Option("--no-pictures", help="Do not look at the pictures; quicker.")
]


def check(
    dataset: _Dataset,
    no_pictures: _NoPictures = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a line of JSON a fault, and nothing else.")
    ] = False,
) -> None:
    """Check labels: each fault with its file, film and level; exit code 1 if there are any.

    Corners that cross, levels out of order or twice, points off the film, a side or a size that
    does not fit, mid-endplates and heights that cannot be; one picture or patient on two sides.

    [bold]Example[/bold]

    spondyl labels check data/north
    """
    from spondyl.cli.labels_pictures import Pictures
    from spondyl.labels.check import check_dataset

    pictures = None if no_pictures else Pictures()
    checked = check_dataset(dataset, size_of=pictures)
    leaks = [] if pictures is None else pictures.faults(checked.file.parent, checked.films)
    leaks += _patients(checked.films)
    file = show_path(checked.file)
    for fault in (*checked.faults, *leaks):
        if as_json:
            level = None if fault.level is None else str(fault.level)
            line = {"file": str(checked.file), "film": fault.film, "level": level}
            print(json.dumps({**line, "kind": str(fault.kind), "sentence": fault.sentence}))
        else:
            level = "" if fault.level is None else f", {fault.level}"
            print(f"{file}: {fault.film}{level}: {fault.sentence}")
    count = len(checked.faults) + len(leaks)
    if count:
        films = len({fault.film for fault in (*checked.faults, *leaks)})
        say(f"{count} faults in {films} of {len(checked.films)} films.")
        raise typer.Exit(ExitCode.SOME_FAILED)
    if not as_json:
        print(f"{file}: no fault in {len(checked.films)} films.")


def split(
    dataset: _Dataset,
    shares: Annotated[
        str,
        typer.Option(metavar="A,B[,C]", help="Shares of train, test; or train, validation, test."),
    ] = "0.8,0.1,0.1",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same split.")] = 0,
    again: Annotated[
        bool, typer.Option("--again", help="Replace the sides that films have already.")
    ] = False,
    only_check: Annotated[
        bool, typer.Option("--check", help="Change nothing; refuse a split that leaks.")
    ] = False,
    no_pictures: _NoPictures = False,
) -> None:
    """Give each film a side: by patient, with equal shares of fractured patients on every side.

    Films of one patient, and films that are one picture, stay together.

    [bold]Example[/bold]

    spondyl labels split data/north --shares 0.8,0.1,0.1 --seed 7
    """
    from spondyl.cli.labels_pictures import Pictures
    from spondyl.labels import load_dataset, save_dataset
    from spondyl.labels.split import refuse_leaks, split_films

    data = load_dataset(dataset)
    pictures = Pictures()
    same = () if no_pictures else pictures.same(data)
    if only_check:
        refuse_leaks(data.films, same)
        print(f"No patient and no picture is on two sides; {_sides(data.films)}")
        return
    placed = sum(film.split is not None for film in data)
    if placed and not again:
        wrong_use(f"{placed} films have a side already; replace them with --again.")
    films = split_films(data.films, _shares(shares), seed, same)
    refuse_leaks(films, same)
    save_dataset(data.folder, films, data.note, data.extra)
    for one, other in same:
        say(f"{one} and {other} are one picture, and stay together.")
    alone = sum(film.patient is None for film in films)
    if alone:
        say(f"{alone} films name no patient; each counts as a patient of its own.")
    print(_sides(films))


def _shares(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        wrong_use(f"--shares takes numbers like 0.8,0.1,0.1; found {text}.")


def _patients(films: "Sequence[FilmLabel]") -> "list[Fault]":
    from spondyl.labels.fault_rules import FaultKind
    from spondyl.labels.faults import Fault
    from spondyl.labels.split import find_leaks

    return [
        Fault(leak.films[0], None, FaultKind.LEAK, f"on two sides: {leak.sentence}")
        for leak in find_leaks(films)
    ]


def _sides(films: "Sequence[FilmLabel]") -> str:
    """How many films, patients and fractured films are on each side."""
    sides: dict[str, list[FilmLabel]] = {}
    for film in films:
        sides.setdefault(film.split or "no side", []).append(film)
    parts = []
    for side, members in sides.items():
        patients = len({film.patient or film.name for film in members})
        fractured = sum(film.fractured is True for film in members)
        parts.append(f"{side}: {len(members)} films of {patients} patients, {fractured} fractured")
    return "; ".join(parts)
