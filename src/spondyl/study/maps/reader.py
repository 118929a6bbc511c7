"""The paper's form of a reader: a level map and a fracture map, one region per body.

A body's name comes from the level map, its probability of a fracture is the mean of the fracture
map's probabilities over its region: each body is judged on its own pixels, and no neighbour is
asked. The mean, and not the highest value: the network learns a map that is 1 all over a fractured
body, and a single bright cell is noise.

How the paper's authors went from maps to bodies is not known; all of this is our own choice.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import JUDGED_LEVELS, Level
from spondyl.deliver.reading_json import reading_to_json
from spondyl.film import Film, load_film
from spondyl.geometry import heights
from spondyl.labels import FilmLabel
from spondyl.read.column import best_column
from spondyl.read.decode import Candidate
from spondyl.read.model import Finding, ModelIdentity, Numbering, Reading
from spondyl.read.orient import Orientation, likely_orientations, look_at, to_canonical
from spondyl.read.prepare import finder_input
from spondyl.read.reader import column_evidence
from spondyl.read.sequence import name_column
from spondyl.read.sequence_scores import SequenceSettings
from spondyl.study.maps.network import MapNetwork
from spondyl.study.maps.regions import (
    Region,
    body_regions,
    class_regions,
    column_directions,
    region_quad,
)

FloatArray = NDArray[np.float64]


class Naming(StrEnum):
    """How bodies get their names."""

    #: Of each level the largest region of its class.
    REGIONS = "regions"
    #: Regions of whatever class, named by the order of the spine.
    SEQUENCE = "sequence"


class MapReaderError(ValueError):
    """Networks cannot be read together; the message says why."""


@dataclass(frozen=True)
class NamedRegion:
    """One body on the maps.

    Attributes
    ----------
    region : Region
    level : Level
    quad_px : ndarray, shape (4, 2)
        Network px, order ``geometry.CORNER_NAMES``.
    level_confidence, confidence : float
    """

    region: Region
    level: Level
    quad_px: FloatArray
    level_confidence: float
    confidence: float


class MapReader:
    """Reads films by a level map and a fracture map.

    Safe to use from several threads.

    Parameters
    ----------
    levels, fracture : Path
        ONNX files; the same one twice for a multi-task network.
    naming : Naming
    name, version : str
        Of the system, for the readings.
    sacrum : bool
        The networks learned from labels with S1; otherwise a column need not end there.
    labels : mapping of str to FilmLabel
        By the films' absolute paths: their side and polarity are believed. Films without a
        known side are looked at by the packaged view network.
    threads : int
        Within one network run.

    Raises
    ------
    MapReaderError
        If a network lacks its map, or the two are of different input sizes.
    """

    def __init__(
        self,
        levels: Path,
        fracture: Path,
        naming: Naming = Naming.SEQUENCE,
        name: str = "maps",
        version: str = "",
        sacrum: bool = True,
        labels: Mapping[Path, FilmLabel] | None = None,
        threads: int = 1,
    ) -> None:
        self._levels = MapNetwork(levels, threads)
        same = Path(levels) == Path(fracture)
        self._fracture = self._levels if same else MapNetwork(fracture, threads)
        for network, task, file in (
            (self._levels, "levels", levels),
            (self._fracture, "fracture", fracture),
        ):
            if task not in network.outputs:
                raise MapReaderError(
                    f"{file} has no {task} map, only {', '.join(network.outputs)}; take an arm "
                    "that learns it."
                )
        if (self._levels.size_px, self._levels.stride) != (
            self._fracture.size_px,
            self._fracture.stride,
        ):
            raise MapReaderError(
                "The level and the fracture network have different input_px or output_stride; "
                "one system needs both alike."
            )
        self.naming = naming
        joined = self._levels.sha256 + self._fracture.sha256
        self.model = ModelIdentity(name, version, hashlib.sha256(joined.encode()).hexdigest())
        self.labels = dict(labels or {})
        self._settings = SequenceSettings() if sacrum else SequenceSettings(no_sacrum_cost=0.0)
        self._threads = threads
        self._view: Any = None

    @property
    def model_facts(self) -> Mapping[str, str]:
        """Name, version and checksum of both networks."""
        return asdict(self.model)

    @property
    def fingerprint(self) -> str:
        """Checksum of all that a reading depends on but the film."""
        facts = [self.model.sha256, str(self.naming), self._settings.no_sacrum_cost]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def read(self, path: Path) -> dict[str, Any]:
        """The reading of one film in the form ``spondyl.reading/1``.

        Calls are left open (nothing is fractured, threshold 1); thresholds come after.

        Raises
        ------
        FilmError
            If the film cannot be read.
        """
        film = load_film(path)
        return reading_to_json(self.reading(film, self.labels.get(Path(path).resolve())))

    def reading(self, film: Film, label: FilmLabel | None = None) -> Reading:
        """The reading of one film; side and polarity from its label where it has them."""
        orientation = self._orientation(film, label)
        pixels, canonical = to_canonical(np.asarray(film.pixels, np.float32), orientation)
        size = self._levels.size_px
        channels, to_network = finder_input(pixels, size)
        maps = self._levels.run(channels)
        fracture = maps if self._fracture is self._levels else self._fracture.run(channels)
        bottom = float(to_network([0.0, pixels.shape[0] - 0.5])[1])
        bodies, numbering = self._bodies(maps["levels"], bottom)
        probability = 1 / (1 + np.exp(-np.clip(fracture["fracture"][0].astype(float), -30, 30)))
        back = to_network.inverse().then(canonical.inverse())
        findings = tuple(_finding(body, back(body.quad_px), probability) for body in bodies)
        judged = [f.fracture_probability for f in findings if f.assessable]
        return Reading(
            film=film,
            posterior_side=orientation.posterior_side,
            inverted=orientation.inverted,
            model=self.model,
            site="default",
            assessable=bool(judged),
            reasons=() if judged else ("No vertebral body from T11 to L5 was found.",),
            fracture_probability=max(judged, default=0.0),
            threshold=1.0,
            fractured=False,
            numbering=numbering,
            findings=findings,
            warnings=film.warnings,
        )

    def _orientation(self, film: Film, label: FilmLabel | None) -> Orientation:
        if label is not None and label.posterior_side in ("left", "right"):
            return Orientation(label.posterior_side == "right", bool(label.extra.get("inverted")))
        if self._view is None:
            from spondyl.read.engine import Engine

            self._view = Engine(self._threads)
        view = look_at(np.asarray(film.pixels, np.float32), self._view)
        return likely_orientations(view, film.header_posterior_side)[0]

    def _bodies(
        self, logits: NDArray[np.float32], bottom_px: float
    ) -> tuple[list[NamedRegion], Numbering]:
        shares = _softmax(logits)
        stride = self._levels.stride
        if self.naming is Naming.REGIONS:
            return _by_class(shares, stride), Numbering(1.0, "Each class by its own region.", 0)
        return _by_sequence(shares, stride, bottom_px, self._settings)


def _softmax(logits: NDArray[np.float32]) -> FloatArray:
    shifted = logits.astype(np.float64) - logits.max(axis=0)
    shares = np.exp(shifted)
    total: FloatArray = shares / shares.sum(axis=0)
    return total


def _by_class(shares: FloatArray, stride: int) -> list[NamedRegion]:
    bodies = []
    regions = sorted(class_regions(shares), key=lambda region: float(region.rows.mean()))
    for region, quad in zip(regions, _quads(regions, stride), strict=True):
        assert region.level is not None
        named = float(shares[:, region.rows, region.columns].max(axis=0).mean())
        found = 1 - region.mean(shares[0])
        bodies.append(NamedRegion(region, region.level, quad, named, found))
    return bodies


def _quads(regions: Sequence[Region], stride: int) -> list[FloatArray]:
    """Trapezoids of regions, top to bottom, each along the column."""
    cells = [region.cells_px(stride) for region in regions]
    ways = column_directions([one.mean(axis=0) for one in cells])
    return [region_quad(one, stride, way) for one, way in zip(cells, ways, strict=True)]


def _by_sequence(
    shares: FloatArray, stride: int, bottom_px: float, settings: SequenceSettings
) -> tuple[list[NamedRegion], Numbering]:
    log_shares = np.log(np.maximum(shares, 1e-9))
    found = body_regions(shares)
    candidates = [
        _candidate(region, quad, shares, log_shares)
        for region, quad in zip(found, _quads(found, stride), strict=True)
    ]
    regions = {id(one): region for one, region in zip(candidates, found, strict=True)}
    column, _ = best_column(candidates)
    names = name_column(column_evidence(column, bottom_px), settings)
    bodies = [
        NamedRegion(
            regions[id(candidate)], level, candidate.points_px[:4], float(sure), candidate.heat
        )
        for candidate, level, sure in zip(column, names.levels, names.level_confidence, strict=True)
        if level is not None
    ]
    return bodies, Numbering(names.numbering_confidence, names.assumption, names.alternative_shift)


def _candidate(
    region: Region, quad: FloatArray, shares: FloatArray, log_shares: FloatArray
) -> Candidate:
    points = np.vstack([quad, quad[:2].mean(axis=0), quad[2:].mean(axis=0)])
    mean = log_shares[:, region.rows, region.columns].mean(axis=1)
    looks = np.exp(mean - mean.max())
    heat = 1 - region.mean(shares[0])
    return Candidate(points, heat, looks / looks.sum(), 0.0, 0.0)


def _finding(body: NamedRegion, quad_px: FloatArray, probability: FloatArray) -> Finding:
    judged = body.level in JUDGED_LEVELS or body.level is Level.L6
    said = body.region.mean(probability)
    return Finding(
        level=body.level,
        level_confidence=body.level_confidence,
        confidence=body.confidence,
        corners_px=quad_px,
        mid_endplates_px=None,
        assessable=judged,
        reasons=() if judged else ("Fractures are judged from T11 to L5.",),
        fracture_probability=said,
        fractured=False,
        genant_grade=None,
        shape=None,
        heights_px=heights(quad_px) if judged else None,
        height_loss=None,
    )


def labels_by_path(folders: Sequence[tuple[Path, Sequence[FilmLabel]]]) -> dict[Path, FilmLabel]:
    """Labels by the absolute paths of their films."""
    return {
        (folder / label.name).resolve(): label for folder, labels in folders for label in labels
    }
