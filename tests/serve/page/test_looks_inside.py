"""What opens inside the pages: tabs, dialogs, drawing, the list of keys; without grave faults."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bench.room_kit import API, Client, drop
from tests.serve.page.acts import film_is_open, row_of
from tests.serve.page.conftest import Open

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="the extra [dev] is not installed"
)


@pytest.fixture(scope="module")
def project(anna: Client, films: dict[str, str]) -> str:
    """A project in which two readers have decided on all films."""
    made = anna.post("/projects", {"name": "Looks", "readers_per_film": 2, "levels": ["L1", "L2"]})
    assert made.status_code == 201, made.text
    found = str(made.json()["id"])
    people = [each for each in anna.get("/users")["items"] if each["name"] in ("anna", "cleo")]
    members = [{"user_id": each["id"], "role": "labeller"} for each in people]
    anna.session.put(
        f"{anna.url}{API}/projects/{found}/members", json={"members": members}, timeout=30
    ).raise_for_status()
    anna.post(f"/projects/{found}/films", {"film_ids": [*films.values()]}).raise_for_status()
    for client in (anna, Client(anna.url, "cleo")):
        for film in films.values():
            decided = {"kind": "accept", "project_id": found}
            client.post(f"/films/{film}/decisions", decided).raise_for_status()
    return found


def _inside(page: Page, project: str, film: str) -> Iterator[str]:
    """Open one thing after the other; says what is open."""
    tabs = page.get_by_role("tab")
    expect(tabs.first).to_be_visible()
    for k in range(tabs.count()):
        tabs.nth(k).click()
        expect(page.get_by_role("tabpanel")).not_to_be_empty()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        yield f"tab {tabs.nth(k).inner_text()}"
    go = _goer(page)
    go("/projects")
    page.get_by_role("button", name="New project").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "new project"
    go("/users")
    expect(page.get_by_role("table").first).to_be_visible()
    yield "users"
    go("/")
    expect(page.locator("[data-film]").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    yield "keys"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="About").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "about"
    go(f"/films/{film}")
    film_is_open(page)
    expect(page.get_by_role("button", name="Draw", exact=True)).to_be_enabled()
    page.keyboard.press("e")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="L3 as a whole")).to_have_count(1)
    yield "drawing"
    page.keyboard.press("c")
    expect(page.locator("table.change")).to_be_visible()
    yield "comparing"
    go(f"/films/{film}?project={project}")
    film_is_open(page)
    yield "film of a project"


def _goer(page: Page) -> Callable[[str], Any]:
    base = page.url.partition("/projects")[0]
    return lambda path: page.goto(base + path)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_of_what_opens(
    open_page: Open, films: dict[str, str], project: str, theme: str
) -> None:
    page = open_page(f"/projects/{project}", theme=theme)
    faults = {}
    for what in _inside(page, project, films["new"]):
        found = [
            f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
            for each in axe.Axe().run(page).response["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]
        wide, shown = page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if wide > shown:
            found.append(f"{wide} px wide on a screen of {shown}")
        if found:
            faults[what] = found
    assert not faults


def test_what_was_taken_does_not_lie_on_the_decision(
    open_page: Open, films: dict[str, str], tmp_path: Path
) -> None:
    page = open_page()
    words = tmp_path / "words.txt"
    words.write_text("No film.")
    # The list stands: the page listens for drops by now.
    expect(row_of(page, films["several"])).to_be_visible()
    drop(page, [words])
    taken = page.get_by_role("region", name="Films handed over")
    expect(taken).to_contain_text("1 refused")
    row_of(page, films["several"]).get_by_role("link").click()
    film_is_open(page)
    for name in ("Accept", "Reject"):
        page.locator(".decide-buttons").get_by_role("button", name=name).click(trial=True)
    page.go_back()
    expect(taken).to_contain_text("words.txt")
