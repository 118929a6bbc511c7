"""The picture shows the findings and says what it is not."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from spondyl.deliver.picture import (
    NOTICE,
    PictureSettings,
    draw_overlay,
    headline,
    write_overlay,
)
from spondyl.read.model import Reading


def test_outlines_lie_on_the_bodies(reading: Reading) -> None:
    empty = draw_overlay(replace(reading, findings=()))
    drawn = draw_overlay(reading)
    assert drawn.shape == empty.shape
    changed = np.abs(drawn.astype(int) - empty).max(axis=2) > 30
    scale = 1400 / 700
    left = (drawn.shape[1] - round(460 * scale)) // 2
    corner = reading.findings[3].corners_px[0]
    x, y = left + corner[0] * scale, 84 + corner[1] * scale
    assert changed[int(y) - 5 : int(y) + 6, int(x) - 5 : int(x) + 6].any()
    far = left + 30
    assert not changed[84:-44, left:far].any(), "nothing is drawn far from the bodies"


def test_fractured_and_normal_bodies_differ_in_colour(reading: Reading) -> None:
    drawn = draw_overlay(reading).astype(int)
    orange = (drawn[..., 2] > 200) & (drawn[..., 0] < 90) & (drawn[..., 1] < 150)
    rows = np.nonzero(orange[84:-44].any(axis=1))[0] / 2
    body = reading.findings[1].corners_px[:, 1]
    assert rows.min() > body.min() - 30
    assert rows.max() < body.max() + 30


def test_headline(reading: Reading) -> None:
    assert headline(reading)[0] == "Fracture suspected: L2"
    calm = replace(reading, findings=reading.findings[2:4], fractured=False)
    assert headline(calm)[0] == "No fracture found"
    blind = replace(reading, assessable=False, reasons=("It shows a chest.",))
    assert headline(blind) == ("Not assessable", "It shows a chest.")
    assert "not for diagnosis" in NOTICE.lower()


@pytest.mark.parametrize("size", [(60, 900), (2400, 700), (300, 280)])
def test_odd_film_sizes(reading: Reading, size: tuple[int, int]) -> None:
    film = replace(reading.film, pixels=np.zeros((size[1], size[0]), np.float32))
    picture = draw_overlay(replace(reading, film=film), PictureSettings(height_px=500))
    assert picture.dtype == np.uint8
    assert picture.shape[1] >= 760


def test_negative_film_is_shown_with_bright_bone(reading: Reading) -> None:
    ramp = np.tile(np.linspace(0, 1, 460, dtype=np.float32), (700, 1))
    plain = replace(reading, findings=(), film=replace(reading.film, pixels=ramp))
    negative = replace(plain, film=replace(plain.film, pixels=1 - ramp), inverted=True)
    assert np.abs(draw_overlay(plain).astype(int) - draw_overlay(negative)).max() <= 2


def test_file(reading: Reading, tmp_path: Path) -> None:
    write_overlay(reading, tmp_path / "overlay.png")
    back = cv2.imread(str(tmp_path / "overlay.png"))
    assert (back == draw_overlay(reading)).all()
    assert [file.name for file in tmp_path.iterdir()] == ["overlay.png"]
