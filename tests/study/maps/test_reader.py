from dataclasses import replace

import cv2
import numpy as np
import pytest

from spondyl.anatomy import JUDGED_LEVELS, MAPPED_LEVELS, Level
from spondyl.deliver.reading_json import reading_to_json
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.readings import call_from_json
from spondyl.film import load_film
from spondyl.read.prepare import finder_input
from spondyl.study.maps import reader as reader_module
from spondyl.study.maps.reader import MapReader, MapReaderError, Naming, labels_by_path
from tests.study.compare_cases import COLUMN, SIZE_PX, draw, film, mirrored

INPUT_PX, STRIDE = (128, 192), 4
BROKEN = Level.L2


def ideal_maps(label, named=lambda level: level, tasks=("levels", "fracture")):
    """What a perfect network maps: classes and fractures inside the true quads (canonical)."""
    _, to_network = finder_input(np.zeros(SIZE_PX[::-1], np.float32), INPUT_PX)
    height, width = INPUT_PX[1] // STRIDE, INPUT_PX[0] // STRIDE
    levels = np.zeros((1 + len(MAPPED_LEVELS), height, width), np.float32)
    levels[0] = 4
    fracture = np.full((1, height, width), -3, np.float32)
    for level, body in label.vertebrae.items():
        cells = (to_network(body.corners_px) - 1.5) / STRIDE
        inside = np.zeros((height, width), np.uint8)
        cv2.fillPoly(inside, [np.round(cells * 256).astype(np.int32)], 1, shift=8)
        at = inside > 0
        levels[0][at] = -4
        levels[1 + MAPPED_LEVELS.index(named(level))][at] = 4
        fracture[0][at] = 3 if level is BROKEN else -3
    both = {"levels": levels, "fracture": fracture}
    return {task: both[task] for task in tasks}


@pytest.fixture
def open_reader(monkeypatch):
    """A reader of networks that answer with given maps; files stand for nothing."""

    class Fake:
        def __init__(self, file, threads=1):
            self.maps = networks[file]
            self.outputs = tuple(self.maps)
            self.size_px = sizes.get(file, INPUT_PX)
            self.stride, self.sha256 = STRIDE, str(file)

        def run(self, channels):
            assert channels.shape == (2, INPUT_PX[1], INPUT_PX[0])
            return self.maps

    networks: dict = {}
    sizes: dict = {}
    monkeypatch.setattr(reader_module, "MapNetwork", Fake)

    def open_with(levels, fracture=None, size=None, **settings):
        networks.update(levels=levels, fracture=fracture or levels)
        sizes.update({} if size is None else {"fracture": size})
        return MapReader("levels", "levels" if fracture is None else "fracture", **settings)

    return open_with


def read(reader, label, tmp_path, pixels=None):
    path = tmp_path / "film.png"
    cv2.imwrite(str(path), draw(label, 1) if pixels is None else pixels)
    return reader.reading(load_film(path), label)


@pytest.mark.parametrize("naming", list(Naming))
@pytest.mark.parametrize("side", ["left", "right"])
def test_ideal_maps_become_the_label(open_reader, tmp_path, naming, side):
    label = film("a.png", BROKEN)
    reader = open_reader(ideal_maps(label), naming=naming)
    pixels = draw(label, 1)
    if side == "right":
        label, pixels = mirrored(label), pixels[:, ::-1]
    reading = read(reader, label, tmp_path, pixels)
    assert [finding.level for finding in reading.findings] == list(COLUMN)
    outcome = judge_film(label, call_from_json(reading_to_json(reading)))
    assert all(body.named_right for body in outcome.bodies)
    assert max(body.corner_error for body in outcome.bodies) < 0.25
    assert outcome.side_right
    said = {f.level: f.fracture_probability for f in reading.findings}
    assert said[BROKEN] == pytest.approx(1 / (1 + np.exp(-3)), abs=0.01)
    assert max(said[level] for level in JUDGED_LEVELS if level is not BROKEN) < 0.1
    assert reading.fracture_probability == said[BROKEN]
    assert not any(finding.fractured for finding in reading.findings)
    assert not next(f for f in reading.findings if f.level is Level.S1).assessable


def test_a_split_name_is_mended_by_the_order_alone(open_reader, tmp_path):
    label = film("a.png")
    maps = ideal_maps(label)
    # L1 is taken for L2 by one cell in two: its own class no longer covers it.
    l1, l2 = (1 + MAPPED_LEVELS.index(level) for level in (Level.L1, Level.L2))
    rows, columns = np.nonzero(maps["levels"][l1] > 0)
    half = columns > np.median(columns)
    maps["levels"][l1, rows[half], columns[half]] = -4
    maps["levels"][l2, rows[half], columns[half]] = 4
    reading = read(open_reader(maps), label, tmp_path)
    assert [finding.level for finding in reading.findings] == list(COLUMN)
    outcome = judge_film(label, call_from_json(reading_to_json(reading)))
    assert all(body.named_right for body in outcome.bodies)


def test_names_and_fractures_may_come_from_two_networks(open_reader, tmp_path):
    label = film("a.png", BROKEN)
    levels, fracture = (ideal_maps(label, tasks=(task,)) for task in ("levels", "fracture"))
    reading = read(open_reader(levels, fracture), label, tmp_path)
    assert max(reading.findings, key=lambda f: f.fracture_probability).level is BROKEN
    with pytest.raises(MapReaderError, match="no fracture map"):
        open_reader(levels)
    with pytest.raises(MapReaderError, match="different input_px"):
        open_reader(levels, fracture, size=(64, 96))


def test_nothing_on_the_maps_is_a_reading_too(open_reader, tmp_path):
    empty = ideal_maps(replace(film("a.png"), vertebrae={}))
    reading = read(open_reader(empty), film("a.png"), tmp_path)
    assert reading.findings == ()
    assert not reading.assessable
    assert reading.fracture_probability == 0


def test_a_film_of_unknown_side_is_looked_at(open_reader, tmp_path):
    label = film("a.png")
    reader = open_reader(ideal_maps(label))
    reading = read(reader, replace(label, posterior_side=""), tmp_path)
    assert reading.posterior_side in ("left", "right")
    assert reading_to_json(reading)["schema"] == "spondyl.reading/1"


def test_labels_are_known_by_their_paths(tmp_path):
    found = labels_by_path([(tmp_path, [film("a/b.png")])])
    assert found[(tmp_path / "a" / "b.png").resolve()].name == "a/b.png"
