import json

import pytest

from bench.card import PAGE, main, page, read_result
from spondyl.cli.card import load_model_card

ACCURACY = {
    "facts": {"date": "2026-01-01", "model sha256": "abc", "site file": "default", "cores": "2"},
    "sections": [
        {
            "title": "Simulated films",
            "facts": {"films": 9},
            "complaints": [],
            "remarks": ["No clinical figures."],
            "figures": [
                {"name": "found", "value": 0.9, "unit": "", "goal": 0.8, "at_most": False,
                 "note": "", "low": 0.85, "high": 0.95, "n": 99, "method": "W", "met": True}
            ],
        }
    ],
}  # fmt: skip
EVALUATION = {
    "set": {"name": "ours", "note": "A note.", "simulated": True},
    "model": {"sha256": "abc"},
    "site": "north",
    "counts": {"films": 9, "films_failed": 1},
    "figures": {
        "fracture_body": {
            "auc": {"value": 0.9, "n": 7, "interval": [0.8, 1.0], "interval_method": "b"},
            "ppv": {"value": None, "n": 0, "interval": None, "interval_method": None},
        }
    },
}


def saved(content, folder, name="result.json"):
    file = folder / name
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_the_page_of_the_documentation_is_in_step():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make card`"


def test_sets_keep_what_was_measured_and_with_what(tmp_path):
    (section,) = read_result(saved(ACCURACY, tmp_path))
    assert section["model"] == "abc"
    assert section["facts"] == {"films": 9, "date": "2026-01-01", "site file": "default"}
    assert section["figures"] == ACCURACY["sections"][0]["figures"]


def test_an_evaluation_is_taken_too(tmp_path):
    (section,) = read_result(saved(EVALUATION, tmp_path), "Our films")
    assert (section["title"], section["model"]) == ("Our films", "abc")
    assert section["facts"] == {"films": 9, "films failed": 1, "site": "north"}
    (figure,) = section["figures"]
    assert (figure["name"], figure["low"], figure["n"]) == ("fracture per body: auc", 0.8, 7)
    assert read_result(saved(EVALUATION, tmp_path))[0]["title"] == "Set ours"


def test_other_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match="neither"):
        read_result(saved({"figures": []}, tmp_path))


def test_results_replace_the_figures_and_the_page(tmp_path, monkeypatch):
    results = [saved(ACCURACY, tmp_path, "a.json"), saved(EVALUATION, tmp_path, "b.json")]
    weights, written = tmp_path / "weights", tmp_path / "card.md"
    weights.mkdir()
    call = ["card", *map(str, results), "--weights", str(weights), "--page", str(written)]
    monkeypatch.setattr("sys.argv", call)
    assert main() == 0
    titles = [section["title"] for section in load_model_card(weights).evaluation["sections"]]
    assert titles == ["Simulated films", "Set ours"]
    assert "| found | 0.900 | 0.850 to 0.950 | 99 |" in written.read_text()
    monkeypatch.setattr("sys.argv", ["card", *call[3:], "--check"])
    assert main() == 1, "figures are of other networks"
    written.unlink()
    assert main() == 1
