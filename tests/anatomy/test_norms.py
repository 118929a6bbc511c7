import pytest

from spondyl.anatomy import NORMS, Level
from spondyl.anatomy.genant import GRADE_BOUNDS


@pytest.mark.parametrize("level", NORMS)
def test_a_body_two_deviations_low_is_still_normal(level):
    norm = NORMS[level]
    assert 2 * norm.anterior_posterior_sd / norm.anterior_posterior < GRADE_BOUNDS[0]
    assert 2 * norm.middle_posterior_sd / norm.middle_posterior < GRADE_BOUNDS[0]


def test_wedge_turns_from_kyphosis_to_lordosis():
    assert NORMS[Level.T12].anterior_posterior < 1 < NORMS[Level.L5].anterior_posterior
    lumbar = [NORMS[level].anterior_posterior for level in list(Level)[5:10]]
    assert lumbar == sorted(lumbar)


def test_the_middle_is_the_lowest_height_of_a_lumbar_body():
    for level in (Level.L1, Level.L2, Level.L3, Level.L4, Level.L5):
        norm = NORMS[level]
        assert norm.middle_posterior < min(1.0, norm.anterior_posterior)


def test_bodies_are_deeper_than_high():
    assert all(norm.depth_to_posterior > 1 for norm in NORMS.values())
