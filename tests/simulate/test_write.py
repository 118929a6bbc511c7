import json

import cv2
import numpy as np
import pytest

from spondyl.labels import DatasetError, FilmLabel, load_dataset, save_dataset
from spondyl.simulate.film import FilmSettings, simulate_film
from spondyl.simulate.settings import SceneSettings
from spondyl.simulate.write import WriteSettings, write_dataset

SMALL = FilmSettings(scene=SceneSettings(height_px=96))


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    return write_dataset(folder, 4, seed=3, settings=WriteSettings(SMALL), progress=False)


def test_a_film_depends_on_seed_and_number_alone():
    first, again = simulate_film(3, 1, SMALL), simulate_film(3, 1, SMALL)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.look == again.look
    other = simulate_film(4, 1, SMALL)
    assert other.pixels.shape != first.pixels.shape or not np.array_equal(
        other.pixels, first.pixels
    )


def test_label_and_pixels_belong_together():
    made = simulate_film(3, 2, SMALL)
    assert made.label.size_px == made.pixels.shape[::-1]
    assert made.label.extra["seed"] == [3, 2]
    assert made.label.site == made.look.site
    for body in made.label.vertebrae.values():
        centre = body.corners_px.mean(axis=0)
        assert (centre >= -0.5).all()
        assert (centre < made.label.size_px).all()


def test_unknown_site_is_refused_before_any_work():
    with pytest.raises(ValueError, match="eos-like"):
        FilmSettings(site="moon")


def test_dataset_holds_films_and_labels(written):
    assert len(written) == 4
    for film in written:
        pixels = read(written.path(film))
        assert pixels.dtype == np.uint16
        assert pixels.shape == film.size_px[::-1]
        assert pixels.std() > 100
    content = json.loads((written.folder / "simulation.json").read_text())
    assert content["seed"] == 3
    assert not list(written.folder.glob("*.part"))


@pytest.mark.slow  # starting clean processes takes most of it
def test_number_of_processes_does_not_matter(written, tmp_path):
    spread = write_dataset(
        tmp_path / "b", 4, seed=3, settings=WriteSettings(SMALL), workers=2, progress=False
    )
    for one, other in zip(written, spread, strict=True):
        assert one.name == other.name
        assert one.posterior_side == other.posterior_side
        assert written.path(one).read_bytes() == spread.path(other).read_bytes()
    assert (written.folder / "films.json").read_text() == (spread.folder / "films.json").read_text()


def test_a_stopped_run_goes_on(tmp_path, monkeypatch):
    settings = WriteSettings(SMALL, bits=8)
    folder = tmp_path / "films"
    write_dataset(folder, 2, seed=5, settings=settings, progress=False)
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.png")}
    (folder / "000001.png").unlink()
    made = []
    from spondyl.simulate import write

    real = write.simulate_film

    def counted(seed, index, *rest):
        made.append(index)
        return real(seed, index, *rest)

    monkeypatch.setattr(write, "simulate_film", counted)
    dataset = write_dataset(folder, 3, seed=5, settings=settings, progress=False)
    assert made == [1, 2]
    assert len(dataset) == 3
    assert (folder / "000000.png").stat().st_mtime_ns == before["000000.png"]
    assert read(folder / "000002.png").dtype == np.uint8


def test_labels_are_kept_when_a_run_is_stopped(tmp_path, monkeypatch):
    from spondyl.simulate import write

    real = write.simulate_film

    def stops(seed, index, *rest):
        if index == 2:
            raise KeyboardInterrupt
        return real(seed, index, *rest)

    monkeypatch.setattr(write, "simulate_film", stops)
    with pytest.raises(KeyboardInterrupt):
        write_dataset(tmp_path, 4, seed=6, settings=WriteSettings(SMALL), progress=False)
    assert [film.name for film in load_dataset(tmp_path)] == ["000000.png", "000001.png"]


def test_other_seed_or_settings_are_refused(written):
    with pytest.raises(DatasetError, match="choose another folder"):
        write_dataset(written.folder, 4, seed=4, settings=WriteSettings(SMALL), progress=False)
    with pytest.raises(DatasetError, match="choose another folder"):
        write_dataset(
            written.folder, 4, seed=3, settings=WriteSettings(SMALL, bits=8), progress=False
        )


def test_a_foreign_data_set_is_not_touched(tmp_path):
    save_dataset(tmp_path, [FilmLabel("a.png", (3, 4), "left", {})])
    with pytest.raises(DatasetError, match="not simulated"):
        write_dataset(tmp_path, 1, settings=WriteSettings(SMALL), progress=False)
    assert [film.name for film in load_dataset(tmp_path)] == ["a.png"]


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 1, "workers": 0}])
def test_nothing_to_make_is_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="1 or more"):
        write_dataset(tmp_path, **wrong)


def test_bits_other_than_8_and_16_are_refused():
    with pytest.raises(ValueError, match="8 or 16"):
        WriteSettings(bits=12)


def test_dicom_shows_the_same_film(tmp_path):
    from pydicom import dcmread

    from spondyl.film import load_film

    dataset = write_dataset(
        tmp_path, 2, seed=7, settings=WriteSettings(SMALL, dicom=True), progress=False
    )
    for film in dataset:
        png = read(dataset.path(film)) / 65535
        dicom = load_film(dataset.path(film).with_suffix(".dcm"))
        assert dicom.pixels.shape == png.shape
        assert np.corrcoef(dicom.pixels.ravel(), png.ravel())[0, 1] > 0.99
        assert dicom.header_posterior_side == film.posterior_side
        header = dcmread(dataset.path(film).with_suffix(".dcm"), stop_before_pixels=True)
        # The detector lies behind the spine: its pixels are larger than their image at the spine.
        assert header.ImagerPixelSpacing[0] > film.extra["spacing_mm"]


def test_no_bar_in_a_pipe(tmp_path, capsys):
    write_dataset(tmp_path, 1, seed=8, settings=WriteSettings(SMALL))
    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err == ""
