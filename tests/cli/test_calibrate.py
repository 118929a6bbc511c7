"""`spondyl calibrate` end to end, with the shipped networks on the examples."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from spondyl.anatomy import Status
from spondyl.evaluate import calibration_run  # noqa: F401 - binds the true reader, see below
from spondyl.labels import load_dataset, save_dataset
from spondyl.read.reader import Reader
from spondyl.read.site import load_site

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def true_reader(fake_reader, monkeypatch):
    """The networks are needed here: take the fake reader of this folder away again."""
    monkeypatch.setattr("spondyl.read.reader.Reader", Reader)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The examples once each, and one file that is no film."""
    folder = tmp_path_factory.mktemp("data") / "ours"
    folder.mkdir()
    labels = [film for film in load_dataset(EXAMPLES) if film.name.endswith(".png")]
    for film in labels:
        shutil.copy(EXAMPLES / film.name, folder)
    (folder / "torn.png").write_bytes(b"no picture")
    save_dataset(folder, [*labels, replace(labels[0], name="torn.png")], "Simulated films.")
    return folder


def test_makes_a_site_and_says_what_to_expect(spondyl, ours, tmp_path):
    file = tmp_path / "new" / "ours.json"
    said = spondyl("calibrate", ours, "--target-sensitivity", "0.99", "--out", file)
    assert said.code == 1, "one film could not be read"
    assert "torn.png" in said.err
    assert "The threshold rests on 4 fractured bodies; about 500 are wanted" in said.err
    assert "for sensitivity 0.99 per body" in said.out
    assert "simulated" in said.out
    assert "Sensitivity per body" in said.out
    assert "95 % interval" in said.out
    assert f"--site {file}" in said.out
    site = load_site(file)
    assert site.name == "ours"
    assert site.made_from.films == 6
    # the other commands take it
    read = spondyl("read", EXAMPLES / "one-fracture.png", "--site", file, "--json")
    reading = json.loads(read.out)
    assert reading["site"] == "ours"
    assert reading["threshold"] == pytest.approx(site.threshold, abs=1e-4)
    assert reading["fractured"]
    assert not any("other networks" in warning for warning in reading["warnings"])


def test_json_is_the_file(spondyl, ours, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = spondyl("calibrate", ours, "--name", "north", "--json", "--refit", "none")
    content = json.loads(said.out)
    assert content == json.loads((tmp_path / "north.json").read_text())
    assert content["made_from"]["target"] == "0.08 false alarms per film"
    assert content["made_from"]["expected"]["sensitivity_body"]["n"] == 4


def test_normal_films_cannot_set_a_sensitivity(spondyl, ours, tmp_path):
    folder = tmp_path / "normal"
    labels = [
        film for film in load_dataset(ours)
        if not film.fractured and film.name != "torn.png"
    ]  # fmt: skip
    folder.mkdir()
    for film in labels:
        shutil.copy(ours / film.name, folder)
    assert all(b.status is not Status.FRACTURED for f in labels for b in f.vertebrae.values())
    save_dataset(folder, labels)
    said = spondyl("calibrate", folder, "--target-sensitivity", "0.9", "--out", tmp_path / "x.json")
    assert said.code == 2
    assert "needs fractured" in said.err
    assert not (tmp_path / "x.json").exists()


@pytest.mark.parametrize(("options", "words"), [
    (("--target-sensitivity", "0.9", "--target-false-alarms", "0.1"), "one target"),
    (("--target-specificity", "98"), "write 0.95"),
    (("--site", "mars"), "No site 'mars'"),
])  # fmt: skip
def test_wrong_use_is_told_before_any_film_is_read(spondyl, ours, monkeypatch, options, words):
    def examine(self, film):
        raise AssertionError("no film may be read")

    monkeypatch.setattr(Reader, "examine", examine)
    said = spondyl("calibrate", ours, *options)
    assert said.code == 2
    assert words in said.err


def test_no_film_can_be_read(spondyl, ours, tmp_path):
    said = spondyl("calibrate", ours, "--split", "none-such", "--out", tmp_path / "x.json")
    assert said.code == 3
    assert "none-such" in said.err
