"""The shipped weights on the shipped examples: golden readings, and the truth they stand for."""

import json
from pathlib import Path

import pytest

from spondyl.anatomy import JUDGED_LEVELS, Status
from spondyl.deliver import reading_to_json
from spondyl.geometry import points_in_quad, quad_centre
from spondyl.labels import load_dataset
from spondyl.read import Reader

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
GOLDEN = ROOT / "tests" / "golden"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.png"))
#: Other processors round differently; a corner may move by this share of a pixel, no more.
CORNER_PX = 1.0
PROBABILITY = 0.05


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.fixture(scope="module")
def truth():
    return {film.name: film for film in load_dataset(EXAMPLES)}


@pytest.fixture(scope="module")
def readings(reader):
    return {
        path.name: reader.read(path)
        for path in sorted(EXAMPLES.iterdir())
        if path.suffix in (".png", ".dcm")
    }


def test_there_are_six_examples_in_two_forms(readings):
    assert len(NAMES) == 6
    assert set(readings) == {f"{name}{end}" for name in NAMES for end in (".png", ".dcm")}


@pytest.mark.parametrize("name", NAMES)
def test_reading_is_the_golden_one(name, readings):
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    found = reading_to_json(readings[f"{name}.png"])
    for key in ("assessable", "fractured", "threshold", "schema"):
        assert found[key] == golden[key]
    assert found["film"]["posterior_side"] == golden["film"]["posterior_side"]
    assert found["film"]["inverted"] == golden["film"]["inverted"]
    assert found["fracture_probability"] == pytest.approx(
        golden["fracture_probability"], abs=PROBABILITY
    )
    assert [v["level"] for v in found["vertebrae"]] == [v["level"] for v in golden["vertebrae"]]
    for body, kept in zip(found["vertebrae"], golden["vertebrae"], strict=True):
        for corner, place in kept["corners_px"].items():
            assert body["corners_px"][corner] == pytest.approx(place, abs=CORNER_PX)
        assert body["fractured"] == kept["fractured"]
        assert body["assessable"] == kept["assessable"]
        assert body["fracture_probability"] == pytest.approx(
            kept["fracture_probability"], abs=PROBABILITY
        )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("end", [".png", ".dcm"])
def test_bodies_are_named_as_they_were_made(name, end, readings, truth):
    reading, label = readings[name + end], truth[name + end]
    assert reading.assessable
    found = {finding.level: finding for finding in reading.findings}
    for level in JUDGED_LEVELS:
        assert level in found
        assert points_in_quad(
            quad_centre(found[level].corners_px), label.vertebrae[level].corners_px
        )


@pytest.mark.parametrize("name", NAMES)
def test_fractures_are_called_where_they_were_made(name, readings, truth):
    label = truth[f"{name}.png"]
    made = {level for level in JUDGED_LEVELS if label.vertebrae[level].status is Status.FRACTURED}
    called = {f.level for f in readings[f"{name}.png"].findings if f.fractured}
    assert called & set(JUDGED_LEVELS) == made


def test_side_and_polarity_are_seen(readings):
    assert readings["mirrored.png"].posterior_side == "right"
    assert readings["normal.png"].posterior_side == "left"
    assert readings["negative.png"].inverted
    assert not readings["normal.png"].inverted


@pytest.mark.parametrize("name", NAMES)
def test_dicom_and_png_read_alike(name, readings):
    picture, dicom = readings[f"{name}.png"], readings[f"{name}.dcm"]
    assert [f.level for f in picture.findings] == [f.level for f in dicom.findings]
    assert [f.fractured for f in picture.findings] == [f.fractured for f in dicom.findings]
    for one, other in zip(picture.findings, dicom.findings, strict=True):
        assert one.corners_px == pytest.approx(other.corners_px, abs=3.0)
