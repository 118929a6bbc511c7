"""From films on the desktop to a decision that is kept, and out again."""

import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from bench.room_kit import PASSWORD, Client, RoomProcess, dicom_variant, drop, film, variant
from tests.serve.page.acts import (
    GRADED,
    box_of,
    crush_front,
    drag,
    film_is_open,
    judgement,
    middle,
    open_film,
    row_of,
    says,
    window_words,
)
from tests.serve.page.conftest import Open


def _sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_films_that_are_dropped_are_read_before_ones_eyes(
    open_page: Open, anna: Client, tmp_path: Path
) -> None:
    folder = tmp_path / "desk"
    (folder / "deeper").mkdir(parents=True)
    (folder / "seen.png").write_bytes(variant("several-fractures.png", 11))
    (folder / "one.dcm").write_bytes(film("one-fracture.dcm"))
    (folder / "deeper" / "words.png").write_bytes(b"these are words")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("in/packed.png", variant("normal.png", 12))
    page = open_page(user=None)
    _sign_in(page, "anna")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    drop(page, [folder])
    taken = page.get_by_role("region", name="Films handed over")
    expect(taken).to_contain_text("3 new films")
    expect(taken).to_contain_text("words.png")
    page.get_by_label("Sort by").select_option("received")
    # The list changes by itself: nobody loads the page anew.
    seen = page.get_by_role("row").filter(has_text="seen.png")
    expect(seen.locator(".badge")).to_have_text(re.compile("Fracture T12"))
    packed = page.get_by_role("row").filter(has_text="packed.png")
    expect(packed.locator(".badge")).to_have_text("No fracture")
    expect(page.locator(".being-read")).to_have_count(0)
    names = [each["name"] for each in anna.get("/films", limit=200)["items"]]
    assert names.count("seen.png") == 1
    one = next(e for e in anna.get("/films", limit=200)["items"] if e["name"].endswith("one.dcm"))
    expect(row_of(page, one["id"]).locator(".badge")).to_have_text(re.compile("^Fracture L"))


