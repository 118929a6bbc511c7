"""What resembles a fracture changes the shape as it says, and its points go along."""

import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.simulate.shapes import (
    CupidsBow,
    Limbus,
    Osteophyte,
    Reshaping,
    RoughEndplates,
    SchmorlNode,
    VertebraShape,
    build_vertebra,
    deformed,
    draw_mimics,
    draw_osteophytes,
    draw_vertebra,
    is_closed,
)


@pytest.fixture
def shape() -> VertebraShape:
    return build_vertebra(draw_vertebra(Level.L3, 1.0, np.random.default_rng(1)))


def test_reshaping_scales_the_heights(shape: VertebraShape) -> None:
    after = deformed(shape, [Reshaping(0.9, 0.93, 0.97)])
    np.testing.assert_allclose(
        after.heights_mm, np.array(shape.heights_mm) * [0.9, 0.93, 0.97], rtol=1e-3
    )


def test_reshaping_stretches_the_depth_forward(shape: VertebraShape) -> None:
    after = deformed(shape, [Reshaping(depth=1.1)])
    before = np.ptp(shape.points_mm[:2, 0])
    assert np.ptp(after.points_mm[:2, 0]) == pytest.approx(1.1 * before, rel=0.03)
    assert after.points_mm[0, 0] == pytest.approx(shape.points_mm[0, 0], abs=0.3)


def test_schmorl_node_is_a_local_pit(shape: VertebraShape) -> None:
    node = SchmorlNode(superior=True, u=0.0, v=0.0, depth_mm=4.0, radius_mm=5.0)
    after = deformed(shape, [node])
    moved = after.points_mm - shape.points_mm
    assert moved[4, 2] == pytest.approx(-4.0, abs=1e-6)
    np.testing.assert_allclose(moved[[0, 1, 2, 3, 5]], 0, atol=1e-6)


def test_cupids_bow_spares_the_midline_and_the_superior_endplate(shape: VertebraShape) -> None:
    after = deformed(shape, [CupidsBow(3.0)])
    body, before = after.surfaces[0].vertices_mm, shape.surfaces[0].vertices_mm
    rise = body[:, 2] - before[:, 2]
    assert 2.0 < rise.max() < 3.1
    assert np.abs(before[rise.argmax(), 1]) > 4
    assert np.all(np.abs(after.points_mm - shape.points_mm)[[0, 1, 4]] < 1e-6)


def test_osteophyte_grows_forward_and_leaves_the_points(shape: VertebraShape) -> None:
    after = deformed(shape, [Osteophyte(superior=True, length_mm=6.0)])
    before = shape.surfaces[0].vertices_mm[:, 0].max()
    assert 3.0 < after.surfaces[0].vertices_mm[:, 0].max() - before < 6.5
    np.testing.assert_array_equal(after.points_mm, shape.points_mm)


def test_limbus_takes_the_corner_away(shape: VertebraShape) -> None:
    after = deformed(shape, [Limbus(True, 6.0)])
    gap = np.linalg.norm(after.surfaces[0].vertices_mm - shape.points_mm[1], axis=1).min()
    assert gap > 2.0


@pytest.mark.parametrize(
    "change",
    [
        SchmorlNode(False, 0.2, -0.2, 5.0, 6.0),
        CupidsBow(),
        Reshaping(0.85, 0.85, 0.85),
        RoughEndplates(1.5, seed=3),
        Osteophyte(False, 8.0, 0.5),
        Osteophyte(True, 3.0, posterior=True),
        Limbus(),
    ],
)
def test_surfaces_stay_closed_with_a_spongy_inside(shape: VertebraShape, change: Reshaping) -> None:
    body = deformed(shape, [change]).surfaces[0]
    assert is_closed(body.faces)
    assert 0.6 * shape.surfaces[0].volume_mm3 < body.volume_mm3
    assert body.inner().volume_mm3 > 0


def test_draws_are_repeatable_and_follow_their_share() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_mimics(Level.L4, rng, normal_share=0.5)[1] for _ in range(400)]
    assert 150 < sum(1 for names in drawn if names) < 250
    assert {names[0] for names in drawn if names} >= {"cupids_bow", "schmorl", "short"}
    first, second = (draw_osteophytes(np.random.default_rng(4), 0.8) for _ in range(2))
    assert first == second
    assert draw_osteophytes(rng, 0.0) == ()
