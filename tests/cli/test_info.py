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


def test_json_holds_the_card(spondyl):
    card = json.loads(spondyl("info", "--json").out)["card"]
    assert "Diagnosis" in card["sections"]["Out of scope"]
    assert isinstance(card["evaluation"]["sections"], list)


def test_card_in_a_pipe_is_markdown(spondyl):
    said = spondyl("info", "--card")
    assert said.code == 0
    assert said.out.startswith("# Model card\n")
    assert "\n## Limits and failure modes\n" in said.out


def test_card_on_a_terminal_is_rendered(spondyl, monkeypatch):
    from rich.console import Console

    monkeypatch.setattr(
        "spondyl.cli.tables.console", lambda: Console(force_terminal=True, width=90)
    )
    said = spondyl("info", "--card")
    assert "Limits and failure modes" in said.out
    assert "## Limits" not in said.out
    assert "| --- |" not in said.out


def test_for_people(spondyl):
    said = spondyl("info")
    assert said.code == 0
    assert f"spondyl {__version__}" in said.out
    assert "not a medical device" in said.out
    assert "threshold" in said.out
    assert "spondyl info --card" in said.out


def test_a_missing_network_is_said_and_no_error(spondyl, monkeypatch, tmp_path):
    monkeypatch.setattr("spondyl.read.weights.packaged_folder", lambda: tmp_path)
    said = spondyl("info", "--json")
    assert said.code == 0
    assert "missing" in json.loads(said.out)["networks"]["finder"]
