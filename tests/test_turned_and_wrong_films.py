"""The shipped weights on films that are turned, negative, or no lateral lumbar films at all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spondyl.film import Film, load_film
from spondyl.read import Reader

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.fixture(scope="module")
def film():
    return load_film(EXAMPLES / "normal.png")


def same_bodies(one, other, place=lambda points: points):
    assert [f.level for f in one.findings] == [f.level for f in other.findings]
    for a, b in zip(one.findings, other.findings, strict=True):
        assert place(b.corners_px) == pytest.approx(a.corners_px, abs=2.0)
        assert b.fracture_probability == pytest.approx(a.fracture_probability, abs=0.1)


def test_a_negative_film_reads_the_same(reader, film):
    negative = replace(film, pixels=(1 - film.pixels).astype(np.float32))
    upright, turned = reader.read(film), reader.read(negative)
    assert turned.inverted is not upright.inverted
    same_bodies(upright, turned)


def test_a_mirrored_film_reads_the_same(reader, film):
    width = film.size_px[0]
    mirrored = replace(film, pixels=np.ascontiguousarray(film.pixels[:, ::-1]))
    upright, turned = reader.read(film), reader.read(mirrored)
    assert {upright.posterior_side, turned.posterior_side} == {"left", "right"}
    same_bodies(
        upright, turned, lambda points: np.stack([width - 1 - points[:, 0], points[:, 1]], 1)
    )


def no_films():
    rng = np.random.default_rng(0)
    noise = rng.random((600, 400), dtype=np.float32)
    y, x = np.mgrid[0:700, 0:500].astype(np.float32)
    waves = 0.5 + 0.25 * np.sin(x / 17) + 0.25 * np.cos(y / 29)
    disc = (np.hypot(x - 250, y - 350) < 200).astype(np.float32)
    return {"noise": noise, "waves": waves, "disc": disc}


@pytest.mark.parametrize("name", ["noise", "waves", "disc"])
def test_a_picture_that_is_no_film_is_not_assessable(reader, name):
    reading = reader.read(Film(no_films()[name]))
    assert not reading.assessable
    assert reading.reasons
    assert not reading.fractured
    assert not any(finding.fractured for finding in reading.findings)


@pytest.mark.parametrize("view", ["frontal", "chest"])
def test_other_views_are_mostly_turned_away_and_never_called_fractured(reader, view):
    pytest.importorskip("numba", reason="simulating films needs the extra `simulate`")
    from spondyl.simulate.film import FilmSettings, simulate_film
    from spondyl.simulate.finish import FinishSettings
    from spondyl.simulate.settings import SceneSettings, View

    settings = FilmSettings(
        SceneSettings(height_px=500, views=((View(view), 1.0),)),
        FinishSettings(mirror_share=0.0, invert_share=0.0),
    )
    readings = [reader.read(Film(simulate_film(77, k, settings).pixels)) for k in range(16)]
    turned_away = sum(not reading.assessable for reading in readings)
    assert turned_away >= 12
    assert not any(reading.fractured for reading in readings if not reading.assessable)


def test_a_part_beside_the_spine_is_not_assessable(reader, film):
    height, width = film.pixels.shape
    corner = np.ascontiguousarray(
        film.pixels[int(0.3 * height) : int(0.6 * height), int(0.7 * width) :]
    )
    reading = reader.read(Film(corner))
    assert not reading.assessable
    assert not reading.fractured
