"""Corners without names find them, whatever order they come in, on the example films."""

from pathlib import Path

import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.labels import load_dataset
from spondyl.labels.formats import FormatError, ReadOptions
from spondyl.labels.formats.assemble import assemble
from spondyl.labels.formats.drawn import DrawnBody, DrawnFilm
from spondyl.labels.formats.points import six_points
from tests.labels.formats.made_labels import LEVELS, body_points

EXAMPLES = load_dataset(Path(__file__).parents[3] / "examples").films


def drawn(film, count, rng, **values):
    """The film's bodies as outlines that begin anywhere; S1 by its superior endplate."""
    bodies = []
    for level, body in film.vertebrae.items():
        points = six_points(body)[: 2 if level is Level.S1 else count]
        if np.isfinite(points).all():
            bodies.append(DrawnBody(f"{level}", level, points[rng.permutation(len(points))]))
    return DrawnFilm(film.name, film.name, film.size_px, tuple(bodies), values)


@pytest.mark.parametrize("count", [4, 6])
@pytest.mark.parametrize("film", EXAMPLES, ids=lambda film: film.name)
def test_corners_and_side_are_told_from_the_spine(film, count):
    rng = np.random.default_rng(len(film.name))
    (found,), remarks = assemble([drawn(film, count, rng)], ReadOptions())
    assert found.posterior_side == film.posterior_side
    assert film.name in remarks[0]
    assert len(found.vertebrae) >= 5
    for level, body in found.vertebrae.items():
        known = np.isfinite(six_points(body)).all(axis=1)
        assert known.sum() == (2 if level is Level.S1 else count)
        truth = six_points(film.vertebrae[level])
        np.testing.assert_allclose(six_points(body)[known], truth[known], atol=0.011)


def one_body(points, names=None, **values):
    body = DrawnBody("a.json, shape 0", Level.L3, np.asarray(points, dtype=float), names)
    return DrawnFilm("a.json", "a.png", (900, 1400), (body,), values)


def test_a_side_that_nothing_tells_is_asked_for():
    film = one_body(body_points(LEVELS.index(Level.L3))[:4])
    with pytest.raises(FormatError, match="--side left or --side right"):
        assemble([film], ReadOptions())
    (found,), _ = assemble([film], ReadOptions("right"))
    assert found.posterior_side == "right"


def test_names_of_points_tell_the_side():
    points = body_points(LEVELS.index(Level.L3), "right")[:4]
    names = ("sup_post", "sup_ant", "inf_ant", "inf_post")
    (found,), remarks = assemble([one_body(points, names)], ReadOptions())
    assert (found.posterior_side, remarks) == ("right", ())
    np.testing.assert_allclose(found.vertebrae[Level.L3].corners_px, points)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_numbers_of_points_that_are_no_body(count):
    points = body_points(LEVELS.index(Level.L3))[:count]
    with pytest.raises(FormatError, match=rf"a\.json, shape 0, L3: {count} points"):
        assemble([one_body(points)], ReadOptions("left"))


def test_every_fault_of_every_film_is_told():
    films = [one_body(body_points(8)[:3]), one_body(body_points(8)[:5], None)]
    second = DrawnFilm("b.json", "b.png", None, films[1].bodies)
    with pytest.raises(FormatError) as caught:
        assemble([films[0], second, films[0]], ReadOptions("left"))
    text = str(caught.value)
    assert "3 points" in text
    assert "5 points" in text
    assert "the size of 'b.png'" in text
    assert "'a.png' is there twice" in text
    assert len(caught.value.faults) == 4
