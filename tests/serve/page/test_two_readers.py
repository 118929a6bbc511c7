"""Two readers who have one film open: neither overruns the other unawares."""

import re

import pytest
from playwright.sync_api import Route, expect

from bench.room_kit import Client, dicom_variant
from tests.serve.page.acts import crush_front, film_is_open, judgement, says
from tests.serve.page.conftest import Open


@pytest.fixture
def shared(anna: Client, request: pytest.FixtureRequest) -> str:
    """A film that nobody has decided on."""
    seed = len(request.node.name)
    taken = anna.hand_in({"shared.dcm": dicom_variant("normal.dcm", seed, PatientID="P-8")})
    anna.wait_read()
    return str(taken[0]["film_id"])


def test_second_reader_is_told_and_asked(open_page: Open, anna: Client, shared: str) -> None:
    hers = open_page(f"/films/{shared}", user="anna")
    film_is_open(hers)
    his = open_page(f"/films/{shared}", user="ben")
    film_is_open(his)
    expect(hers.locator(".others")).to_have_text("Ben has this film open, too.")
    expect(his.locator(".others")).to_have_text("Anna has this film open, too.")

    # He draws; she decides meanwhile.
    crush_front(his, "L3", "3")
    his.mouse.up()
    drawn = "grade 3 wedge"
    expect(judgement(his, "L3")).to_have_text(drawn)
    hers.keyboard.press("a")
    says(hers, re.compile("^Accepted"))
    asked = his.get_by_role("alertdialog", name="Decided meanwhile")
    expect(asked).to_contain_text("Anna has decided on this film while you were drawing on it.")
    asked.get_by_role("button", name="Keep my drawing").click()
    expect(asked).to_be_hidden()
    expect(judgement(his, "L3")).to_have_text(drawn)
    his.keyboard.press("a")
    says(his, "Accepted with your corrections.")
    # She has drawn nothing: his decision is simply shown.
    says(hers, "Ben has just decided on this film; their decision is shown.")
    expect(judgement(hers, "L3")).to_have_text(drawn)
    kept = {each["user"]: each for each in anna.get(f"/films/{shared}/decisions")["items"]}
    assert kept["Ben"]["parent_id"] == kept["Anna"]["id"]


def test_late_decision_is_refused_and_both_are_offered(
    open_page: Open, anna: Client, shared: str
) -> None:
    page = open_page(f"/films/{shared}", user="ben", refusals=("409",))
    film_is_open(page)
    # News are late: his page does not hear of hers before his own decision is sent.
    held: list[Route] = []
    page.route("**/api/v1/films/*/decisions", lambda route: held.append(route))
    page.keyboard.press("a")
    expect(page.get_by_role("button", name=re.compile("^Reject"))).to_be_disabled()
    answer = anna.post(
        f"/films/{shared}/decisions",
        {"kind": "reject", "parent_id": None, "reading_id": None, "body": None},
    )
    assert answer.status_code == 201, answer.text
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    page.unroute_all()
    asked = page.get_by_role("alertdialog", name="Decided meanwhile")
    expect(asked).to_contain_text("Rejected by Anna")
    asked.get_by_role("button", name="Load theirs").click()
    expect(asked).to_be_hidden()
    expect(page.locator(".standing")).to_contain_text("Rejected by Anna")
    kept = anna.get(f"/films/{shared}/decisions")["items"]
    assert [each["user"] for each in kept if each["parent_id"] is None] == ["Anna"]
