from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.anatomy import Level, Shape, Status
from spondyl.geometry import heights
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.simulate.collapse import (
    Collapse,
    collapse_film,
    collapsible,
    draw_collapses,
    draw_manner,
    plan_collapse,
    six_points,
)
from spondyl.simulate.collapse_field import make_field

WIDTH, HEIGHT = 360, 620
LEVELS = (Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)
SHAPES = (Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH)
PRESSED = {Shape.WEDGE: (0,), Shape.BICONCAVE: (1,), Shape.CRUSH: (0, 1)}

levels, shapes = st.sampled_from(LEVELS), st.sampled_from(SHAPES)
losses, seeds = st.floats(0.05, 0.6), st.integers(0, 2**20)
quickly = settings(max_examples=30, deadline=None)


def made_label(mids=True, bend=0.12, side="left"):
    """A curved column of seven bodies and a sacral endplate."""
    vertebrae = {}
    top = np.array([150.0, 70.0])
    for i, level in enumerate(LEVELS):
        angle = bend * np.sin(2.2 * i / len(LEVELS))
        anterior = np.array([np.cos(angle), np.sin(angle)])
        down = np.array([-anterior[1], anterior[0]])
        depth, height = 62.0 + i, 48.0 + i
        points = np.array(
            [
                top, top + depth * anterior, top + 0.98 * height * down + depth * anterior,
                top + height * down,
                top + 0.5 * depth * anterior + 2.5 * down,
                top + 0.5 * depth * anterior + (height - 3.0) * down,
            ]
        )  # fmt: skip
        vertebrae[level] = VertebraLabel(
            level, points[:4], points[4:] if mids else None, Status.NORMAL, genant_grade=0
        )
        top = points[3] + 16.0 * down
    sacrum = np.full((4, 2), np.nan)
    sacrum[:2] = top, top + np.array([66.0, 22.0])
    vertebrae[Level.S1] = VertebraLabel(Level.S1, sacrum)
    label = FilmLabel("film.png", (WIDTH, HEIGHT), "left", vertebrae)
    return label if side == "left" else mirrored(label)


def mirrored(label):
    def turned(points):
        return None if points is None else np.array([label.size_px[0] - 1.0, 0]) + points * [-1, 1]

    return replace(
        label,
        posterior_side="right" if label.posterior_side == "left" else "left",
        vertebrae={
            level: replace(
                body,
                corners_px=turned(body.corners_px),
                mid_endplates_px=turned(body.mid_endplates_px),
            )
            for level, body in label.vertebrae.items()
        },
    )


def smooth_picture():
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    return (0.5 + 0.2 * np.sin(rows / 11) + 0.2 * np.cos(columns / 13)).astype(np.float32)


def three_heights(points):
    found = heights(points)
    return np.array([found.anterior, found.middle, found.posterior])


def spread(points):
    known = points[np.isfinite(points).all(axis=1)]
    return np.hypot(*(known[:, None] - known[None]).transpose(2, 0, 1))


@quickly
@given(levels, shapes, losses, seeds, st.sampled_from(["left", "right"]))
def test_heights_lose_just_what_was_asked(level, shape, loss, seed, side):
    label = made_label(side=side)
    pixels = np.zeros((HEIGHT, WIDTH), np.float32)
    collapse = Collapse(level, shape, loss)
    _, after = collapse_film(pixels, label, [collapse], np.random.default_rng(seed))
    body = after.vertebrae[level]
    kept = three_heights(body.six_points_px) / three_heights(label.vertebrae[level].six_points_px)
    np.testing.assert_allclose(1 - kept, body.height_losses, atol=1e-6)
    for place in PRESSED[shape]:
        assert body.height_losses[place] == pytest.approx(loss, rel=0.09)
    assert body.height_loss == pytest.approx(loss)
    if shape is Shape.WEDGE:
        assert kept[2] == pytest.approx(1.0)
    assert body.shape is shape
    assert body.status is (Status.FRACTURED if loss >= 0.2 else Status.NORMAL)
    assert body.genant_grade == sum(loss >= bound for bound in (0.2, 0.25, 0.4))


@quickly
@given(levels, shapes, losses, seeds)
def test_other_bodies_keep_their_shape(level, shape, loss, seed):
    label = made_label()
    pixels = np.zeros((HEIGHT, WIDTH), np.float32)
    _, after = collapse_film(
        pixels, label, [Collapse(level, shape, loss)], np.random.default_rng(seed)
    )
    for other, body in label.vertebrae.items():
        if other is not level:
            moved = after.vertebrae[other]
            points = np.vstack([body.corners_px, *([] if other is Level.S1 else
                                                   [body.mid_endplates_px])])  # fmt: skip
            now = np.vstack([moved.corners_px, *([] if other is Level.S1 else
                                                 [moved.mid_endplates_px])])  # fmt: skip
            np.testing.assert_allclose(spread(now), spread(points), atol=1e-6)
            assert moved.status is body.status


