"""Films as far as their names need them: columns and class maps of the finder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.films import films_of, spine_of
from spondyl.anatomy import Level
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.outcome import BodyOutcome, FilmCall
from spondyl.geometry import Affine
from spondyl.labels import FilmLabel
from spondyl.read import Engine, Finding, Reader, Site
from spondyl.read.column import best_column
from spondyl.read.decode import decode_candidates
from spondyl.read.engine import BodyOutputs, FinderMaps
from spondyl.read.find import Found
from spondyl.read.prepare import FINDER_STRIDE
from spondyl.read.reader import column_evidence
from spondyl.read.sequence_scores import ColumnEvidence
from spondyl.study.maps.regions import class_regions

Quads = list[tuple[Level, NDArray[np.float64]]]


class Recorder(Engine):
    """The networks; keeps every map of the finder, and reads no crops: names do not need them."""

    def __init__(self, weights: Path | None) -> None:
        super().__init__(threads=1, folder=weights)
        self.maps: list[FinderMaps] = []

    def finder(self, channels: NDArray[np.float32]) -> FinderMaps:
        """Map one film, and keep the maps."""
        self.maps.append(super().finder(channels))
        return self.maps[-1]

    def body(self, crops: NDArray[np.float32]) -> BodyOutputs:
        """Nothing seen: the finder's points stand."""
        count = len(crops)
        unseen, zero = np.full((count, 6, 2), np.nan, np.float32), np.zeros(count, np.float32)
        return BodyOutputs(unseen, unseen[..., 0], zero, np.zeros((count, 3), np.float32), zero)

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


@dataclass(frozen=True, eq=False)
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
                regions=class_quads(engine.maps_of(found)),
                to_film=found.to_network.inverse().then(found.to_canonical.inverse()),
            )
        )
    return films


def class_quads(maps: FinderMaps) -> Quads:
    """The level decoder read by itself: of each class its largest region, as a box; network px."""
    quads: Quads = []
    for region in class_regions(maps.levels):
        assert region.level is not None
        cells = region.cells_px(FINDER_STRIDE)
        # The centre of gravity stands for the region: a quad about it has the same centre.
        spread = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * cells.std(axis=0)
        quads.append((region.level, cells.mean(axis=0) + spread))
    return quads
