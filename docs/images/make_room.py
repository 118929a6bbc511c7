"""Make pictures of the reading room again: ``python docs/images/make_room.py``.

A real room in a process of its own, on simulated films of the folder ``examples``, with two made-up
readers; needs the extras [serve] and [dev], and Chromium.
"""

import copy
import os
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))  # it finds `bench`

from playwright.sync_api import Browser, Page, expect

from bench.room_kit import Client, RoomProcess, browser, dicom_variant, until
from docs.images.room_months import fill_months

FOLDER = Path(os.environ.get("ROOM_PICTURES", Path(__file__).parent))
WIDTH_PX = 1366
LARGEST_BYTES = 200_000
#: As many greys as a picture of this size may have.
WANTED_BYTES = 150_000
GREYS = (128, 96, 64, 48)
#: Channels of a grey differ by no more.
GREY = 8
#: Grounds, lines and letters of the page.
OWN = 32
#: Film of examples, its made-up patient, sex and year of birth.
PATIENTS = (
    ("several-fractures.dcm", "Simulated^Anna", "F", 1938),
    ("one-fracture.dcm", "Simulated^Bernd", "M", 1941),
    ("normal.dcm", "Simulated^Clara", "F", 1952),
    ("implant.dcm", "Simulated^David", "M", 1949),
    ("mirrored.dcm", "Simulated^Elena", "F", 1944),
    ("negative.dcm", "Simulated^Felix", "M", 1957),
)
VISITS = 2

expect.set_options(timeout=60_000)


def main() -> int:
    """Make the pictures; exit code 1 if one is too large for the repository."""
    with tempfile.TemporaryDirectory() as folder, browser() as chrome:
        room = RoomProcess(Path(folder) / "room", {"anna": "admin", "ben": "labeller"})
        room.start()
        try:
            anna, ben = room.client("anna"), room.client("ben")
            _hand_in(anna)
            films = {each["name"]: each for each in anna.get("/films", limit=200)["items"]}
            _worklist(chrome, anna)
            _films(chrome, anna, films)
            _project(chrome, anna, _label(anna, ben))
            readings = {
                bool(found["fractured"]): found
                for name in ("Simulated^Anna-0.dcm", "Simulated^Clara-0.dcm")
                for found in [anna.get(f"/films/{films[name]['id']}")["reading"]]
            }
        finally:
            room.stop()
        _months(chrome, Path(folder) / "months", readings)
    large = [each for each in FOLDER.glob("room-*.png") if each.stat().st_size > LARGEST_BYTES]
    print("\n".join(f"{each.name} is too large for the repository." for each in large), end="")
    return int(bool(large))


def _worklist(chrome: Browser, anna: Client) -> None:
    for theme, name in (("dark", "room-worklist.png"), ("light", "room-light.png")):
        page = _page(chrome, anna, theme, 820)
        page.goto(f"{anna.url}/")
        expect(page.locator(".row .badge")).to_have_count(len(PATIENTS) * VISITS)
        expect(page.locator("img.thumb")).to_have_count(len(PATIENTS) * VISITS)
        _keep(page, name)


def _films(chrome: Browser, anna: Client, films: Mapping[str, dict[str, Any]]) -> None:
    page = _page(chrome, anna, "dark", 820)
    page.goto(f"{anna.url}/films/{films['Simulated^Anna-1.dcm']['id']}")
    _open(page)
    _keep(page, "room-film.png")
    page.context.close()
    page = _page(chrome, anna, "light", 820)
    page.goto(f"{anna.url}/films/{films['Simulated^Anna-1.dcm']['id']}")
    _open(page)
    page.keyboard.press("e")
    page.keyboard.press("8")
    expect(page.get_by_role("button", name="T12 as a whole")).to_be_visible()
    _keep(page, "room-drawing.png")


def _open(page: Page) -> None:
    expect(page.locator(".film-wait")).to_have_count(0)
    expect(page.locator("table.bodies tbody tr").first).to_be_visible()
    expect(page.get_by_role("button", name="Draw", exact=True)).to_be_enabled()


def _project(chrome: Browser, anna: Client, project: str) -> None:
    page = _page(chrome, anna, "dark", 1095)
    page.goto(f"{anna.url}/projects/{project}")
    page.get_by_role("tab", name="Agreement").click()
    expect(page.locator("figure svg, svg[role=img]").first).to_be_visible()
    _keep(page, "room-project.png")


def _months(chrome: Browser, folder: Path, readings: Mapping[bool, dict[str, Any]]) -> None:
    room = RoomProcess(folder, {"anna": "admin"})
    room.start()
    try:
        anna = room.client("anna")
        reader = anna.get("/users")["items"][0]["id"]
        fill_months(folder, readings, reader)
        page = _page(chrome, anna, "light", 1240)
        page.goto(f"{room.url}/quality")
        expect(page.locator("svg.plot")).to_have_count(4)
        _keep(page, "room-quality.png")
    finally:
        room.stop()


