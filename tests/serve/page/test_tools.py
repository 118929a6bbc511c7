"""The viewer's tools, by key and by hand."""

import re

import pytest
from playwright.sync_api import Page, expect

from bench.room_kit import Client, dicom_variant
from tests.serve.page.acts import (
    GRADED,
    box_of,
    film_is_open,
    judgement,
    middle,
    says,
    window_words,
)
from tests.serve.page.conftest import Open


@pytest.fixture
def fresh(anna: Client) -> str:
    """A film that nobody has decided on."""
    taken = anna.hand_in({"tools.dcm": dicom_variant("normal.dcm", 91, PatientID="P-91")})
    anna.wait_read()
    return str(taken[0]["film_id"])


def _levels(page: Page) -> list[str]:
    return page.locator("table.bodies tbody th").all_inner_texts()


def test_view_is_changed_by_keys(open_page: Open, films: dict[str, str]) -> None:
    page = open_page(f"/films/{films['several']}")
    film_is_open(page)
    overlay = page.locator("svg.overlay polygon")
    expect(overlay.first).to_be_visible()
    page.keyboard.press("b")
    expect(overlay).to_have_count(0)
    stage = page.locator(".film-stage")
    plain = stage.screenshot()
    for key, word in (("i", "inverted"), ("f", "flipped")):
        page.keyboard.press(key)
        expect(page.locator(".corner.bl")).to_contain_text(word)
        assert stage.screenshot() != plain
        page.keyboard.press(key)
        expect(page.locator(".corner.bl")).not_to_contain_text(word)
        assert stage.screenshot() == plain
    page.keyboard.press("+")
    assert stage.screenshot() != plain
    page.keyboard.press("0")
    assert stage.screenshot() == plain
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Magnifier")).to_have_attribute("aria-pressed", "true")
    page.mouse.move(*middle(box_of(stage)))
    page.mouse.down()
    expect(page.locator(".magnifyTool")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".magnifyTool")).to_have_count(0)
    expect(window_words(page)).to_have_text(re.compile(r"C -?\d+ · W \d+"))


def test_body_is_taken_away_and_drawn_anew(open_page: Open, anna: Client, fresh: str) -> None:
    page = open_page(f"/films/{fresh}")
    film_is_open(page)
    all_levels = _levels(page)
    assert "L2" in all_levels
    expect(page.get_by_role("button", name="Draw", exact=True)).to_be_enabled()
    page.keyboard.press("e")
    page.keyboard.press("2")
    page.get_by_role("button", name="Remove").click()
    says(page, "L2 removed.")
    assert _levels(page) == [level for level in all_levels if level != "L2"]
    # What lacks is what is offered.
    expect(page.get_by_role("form", name="Add a body").locator("select")).to_have_value("L2")
    page.get_by_role("button", name="like its neighbour").click()
    says(page, "L2 added.")
    assert _levels(page) == all_levels
    # What is fractured is said by hand; the report says the same.
    page.get_by_label("Grade").select_option("2")
    expect(judgement(page, "L2")).to_have_text(re.compile("^grade 2"))
    expect(page.get_by_role("textbox", name="Report")).to_have_value(re.compile(r"L2.*grade 2"))
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    says(page, "Accepted with your corrections.")
    kept = anna.get(f"/films/{fresh}/decisions")["items"][0]["body"]["vertebrae"]
    drawn = next(each for each in kept if each["level"] == "L2")
    assert (drawn["origin"], drawn["status"], drawn["genant_grade"]) == ("reader", "fractured", 2)
    # Taken back, the model's reading stands again; both decisions are on record.
    page.get_by_role("button", name="Take back").click()
    says(page, "Taken back.")
    expect(judgement(page, "L2")).not_to_have_text(GRADED)
    kinds = [each["kind"] for each in anna.get(f"/films/{fresh}/decisions")["items"]]
    assert sorted(kinds) == ["correct", "undo"]


def test_report_is_copied_by_a_key(open_page: Open, films: dict[str, str]) -> None:
    page = open_page(f"/films/{films['several']}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    film_is_open(page)
    report = page.get_by_role("textbox", name="Report")
    expect(report).to_have_value(re.compile("T12"))
    page.keyboard.press("y")
    says(page, "Report copied.")
    assert page.evaluate("() => navigator.clipboard.readText()") == report.input_value()
