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


@pytest.fixture
def warped(monkeypatch, tmp_path):
    seen = []

    def write_collapsed(source, out, settings, progress):
        seen.append((source, out, settings))
        return [None] * 4, ("b.png: no normal body.",)

    monkeypatch.setattr("spondyl.simulate.collapse_write.write_collapsed", write_collapsed)
    (tmp_path / "films.json").write_text('{"schema": "spondyl.dataset/1", "films": {}}')
    return seen


def test_into_warps_instead_of_simulating(spondyl, tmp_path, calls, warped):
    said = spondyl(
        "simulate", "--into", tmp_path, "--out", tmp_path / "made", "--losses", "0.25,0.4",
        "--shapes", "wedge,crush", "--bodies", 2, "--seed", 3,
    )  # fmt: skip
    source, out, settings = warped[0]
    assert (source, out) == (tmp_path, tmp_path / "made")
    assert settings.losses == (0.25, 0.4)
    assert settings.shapes == ("wedge", "crush")
    assert (settings.bodies, settings.seed) == (2, 3)
    assert said.code == 0
    assert "4 films" in said.out
    assert said.err == "spondyl: b.png: no normal body.\n"
    assert calls == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--losses", "much"), "--losses much"),
        (("--losses", "0.9"), "lost share"),
        (("--shapes", "flat"), "flat"),
        (("--dicom",), "--dicom"),
    ],
)
def test_wrong_fractures_are_wrong_use(spondyl, tmp_path, warped, words, complaint):
    said = spondyl("simulate", "--into", tmp_path, "--out", tmp_path / "made", *words)
    assert said.code == 2
    assert complaint in said.err
    assert warped == []
