"""Labels as people draw them, for the tests of the formats: any spine, oddly named films."""

import numpy as np
from hypothesis import strategies as st

from spondyl.anatomy import Level, Shape, Status
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.labels.formats import LabelSet

LEVELS = list(Level)
SIZE_PX = (900, 1400)
NAMES = ["a.png", "north/film 2.png", "Süd/Röntgen №3.dcm", "b/c/x.y.png", "a-b_c (1).jpg"]
TEXTS = ["p17", "Ärztin: 'alt' & <neu>", " blank ", "two\nlines", "", "7", "true", "\x07", "[1]"]
EXTRAS = [
    {},
    {"old": True},
    {"words": "wedge of L1 & L2"},
    {"level": "odd", "points": [1], "spondyl": {"a": None}},
    {"blank": "", "seven": "7", "list": [1, {"x": "<"}], "words": "two\nlines"},
]


def body_points(order, side="left", turn=0.3, size=60.0, wobble=None):
    """Six points of the body at a place of a bent spine."""
    angle = turn * (order - 7) / 4
    sign = 1 if side == "left" else -1
    centre = np.array([450.0 + 25 * sign * np.cos(order / 3), 80.0 + 105 * order])
    half, tall = size / 2, 0.4 * size
    local = [
        [-half, -tall], [half, -tall], [half, tall], [-half, tall], [2, -tall + 5], [1, tall - 4],
    ]  # fmt: skip
    points = np.array(local) + (0 if wobble is None else wobble)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = points @ spin.T
    turned[:, 0] *= sign
    return np.round(turned + centre, 2)


@st.composite
def bodies(draw, level, side, silent):
    wobble = np.array(
        draw(st.lists(st.tuples(*[st.floats(-6, 6)] * 2), min_size=6, max_size=6)), dtype=float
    )
    points = body_points(LEVELS.index(level), side, wobble=wobble)
    corners, mids = points[:4].copy(), points[4:]
    drawn = draw(st.sampled_from(["six", "six", "four", "plate", "three", "mids", "none"]))
    if drawn == "plate":
        corners[2:] = np.nan
    if drawn == "three":
        corners[draw(st.integers(0, 3))] = np.nan
    if (drawn == "none" and silent) or drawn == "mids":
        corners = None
    return VertebraLabel(
        level=level,
        corners_px=corners,
        mid_endplates_px=mids if drawn in ("six", "mids") else None,
        status=draw(st.sampled_from(Status)),
        genant_grade=draw(st.sampled_from([None, 0, 3])),
        shape=draw(st.sampled_from([None, *Shape])),
        height_loss=draw(st.sampled_from([None, 0.25])),
        height_losses=draw(st.sampled_from([None, (0.1, 0.25, 0.0)])),
        assessable=draw(st.booleans()),
        extra=draw(st.sampled_from(EXTRAS)),
    )


@st.composite
def films(draw, name):
    side = draw(st.sampled_from(["left", "right"]))
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(LEVELS))] * 2)))
    text = st.sampled_from([None, *TEXTS])
    return FilmLabel(
        name=name,
        size_px=draw(st.sampled_from([SIZE_PX, (901, 1403), (3000, 2000)])),
        posterior_side=side,
        vertebrae={level: draw(bodies(level, side, True)) for level in LEVELS[first:last]},
        patient=draw(text),
        split=draw(st.sampled_from([None, "train"])),
        site=draw(text),
        report=draw(text),
        extra=draw(st.sampled_from(EXTRAS)),
    )


@st.composite
def label_sets(draw):
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=3))
    return LabelSet(
        films=tuple(draw(films(name)) for name in names),
        note=draw(st.sampled_from(TEXTS)),
        extra=draw(st.sampled_from([{}, {"info": {"year": 2026}}])),
    )


def spine(side="left", levels=LEVELS[4:10], **changes):
    """A film with six points on each of its levels."""
    vertebrae = {
        level: VertebraLabel(
            level, (p := body_points(LEVELS.index(level), side))[:4], p[4:], Status.NORMAL
        )
        for level in levels
    }
    return FilmLabel("a.png", SIZE_PX, side, vertebrae, **changes)


def assert_same(one, other, atol=0.0101):
    """Two films say the same, coordinates to the given precision."""
    for key in ("name", "size_px", "posterior_side", "patient", "split", "site", "report"):
        assert getattr(one, key) == getattr(other, key), key
    assert dict(one.extra) == dict(other.extra)
    assert list(one.vertebrae) == list(other.vertebrae)
    for level, body in one.vertebrae.items():
        back = other.vertebrae[level]
        for key in ("status", "genant_grade", "shape", "height_loss", "height_losses"):
            assert getattr(body, key) == getattr(back, key), (level, key)
        assert body.assessable == back.assessable
        assert dict(body.extra) == dict(back.extra), level
        for key in ("corners_px", "mid_endplates_px"):
            mine, its = getattr(body, key), getattr(back, key)
            assert (mine is None) == (its is None), (level, key)
            if mine is not None:
                np.testing.assert_allclose(mine, its, atol=atol, equal_nan=True)
