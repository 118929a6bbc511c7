"""What somebody who means harm would try, through the interface: each is refused.

What surrounds every request (headers, hosts, static files) is in ``test_shell``, signing in in
``test_session``, uploads in ``test_hostile_uploads``; here are the rules for every operation.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from spondyl.serve.room.reading.process import HandsSettings
from spondyl.serve.store.tables import Audit, Decision, Film, Project, Role, User
from spondyl.serve.web import reading
from tests.serve.room.kit import ScriptedHands, film_row
from tests.serve.web.conftest import add_user

LOCAL = "http://127.0.0.1"
API = "/api/v1"
PASSWORD = "correct horse battery"
NOBODY = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
SignInAs = Callable[..., TestClient]
Operation = tuple[str, str, str]

#: The least role that each operation which is not for everybody needs.
NEEDS = {
    "list_users": Role.ADMIN,
    "add_user": Role.ADMIN,
    "change_user": Role.ADMIN,
    "list_audit": Role.ADMIN,
    "delete_film": Role.ADMIN,
    "begin_recalibration": Role.ADMIN,
    "get_recalibration": Role.ADMIN,
    "accept_site_file": Role.ADMIN,
    "withdraw_site_file": Role.ADMIN,
    "add_project": Role.LABELLER,
}
#: Operations that change something and that every signed-in reader may ask for.
FOR_READERS = {
    "sign_in", "sign_out", "change_own_password", "hand_in_films", "read_film_again",
    "add_decision", "measure_bodies", "open_film", "close_film",
}  # fmt: skip
#: Operations that hang on one's part in the project (``tests/serve/projects``).
IN_PROJECTS = {"change_project", "set_project_members", "add_project_films", "adjudicate_film"}
#: Bodies that are understood, where an operation needs one.
BODIES: dict[str, Any] = {
    "add_decision": {"kind": "reject"},
    "open_film": {"tab": "a"},
    "close_film": {"tab": "a"},
    "change_user": {"full_name": "x"},
    "change_project": {"description": "x"},
    "set_project_members": {"members": []},
    "add_project_films": {"film_ids": []},
    "adjudicate_film": {"kind": "adjudicate"},
}


def operations() -> list[Operation]:
    """Method, path and name of all that the interface does."""
    described = json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))
    return [
        (method.upper(), path, str(operation["operationId"]))
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


UNSAFE = [each for each in operations() if each[0] != "GET"]


def filled(path: str) -> str:
    """An address whose ids are well formed and nobody's."""
    for name in ("film_id", "prior_id", "project_id", "user_id", "id"):
        path = path.replace(f"{{{name}}}", NOBODY)
    return path.replace("{form}", "json")


def room_of(browser: TestClient) -> Any:
    assert isinstance(browser.app, FastAPI)
    return browser.app.state.room


def kept(browser: TestClient) -> list[int]:
    """How much of each the room holds."""
    with room_of(browser).session() as session:
        tables = (User, Film, Project, Decision, Audit)
        return [session.scalar(select(func.count()).select_from(each)) or 0 for each in tables]


