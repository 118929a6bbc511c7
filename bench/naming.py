"""Names by a class per pixel, by each body's own looks, and by the sequence search; same network.

Simulated films are made, of ordinary spines, of spines with six lumbar bodies or a sacralised L5,
and of views without a sacrum, unless ``--set`` names some that were made before.
"""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/naming.py` finds `bench`

from bench.films import KINDS, Spine, add_arguments, made
from bench.naming_films import Film, Quads, Recorder, read
from spondyl.anatomy import MAPPED_LEVELS
from spondyl.read.sequence import Sequence as Names
from spondyl.read.sequence import name_column
from spondyl.read.sequence_scores import SequenceSettings

PER_PIXEL = "class per pixel"
BY_LOOKS = "instances, own looks"
BY_SEQUENCE = "instances, sequence search"
#: Edges of the bins of numbering confidence.
_BINS = (0.4, 0.6, 0.75, 0.85)
#: Transitional spines among people (226 CTs, PMC3948909): the films count accordingly.
_SHARES = {str(Spine.SIX_LUMBAR): 0.062, str(Spine.SACRALISED): 0.027}


@cache
def named(film: Film, settings: SequenceSettings) -> Names:
    """The search's answer; asked for more than once."""
    return name_column(film.evidence, settings)


def own_looks(film: Film) -> Quads:
    """Each body under the name that it looks most like by itself."""
    best = film.evidence.looks[:, 1:].argmax(axis=1) if len(film.column) else []
    return film.quads(MAPPED_LEVELS[k] for k in best)


def methods(settings: dict[str, SequenceSettings]) -> dict[str, Callable[[Film], Quads]]:
    """Ways to name the bodies of a film."""

    def by_sequence(weights: SequenceSettings) -> Callable[[Film], Quads]:
        return lambda film: film.quads(named(film, weights).levels)

    ways: dict[str, Callable[[Film], Quads]] = {
        PER_PIXEL: lambda film: film.regions,
        BY_LOOKS: own_looks,
    }
    return ways | {name: by_sequence(weights) for name, weights in settings.items()}


def shares(films: Sequence[Film], name: Callable[[Film], Quads]) -> dict[str, float]:
    """Found and named: shares of the bodies, and of the films."""
    outcomes = [film.outcome(name(film)) for film in films]
    bodies = [body for film in outcomes for body in film]
    found = [body for body in bodies if body.found]
    return {
        "found": _share(body.found for body in bodies),
        "named right": _share(body.named_right for body in found),
        "within one": _share(body.shift is not None and abs(body.shift) <= 1 for body in found),
        "films right": _share(all(body.named_right for body in film) for film in outcomes),
    }


def doubt(films: Sequence[Film], settings: SequenceSettings) -> dict[str, float]:
    """Confidence of the numbering, and the alternative shift where it is wrong."""
    pairs = [(film, named(film, settings)) for film in films]
    shifts = [(_wrong_shift(film, names), names.alternative_shift) for film, names in pairs]
    astray = [(shift, told) for shift, told in shifts if shift is not None]
    return {
        "confidence": float(np.mean([_told(film, names) for film, names in pairs])),
        "films wrong": len(astray),
        "shift helps": sum(shift * told < 0 for shift, told in astray),
        "shift misleads": sum(shift * told > 0 for shift, told in astray),
    }


def reliability(films: Sequence[Film], settings: SequenceSettings) -> dict[str, dict[str, float]]:
    """How often the numbering of the bodies found is right, by its confidence.

    Films count so that transitional spines are as common as among people.
    """
    groups = [film.group if film.group in _SHARES else "" for film in films]
    share = {**_SHARES, "": 1 - sum(_SHARES.values())}
    weight = np.array([share[group] / groups.count(group) for group in groups])
    told = np.array([_told(film, named(film, settings)) for film in films])
    right = np.array([_wrong_shift(film, named(film, settings)) is None for film in films])
    place = np.searchsorted(_BINS, told, side="right")
    return {
        f"confidence from {(0.0, *_BINS)[k]:.2f}": {
            "films": int((place == k).sum()),
            "weight": float(weight[place == k].sum() / weight.sum()),
            "confidence": float(np.average(told[place == k], weights=weight[place == k])),
            "right": float(np.average(right[place == k], weights=weight[place == k])),
        }
        for k in np.unique(place)
    }


def _told(film: Film, names: Names) -> float:
    return film.confidence_cap * names.numbering_confidence


def _wrong_shift(film: Film, names: Names) -> float | None:
    """Mean shift of the found bodies' names where any is wrong; None where all are right."""
    found = [body for body in film.outcome(film.quads(names.levels)) if body.found]
    if all(body.named_right for body in found):
        return None
    return float(np.mean([body.shift for body in found if body.shift is not None]))


def _share(values: Iterable[bool]) -> float:
    answers = list(values)
    return float(np.mean(answers)) if answers else float("nan")


def tried(given: Sequence[str]) -> dict[str, SequenceSettings]:
    """The shipped weights of the search, and others: ``NAME=VALUE[,NAME=VALUE]``."""
    settings = {BY_SEQUENCE: SequenceSettings()}
    for text in given:
        changes = (part.split("=") for part in text.split(","))
        values = {name: float(value) for name, value in changes}
        settings[text] = replace(SequenceSettings(), **values)
    return settings


def main() -> int:
    """Read, name in every way, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    add_arguments(parser, films=150)
    parser.add_argument(
        "--try", dest="trials", action="append", default=[], metavar="NAME=VALUE[,...]",
        help="name the same columns with other weights of the search, too",
    )  # fmt: skip
    given = parser.parse_args()
    engine = Recorder(given.weights)
    with tempfile.TemporaryDirectory() as place:
        out, count, seed = given.out or Path(place), given.films, given.seed
        folders = given.set or [
            made(out / f"{kind}-{seed}", count, seed, films) for kind, films in KINDS.items()
        ]
        films = read(folders, count, engine)
    if given.real:
        films += read([given.real], None, engine, "real")
    settings = tried(given.trials)
    groups: dict[str, list[Film]] = defaultdict(list)
    for film in films:
        groups[film.group].append(film)
    naming = {
        group: {way: shares(part, name) for way, name in methods(settings).items()}
        for group, part in groups.items()
    }
    doubts = {
        group: {way: doubt(part, weights) for way, weights in settings.items()}
        for group, part in groups.items()
    }
    simulated = [film for film in films if film.group != "real"]
    bins = {way: reliability(simulated, weights) for way, weights in settings.items()}
    if given.json:
        print(json.dumps({"named": naming, "doubt": doubts, "reliability": bins}, indent=1))
        return 0
    print(f"model: {engine.identity.sha256[:12]}")
    for group, part in groups.items():
        print(f"\n{group}, {len(part)} films")
        _print(naming[group])
        _print(doubts[group])
    print("\nHow often right, by confidence; transitional spines as common as among people")
    for way, rows in bins.items():
        print(way)
        _print(rows)
    return 0


def _print(rows: dict[str, dict[str, float]]) -> None:
    width = max(len(name) for name in rows) + 2
    keys = next(iter(rows.values()))
    print(f"  {'':<{width}}" + "".join(f"{key:>16}" for key in keys))
    for name, row in rows.items():
        values = (f"{v:>16d}" if isinstance(v, int) else f"{v:>16.3f}" for v in row.values())
        print(f"  {name:<{width}}" + "".join(values))


if __name__ == "__main__":
    sys.exit(main())
