import pytest

pytest.importorskip("numba")


@pytest.fixture
def calls(monkeypatch):
    seen = []

    def write_dataset(folder, count, seed, settings, workers):
        seen.append((folder, count, seed, settings, workers))
        return [None] * count

    monkeypatch.setattr("spondyl.simulate.write.write_dataset", write_dataset)
    return seen


def test_options_reach_the_simulator(spondyl, tmp_path, calls):
    said = spondyl(
        "simulate", "--count", 3, "--seed", 5, "--out", tmp_path, "--size", 900, "--dicom",
        "--workers", 2,
    )  # fmt: skip
    folder, count, seed, settings, workers = calls[0]
    assert (folder, count, seed, workers) == (tmp_path, 3, 5, 2)
    assert settings.dicom is True
    assert settings.film.scene.height_px == 900
    assert settings.film.finish.height_px == (900, 900)
    assert said.code == 0
    assert "3 films" in said.out


def test_defaults_leave_resolution_to_the_scene(spondyl, tmp_path, calls):
    spondyl("simulate", "--out", tmp_path)
    assert calls[0][3].film.finish.height_px is None


def test_unknown_site_is_wrong_use(spondyl, tmp_path, calls):
    said = spondyl("simulate", "--out", tmp_path, "--site", "nowhere")
    assert said.code == 2
    assert "nowhere" in said.err
    assert calls == []


def test_bones_are_imported_once_and_handed_on(spondyl, tmp_path, calls, monkeypatch):
    from spondyl.simulate.shapes.library import ShapeLibrary

    made = ShapeLibrary(vertebrae=("a bone",), skipped=("x.ply names no level.",))
    monkeypatch.setattr(ShapeLibrary, "from_folder", classmethod(lambda *a, **k: made))
    monkeypatch.setattr(ShapeLibrary, "save", lambda self, path: path.write_text("bones"))
    said = spondyl("simulate", "--out", tmp_path / "out", "--anatomy", tmp_path)
    assert calls[0][3].library.read_text() == "bones"
    assert calls[0][3].library.is_absolute()
    assert said.err == "spondyl: x.ply names no level.\n"


def test_folder_without_bones_is_wrong_use(spondyl, tmp_path, calls):
    (tmp_path / "empty").mkdir()
    said = spondyl("simulate", "--out", tmp_path / "out", "--anatomy", tmp_path / "empty")
    assert said.code == 2
    assert "no bones" in said.err
    assert calls == []
