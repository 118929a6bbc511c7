"""The posterior side, where a film was taken the wrong way round."""

import re

import pytest
from playwright.sync_api import Page, expect

from bench.room_kit import Client, dicom_variant
from tests.serve.page.acts import corner, crush_front, film_is_open, judgement, says
from tests.serve.page.conftest import Open

CORNERS = ("superior", "inferior")


@pytest.fixture
def straight(anna: Client) -> str:
    """A film without a fracture, posterior on the left."""
    taken = anna.hand_in({"side.dcm": dicom_variant("normal.dcm", 61, PatientID="P-61")})
    anna.wait_read()
    return str(taken[0]["film_id"])


def _points(page: Page, side: str) -> list[tuple[float, float]]:
    return [corner(page, "L3", f"{end} {side} corner") for end in CORNERS]


def _ratios(page: Page) -> str:
    row = page.locator("table.bodies tbody tr").filter(has=page.locator("th", has_text="L3"))
    return row.locator("td").last.inner_text()


def test_posterior_side_is_changed_kept_and_undone(
    open_page: Open, anna: Client, straight: str
) -> None:
    page = open_page(f"/films/{straight}")
    film_is_open(page)
    expect(page.locator(".numbering")).to_contain_text("Posterior left.")
    expect(page.locator(".edge.left")).to_have_text("P")
    crush_front(page, "L3", "3")
    page.mouse.up()
    said = "grade 3 wedge"
    expect(judgement(page, "L3")).to_have_text(said)
    front, back, ratios = _points(page, "anterior"), _points(page, "posterior"), _ratios(page)

    page.keyboard.press("s")
    says(page, re.compile("^Posterior is on the right now"))
    # The points lie where they lay; their names have changed, and the judgement with them.
    assert _points(page, "anterior") == back
    assert _points(page, "posterior") == front
    expect(page.locator(".numbering")).to_contain_text("Posterior right, changed by a reader.")
    expect(page.locator(".edge.left")).to_have_text("A")
    expect(judgement(page, "L3")).not_to_have_text(said)
    assert _ratios(page) != ratios
    page.keyboard.press("u")
    expect(judgement(page, "L3")).to_have_text(said)
    assert _points(page, "anterior") == front
    expect(page.locator(".edge.left")).to_have_text("P")

    # The button does the same; what is accepted is there when the film is opened again.
    page.get_by_role("button", name="Posterior side").click()
    expect(judgement(page, "L3")).not_to_have_text(said)
    turned = judgement(page, "L3").inner_text()
    page.keyboard.press("a")
    says(page, "Accepted with your corrections.")
    kept = anna.get(f"/films/{straight}/decisions")["items"][0]["body"]
    read = anna.get(f"/films/{straight}")["reading"]
    assert (read["film"]["posterior_side"], kept["posterior_side"]) == ("left", "right")
    before = next(each for each in read["vertebrae"] if each["level"] == "L2")["corners_px"]
    after = next(each for each in kept["vertebrae"] if each["level"] == "L2")["points_px"]
    for end in CORNERS:
        for side, other in (("anterior", "posterior"), ("posterior", "anterior")):
            assert after[f"{end}_{side}"] == pytest.approx(before[f"{end}_{other}"], abs=0.01)
    assert after["superior_anterior"][0] < after["superior_posterior"][0]
    page.reload()
    film_is_open(page)
    expect(page.locator(".edge.left")).to_have_text("A")
    expect(judgement(page, "L3")).to_have_text(turned)


def test_side_is_told_as_it_is_seen(open_page: Open, films: dict[str, str]) -> None:
    page = open_page(f"/films/{films['several']}")
    film_is_open(page)
    expect(page.locator(".edge.left")).to_have_text("P")
    page.keyboard.press("f")
    expect(page.locator(".edge.left")).to_have_text("A")
    expect(page.locator(".numbering")).to_contain_text("Posterior right.")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Posterior on the other side")
