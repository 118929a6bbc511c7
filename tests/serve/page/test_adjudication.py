"""Two readers who differ, the one who settles it, and the label that comes out."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from bench.room_kit import API, Client, RoomProcess, dicom_variant
from spondyl.anatomy import Level, Status
from spondyl.geometry import CORNER_NAMES
from spondyl.labels import load_dataset
from tests.serve.page.acts import GRADED, crush_front, film_is_open, judgement, says
from tests.serve.page.conftest import Open

MEMBERS: Mapping[str, str] = {"anna": "adjudicator", "ben": "labeller", "cleo": "labeller"}


@pytest.fixture(scope="module")
def project(anna: Client, room: RoomProcess) -> tuple[str, str]:
    """A project of two readers with two films; they agree on one by now, the other is open."""
    files = {
        "apart.dcm": dicom_variant("normal.dcm", 71, PatientID="P-71"),
        "alike.dcm": dicom_variant("one-fracture.dcm", 72, PatientID="P-72"),
    }
    films = {item["name"]: item["film_id"] for item in anna.hand_in(files)}
    anna.wait_read()
    made = anna.post("/projects", {"name": "Two readers", "readers_per_film": 2, "levels": []})
    found = str(made.json()["id"])
    members = [
        {"user_id": each["id"], "role": MEMBERS[each["name"]]}
        for each in anna.get("/users")["items"]
    ]
    anna.session.put(
        f"{anna.url}{API}/projects/{found}/members", json={"members": members}, timeout=30
    ).raise_for_status()
    anna.post(f"/projects/{found}/films", {"film_ids": [*films.values()]}).raise_for_status()
    for name in ("ben", "cleo"):
        accepted = {"kind": "accept", "project_id": found}
        path = f"/films/{films['alike.dcm']}/decisions"
        room.client(name).post(path, accepted).raise_for_status()
    return found, films["apart.dcm"]


def _tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    expect(page.get_by_role("tabpanel")).not_to_be_empty()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_readers_differ_and_an_adjudicator_settles(
    open_page: Open, anna: Client, project: tuple[str, str], tmp_path: Path
) -> None:
    project_id, film_id = project
    address = f"/films/{film_id}?project={project_id}"

    # Two readers, blind to each other: one takes the model's word, one draws a fracture.
    his = open_page(address, user="ben")
    film_is_open(his)
    his.keyboard.press("a")
    says(his, "Accepted.")
    hers = open_page(address, user="cleo")
    film_is_open(hers)
    expect(hers.locator(".standing")).to_contain_text("Not decided yet.")
    expect(hers.locator(".history")).to_have_count(0)
    crush_front(hers, "L3", "3")
    hers.mouse.up()
    expect(judgement(hers, "L3")).to_have_text(GRADED)
    drawn = judgement(hers, "L3").inner_text()
    hers.keyboard.press("a")
    says(hers, "Accepted with your corrections.")

    # Neither can go back to it now: it would be no reading of one's own.
    hers.reload()
    film_is_open(hers)
    expect(hers.locator(".read-only")).to_contain_text("Both readers have decided this film")

    page = open_page(f"/projects/{project_id}")
    expect(page.locator(".progress")).to_contain_text("1 disagreed")
    row = page.get_by_role("row").filter(has_text="apart.dcm")
    expect(row.locator(".badge")).to_have_text("Disagreed")
    expect(row).to_contain_text("L3")

    # The adjudicator sees both, takes hers, and settles it.
    row.get_by_role("link").click()
    film_is_open(page)
    expect(page.locator(".differences")).to_contain_text("L3")
    expect(judgement(page, "L3")).to_have_text("normal")
    both = page.locator(".history li")
    expect(both).to_have_count(2)
    both.filter(has_text="Corrected by Cleo").get_by_role("button", name="Show").click()
    expect(judgement(page, "L3")).to_have_text(drawn)
    expect(page.locator(".decide .decide-buttons button")).to_have_count(1)
    page.keyboard.press("a")
    says(page, "Adjudicated.")
    expect(page.locator(".standing")).to_contain_text("Adjudicated by Anna")
    hers.reload()
    film_is_open(hers)
    expect(hers.locator(".read-only")).to_contain_text("An adjudicator has settled this film")

    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(f"/projects/{project_id}$"))
    expect(page.get_by_role("row").filter(has_text="apart.dcm").locator(".badge")).to_have_text(
        "Done"
    )

    # Agreement is of the two readers, whatever was settled since.
    _tab(page, "Agreement")
    told = anna.get(f"/projects/{project_id}/agreement")
    expect(page.get_by_role("tabpanel")).to_contain_text("2 films decided by two readers")
    kappa = told["fracture"]
    assert kappa["n"] > kappa["observed"] * kappa["n"] > 0
    card = page.locator(".kappa").first
    expect(card.locator(".value")).to_have_text(f"{kappa['kappa']:.2f}")
    expect(card).to_contain_text(f"The same on {kappa['n'] - 1} of {kappa['n']} bodies")
    expect(page.locator("svg.plot")).to_have_count(4)

    # What is exported is what was settled.
    _tab(page, "Export")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the zip").click()
    archive = tmp_path / "labels.zip"
    download.value.save_as(archive)
    with zipfile.ZipFile(archive) as unpacked:
        unpacked.extractall(tmp_path)
    found = load_dataset(next(tmp_path.rglob("films.json")))
    labels = {label.vertebrae[Level.L3].status: label for label in found}
    assert len(found) == 2
    settled = labels[Status.FRACTURED].vertebrae[Level.L3]
    decisions = anna.get(f"/films/{film_id}/decisions", project=project_id)["items"]
    corrected = next(each for each in decisions if each["kind"] == "correct")
    assert {each["kind"] for each in decisions} == {"accept", "correct", "adjudicate"}
    body = next(each for each in corrected["body"]["vertebrae"] if each["level"] == "L3")
    assert settled.genant_grade == body["genant_grade"] >= 1
    corners = [body["points_px"][name] for name in CORNER_NAMES]
    assert settled.corners_px is not None
    np.testing.assert_allclose(settled.corners_px, corners, atol=0.01)
    assert found.path(labels[Status.FRACTURED]).is_file()
