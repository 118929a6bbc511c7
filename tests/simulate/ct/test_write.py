"""A made CT: boxes of bone in a trunk of water; corners, shadows and sides must fit."""

import cv2
import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels import DatasetError, load_dataset
from spondyl.simulate.ct.points import CtPoints
from spondyl.simulate.ct.project import project, world_of
from spondyl.simulate.ct.volume import LabelledCt, find_ct, read_ct
from spondyl.simulate.ct.write import write_ct_films
from spondyl.simulate.projection import Beam

nibabel = pytest.importorskip("nibabel")
SPACING = (1.5, 1.0, 2.0)


def made_ct():
    """Water with one dense box, the body of L3: 30 mm wide, 30 deep, 24 high."""
    hu = np.full((60, 110, 50), -1000.0, dtype=np.float32)
    hu[6:54, 5:105] = 40
    box = (slice(20, 40), slice(30, 60), slice(20, 32))
    hu[box] = 1800
    levels = np.zeros(hu.shape, dtype=np.int16)
    levels[box] = 1 + list(Level).index(Level.L3)
    return LabelledCt(hu, levels, SPACING)


def beam(ct, source_mm=1000.0, pitch_mm=0.5):
    size = (round(110 / pitch_mm), round(98 / pitch_mm))
    return Beam(source_mm, (55.0, 50.0), 0.0, 98.0, pitch_mm, size)


def test_a_ray_through_the_box_is_as_long_as_the_box():
    ct = made_ct()
    far = beam(ct, source_mm=1e6)
    maps = project(ct, far, plane_mm=44.25)
    column, row = (45 - 0) / 0.5, (98 - 51) / 0.5
    assert maps.cortical_mm[round(row), round(column)] == pytest.approx(30.0, rel=0.01)
    # Water before and behind it.
    assert maps.soft_mm[round(row), round(column)] == pytest.approx(
        48 * 1.5 * 1.04 - 31.2, rel=0.02
    )
    assert maps.cortical_mm[5, 5] == 0
    assert maps.metal_mm.max() == 0


def test_points_and_shadow_fall_on_one_another():
    ct = made_ct()
    near = beam(ct, source_mm=700.0)
    plane = 44.25
    shadow = project(ct, near, plane).cortical_mm > 15
    rows, columns = np.nonzero(shadow)
    # The middle plane of the box: its outline in the picture lies between those of its two sides.
    edge = np.array([[plane, 29.5, 63.0], [plane, 59.5, 63.0], [plane, 59.5, 39.0]])
    points = near.project(world_of(edge, plane))[:, :2]
    assert columns.min() == pytest.approx(points[0, 0], abs=1.5)
    assert columns.max() == pytest.approx(points[1, 0], abs=1.5)
    assert rows.min() == pytest.approx(points[1, 1], abs=2.5)
    assert rows.max() == pytest.approx(points[2, 1], abs=2.5)


def save(path, data, spacing=SPACING):
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(data, np.diag([*spacing, 1.0])), path)


def test_cases_are_found_by_their_names(tmp_path):
    data = np.zeros((3, 3, 3), dtype=np.int16)
    save(tmp_path / "raw/sub-verse004_dir-ax_ct.nii.gz", data)
    save(tmp_path / "derivatives/sub-verse004_dir-ax_seg-vert_msk.nii.gz", data)
    save(tmp_path / "a_ct.nii.gz", data)
    save(tmp_path / "a_vert.nii.gz", data)
    save(tmp_path / "alone_vert.nii.gz", data)
    save(tmp_path / "s0011/ct.nii.gz", data)
    save(tmp_path / "s0011/segmentations/vertebrae_L1.nii.gz", data)
    found, skipped = find_ct(tmp_path)
    assert sorted(case.name for case in found) == ["a", "s0011", "sub-verse004_dir-ax"]
    assert list(next(c for c in found if c.name == "s0011").masks) == [Level.L1]
    assert len(skipped) == 1
    assert "alone_vert" in skipped[0]


