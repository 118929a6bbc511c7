"""Levels in free text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.labels.reports.levels import find_levels, find_regions

_SPINE = (*(f"T{n}" for n in range(8, 13)), *(f"L{n}" for n in range(1, 6)))


def names(text):
    return [" ".join(mention.names) for mention in find_levels(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T12 through L2", ["T12 L1 L2"]),
        ("L2-4", ["L2 L3 L4"]),
        ("L1, 3 and 4", ["L1 L3 L4"]),
        ("L1,3,5", ["L1 L3 L5"]),
        ("12th thoracic", ["T12"]),
        ("the first and second lumbar vertebrae", ["L1 L2"]),
        ("first to third lumbar", ["L1 L2 L3"]),
        ("twelfth dorsal vertebra", ["T12"]),
        ("D12, TH11 and Th 10", ["T12 T11 T10"]),
        ("l1 and l 2", ["L1 L2"]),
        ("L-1", ["L1"]),
        ("T12-2", ["T12 L1 L2"]),
        ("L2~L4", ["L2 L3 L4"]),
        ("between T11 and L1", ["T11 T12 L1"]),
        ("T11, T12, and L1-L3", ["T11 T12 L1 L2 L3"]),
        ("L5-S1", ["L5 S1"]),
        ("L4/5", ["L4 L5"]),
        ("T12/L1", ["T12 L1"]),
        ("LII and L III", ["L2 L3"]),
        ("Ll", ["L1"]),
        ("lumbar 3", ["L3"]),
        ("L1, 30% loss", ["L1"]),
        ("L1 3 mm retropulsion", ["L1"]),
        ("L1, 2 views", ["L1"]),
        ("L1 to moderate degree", ["L1"]),
        ("12th thoracic rib", []),
        ("AL4 XL1 L12 T13", []),
        ("type 2 and grade 1", []),
    ],
)  # fmt: skip
def test_names(text, expected):
    assert names(text) == expected


def test_pairs_may_be_disc_spaces():
    spaces = [
        mention.spaces for mention in find_levels("L4-5; T12-L2; L1 and L2; L5-S1; L4-5, L5-S1")
    ]
    assert spaces == [True, False, False, True, True]


@given(
    st.integers(0, 9), st.integers(0, 9), st.sampled_from(["-", " - ", " to ", " through ", "~"])
)
def test_range_round_trip(a, b, joint):
    a, b = sorted((a, b))
    text = f"{_SPINE[a]}{joint}{_SPINE[b]}"
    assert find_levels(text)[0].names == _SPINE[a : b + 1]


@given(st.lists(st.sampled_from(_SPINE), min_size=1, max_size=6, unique=True),
       st.sampled_from([", ", " and ", " & ", "+", ", and "]))  # fmt: skip
def test_list_round_trip(levels, joint):
    assert find_levels(joint.join(levels))[0].names == tuple(levels)


@given(st.text(max_size=80))
def test_mentions_are_in_order_and_inside(text):
    at = 0
    for mention in find_levels(text):
        assert at <= mention.start < mention.end <= len(text)
        at = mention.end


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("lumbar spine", "L1", "L5"),
        ("thoracolumbar spine", "T11", "L5"),
        ("thoracolumbar junction", "T11", "L2"),
        ("lower thoracic spine", "T10", "T12"),
        ("upper lumbar vertebrae", "L1", "L2"),
    ],
)
def test_regions(text, first, last):
    (region,) = find_regions(text, 0, len(text))
    assert (region.levels[0], region.levels[-1]) == (first, last)


def test_title_of_a_film_is_no_region():
    for title in ("Lumbar spine radiograph", "X-ray of the lumbar spine", "lumbar spine, 2 views"):
        assert find_regions(title, 0, len(title)) == []
