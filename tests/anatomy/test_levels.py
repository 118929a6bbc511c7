from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.anatomy import JUDGED_LEVELS, LEVELS, MAPPED_LEVELS, NORMS, Level, above, below

ORDINARY = [level for level in Level if level is not Level.L6]
levels = st.sampled_from(list(Level))


def test_order_runs_from_top_to_bottom():
    assert [LEVELS[level].order for level in Level] == list(range(12))
    assert list(LEVELS) == list(Level)


def test_channels_follow_the_background_without_a_gap():
    assert [LEVELS[level].channel for level in MAPPED_LEVELS] == list(range(1, 11))
    assert MAPPED_LEVELS[0] is Level.T10
    assert MAPPED_LEVELS[-2:] == (Level.S1, Level.L6)
    assert LEVELS[Level.L6].channel == 10  # the last: maps without it differ in nothing else


def test_what_is_judged_has_a_name_and_a_norm():
    for level, info in LEVELS.items():
        assert info.named or not info.judged
        assert (level in NORMS) == (level is not Level.S1)
    assert [level for level in JUDGED_LEVELS if not LEVELS[level].judged] == []
    assert len(JUDGED_LEVELS) == 7


def test_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        LEVELS[Level.L1] = LEVELS[Level.L2]


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(ORDINARY)))
def test_neighbours_in_an_ordinary_spine(upper, lower):
    assert below(upper) is lower
    assert above(lower) is upper


def test_ends_and_the_sixth_lumbar_body():
    assert above(Level.T8) is None
    assert below(Level.S1) is None
    assert below(Level.L6) is Level.S1
    assert above(Level.L6) is Level.L5


@given(levels)
def test_below_goes_down(level):
    lower = below(level)
    assert lower is None or LEVELS[lower].order > LEVELS[level].order


@given(levels)
def test_above_goes_up(level):
    upper = above(level)
    assert upper is None or LEVELS[upper].order < LEVELS[level].order
