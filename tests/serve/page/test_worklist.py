"""The worklist of a room with many films."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.page_rows import fill
from bench.room_kit import Client, RoomProcess, film
from tests.serve.page.acts import row_of
from tests.serve.page.conftest import SCREEN, Open
from tests.serve.page.watch import Watch

MANY = 700
LISTS = """
() => performance.getEntriesByType("resource")
  .map((one) => new URL(one.name))
  .filter((one) => one.pathname === "/api/v1/films")
  .map((one) => one.search)
"""


def test_list_is_asked_for_once_and_ahead(open_page: Open, films: dict[str, str]) -> None:
    page = open_page("/")
    expect(row_of(page, films["several"])).to_be_visible()
    # What the browser fetched ahead is what the page then asked for, word for word.
    expect(page.locator(".choice.fractured .number")).not_to_have_text("")
    assert page.evaluate(LISTS) == ["?sort=suspicion&filter=all&limit=50"]


def test_another_view_is_asked_for_by_itself(open_page: Open, films: dict[str, str]) -> None:
    page = open_page("/?filter=fractured&site=north")
    expect(row_of(page, films["several"])).to_be_visible()
    expect(page.locator(".choice.all .number")).to_have_text(str(len(films)))
    assert page.evaluate(LISTS) == ["?sort=suspicion&filter=fractured&site=north&limit=50"]


@pytest.fixture
def many(anna: Client, films: dict[str, str], tmp_path: Path) -> Iterator[RoomProcess]:
    """A room with many films, without their pictures."""
    readings = [anna.get(f"/films/{film}")["reading"] for film in films.values()]
    fill(tmp_path / "many", readings, MANY)
    room = RoomProcess(tmp_path / "many")
    try:
        room.start()
        yield room
    finally:
        room.stop()


def _first(page: Page) -> int:
    """Number of the topmost row that is drawn."""
    rows = page.locator("[data-film]").evaluate_all(
        "(all) => all.map((one) => Number(one.getAttribute('aria-rowindex')))"
    )
    return int(min(rows)) - 2


def test_long_list_is_gone_through(many: RoomProcess, chrome: Browser) -> None:
    context = chrome.new_context(viewport=SCREEN, locale="en-GB")
    watch = Watch(context, many.url)
    # The room holds rows only; every film has the same small picture.
    icon = {"body": film("normal.png"), "content_type": "image/png"}
    context.route("**/thumbnail.png", lambda route: route.fulfill(**icon))
    page = context.new_page()
    page.goto(many.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{MANY} films")
    drawn = page.locator("[data-film]")
    expect(drawn.first).to_be_visible()
    assert drawn.count() < 60
    grid = page.get_by_role("grid", name="Films")
    expect(grid).to_have_attribute("aria-rowcount", str(MANY + 1))
    grid.evaluate("(list) => { list.scrollTop = list.scrollHeight / 2; }")
    expect(page.locator(f'[data-film][aria-rowindex="{MANY // 2 + 2}"]')).to_be_visible()
    assert _first(page) > MANY // 3
    grid.evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    expect(page.locator(f'[data-film][aria-rowindex="{MANY + 1}"]')).to_be_visible()
    # Another question begins at the top.
    page.get_by_label("Sort by").select_option("name")
    expect(page.locator('[data-film][aria-rowindex="2"]')).to_contain_text("00000")
    watch.close()
    watch.check()
