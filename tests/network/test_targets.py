import numpy as np
import pytest

from spondyl.anatomy import LEVELS, MAPPED_LEVELS, Level, Status
from spondyl.geometry import identity, scaling
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.network.targets import IGNORE, finder_targets
from spondyl.network.tasks import OFFSET_UNIT_PX

SIZE = (128, 192)


def body(level: Level, top: float, status: Status = Status.NORMAL, **more) -> VertebraLabel:
    """A body 40 wide and 24 high; its edges lie between cell centres of stride 4."""
    x0, x1, y0, y1 = 43.0, 83.0, top, top + 24
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    mids = np.array([[63.0, y0 + 3], [63.0, y1 - 3]])
    return VertebraLabel(level, corners, mids, status, **more)


def film(*bodies: VertebraLabel) -> FilmLabel:
    return FilmLabel("film", SIZE, "left", {b.level: b for b in bodies})


def cells(top: float) -> tuple[slice, slice]:
    """Cells whose centres (4 c + 1.5) lie inside ``body(top)``; tops are multiples of 4 less 1."""
    first = int(np.ceil((top - 1.5) / 4))
    return slice(first, first + 6), slice(11, 21)


def test_levels_and_fracture_are_exact():
    label = film(
        body(Level.L1, 43, Status.FRACTURED),
        body(Level.L2, 83),
        body(Level.L3, 123, Status.UNKNOWN),
    )
    found = finder_targets(label, identity(), SIZE, complete=True)
    level = np.zeros((48, 32), np.uint8)
    fracture, mask = np.zeros((48, 32)), np.zeros((48, 32))
    for top, name in ((43, Level.L1), (83, Level.L2), (123, Level.L3)):
        level[cells(top)] = LEVELS[name].channel
    fracture[cells(43)] = 1
    mask[cells(43)] = mask[cells(83)] = 1
    drawn = found.level != IGNORE
    assert (found.level[drawn] == level[drawn]).all()
    assert drawn[level > 0].all()
    assert (found.fracture == fracture).all()
    assert (found.fracture_mask == mask).all()
    assert MAPPED_LEVELS[found.level[cells(43)][0, 0] - 1] is Level.L1


def test_centres_and_offsets_lead_back_to_the_points():
    label = film(body(Level.L1, 43))
    found = finder_targets(label, identity(), SIZE, complete=True)
    row, column = np.unravel_index(found.heat.argmax(), found.heat.shape)
    assert found.heat[row, column] == 1
    assert (found.heat == 1).sum() == 1
    assert np.hypot(4 * column + 1.5 - 63, 4 * row + 1.5 - 55) <= np.hypot(2, 2)
    truth = label.vertebrae[Level.L1].six_points_px
    learned = np.argwhere(found.offset_weight[0] > 0)
    assert len(learned) >= 4
    for r, c in learned:
        points = found.offsets[:, r, c].reshape(6, 2) * OFFSET_UNIT_PX + [4 * c + 1.5, 4 * r + 1.5]
        assert np.allclose(points, truth, atol=1e-4)


def test_each_cell_learns_the_nearer_body():
    label = film(body(Level.L1, 43), body(Level.L2, 71))
    found = finder_targets(label, identity(), SIZE, complete=True)
    assert (found.heat == 1).sum() == 2
    for r, c in np.argwhere(found.offset_weight[0] > 0):
        y = found.offsets[1::2, r, c][:4].mean() * OFFSET_UNIT_PX + 4 * r + 1.5
        assert abs(y - (55 if 4 * r + 1.5 < 69 else 83)) < 1e-3


def test_a_sixth_lumbar_body_has_a_name_of_its_own():
    found = finder_targets(film(body(Level.L6, 83)), identity(), SIZE, complete=True)
    assert (found.level[cells(83)] == LEVELS[Level.L6].channel).all()
    assert found.heat[cells(83)].max() == 1
    assert found.fracture_mask[cells(83)].all()


def test_upper_thoracic_bodies_are_background_with_a_centre():
    label = film(body(Level.T9, 43), body(Level.T10, 83))
    found = finder_targets(label, identity(), SIZE, complete=True)
    assert (found.level[cells(43)] == 0).all()
    assert found.heat[cells(43)].max() == 1
    assert not found.fracture_mask[cells(43)].any()


def test_sacrum_has_a_name_and_a_centre_but_no_fracture():
    found = finder_targets(film(body(Level.S1, 123)), identity(), SIZE, complete=True)
    assert (found.level[cells(123)] == LEVELS[Level.S1].channel).all()
    assert found.heat[cells(123)].max() == 1
    assert not found.fracture_mask.any()


def test_hidden_bodies_give_no_fracture_signal():
    hidden = body(Level.L1, 43, Status.FRACTURED, assessable=False)
    found = finder_targets(film(hidden), identity(), SIZE, complete=True)
    assert not found.fracture_mask.any()
    assert found.level[cells(43)].all()


def test_cut_off_bodies_are_ignored_inside_the_film():
    found = finder_targets(
        film(body(Level.L1, -9), body(Level.L2, 43)), identity(), SIZE, complete=True
    )
    assert (found.level[0:3, 11:21] == IGNORE).all()
    assert not found.heat_mask[0:3, 11:21].any()
    assert found.heat[0:4].max() < 0.05


def test_padding_is_background_even_beyond_a_cut_off_body():
    label = FilmLabel("film", (128, 150), "left", film(body(Level.L1, 135)).vertebrae)
    found = finder_targets(label, identity(), SIZE, complete=True)
    assert (found.level[38:] == 0).all()
    assert found.heat_mask[38:].all()
    assert not found.heat[38:].any()


def test_places_of_unlabelled_bodies_give_no_signal():
    label = film(body(Level.L1, 43), body(Level.L3, 123))
    open_film = finder_targets(label, identity(), SIZE, complete=False)
    assert (open_film.level[0:10, 12:20] == IGNORE).all()
    assert (open_film.level[18:30, 12:20] == IGNORE).all()
    assert (open_film.level[:, 30] == 0).all()
    assert (open_film.level[cells(43)] == LEVELS[Level.L1].channel).all()
    closed = finder_targets(label, identity(), SIZE, complete=True)
    assert (closed.level[20:28, 12:20] == 0).all()


def test_a_film_without_corners_gives_no_signal_at_all():
    label = film(VertebraLabel(Level.L1, status=Status.FRACTURED))
    found = finder_targets(label, identity(), SIZE)
    assert (found.level == IGNORE).all()
    assert not found.heat_mask.any()
    assert not found.fracture_mask.any()
    assert not found.offset_weight.any()


def test_unknown_points_have_no_weight():
    corners = body(Level.L1, 43).corners_px
    found = finder_targets(film(VertebraLabel(Level.L1, corners)), identity(), SIZE, complete=True)
    assert found.offset_weight[:8].any()
    assert not found.offset_weight[8:].any()
    assert np.isfinite(found.offsets).all()


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_stride_and_scale(stride):
    label = film(body(Level.L1, 43))
    found = finder_targets(label, scaling(0.5), (64, 96), stride, complete=True)
    assert found.level.shape == (96 // stride, 64 // stride)
    inside = (found.level == LEVELS[Level.L1].channel).sum() * stride**2
    assert inside == pytest.approx(20 * 12, rel=0.25)
