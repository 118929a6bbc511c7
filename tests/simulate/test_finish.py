import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.simulate.finish import (
    Crop,
    Finish,
    FinishSettings,
    draw_finish,
    finish,
    finish_film,
    finish_label,
    keep_box,
)

WIDTH, HEIGHT = 120, 260
LEVELS = (
    Level.T10, Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5, Level.S1,
)  # fmt: skip


def column():
    """Bodies 24 wide, 18 high, every 26 px, and a film with a bright dot at each corner."""
    vertebrae = {}
    film = np.full((HEIGHT, WIDTH), 0.3, dtype=np.float32)
    for index, level in enumerate(LEVELS):
        left, top = 40 + index, 14 + 26 * index
        corners = np.array(
            [[left, top], [left + 24, top], [left + 24, top + 18], [left, top + 18]], dtype=float
        )
        mids = np.array([[left + 12, top + 1], [left + 12, top + 17]], dtype=float)
        vertebrae[level] = VertebraLabel(level, corners, mids)
        for x, y in corners.astype(int):
            film[y, x] = 1.0
    return film, FilmLabel("a.png", (WIDTH, HEIGHT), "left", vertebrae)


def whole(**change):
    return Finish(Crop.WHOLE, (0, 0, WIDTH, HEIGHT), (WIDTH, HEIGHT), **change)


def test_nothing_to_do_changes_nothing():
    film, label = column()
    assert np.array_equal(finish_film(film, whole()), film)
    after = finish_label(label, whole())
    assert after.posterior_side == "left"
    for level, body in label.vertebrae.items():
        assert np.allclose(after.vertebrae[level].corners_px, body.corners_px)
        assert after.vertebrae[level].assessable


def test_mirrored_labels_hit_the_same_pixels():
    film, label = column()
    steps = whole(mirrored=True)
    mirrored, after = finish_film(film, steps), finish_label(label, steps)
    assert after.posterior_side == "right"
    for level, body in after.vertebrae.items():
        x, y = body.corners_px.astype(int).T
        assert np.array_equal(mirrored[y, x], np.ones(4))
        # Points keep their meaning: posterior is now right of anterior.
        assert body.corners_px[0, 0] > body.corners_px[1, 0], level


@pytest.mark.parametrize("change", [{"mirrored": True}, {"inverted": True}])
def test_twice_is_identity(change):
    film, label = column()
    steps = whole(**change)
    assert np.allclose(finish_film(finish_film(film, steps), steps), film, atol=1e-7)
    after = finish_label(finish_label(label, steps), steps)
    assert after.posterior_side == label.posterior_side
    assert after.extra == label.extra
    for level, body in label.vertebrae.items():
        assert np.allclose(after.vertebrae[level].six_points_px, body.six_points_px)


def test_inverted_film_says_so():
    film, label = column()
    steps = whole(inverted=True)
    assert finish_film(film, steps).max() == pytest.approx(0.7)
    assert finish_label(label, steps).extra["inverted"] is True


def test_scaled_labels_follow_areas():
    film, label = column()
    steps = Finish(Crop.WHOLE, (0, 0, WIDTH, HEIGHT), (WIDTH * 3, HEIGHT * 3))
    big, after = finish_film(film, steps), finish_label(label, steps)
    for body in after.vertebrae.values():
        for x, y in body.corners_px:
            window = big[int(y) - 4 : int(y) + 5, int(x) - 4 : int(x) + 5]
            brightest = np.unravel_index(window.argmax(), window.shape)
            assert brightest == (4, 4)
    small = Finish(Crop.WHOLE, (0, 0, WIDTH, HEIGHT), (WIDTH // 2, HEIGHT // 2))
    back = small.to_film.inverse()
    assert np.allclose(back(small.to_film([[3.0, 7.0]])), [[3.0, 7.0]])
    assert np.allclose(small.to_film([[-0.5, -0.5]]), [[-0.5, -0.5]])


def test_crop_drops_bodies_outside_and_marks_those_cut():
    _, label = column()
    level_top = label.vertebrae[Level.T12].corners_px[0, 1]
    steps = Finish(Crop.RANDOM, (0, int(level_top) + 5, WIDTH, HEIGHT), (WIDTH, HEIGHT - 71))
    after = finish_label(label, steps)
    assert Level.T10 not in after.vertebrae
    assert Level.T11 not in after.vertebrae
    assert not after.vertebrae[Level.T12].assessable
    assert after.vertebrae[Level.L1].assessable
    assert after.size_px == (WIDTH, HEIGHT - 71)


def test_a_box_outside_the_picture_is_refused():
    film, _ = column()
    with pytest.raises(ValueError, match="must lie inside"):
        finish_film(film, Finish(Crop.RANDOM, (0, 0, WIDTH + 1, HEIGHT), (10, 10)))


@pytest.mark.parametrize(
    ("crop", "gone", "kept"),
    [
        (Crop.LUMBAR, {Level.T10, Level.T11}, {Level.L2, Level.L3, Level.L4}),
        (Crop.TIGHT, {Level.T10, Level.T11}, {Level.L2, Level.L3, Level.L4}),
        (Crop.NO_THORAX, {Level.T10, Level.T11}, {Level.L3, Level.L5, Level.S1}),
        (Crop.NO_SACRUM, {Level.S1}, {Level.T10, Level.T12, Level.L3}),
    ],
)
def test_named_crops(crop, gone, kept):
    film, label = column()
    settings = FinishSettings(crops=((crop, 1.0),))
    seen = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        part, after = finish(film, label, rng, settings)
        assert part.shape == after.size_px[::-1]
        assert kept <= set(after.vertebrae)
        seen.append(gone & set(after.vertebrae))
        mirrored = after.posterior_side == "right"
        for body in after.vertebrae.values():
            assert (body.corners_px[0, 0] > body.corners_px[1, 0]) == mirrored
    # Margins vary: what the crop is named for is gone from most of the films.
    assert sum(not left for left in seen) >= 10


def test_without_lumbar_bodies_the_whole_view_is_kept():
    settings = FinishSettings(crops=((Crop.LUMBAR, 1.0),))
    steps = draw_finish(np.random.default_rng(0), (50, 60), {}, settings)
    assert steps.crop is Crop.WHOLE
    assert steps.box_px == (0, 0, 50, 60)


def test_wanted_height_keeps_the_aspect():
    film, label = column()
    settings = FinishSettings(crops=((Crop.WHOLE, 1.0),), height_px=(130, 130))
    part, after = finish(film, label, np.random.default_rng(0), settings)
    assert part.shape == (130, 60)
    assert after.size_px == (60, 130)
    assert part.min() >= 0
    assert part.max() <= 1


def test_keep_box_holds_all_corners():
    _, label = column()
    left, top, right, bottom = keep_box(label.vertebrae, label.size_px)
    points = np.concatenate([body.corners_px for body in label.vertebrae.values()])
    assert left < points[:, 0].min()
    assert right > points[:, 0].max()
    assert top < points[:, 1].min()
    assert bottom > points[:, 1].max()
    assert keep_box({}, (10, 10)) is None