@pytest.fixture(autouse=True)
def _reads_nothing(no_reading: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def hands(_settings: HandsSettings) -> ScriptedHands:
        return ScriptedHands()

    monkeypatch.setattr("spondyl.serve.web.app.start_reading", reading.start_reading)
    monkeypatch.setattr(reading, "make_hands", hands)


class TestEveryOperation:
    def test_that_changes_something_has_somebody_who_may(self) -> None:
        named = {name for _, _, name in UNSAFE}
        assert named == FOR_READERS | IN_PROJECTS | (named & set(NEEDS))
        assert set(NEEDS) <= {name for _, _, name in operations()}

    def test_needs_more_than_a_made_up_token(self, guarded: TestClient) -> None:
        token = "A" * 43
        guarded.cookies.set("spondyl_session", token, domain="127.0.0.1")
        for method, path, name in UNSAFE:
            if name in ("sign_in", "sign_out"):
                continue
            answer = guarded.request(method, filled(path), headers={"X-CSRF-Token": token})
            assert answer.status_code == 401, name

    @pytest.mark.parametrize(
        "forged",
        [
            {"X-CSRF-Token": ""},
            {"X-CSRF-Token": "A" * 43},
            {"X-CSRF-Token": b"\xc3\xa9"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
        ids=str,
    )
    def test_that_another_site_sent_is_refused(
        self, signed_client: SignInAs, forged: dict[str, Any]
    ) -> None:
        admin = signed_client(Role.ADMIN)
        before = kept(admin)
        for method, path, name in UNSAFE:
            if name == "sign_in" and "X-CSRF-Token" in forged:
                continue  # who signs in has no word yet; Origin is what counts
            body = BODIES.get(name, {})
            answer = admin.request(method, filled(path), json=body, headers=forged)
            assert answer.status_code == 403, f"{name}: {answer.text}"
        assert kept(admin) == before
        assert admin.get(f"{API}/session").status_code == 200, "signed out by another site"

    @pytest.mark.parametrize("role", [Role.READER, Role.LABELLER])
    def test_above_ones_role_is_refused(self, signed_client: SignInAs, role: Role) -> None:
        browser = signed_client(role)
        before = kept(browser)
        for method, path, name in operations():
            if name in NEEDS and not role.covers(NEEDS[name]):
                answer = browser.request(method, filled(path), json=BODIES.get(name, {}))
                assert answer.status_code == 403, f"{name}: {answer.text}"
                assert NEEDS[name].value in answer.json()["detail"]
        assert kept(browser) == before

    def test_on_what_is_not_there_finds_nothing(self, signed_client: SignInAs) -> None:
        admin = signed_client(Role.ADMIN)
        for method, path, name in operations():
            if "{" in path:
                answer = admin.request(method, filled(path), json=BODIES.get(name))
                assert answer.status_code == 404, f"{name}: {answer.text}"
                assert NOBODY not in answer.text

    def test_on_somebody_elses_project_finds_nothing(self, signed_client: SignInAs) -> None:
        anna, eve = signed_client(Role.LABELLER, "anna"), signed_client(Role.LABELLER, "eve")
        project = anna.post(f"{API}/projects", json={"name": "Study"}).json()["id"]
        with room_of(anna).session(write=True) as session:
            film = film_row()
            session.add(film)
            session.commit()
            film_id = film.id
        for method, path, name in operations():
            if "{project_id}" in path:
                address = path.replace("{project_id}", project).replace("{film_id}", film_id)
                answer = eve.request(method, address, json=BODIES.get(name))
                assert answer.status_code == 404, f"{name}: {answer.text}"
                assert "Study" not in answer.text
        decided = eve.post(
            f"{API}/films/{film_id}/decisions", json={"kind": "reject", "project_id": project}
        )
        assert decided.status_code == 404
        listed = eve.get(f"{API}/films/{film_id}/decisions", params={"project": project})
        assert listed.status_code == 404
        assert eve.get(f"{API}/projects").json()["items"] == []


class TestSignIn:
    def test_one_address_cannot_try_many_names(self, room_app: Callable[..., FastAPI]) -> None:
        app = room_app(sign_in=True, sessions={"failures_per_address": 4})
        with TestClient(app, base_url=LOCAL) as browser:
            add_user(app, "anna", Role.READER)
            for k in range(4):
                wrong = browser.post(f"{API}/session", json={"name": f"n{k}", "password": "x"})
                assert wrong.status_code == 401
            right = {"name": "anna", "password": PASSWORD}
            for claimed in ({}, {"X-Forwarded-For": "10.1.2.3"}):
                held = browser.post(f"{API}/session", json=right, headers=claimed)
                assert held.status_code == 429
                assert int(held.headers["Retry-After"]) >= 1

    def test_the_old_password_cannot_be_guessed_from_an_open_page(
        self, signed_client: SignInAs
    ) -> None:
        browser = signed_client(Role.READER, "anna")
        new = "another horse battery"
        codes = [
            browser.put(f"{API}/users/me/password", json={"old": guess, "new": new}).status_code
            for guess in ("a", "b", "c", "d", "e", PASSWORD)
        ]
        assert codes == [403] * 5 + [429]

    def test_a_token_that_was_planted_is_not_taken_over(self, signed_client: SignInAs) -> None:
        browser = signed_client(Role.READER, "anna")
        planted = "B" * 43
        stranger = TestClient(browser.app, base_url=LOCAL)
        stranger.cookies.set("spondyl_session", planted, domain="127.0.0.1")
        answer = stranger.post(f"{API}/session", json={"name": "anna", "password": PASSWORD})
        assert answer.status_code == 200
        assert answer.cookies["spondyl_session"] not in (
            planted,
            browser.cookies["spondyl_session"],
        )

    @pytest.mark.parametrize(("scheme", "is_secure"), [("https", True), ("http", False)])
    def test_the_cookie_is_of_this_place_and_of_tls_where_there_is_tls(
        self, room_app: Callable[..., FastAPI], scheme: str, is_secure: bool
    ) -> None:
        app = room_app(sign_in=True, public_url=f"{scheme}://room.example")
        with TestClient(app, base_url="http://room.example") as browser:
            add_user(app, "anna", Role.READER)
            answer = browser.post(f"{API}/session", json={"name": "anna", "password": PASSWORD})
        parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert ("secure" in parts) is is_secure
        assert not [part for part in parts if part.startswith("domain")]
        (age,) = (int(part[8:]) for part in parts if part.startswith("max-age="))
        assert 0 < age <= 24 * 3600


def test_refusals_carry_the_headers_too(signed_client: SignInAs) -> None:
    browser = signed_client(Role.READER)
    answers = {
        401: TestClient(browser.app, base_url=LOCAL).get(f"{API}/films"),
        403: browser.get(f"{API}/users"),
        404: browser.get(f"{API}/films/{NOBODY}"),
        405: browser.put(f"{API}/films"),
        413: browser.post(f"{API}/measure", content=b" " * 8_000_001),
        422: browser.get(f"{API}/films", params={"limit": "x"}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_a_room_with_names_answers_to_no_other(room_app: Callable[..., FastAPI]) -> None:
    app = room_app(sign_in=True, hosts=["room.example"])
    with TestClient(app, base_url="http://room.example") as browser:
        assert browser.get("/health").status_code == 200
        for host in ("evil.example", "room.example.evil.example", "127.0.0.1", "", "[::1"):
            assert browser.get("/health", headers={"Host": host}).status_code == 421, host
