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
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/naming.py` finds `bench`

from bench.films import KINDS, add_arguments, films_of, made, spine_of
from spondyl.anatomy import MAPPED_LEVELS, Level
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.outcome import BodyOutcome, FilmCall
from spondyl.geometry import Affine
from spondyl.labels import FilmLabel
from spondyl.read import Engine, Finding, Reader, Site
from spondyl.read.column import best_column
from spondyl.read.decode import cell_centres_px, decode_candidates
from spondyl.read.engine import FinderMaps
from spondyl.read.find import Found
from spondyl.read.reader import column_evidence
from spondyl.read.sequence import Sequence as Names
from spondyl.read.sequence import name_column
from spondyl.read.sequence_scores import ColumnEvidence, SequenceSettings

Quads = list[tuple[Level, NDArray[np.float64]]]

PER_PIXEL = "class per pixel"
BY_LOOKS = "instances, own looks"
BY_SEQUENCE = "instances, sequence search"
#: Regions of the class map with fewer cells are specks.
_LEAST_CELLS = 6
#: Edges of the bins of numbering confidence.
_BINS = (0.0, 0.4, 0.6, 0.75, 0.85, 1.0)


class Recorder(Engine):
    """The networks; keeps every map of the finder, and reads no crops: names do not need them."""

    def __init__(self, weights: Path | None) -> None:
        super().__init__(threads=1, folder=weights)
        self.maps: list[FinderMaps] = []

    def finder(self, channels: NDArray[np.float32]) -> FinderMaps:
        """Map one film, and keep the maps."""
        self.maps.append(super().finder(channels))
        return self.maps[-1]

    def maps_of(self, found: Found) -> FinderMaps:
        """The maps that a column was read from: a film is looked at in more ways than one."""
        for maps in self.maps:
            column, score = best_column(decode_candidates(maps))
            same = len(column) == len(found.column) and score == found.score
            if same and all(
                np.array_equal(one.points_px, two.points_px)
                for one, two in zip(column, found.column, strict=True)
            ):
                return maps
        raise AssertionError("the maps of the column that was found are among those recorded")


@dataclass(frozen=True)
class Film:
    """One film, as far as names need it."""

    label: FilmLabel
    group: str
    confidence_cap: float
    evidence: ColumnEvidence
    column: tuple[NDArray[np.float64], ...]
    regions: Quads
    to_film: Affine

    def quads(self, levels: Iterable[Level | None]) -> Quads:
        """The column's bodies under these names, film px."""
        named = zip(levels, self.column, strict=True)
        return [(level, points) for level, points in named if level is not None]

    def outcome(self, quads: Quads) -> list[BodyOutcome]:
        """Bodies under T10 held against named quads."""
        call = FilmCall(tuple(_finding(level, self.to_film(quad)) for level, quad in quads))
        return [body for body in judge_film(self.label, call).bodies if body.level != Level.T10]


def _finding(level: Level, quad: NDArray[np.float64]) -> Finding:
    return Finding(level, 1.0, 1.0, quad, None, True, (), 0.0, False, None, None, None, None)


def read(
    folders: Sequence[Path], limit: int | None, engine: Recorder, group: str | None = None
) -> list[Film]:
    """Find the columns of films; groups by what they show unless one is given."""
    reader = Reader(Site(), networks=engine)
    films = []
    for label, film in films_of(folders, limit):
        engine.maps.clear()
        examined = reader.examine(film)
        found = examined.found
        raw = examined.names.numbering_confidence
        told = reader.judge(examined).numbering.confidence
        films.append(
            Film(
                label=label,
                group=group or str(spine_of(label)),
                confidence_cap=told / raw if raw else 1.0,
                evidence=column_evidence(found.column, found.bottom_px),
                column=tuple(candidate.points_px[:4] for candidate in found.column),
                regions=class_regions(engine.maps_of(found)),
                to_film=found.to_network.inverse().then(found.to_canonical.inverse()),
            )
        )
    return films


def class_regions(maps: FinderMaps) -> Quads:
    """The level decoder read by itself: of each class its largest region, as a box; network px."""
    classes = maps.levels.argmax(axis=0)
    regions: Quads = []
    for channel, level in enumerate(MAPPED_LEVELS[: len(maps.levels) - 1], start=1):
        mask = (classes == channel).astype(np.uint8)
        _, marks, sizes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        if len(sizes) < 2 or sizes[1:, cv2.CC_STAT_AREA].max() < _LEAST_CELLS:
            continue
        largest = 1 + int(sizes[1:, cv2.CC_STAT_AREA].argmax())
        rows, columns = np.nonzero(marks == largest)
        cells = cell_centres_px(rows, columns)
        # The centre of gravity stands for the region: a quad about it has the same centre.
        spread = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * cells.std(axis=0)
        regions.append((level, cells.mean(axis=0) + spread))
    return regions


def own_looks(film: Film) -> Quads:
    """Each body under the name that it looks most like by itself."""
    best = film.evidence.looks[:, 1:].argmax(axis=1) if len(film.column) else []
    return film.quads(MAPPED_LEVELS[k] for k in best)


def methods(settings: dict[str, SequenceSettings]) -> dict[str, Callable[[Film], Quads]]:
    """Ways to name the bodies of a film."""

    def by_sequence(weights: SequenceSettings) -> Callable[[Film], Quads]:
        return lambda film: film.quads(name_column(film.evidence, weights).levels)

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
    pairs = [(film, name_column(film.evidence, settings)) for film in films]
    wrong = [_wrong_shift(film, names) for film, names in pairs]
    astray = [
        (shift, names.alternative_shift)
        for shift, (_, names) in zip(wrong, pairs, strict=True)
        if shift is not None
    ]
    return {
        "confidence": float(np.mean([_told(film, names) for film, names in pairs])),
        "films wrong": len(astray),
        "shift helps": sum(shift * told < 0 for shift, told in astray),
        "shift misleads": sum(shift * told > 0 for shift, told in astray),
    }


def reliability(films: Sequence[Film], settings: SequenceSettings) -> list[dict[str, float]]:
    """How often the numbering of the bodies found is right, by its confidence."""
    rows: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for film in films:
        names = name_column(film.evidence, settings)
        told = _told(film, names)
        place = int(np.searchsorted(_BINS[1:-1], told, side="right"))
        rows[place].append((told, _wrong_shift(film, names) is None))
    return [
        {
            "from": _BINS[place],
            "films": len(rows[place]),
            "confidence": float(np.mean([told for told, _ in rows[place]])),
            "right": float(np.mean([right for _, right in rows[place]])),
        }
        for place in sorted(rows)
    ]


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
        changes = dict(part.split("=") for part in text.split(","))
        settings[text] = replace(
            SequenceSettings(), **{name: float(value) for name, value in changes.items()}
        )
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
    named = {
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
        print(json.dumps({"named": named, "doubt": doubts, "reliability": bins}, indent=1))
        return 0
    print(f"model: {engine.identity.sha256[:12]}")
    for group, part in groups.items():
        print(f"\n{group}, {len(part)} films")
        _print(named[group])
        _print(doubts[group])
    print("\nHow often right, by confidence; simulated films")
    for way, rows in bins.items():
        _print({f"{way}, from {row.pop('from'):.2f}": row for row in rows})
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
