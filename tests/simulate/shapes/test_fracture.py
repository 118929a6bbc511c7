"""Fractures lose exactly the heights that they say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.anatomy import NORMS, Level, Shape
from spondyl.simulate.shapes import build_vertebra, draw_fracture, draw_vertebra, fractured
from spondyl.simulate.shapes.fracture import Fracture
from spondyl.simulate.shapes.surface import is_closed

KINDS = st.sampled_from([Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH])


@settings(max_examples=25, deadline=None)
@given(KINDS, st.floats(0.0, 0.75), st.sampled_from(sorted(NORMS)), st.integers(0, 10_000))
def test_heights_after_are_exact(kind: Shape, loss: float, level: Level, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = build_vertebra(draw_vertebra(Level(level), 1.0, rng))
    fracture = draw_fracture(kind, loss, rng)
    after = fractured(shape, fracture)
    wanted = np.array(shape.heights_mm) * (1 - np.array(fracture.losses))
    np.testing.assert_allclose(after.heights_mm, wanted, rtol=2e-4)


@settings(max_examples=10, deadline=None)
@given(KINDS, st.floats(0.2, 0.7), st.integers(0, 10_000))
def test_surface_stays_closed_and_loses_volume(kind: Shape, loss: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = build_vertebra(draw_vertebra(Level.L2, 1.0, rng))
    fracture = draw_fracture(kind, loss, rng)
    before, after = shape.surfaces[0], fractured(shape, fracture).surfaces[0]
    assert is_closed(after.faces)
    assert after.inner().volume_mm3 > 0
    # Bulging walls and a rough endplate give some volume back, now and then more than is lost.
    assert 0.2 < after.volume_mm3 / before.volume_mm3 < 1.15
    bare = replace(fracture, irregularity_mm=0, bulge_mm=0, buckle_mm=0, retropulsion_mm=0)
    assert 0.2 < fractured(shape, bare).surfaces[0].volume_mm3 / before.volume_mm3 < 0.99


def test_arch_far_behind_stays() -> None:
    rng = np.random.default_rng(0)
    shape = build_vertebra(draw_vertebra(Level.L1, 1.0, rng))
    fracture = Fracture(Shape.CRUSH, 0.5, (1.0, 0.9), retropulsion_mm=3.0)
    points = np.array([[-60.0, 0.0, -8.0], [-40.0, 15.0, 10.0]])
    np.testing.assert_allclose(fracture.deform(points, shape.box), points)


def test_deep_endplate_keeps_order() -> None:
    """No fold: along a column of the body, what was higher stays higher."""
    rng = np.random.default_rng(3)
    shape = build_vertebra(draw_vertebra(Level.L3, 1.0, rng))
    for share in (0.0, 0.5, 1.0):
        fracture = Fracture(
            Shape.WEDGE, 0.7, superior_share=share, depth_share=0.3, irregularity_mm=0.0
        )
        column = np.zeros((60, 3))
        column[:, 0] = 13.0
        column[:, 2] = np.linspace(-12, 12, 60)
        assert np.all(np.diff(fracture.deform(column, shape.box)[:, 2]) > 0)


@pytest.mark.parametrize("loss", [-0.1, 0.9])
def test_impossible_loss_is_refused(loss: float) -> None:
    with pytest.raises(ValueError, match="lost share"):
        Fracture(Shape.WEDGE, loss)