#: In the very moment in which the page's heading is first there, holds a file over it, presses "?".
_AT_ONCE = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("h1")) return;
  observer.disconnect();
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["film"], "film.png"));
  const hover = new DragEvent("dragover", { dataTransfer, cancelable: true });
  dispatchEvent(hover);
  window.hoverWasTaken = hover.defaultPrevented;
  dispatchEvent(new KeyboardEvent("keydown", { key: "?", cancelable: true }));
}).observe(document, { childList: true, subtree: true });
"""


def test_page_takes_drops_and_keys_as_soon_as_it_is_seen(open_page: Open) -> None:
    page = open_page()
    page.add_init_script(_AT_ONCE)
    page.reload()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert page.evaluate("window.hoverWasTaken") is True


def test_window_is_changed_by_dragging(open_page: Open, films: dict[str, str]) -> None:
    page = open_page(f"/films/{films['several']}")
    film_is_open(page)
    page.keyboard.press("b")  # bodies off: the film alone
    stage = page.locator(".film-stage")
    before, words = stage.screenshot(), window_words(page).inner_text()
    x, y = middle(box_of(stage))
    drag(page, (x, y), (x + 120, y - 80))
    page.mouse.up()
    expect(window_words(page)).not_to_have_text(words)
    assert stage.screenshot() != before
    page.keyboard.press("0")
    expect(window_words(page)).to_have_text(words)


def test_grade_follows_the_corner_and_the_decision_is_kept(open_page: Open, anna: Client) -> None:
    header = {"PatientID": "P-7", "PatientName": "Corner^Cora"}
    taken = anna.hand_in({"corner.dcm": dicom_variant("normal.dcm", 21, **header)})
    film_id = taken[0]["film_id"]
    anna.wait_read()
    page = open_page()
    open_film(page, "Corner, Cora")
    expect(judgement(page, "L3")).to_have_text("normal")
    crush_front(page, "L3", "3")
    # Still held: the grade does not wait for the hand to let go.
    expect(judgement(page, "L3")).to_have_text(GRADED)
    page.mouse.up()
    page.keyboard.press("u")
    expect(judgement(page, "L3")).to_have_text("normal")
    page.keyboard.press("U")
    expect(judgement(page, "L3")).to_have_text(GRADED)
    expect(page.get_by_role("textbox", name=re.compile("[Rr]eport"))).to_have_value(
        re.compile(r"L3")
    )
    page.keyboard.press("a")
    says(page, "Accepted with your corrections.")
    kept = anna.get(f"/films/{film_id}/decisions")["items"]
    assert [(each["kind"], each["user"], each["parent_id"]) for each in kept] == [
        ("correct", "Anna", None)
    ]
    bodies = {each["level"]: each for each in kept[0]["body"]["vertebrae"]}
    assert bodies["L3"]["genant_grade"] >= 1
    assert bodies["L3"]["status"] == "fractured"
    assert bodies["L3"]["origin"] == "reader"
    assert bodies["L2"]["origin"] == "model"
    said = anna.get(f"/films/{film_id}")["reading"]["vertebrae"]
    assert not next(each for each in said if each["level"] == "L3")["fractured"]
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    row = row_of(page, film_id)
    expect(row).to_contain_text("Corrected")
    expect(row.locator(".badge")).to_have_text("Fracture L3")


def test_earlier_film_stands_beside(open_page: Open, films: dict[str, str]) -> None:
    page = open_page(f"/films/{films['new']}")
    film_is_open(page)
    page.keyboard.press("c")
    expect(page.locator(".film.is-prior .corner.tr")).to_contain_text("2024-01-02")
    change = page.locator("table.change tbody tr").filter(has_text="L1")
    expect(change).to_contain_text("lost")


def test_films_follow_each_other_by_suspicion(open_page: Open, films: dict[str, str]) -> None:
    page = open_page(f"/films/{films['several']}")
    film_is_open(page)
    page.keyboard.press("j")
    expect(page).not_to_have_url(re.compile(films["several"]))
    film_is_open(page)
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(films["several"]))


def test_signing_out_leaves_nothing_behind(
    open_page: Open, room: RoomProcess, films: dict[str, str]
) -> None:
    page = open_page(user=None)
    _sign_in(page, "ben", "not this one at all")
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    _sign_in(page, "ben")
    open_film(page, "several.png")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(f"{room.url}/films/{films['several']}")
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_role("grid")).to_have_count(0)
    answer = page.request.get(f"{room.url}/api/v1/films/{films['several']}")
    assert answer.status == 401


def test_reader_is_not_shown_what_he_may_not_do(open_page: Open) -> None:
    page = open_page(user="ben")
    expect(page.get_by_role("link", name="Worklist", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Users")).to_have_count(0)


def test_script_in_a_name_is_text(open_page: Open, anna: Client) -> None:
    # Names of files and of patients come from files that anybody may have made.
    person, bare = "<i>Ivy<script>broken", "<img src=x onerror=window.broken=1>.png"
    header = {"PatientID": "<b>P-9</b>", "PatientName": person}
    files = {
        "named.dcm": dicom_variant("normal.dcm", 31, **header),
        bare: variant("normal.png", 32),
    }
    taken = {item["name"]: item["film_id"] for item in anna.hand_in(files)}
    anna.wait_read()
    page = open_page("/?sort=received")
    for name, film_id in taken.items():
        shown = person if name == "named.dcm" else bare
        row = row_of(page, film_id)
        expect(row).to_contain_text(shown)
        row.get_by_role("link").click()
        film_is_open(page)
        expect(page.locator(".result h1")).to_contain_text(shown)
        expect(page.locator("img[src=x], .result i")).to_have_count(0)
        page.go_back()
        expect(page.locator(".row img[src=x], .row i")).to_have_count(0)
    assert page.evaluate("() => window.broken") is None
