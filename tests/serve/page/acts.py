"""What readers do on the page."""

import re
from re import Pattern

from playwright.sync_api import FloatRect, Locator, Page, expect

GRADED = re.compile(r"grade [123]")


def open_film(page: Page, name: str) -> None:
    """Open a film of the worklist by the patient's or the file's name, and wait for it."""
    page.get_by_role("link", name=name, exact=True).click()
    film_is_open(page)


def film_is_open(page: Page) -> None:
    """The film and its findings are on the screen."""
    expect(page.locator(".film-wait")).to_have_count(0)
    expect(page.locator("table.bodies tbody tr").first).to_be_visible()
    expect(window_words(page)).to_have_text(re.compile(r"C -?\d+ · W \d+"))


def window_words(page: Page) -> Locator:
    """Centre and width of the window, as the film's corner says them."""
    return page.locator(".film:not(.is-prior) .corner.bl span").first


def box_of(found: Locator) -> FloatRect:
    """Where something is on the page."""
    box = found.bounding_box()
    assert box is not None
    return box


def middle(box: FloatRect) -> tuple[float, float]:
    """A box's middle."""
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag by the main button, and leave it pressed: ``page.mouse.up()`` lets go."""
    page.mouse.move(*start)
    page.mouse.down()
    for k in range(1, 9):
        page.mouse.move(*(a + (b - a) * k / 8 for a, b in zip(start, end, strict=True)))


def corner(page: Page, level: str, name: str) -> tuple[float, float]:
    """Where a body's point is on the page."""
    handle = page.locator(f'[aria-label^="{level} {name}"]')
    expect(handle).to_have_count(1)
    return middle(box_of(handle))


def crush_front(page: Page, level: str, key: str, share: float = 0.45) -> None:
    """Take a body's upper anterior corner, and bring the anterior height down; still held."""
    expect(page.get_by_role("button", name="Draw", exact=True)).to_be_enabled()
    page.keyboard.press("e")
    page.keyboard.press(key)
    top = corner(page, level, "superior anterior corner")
    bottom = corner(page, level, "inferior anterior corner")
    drag(page, top, (top[0] + share * (bottom[0] - top[0]), top[1] + share * (bottom[1] - top[1])))


def judgement(page: Page, level: str) -> Locator:
    """What the table says of a body."""
    row = page.locator("table.bodies tbody tr").filter(
        has=page.locator("th", has_text=re.compile(rf"^{level}$"))
    )
    return row.locator(".chip")


def says(page: Page, words: str | Pattern[str]) -> None:
    """The line under the film says something."""
    expect(page.locator(".film-notice")).to_have_text(words)


def row_of(page: Page, film_id: str) -> Locator:
    """A film's line of the worklist."""
    return page.locator(f'[data-film="{film_id}"]')