@quickly
@given(levels, shapes, losses, seeds)
def test_picture_does_not_fold_and_the_upper_edge_stays(level, shape, loss, seed):
    label = made_label()
    collapse = Collapse(level, shape, loss)
    manner = draw_manner(collapse, np.random.default_rng(seed))
    squeeze, spine, _ = plan_collapse(label, collapse, manner)
    field = make_field(squeeze, spine, label.size_px, manner.denser)
    x, y = field.places()
    jacobian = np.gradient(x, axis=1) * np.gradient(y, axis=0)
    jacobian -= np.gradient(x, axis=0) * np.gradient(y, axis=1)
    assert jacobian.min() > 0.05
    assert jacobian.max() < 6
    if field.top == 0:
        assert np.hypot(field.x[0], field.y[0]).max() < 1e-3


@quickly
@given(levels, shapes, st.floats(0.15, 0.5), seeds)
def test_labels_follow_the_pixels(level, shape, loss, seed):
    label = made_label()
    points = {key: body.corners_px for key, body in label.vertebrae.items() if key is not Level.S1}
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    collapse = [Collapse(level, shape, loss)]
    for index in range(4):
        picture = np.zeros((HEIGHT, WIDTH), np.float32)
        for corners in points.values():
            x, y = corners[index]
            picture += np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 3.0).astype(np.float32)
        rng = np.random.default_rng(seed)
        warped, after = collapse_film(picture, label, collapse, rng)
        for key in points:
            x, y = after.vertebrae[key].corners_px[index]
            cut = np.s_[round(y) - 6 : round(y) + 7, round(x) - 6 : round(x) + 7]
            weight = np.maximum(warped[cut], 0.2) - 0.2
            place = [(weight * grid[cut]).sum() / weight.sum() for grid in (columns, rows)]
            assert np.hypot(*(np.array(place) - (x, y))) < 1.5


@pytest.mark.parametrize("shape", SHAPES)
def test_right_is_left_in_the_mirror(shape):
    label, picture = made_label(), smooth_picture()
    collapse = [Collapse(Level.L2, shape, 0.4)]
    left, label_left = collapse_film(picture, label, collapse, np.random.default_rng(3))
    right, label_right = collapse_film(
        np.ascontiguousarray(picture[:, ::-1]), mirrored(label), collapse, np.random.default_rng(3)
    )
    back = mirrored(label_right)
    for level in LEVELS:
        np.testing.assert_allclose(
            back.vertebrae[level].six_points_px, label_left.vertebrae[level].six_points_px,
            atol=1e-6,
        )  # fmt: skip
    assert np.abs(right[:, ::-1] - left).max() < 0.03


def test_picture_changes_at_the_body_and_not_far_below_it():
    label, picture = made_label(), smooth_picture()
    warped, _ = collapse_film(picture, label, [Collapse(Level.L1, Shape.WEDGE, 0.4)])
    body = label.vertebrae[Level.L1].corners_px
    rows, columns = body[:, 1].astype(int), body[:, 0].astype(int)
    inside = np.s_[rows.min() : rows.max(), columns.min() : columns.max()]
    assert np.abs(warped - picture)[inside].mean() > 0.02
    assert np.array_equal(warped[560:], picture[560:])
    assert warped.dtype == np.float32
    assert picture.min() <= warped.min() <= warped.max() <= picture.max()


@pytest.mark.parametrize("shape", SHAPES)
def test_grain_is_not_smeared_where_discs_open(shape):
    label = made_label()
    noise = np.random.default_rng(0).normal(0.5, 0.05, (HEIGHT, WIDTH)).astype(np.float32)
    warped, after = collapse_film(noise, label, [Collapse(Level.L2, shape, 0.5)])
    upper = after.vertebrae[Level.L1].mid_endplates_px[1]
    lower = after.vertebrae[Level.L2].mid_endplates_px[0]
    assert lower[1] - upper[1] > 20
    disc = np.s_[
        round(upper[1]) + 4 : round(lower[1]) - 4, round(upper[0]) - 10 : round(upper[0]) + 11
    ]
    rough = np.diff(warped[disc], axis=0).std() / np.diff(noise[disc], axis=0).std()
    assert 0.55 < rough < 1.3


def test_the_spine_above_sinks_under_a_crush_and_not_over_a_biconcave_body():
    label, picture = made_label(), smooth_picture()

    def sunk(shape):
        _, after = collapse_film(picture, label, [Collapse(Level.L3, shape, 0.3)])
        return (
            after.vertebrae[Level.L2].corners_px[:, 1]
            - (label.vertebrae[Level.L2].corners_px[:, 1])
        )

    assert sunk(Shape.CRUSH).min() > 5
    assert np.abs(sunk(Shape.BICONCAVE)).max() < 0.15 * sunk(Shape.CRUSH).max()


