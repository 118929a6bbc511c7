import json

import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels import FilmLabel, VertebraLabel, save_dataset
from tests.cli.conftest import made_finding


@pytest.fixture
def films(tmp_path, make_film):
    levels = (Level.L1, Level.L2, Level.L4)
    bodies = {
        level: VertebraLabel(
            level, made_finding(level, i).corners_px,
            status=Status.FRACTURED if level is Level.L2 else Status.NORMAL,
        )
        for i, level in enumerate(levels)
    }  # fmt: skip
    folder = tmp_path / "films"
    for name in ("a.png", "b.png"):
        make_film(folder / name)
    labels = [FilmLabel(name, (120, 160), "left", bodies) for name in ("a.png", "b.png")]
    save_dataset(folder, labels, "Simulated films.")
    return folder


def test_prints_and_writes_the_figures(spondyl, films, tmp_path):
    said = spondyl("evaluate", films, "--out", tmp_path / "out")
    assert said.code == 0
    assert "films: 2 films, 2 patients" in said.out
    assert "simulated" in said.out
    assert "Bodies found and named right" in said.out
    assert "100.0 %" in said.out
    assert (tmp_path / "out" / "evaluation.html").is_file()


def test_json_is_the_file(spondyl, films, tmp_path):
    said = spondyl("evaluate", films, "--out", tmp_path / "out", "--json")
    assert json.loads(said.out) == json.loads((tmp_path / "out" / "evaluation.json").read_text())


def test_readings_of_read_are_taken(spondyl, films, tmp_path, monkeypatch, fake_reader):
    spondyl("read", films, "--out", tmp_path / "readings")

    def read(self, path):
        raise AssertionError("no film may be read again")

    monkeypatch.setattr(fake_reader, "read", read)
    said = spondyl(
        "evaluate", films, "--out", tmp_path / "out", "--readings", tmp_path / "readings"
    )
    assert said.code == 0


def test_film_that_cannot_be_read_is_named(spondyl, films, tmp_path):
    (films / "b.png").write_bytes(b"no picture")
    said = spondyl("evaluate", films, "--out", tmp_path / "out")
    assert said.code == 1
    assert "b.png" in said.err


def test_a_folder_that_is_no_data_set(spondyl, tmp_path):
    said = spondyl("evaluate", tmp_path, "--out", tmp_path / "out")
    assert said.code == 2
    assert "films.json" in said.err


def test_a_site_of_other_figures_is_another_reader(fake_reader, monkeypatch):
    from spondyl.cli.compose import FilmSource
    from spondyl.read.site import Site

    first, second, other = FilmSource(), FilmSource(), FilmSource()
    other._reader.site = Site(threshold=0.25)
    assert first.fingerprint == second.fingerprint != other.fingerprint
