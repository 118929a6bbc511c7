"""What everybody can use: contrast, names, keyboards, and screens small and large."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.serve.page.acts import film_is_open
from tests.serve.page.conftest import Open

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="the extra [dev] is not installed"
)

PLACES = ("sign-in", "worklist", "viewer", "projects", "quality")
#: Rules of WCAG 2.2 up to AA, and what is good practice beside them.
GRAVE = ("serious", "critical")


def _address(place: str, films: dict[str, str]) -> str:
    return {
        "sign-in": "/sign-in",
        "worklist": "/",
        "viewer": f"/films/{films['several']}",
        "projects": "/projects",
        "quality": "/quality",
    }[place]


def _is_there(page: Page, place: str) -> None:
    if place == "sign-in":
        expect(page.get_by_label("Password")).to_be_visible()
    elif place == "worklist":
        expect(page.locator("[data-film] .badge").first).to_be_visible()
    elif place == "viewer":
        film_is_open(page)
    else:
        expect(page.get_by_role("heading", level=1, name=place)).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)


def _grave(page: Page) -> list[str]:
    found: list[dict[str, Any]] = axe.Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out(open_page: Open, films: dict[str, str], theme: str) -> None:
    faults = {}
    for place in PLACES:
        user = None if place == "sign-in" else "anna"
        page = open_page(_address(place, films), user=user, theme=theme)
        _is_there(page, place)
        if found := _grave(page):
            faults[place] = found
        page.context.close()
    assert not faults


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (3840, 2160)])
def test_page_fits_the_screen(
    open_page: Open, films: dict[str, str], width: int, height: int
) -> None:
    for place in PLACES:
        user = None if place == "sign-in" else "anna"
        size = {"width": width, "height": height}
        page = open_page(_address(place, films), user=user, viewport=size)
        _is_there(page, place)
        wide, shown = page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= shown <= width, place
        if place == "viewer":
            # The film has most of the screen.
            stage = page.locator(".film-stage").bounding_box()
            assert stage is not None
            assert stage["width"] > 0.5 * width
            assert stage["height"] > 0.7 * height
        page.context.close()
