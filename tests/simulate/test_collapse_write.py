import json

import cv2
import numpy as np
import pytest

from spondyl.anatomy import Level, Shape, Status
from spondyl.labels import DatasetError, FilmLabel, VertebraLabel, load_dataset, save_dataset
from spondyl.simulate.collapse_write import CollapseSettings, write_collapsed

SIZE = (200, 330)
LEVELS = (Level.T12, Level.L1, Level.L2, Level.L3, Level.L4)
ONE = CollapseSettings(losses=(0.3,), shapes=(Shape.WEDGE,), seed=4)


def label_of(name, status=Status.NORMAL):
    vertebrae = {}
    for row, level in enumerate(LEVELS):
        x, y = 70.0 + 2 * row, 50.0 + 48 * row
        corners = np.array([[x, y], [x + 46, y + 1], [x + 46, y + 36], [x, y + 36]])
        vertebrae[level] = VertebraLabel(level, corners, status=status)
    return FilmLabel(
        name, SIZE, "left", vertebrae, report="No fracture.", extra={"view": "lateral"}
    )


@pytest.fixture
def normals(tmp_path):
    folder = tmp_path / "normals"
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    picture = 0.5 + 0.2 * np.sin(rows / 7) + 0.2 * np.cos(columns / 9)
    (folder / "more").mkdir(parents=True)
    cv2.imwrite(str(folder / "a.png"), (picture * 255).astype(np.uint8))
    cv2.imwrite(str(folder / "more/b.png"), (picture * 65535).astype(np.uint16))
    cv2.imwrite(str(folder / "c.png"), (picture * 255).astype(np.uint8))
    labels = [label_of("a.png"), label_of("more/b.png"), label_of("c.png", Status.UNKNOWN)]
    save_dataset(folder, labels, "Normal films.")
    return folder


def test_one_film_for_each_shape_and_loss(normals, tmp_path):
    settings = CollapseSettings(losses=(0.25, 0.5), shapes=(Shape.WEDGE, Shape.CRUSH))
    made, left_out = write_collapsed(normals, tmp_path / "made", settings)
    assert {film.name for film in made} == {
        f"{stem}-{shape}-{loss}.png"
        for stem in ("a", "more/b") for shape in ("wedge", "crush") for loss in (25, 50)
    }  # fmt: skip
    assert len(left_out) == 1
    assert left_out[0].startswith("c.png: no normal body")
    for film in made:
        fractured = [b for b in film.vertebrae.values() if b.status is Status.FRACTURED]
        (told,) = film.extra["fractures_made"]
        assert [body.level for body in fractured] == [told["level"]]
        assert fractured[0].height_loss == pytest.approx(told["loss"])
        assert fractured[0].shape == told["shape"]


def test_what_is_said_of_the_films(normals, tmp_path):
    made, _ = write_collapsed(normals, tmp_path / "made", ONE)
    assert "not real" in made.note
    assert "Normal films." in made.note
    film = made.films[0]
    assert film.extra["derived_from"] == "a.png"
    assert film.extra["view"] == "lateral"
    assert film.report is None
    assert film.patient == "a.png"


def test_films_keep_their_depth_and_differ_from_their_source(normals, tmp_path):
    made, _ = write_collapsed(normals, tmp_path / "made", ONE)
    for film, source, kind in zip(
        made, ("a.png", "more/b.png"), (np.uint8, np.uint16), strict=True
    ):
        pixels = cv2.imread(str(made.path(film)), cv2.IMREAD_UNCHANGED)
        before = cv2.imread(str(normals / source), cv2.IMREAD_UNCHANGED)
        assert pixels.dtype == kind
        assert pixels.shape == before.shape
        assert np.array_equal(pixels[0], before[0])
        assert not np.array_equal(pixels, before)


def test_several_bodies_are_no_neighbours(normals, tmp_path):
    settings = CollapseSettings(losses=(0.3,), shapes=(Shape.BICONCAVE,), bodies=3)
    made, _ = write_collapsed(normals, tmp_path / "made", settings)
    for film in made:
        places = [LEVELS.index(each["level"]) for each in film.extra["fractures_made"]]
        assert 2 <= len(places) <= 3
        assert np.diff(places).min() >= 2


def test_stopped_runs_go_on(normals, tmp_path):
    out = tmp_path / "made"
    write_collapsed(normals, out, ONE)
    kept, lost = out / "a-wedge-30.png", out / "more/b-wedge-30.png"
    kept.write_bytes(b"kept as it is")
    before = lost.read_bytes()
    lost.unlink()
    made, _ = write_collapsed(normals, out, ONE)
    assert kept.read_bytes() == b"kept as it is"
    assert lost.read_bytes() == before
    assert len(made) == 2
    more = CollapseSettings(losses=(0.3, 0.4), shapes=(Shape.CRUSH, Shape.WEDGE), seed=4)
    assert len(write_collapsed(normals, out, more)[0]) == 8


def test_other_films_are_not_mixed_in(normals, tmp_path):
    out = tmp_path / "made"
    write_collapsed(normals, out, ONE)
    with pytest.raises(DatasetError, match="other settings"):
        write_collapsed(normals, out, CollapseSettings(losses=(0.3,), seed=5))
    with pytest.raises(DatasetError, match="itself"):
        write_collapsed(normals, normals, ONE)
    save_dataset(tmp_path / "strange", [])
    with pytest.raises(DatasetError, match="another data set"):
        write_collapsed(normals, tmp_path / "strange", ONE)
    (out / "fractures.json").write_text("{")
    with pytest.raises(DatasetError, match="differs"):
        write_collapsed(normals, out, ONE)


def test_films_that_cannot_be_read_are_told(normals, tmp_path):
    (normals / "a.png").write_bytes(b"no picture")
    made, left_out = write_collapsed(normals, tmp_path / "made", ONE)
    assert [film.name for film in made] == ["more/b-wedge-30.png"]
    assert any(sentence.startswith("a.png: ") for sentence in left_out)


@pytest.mark.parametrize(
    "wrong", [{"losses": ()}, {"shapes": ()}, {"bodies": 0}, {"losses": (0.9,)},
              {"shapes": (Shape.NORMAL,)}],
)  # fmt: skip
def test_settings_that_make_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match=r"lost share|at least one|wedge, biconcave"):
        CollapseSettings(**wrong)


def test_labels_are_a_data_set(normals, tmp_path):
    out = tmp_path / "made"
    write_collapsed(normals, out, ONE)
    content = json.loads((out / "films.json").read_text())
    assert content["schema"] == "spondyl.dataset/1"
    assert load_dataset(out).films[0].vertebrae[Level.L1].mid_endplates_px is None
