"""Vertebrae: closed, outward, points on the surface, sizes as drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.anatomy import NORMS, Level
from spondyl.simulate.shapes import build_vertebra, draw_person, draw_vertebra
from spondyl.simulate.shapes.surface import is_closed
from spondyl.simulate.shapes.vertebra import posterior_height_mm


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(NORMS)), st.integers(0, 10_000))
def test_surfaces_are_closed_and_outward(level: Level, seed: int) -> None:
    shape = build_vertebra(draw_vertebra(Level(level), 1.0, np.random.default_rng(seed)))
    for surface in shape.surfaces:
        assert is_closed(surface.faces)
        assert surface.volume_mm3 > 0
        assert 0 < surface.inner().volume_mm3 < surface.volume_mm3


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(NORMS)), st.integers(0, 10_000))
def test_points_are_on_the_body(level: Level, seed: int) -> None:
    parameters = draw_vertebra(Level(level), 1.0, np.random.default_rng(seed))
    shape = build_vertebra(parameters)
    body = shape.surfaces[0].vertices_mm
    gap = np.linalg.norm(body[:, None] - shape.points_mm[None], axis=-1).min(axis=0)
    assert np.all(gap[:4] < 0.7 * parameters.body.rim_radius + 0.05)
    assert np.all(gap[4:] < 1e-3)
    np.testing.assert_allclose(shape.points_mm[:4].mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(
        shape.heights_mm,
        (
            parameters.body.height_anterior,
            parameters.body.height_middle,
            parameters.body.height_posterior,
        ),
        rtol=1e-6,
    )


def test_same_seed_same_shape() -> None:
    first, second = (
        build_vertebra(draw_vertebra(Level.T12, 0.95, np.random.default_rng(5))) for _ in range(2)
    )
    np.testing.assert_array_equal(first.surfaces[1].vertices_mm, second.surfaces[1].vertices_mm)
    np.testing.assert_array_equal(first.points_mm, second.points_mm)


def test_mean_sizes_are_anatomical() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_vertebra(Level.L3, 1.0, rng, draw_person(rng, 1.0)).body for _ in range(200)]
    assert np.mean([body.height_posterior for body in drawn]) == pytest.approx(27, abs=0.5)
    # Bodies of real films are slimmer than the norms' ratio of depth to height says.
    assert 31 < np.mean([body.depth_superior for body in drawn]) < 36
    assert 39 < np.mean([body.width_superior for body in drawn]) < 50
    assert 19 < posterior_height_mm(Level.T8) < 24


def test_sacrum_is_no_vertebra() -> None:
    with pytest.raises(ValueError, match="draw_sacrum"):
        draw_vertebra(Level.S1, 1.0, np.random.default_rng(0))
