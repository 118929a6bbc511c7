"""The shipped weights where a body of a film is hidden: metal over it, or outside the exposure."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.film import load_film
from spondyl.labels import load_dataset
from spondyl.read import Reader

EXAMPLES = Path(__file__).parents[1] / "examples"
HIDDEN = Level.L2


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.fixture(scope="module")
def film():
    return load_film(EXAMPLES / "normal.png")


@pytest.fixture(scope="module")
def corners():
    label = next(film for film in load_dataset(EXAMPLES) if film.name == "normal.png")
    return label.vertebrae[HIDDEN].corners_px


def covered(film, corners, value):
    """The body and its discs under one grey value."""
    left, top = corners.min(axis=0).astype(int) - 12
    right, bottom = corners.max(axis=0).astype(int) + 12
    pixels = film.pixels.copy()
    pixels[top:bottom, left:right] = value
    return replace(film, pixels=pixels)


@pytest.mark.parametrize("value", [1.0, 0.0], ids=["metal", "not exposed"])
def test_a_hidden_body_is_never_called(reader, film, corners, value):
    assert HIDDEN in [f.level for f in reader.read(film).findings if f.assessable]
    reading = reader.read(covered(film, corners, value))
    middle = corners.mean(axis=0)
    there = [
        finding for finding in reading.findings
        if np.hypot(*(finding.corners_px.mean(axis=0) - middle)) < 0.3 * np.ptp(corners[:, 0])
    ]  # fmt: skip
    for finding in there:
        assert not finding.assessable
        assert any("The body is hidden" in reason for reason in finding.reasons)
        assert not finding.fractured
