"""A real room in a process of its own, and Chromium before it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")
pytest.importorskip("playwright", reason="the extra [dev] is not installed")

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.room_kit import (
    PATIENCE_S,
    Client,
    RoomProcess,
    chromium,
    dicom_variant,
    film,
    launched,
)
from tests.serve.page.watch import Watch

USERS = {"anna": "admin", "ben": "reader", "cleo": "labeller"}
SCREEN = {"width": 1366, "height": 768}
Open = Callable[..., Page]

expect.set_options(timeout=1000 * PATIENCE_S / 6)


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomProcess]:
    """One room with sign-in for all tests of the page."""
    if chromium() is None:
        pytest.skip("there is no Chromium on this machine (Debian: apt-get install chromium)")
    # Tests sign in more often than people do.
    found = RoomProcess(tmp_path_factory.mktemp("room"), USERS)
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="session")
def anna(room: RoomProcess) -> Client:
    """An administrator without a browser."""
    return room.client("anna")


@pytest.fixture(scope="session")
def films(anna: Client) -> dict[str, str]:
    """Films that were read: name to id. ``old`` and ``new`` are one patient's."""
    files = {
        "several.png": film("several-fractures.png"),
        "implant.dcm": film("implant.dcm"),
        "old.dcm": dicom_variant(
            "normal.dcm", 1, PatientID="P-1", PatientName="Prior^Petra", StudyDate="20240102"
        ),
        "new.dcm": dicom_variant(
            "one-fracture.dcm", 2, PatientID="P-1", PatientName="Prior^Petra", StudyDate="20260203"
        ),
    }
    taken = {item["name"]: item["film_id"] for item in anna.hand_in(files, site="north")}
    read = {item["id"]: item for item in anna.wait_read(len(files))}
    assert all(read[each]["state"] == "read" for each in taken.values()), read
    return {name.partition(".")[0]: found for name, found in taken.items()}


@pytest.fixture(scope="module")
def chrome(room: RoomProcess) -> Iterator[Browser]:
    # Not for the whole session: its event loop would be in the way of other tests' own.
    with sync_playwright() as playwright:
        found = launched(playwright)
        yield found
        found.close()


@pytest.fixture
def open_page(chrome: Browser, room: RoomProcess) -> Iterator[Open]:
    """Opens the page in a browser of its own: ``open_page("/", user="ben")``.

    Whatever a test does: no page asks anything of another address, breaks, or is stopped by the
    policy that its server sent.
    """
    watches = []

    def make(
        path: str = "/",
        user: str | None = "anna",
        theme: str = "dark",
        refusals: Sequence[str] = (),
        **more: Any,
    ) -> Page:
        # Whoever is not signed in is refused; the page asks for nothing else to find that out.
        refusals = (*refusals, "401") if user is None else refusals
        context = chrome.new_context(
            **{"viewport": SCREEN, "color_scheme": theme, "locale": "en-GB", **more}
        )
        context.set_default_timeout(1000 * PATIENCE_S)
        watches.append(Watch(context, room.url, refusals))
        if user is not None:
            cookies = room.client(user).session.cookies
            context.add_cookies(
                [{"name": c.name, "value": c.value or "", "url": room.url} for c in cookies]
            )
        if theme == "light":
            # Films stay dark unless light is asked for by name.
            # The empty page, from which a browser starts, has no storage.
            keep = "localStorage.setItem('spondyl-theme', 'light')"
            context.add_init_script(f"if (location.protocol === 'http:') {keep}")
        page = context.new_page()
        page.goto(room.url + path)
        return page

    yield make
    for watch in watches:
        watch.close()
    for watch in watches:
        watch.check()
