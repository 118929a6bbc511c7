"""A morning's films with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from bench.room_kit import Client, dicom_variant
from tests.serve.page.acts import GRADED, film_is_open, judgement, row_of, says
from tests.serve.page.conftest import Open


@pytest.fixture
def morning(anna: Client) -> list[str]:
    """Films of one site that nobody has decided on, the most suspicious first."""
    names = ("several-fractures.dcm", "normal.dcm")
    files = {name: dicom_variant(name, 81, PatientID=f"P-8{k}") for k, name in enumerate(names)}
    ids = {item["film_id"] for item in anna.hand_in(files, site="morning")}
    anna.wait_read()
    order = anna.get("/films", site="morning", sort="suspicion")["items"]
    return [each["id"] for each in order if each["id"] in ids]


def _at(page: Page, film_id: str) -> None:
    expect(page).to_have_url(re.compile(film_id))
    film_is_open(page)


def test_films_are_decided_without_a_mouse(
    open_page: Open, anna: Client, morning: list[str]
) -> None:
    first, second = morning
    page = open_page("/?site=morning")
    expect(row_of(page, first)).to_be_visible()
    page.keyboard.press("j")
    expect(row_of(page, first)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    _at(page, first)

    # A body by its number, a fracture by its letter, one undone.
    expect(page.get_by_role("button", name="Draw", exact=True)).to_be_enabled()
    page.keyboard.press("5")
    expect(page.get_by_role("region", name="Selected body L5")).to_be_visible()
    before = page.locator("table.bodies tbody th").all_inner_texts()
    page.keyboard.press("]")
    says(page, "Every name moved one level down.")
    expect(page.locator("table.bodies tbody th").first).not_to_have_text(before[0])
    page.keyboard.press("u")
    expect(page.locator("table.bodies tbody th").first).to_have_text(before[0])
    page.keyboard.press("Shift+ArrowUp")
    says(page, "Every name moved one level up.")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("table.bodies tbody th").first).to_have_text(before[0])

    # A point with the arrow keys: the grade follows.
    page.keyboard.press("e")
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    grip = page.locator('[aria-label^="L5 superior posterior corner"]')
    expect(grip).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator('[aria-label^="L5 superior anterior corner"]')).to_be_focused()
    for _ in range(8):
        page.keyboard.press("Shift+ArrowDown")
    expect(judgement(page, "L5")).to_have_text(GRADED)

    # Accept, and on to the next by one key.
    follower = anna.get(f"/films/{first}")["neighbours"]["next"]
    page.keyboard.press("A")
    _at(page, follower)
    kept = anna.get(f"/films/{first}/decisions")["items"]
    assert [each["kind"] for each in kept] == ["correct"]
    page.keyboard.press("k")
    _at(page, first)
    expect(page.locator(".standing")).to_contain_text("Corrected by Anna")
    page.keyboard.press("Escape")
    # Back in the list, at the film that was open last; the keys go on working.
    expect(row_of(page, first)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("j")
    expect(row_of(page, second)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    _at(page, second)
    page.keyboard.press("r")
    says(page, re.compile("^Rejected"))


def test_drawing_keeps_its_keys_from_the_list(open_page: Open, films: dict[str, str]) -> None:
    # What one types is text, and no command.
    page = open_page(f"/films/{films['several']}")
    film_is_open(page)
    report = page.get_by_role("textbox", name=re.compile("[Rr]eport"))
    report.focus()
    page.keyboard.type("a r j s e")
    expect(report).to_have_value(re.compile("a r j s e"))
    expect(page).to_have_url(re.compile(films["several"]))
    page.keyboard.press("Escape")
    expect(report).not_to_be_focused()
    expect(page.locator(".standing")).to_contain_text("Not decided yet.")
    expect(page.locator(".edge.left")).to_have_text("P")
