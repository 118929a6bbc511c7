import json
import re
from pathlib import Path

import pytest

from spondyl import __version__
from spondyl.cli.card import (
    CARD_FILE,
    EVALUATION_FILE,
    evaluation_markdown,
    load_model_card,
    site_markdown,
    table,
)
from spondyl.read.calibration import Expected, MadeFrom
from spondyl.read.site import Site
from spondyl.read.weights import Net, load_card, model_identity

#: FIELD of a model card: what each must say (Mitchell et al. 2019; CLAIM).
SECTIONS = (
    "Intended use and users",
    "Out of scope",
    "Inputs",
    "Outputs",
    "Networks",
    "Training data",
    "Training procedure",
    "Evaluation",
    "Limits and failure modes",
    "Ethics and fairness",
    "Calibration and site advice",
    "Licence",
    "Citation",
    "Contact",
)
FIGURE = {"name": "bodies found", "value": 0.98765, "low": 0.98, "high": 0.99, "n": 6543}


def section(**changes) -> dict:
    return {"title": "Some films", "model": "abc", "figures": [FIGURE], **changes}


@pytest.fixture
def folder(tmp_path) -> Path:
    """Cards of three networks, and figures measured with them."""
    for net in Net:
        card = {"sha256": f"{net}0", "version": "9", "settings": {"trained_steps": 1234}}
        (tmp_path / f"{net}.json").write_text(json.dumps(card), encoding="utf-8")
    model = model_identity({net: load_card(net, tmp_path) for net in Net}).sha256
    content = {"sections": [section(model=model)]}
    (tmp_path / EVALUATION_FILE).write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def test_the_packaged_card_says_what_a_card_must():
    card = load_model_card()
    assert set(SECTIONS) <= set(card.sections)
    text = card.to_markdown()
    assert "{{" not in text
    assert "not a medical device" in text
    assert "no external validation" in text
    assert __version__ in text
    for net in Net:
        assert load_card(net)["sha256"] in card.sections["Networks"]
    assert "CC BY-SA 4.0" in card.sections["Training data"]


def test_every_packaged_figure_has_its_set_its_number_and_its_interval():
    for measured in load_model_card().evaluation["sections"]:
        assert measured["title"]
        assert re.fullmatch(r"[0-9a-f]{64}", measured["model"])
        for figure in measured["figures"]:
            if figure["value"] is None:
                continue
            assert figure["n"] is not None, figure
            if figure["n"] > 1:
                assert figure["low"] is not None, figure
                # Wilson's interval of a share of 1 ends there but for rounding.
                assert figure["low"] - 1e-9 <= figure["value"] <= figure["high"] + 1e-9, figure


def test_prose_holds_no_measured_figure():
    """Figures come from the measurement alone: prose says none that could grow old."""
    from spondyl.read.weights import packaged_folder

    prose = (packaged_folder() / CARD_FILE).read_text(encoding="utf-8")
    assert re.findall(r"\b0\.\d{3}\b|\b\d+(?:\.\d+)? ?%", prose.replace("95 %", "")) == []


def test_figures_are_shown_with_set_number_and_interval(folder):
    card = load_model_card(folder)
    assert card.current
    assert "### Some films" in card.sections["Evaluation"]
    assert "| bodies found | 0.988 | 0.980 to 0.990 | 6,543 |" in card.sections["Evaluation"]
    assert "1,234" in card.sections["Training procedure"]


def test_figures_of_other_networks_are_called_so(folder):
    card = json.loads((folder / "body.json").read_text())
    (folder / "body.json").write_text(json.dumps(card | {"sha256": "other"}), encoding="utf-8")
    made = load_model_card(folder)
    assert not made.current
    assert "Measured with other networks" in made.sections["Evaluation"]
    assert made.to_json()["evaluation_is_of_these_networks"] is False


def test_nothing_measured_is_said(folder):
    (folder / EVALUATION_FILE).unlink()
    assert "Not measured yet" in load_model_card(folder).sections["Evaluation"]


def test_goals_complaints_and_percents():
    figures = [
        {**FIGURE, "goal": 0.99, "at_most": False, "met": False},
        {"name": "error", "value": 1.5, "unit": "%", "low": 1.4, "high": 1.6, "n": 3, "goal": 2.0,
         "at_most": True, "met": True, "note": "both ratios"},
        {"name": "unknown", "value": None, "n": 0},
    ]  # fmt: skip
    text = evaluation_markdown(
        {"sections": [section(figures=figures, complaints=["no mimics"], remarks=["a remark"])]},
        "abc",
    )
    assert "| at least 0.99: **missed** |" in text
    assert "| error (both ratios) | 1.50 % | 1.40 to 1.60 % | 3 | at most 2 %: met |" in text
    assert "| unknown | not measured |  | 0 |  |" in text
    assert "- **This set does not count**: no mimics" in text
    assert "- a remark" in text
    assert "other networks" not in text


def test_a_site_says_what_it_was_made_from_and_what_to_expect():
    expected = {
        "sensitivity": Expected(0.91, 0.85, 0.95, 120),
        "false_alarms_per_film": Expected(0.05, None, None, 300),
    }
    made = MadeFrom(
        "site-films", 300, 290, 2100, 120, "2026-01-01", "0.05 false alarms per film", "as is",
        "abc", expected, ("Few fractures.",),
    )  # fmt: skip
    text = site_markdown(Site(threshold=0.4, made_from=made), "abc")
    assert "fractured at 0.4 or more" in text
    assert "300 films of 290 patients (2100 bodies, 120 fractured)" in text
    assert "| sensitivity | 0.910 | 0.850 to 0.950 | 120 |" in text
    assert "| false alarms per film | 0.050 |  | 300 |" in text
    assert "- Few fractures." in text
    assert "other networks" not in text
    assert "made with other networks" in site_markdown(Site(made_from=made), "else")


def test_tables_keep_their_columns():
    assert table([("a", "b"), ("x|y", "")]).splitlines()[2] == "| x\\|y |  |"