def _hand_in(anna: Client) -> None:
    files = {}
    for k, (name, patient, sex, born) in enumerate(PATIENTS):
        for visit in range(VISITS):
            header = {
                "PatientName": patient,
                "PatientID": f"SIM-{k + 1:04}",
                "PatientSex": sex,
                "PatientBirthDate": f"{born}0101",
                "StudyDate": f"{2024 + visit}{5 + k:02}{11 + k}",
            }
            files[f"{patient}-{visit}.dcm"] = dicom_variant(name, visit, **header)
    anna.hand_in(files, site="north")
    anna.wait_read(len(files))


def _label(anna: Client, ben: Client) -> str:
    """A project in which two readers have drawn, not quite alike; its id."""
    made = anna.post(
        "/projects",
        {
            "name": "Spine films, first round",
            "description": "Two readers, blind to each other. All films are simulated.",
            "readers_per_film": 2,
            "levels": ["T11", "T12", "L1", "L2", "L3", "L4", "L5"],
        },
    ).json()
    project = str(made["id"])
    films = [each["id"] for each in anna.get("/films")["items"]]
    members = [
        {"user_id": each["id"], "role": "labeller"}
        for each in anna.get("/users")["items"]
        if each["name"] in ("anna", "ben")
    ]
    put = anna.session.put(
        f"{anna.url}/api/v1/projects/{project}/members", json={"members": members}, timeout=30
    )
    put.raise_for_status()
    anna.post(f"/projects/{project}/films", {"film_ids": films}).raise_for_status()
    rng = np.random.default_rng(7)
    for k, film in enumerate(films[:-2]):
        asked: dict[str, Any] = {"kind": "accept", "project_id": project}
        first = anna.post(f"/films/{film}/decisions", asked)
        first.raise_for_status()
        body = _drawn_anew(first.json()["body"], rng, another=k == 1)
        second = ben.post(f"/films/{film}/decisions", {**asked, "kind": "correct", "body": body})
        second.raise_for_status()
    return project


def _drawn_anew(body: dict[str, Any], rng: np.random.Generator, another: bool) -> dict[str, Any]:
    """The same bodies by another hand; in some films one of them is called otherwise."""
    found = copy.deepcopy(body)
    for each in found["vertebrae"]:
        each["origin"] = "reader"
        points = each["points_px"]
        for name, at in points.items():
            points[name] = at and [float(v + rng.normal(0, 1.5)) for v in at]
    if another:
        odd = next(each for each in found["vertebrae"] if each["level"] == "L3")
        odd.update(status="fractured", genant_grade=1, shape="wedge")
    return found


def _page(chrome: Browser, client: Client, theme: str, height_px: int) -> Page:
    context = chrome.new_context(
        viewport={"width": WIDTH_PX, "height": height_px},
        color_scheme="light" if theme == "light" else "dark",
        locale="en-GB",
    )
    cookies = client.session.cookies
    context.add_cookies(
        [{"name": c.name, "value": c.value or "", "url": client.url} for c in cookies]
    )
    if theme == "light":
        # Films stay dark unless light is asked for by name.
        keep = "localStorage.setItem('spondyl-theme', 'light')"
        context.add_init_script(f"if (location.protocol === 'http:') {keep}")
    return context.new_page()


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("load")
    for thumbnail in page.locator("img.thumb").all():
        until(partial(thumbnail.evaluate, "each => each.decode().then(() => true)"), name)
    page.screenshot()  # has what is decoded painted
    page.wait_for_timeout(1000)  # what moves has come to rest
    path = FOLDER / name
    page.screenshot(path=path)
    with Image.open(path) as picture:
        whole = picture.convert("RGB")
    for greys in GREYS:
        _few_colours(whole, greys).save(path, optimize=True)
        if path.stat().st_size <= WANTED_BYTES:
            break


def _few_colours(picture: Image.Image, greys: int) -> Image.Image:
    """The picture in a palette: the page's own colours as they are, then greys, then the rest."""
    pixels = np.asarray(picture).reshape(-1, 3)
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    own = found[np.argsort(-counts)][:OWN]
    grey = np.ptp(pixels.astype(int), axis=1) <= GREY
    palette = [int(value) for value in own.ravel()]
    for some, count in ((pixels[grey], greys), (pixels[~grey], 256 - OWN - greys)):
        palette += Image.fromarray(some[None]).quantize(count).getpalette()[: 3 * count]
    card = Image.new("P", (1, 1))
    card.putpalette(palette)
    return picture.quantize(palette=card, dither=Image.Dither.NONE)


if __name__ == "__main__":
    sys.exit(main())