def test_numbers_of_both_kinds(tmp_path):
    mask = np.zeros((4, 4, 4), dtype=np.int16)
    mask[0, 0, 0], mask[1, 0, 0], mask[2, 0, 0] = 22, 29, 26
    for name in ("v_vert", "t_total"):
        save(tmp_path / f"{name[0]}_ct.nii.gz", np.zeros((4, 4, 4), dtype=np.int16))
        save(tmp_path / f"{name}.nii.gz", mask)
    by_name = {case.name: read_ct(case) for case in find_ct(tmp_path)[0]}
    place = 1 + list(Level).index(Level.L3)
    assert by_name["v"].levels[0, 0, 0] == place
    assert by_name["t"].levels[1, 0, 0] == place
    assert by_name["v"].levels[2, 0, 0] == 1 + list(Level).index(Level.S1)


def test_a_mask_of_another_grid_and_thick_slices_are_sentences(tmp_path):
    save(tmp_path / "a_ct.nii.gz", np.zeros((4, 4, 4), dtype=np.int16))
    save(tmp_path / "a_vert.nii.gz", np.zeros((4, 4, 5), dtype=np.int16))
    save(tmp_path / "b_ct.nii.gz", np.zeros((4, 4, 4), dtype=np.int16), (1, 1, 5))
    save(tmp_path / "b_vert.nii.gz", np.zeros((4, 4, 4), dtype=np.int16), (1, 1, 5))
    with pytest.raises(DatasetError, match=r"a_vert.*grid(.|\n)*b_ct.*5\.0 mm"):
        write_ct_films(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_says_what_was_expected(tmp_path):
    with pytest.raises(DatasetError, match=r"x_ct\.nii\.gz"):
        write_ct_films(tmp_path, tmp_path / "out")


def test_films_of_a_ct_carry_its_label(tmp_path, monkeypatch):
    ct = made_ct()
    save(tmp_path / "in/a_ct.nii.gz", ct.hu.astype(np.int16))
    save(tmp_path / "in/a_vert.nii.gz", np.where(ct.levels > 0, 22, 0).astype(np.int16))
    # A box is no vertebra that landmarks could be found on; its corners are known.
    six = [[44.25, y, z] for y, z in ((29.5, 63), (59.5, 63), (59.5, 39), (29.5, 39))]
    six += [[44.25, 44.5, 63], [44.25, 44.5, 39]]
    points = CtPoints({Level.L3: np.array(six, dtype=float)}, ("L4 is cut off.",))
    monkeypatch.setattr("spondyl.simulate.ct.write.find_points", lambda _: points)
    films, remarks = write_ct_films(tmp_path / "in", tmp_path / "out", count=2, seed=1)
    assert (films, remarks) == (2, ("a: L4 is cut off.",))
    data = load_dataset(tmp_path / "out")
    assert {film.patient for film in data} == {"a"}
    for film in data:
        body = film.vertebrae[Level.L3]
        assert body.status is Status.UNKNOWN
        depth, height = np.ptp(body.corners_px, axis=0)
        assert (depth / height, height * 0.3) == pytest.approx((30 / 24, 24.0), rel=0.02)
        sign = 1 if film.posterior_side == "left" else -1
        assert sign * (body.corners_px[1, 0] - body.corners_px[0, 0]) > 0
        picture = cv2.imread(str(data.path(film)), cv2.IMREAD_UNCHANGED)
        assert picture.shape == film.size_px[::-1]
        left, top = body.corners_px.min(axis=0).astype(int)
        right, bottom = body.corners_px.max(axis=0).astype(int)
        inside = np.median(picture[top + 8 : bottom - 8, left + 8 : right - 8])
        assert inside > np.median(picture[top:bottom, max(0, left - 60) : left - 10])
    again, _ = write_ct_films(tmp_path / "in", tmp_path / "again", count=1, seed=1)
    assert again == 1
    name = data.films[0].name
    assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    with pytest.raises(DatasetError, match="already"):
        write_ct_films(tmp_path / "in", tmp_path / "out")
