import json

from spondyl import __version__
from spondyl.cli.errors import EXTRAS


def test_json(spondyl):
    said = spondyl("info", "--json")
    content = json.loads(said.out)
    assert said.code == 0
    assert content["version"] == __version__
    assert content["licence"] == "Apache-2.0"
    assert set(content["networks"]) == {"view", "finder", "body"}
    assert set(content["extras"]) == set(EXTRAS)
    assert "not a medical device" in content["intended_use"]
    assert 0 < content["sites"]["default"]["threshold"] < 1


def test_for_people(spondyl):
    said = spondyl("info")
    assert said.code == 0
    assert f"spondyl {__version__}" in said.out
    assert "not a medical device" in said.out
    assert "threshold" in said.out


def test_a_missing_network_is_said_and_no_error(spondyl, monkeypatch, tmp_path):
    monkeypatch.setattr("spondyl.read.weights.packaged_folder", lambda: tmp_path)
    said = spondyl("info", "--json")
    assert said.code == 0
    assert "missing" in json.loads(said.out)["networks"]["finder"]