def test_two_bodies_of_one_film():
    label = made_label()
    wanted = [Collapse(Level.T12, Shape.CRUSH, 0.3), Collapse(Level.L4, Shape.WEDGE, 0.4)]
    picture = smooth_picture()
    warped, after = collapse_film(picture, label, wanted, np.random.default_rng(0))
    for each in wanted:
        before = three_heights(label.vertebrae[each.level].six_points_px)
        kept = three_heights(after.vertebrae[each.level].six_points_px) / before
        assert 1 - kept[0] == pytest.approx(each.loss)
    once, _ = collapse_film(picture, label, wanted[:1], np.random.default_rng(0))
    assert not np.array_equal(once, warped)


def test_unknown_mid_endplates_stay_unknown():
    label = made_label(mids=False)
    _, after = collapse_film(smooth_picture(), label, [Collapse(Level.L3, Shape.BICONCAVE, 0.3)])
    assert all(body.mid_endplates_px is None for body in after.vertebrae.values())
    body = after.vertebrae[Level.L3]
    assert (body.height_loss, body.status) == (0.3, Status.FRACTURED)


def test_estimated_mid_endplates_lie_between_the_rims():
    points = six_points(made_label(mids=False).vertebrae[Level.L1])
    rim, middle = heights(points[:4]), heights(points)
    assert 0.85 < middle.middle / (0.5 * (rim.anterior + rim.posterior)) < 1.0


def test_same_seed_same_film():
    label, picture = made_label(), smooth_picture()
    wanted = [Collapse(Level.L2, Shape.WEDGE, 0.3)]
    first, second, other = (
        collapse_film(picture, label, wanted, np.random.default_rng(seed))[0] for seed in (1, 1, 2)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_no_fracture_no_change():
    label, picture = made_label(), smooth_picture()
    same, after = collapse_film(picture, label, [])
    assert np.array_equal(same, picture)
    assert same is not picture
    assert after is label


@pytest.mark.parametrize("loss", [0.0, -0.1, 0.71, float("nan")])
def test_impossible_losses_are_refused(loss):
    with pytest.raises(ValueError, match="lost share"):
        Collapse(Level.L1, Shape.WEDGE, loss)


def test_normal_is_no_fracture():
    with pytest.raises(ValueError, match="wedge, biconcave or crush"):
        Collapse(Level.L1, Shape.NORMAL, 0.3)


def test_what_cannot_be_done_is_said():
    label, picture = made_label(), smooth_picture()
    one = Collapse(Level.L1, Shape.WEDGE, 0.3)
    with pytest.raises(ValueError, match="twice"):
        collapse_film(picture, label, [one, one])
    with pytest.raises(ValueError, match="no body T8"):
        collapse_film(picture, label, [Collapse(Level.T8, Shape.WEDGE, 0.3)])
    with pytest.raises(ValueError, match="four corners"):
        collapse_film(picture, label, [Collapse(Level.S1, Shape.WEDGE, 0.3)])
    with pytest.raises(ValueError, match="has"):
        collapse_film(picture[:-1], label, [one])


def changed(label, level, **what):
    return replace(
        label, vertebrae={**label.vertebrae, level: replace(label.vertebrae[level], **what)}
    )


def test_only_whole_normal_judged_bodies_are_drawn():
    label = made_label()
    assert collapsible(label) == LEVELS
    label = changed(label, Level.L1, status=Status.FRACTURED)
    label = changed(label, Level.L2, status=Status.UNKNOWN)
    label = changed(label, Level.L3, assessable=False)
    label = changed(label, Level.L4, corners_px=None)
    label = changed(label, Level.T11, corners_px=label.vertebrae[Level.T11].corners_px - [0, 68])
    assert collapsible(label) == (Level.T12, Level.L5)
    for seed in range(5):
        drawn = draw_collapses(label, np.random.default_rng(seed), 4)
        assert [each.level for each in drawn] == [Level.T12, Level.L5]


def test_drawn_losses_follow_the_field():
    label = made_label()
    drawn = [
        each
        for seed in range(300)
        for each in draw_collapses(label, np.random.default_rng(seed), 2)
    ]
    found = np.array([each.loss for each in drawn])
    assert found.min() >= 0.2
    assert found.max() <= 0.65
    assert 0.33 < (found < 0.25).mean() < 0.47
    assert {each.shape for each in drawn} == set(SHAPES)
    only = draw_collapses(
        label, np.random.default_rng(0), 7, losses=(0.3, 0.31), shapes={Shape.CRUSH: 1.0}
    )
    assert {each.shape for each in only} == {Shape.CRUSH}
    assert all(0.3 <= each.loss <= 0.31 for each in only)
