"""Warped-in fractures film by film, each kept, so that a stopped run goes on where it was."""

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.goals import Section
from bench.warped import measure_film, together
from bench.warped_figures import Case, Warped, save_cases, section_of
from spondyl.anatomy import Level, Shape
from spondyl.labels import load_dataset

if TYPE_CHECKING:
    from spondyl.cli.compose import FilmSource


def warped_table(
    given: argparse.Namespace, out: Path, source: "FilmSource", simulator: str
) -> Section:
    """The table of the real films with fractures warped in.

    Parameters
    ----------
    given : argparse.Namespace
    out : Path
        Keeps what each film gave, apart for each reader and each state of the simulator.
    source : FilmSource
    simulator : str
        Checksum of the code that warps.
    """
    from spondyl.cli.compose import open_reader

    dataset = load_dataset(given.real)
    reader = open_reader(given.site, 1, given.weights)
    store = out / "warped" / f"{source.fingerprint[:12]}-{simulator}" / dataset.folder.name

    def one(number: int) -> Warped:
        file = store / f"{dataset.films[number].name}.json"
        return kept(file, lambda: measure_film(dataset, number, reader))

    with ThreadPoolExecutor(max(1, given.workers)) as pool:
        result = together(list(pool.map(one, range(len(dataset.films)))))
    save_cases(result, store.with_suffix(".csv"))
    return section_of(result, {"folder": given.real.resolve().name, "simulator": simulator})


def kept(file: Path, measure: Callable[[], Warped]) -> Warped:
    """What an earlier run left in the file; else measured and left there, whole or not at all."""
    if file.is_file():
        return from_json(json.loads(file.read_text(encoding="utf-8")))
    made = measure()
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".part")
    half.write_text(json.dumps(asdict(made)) + "\n", encoding="utf-8")
    half.replace(file)
    return made


def from_json(value: dict[str, Any]) -> Warped:
    """What ``asdict`` made of it, turned back."""
    cases = tuple(
        Case(**{**case, "level": Level(case["level"]), "shape": Shape(case["shape"])})
        for case in value["cases"]
    )
    return Warped(cases, value["films"], value["alarms"], tuple(value["left_out"]))
