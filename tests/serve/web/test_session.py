"""Signing in and out, roles, and requests of other sites."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from spondyl.serve.store.tables import Audit, Role, SignIn, User, utc_now

PASSWORD = "correct horse battery"
SESSION = "/api/v1/session"
SignInAs = Callable[..., TestClient]


def _room(client: TestClient):  # type: ignore[no-untyped-def]
    assert isinstance(client.app, FastAPI)
    return client.app.state.room


class TestLocal:
    def test_local_user_may_do_everything(self, client: TestClient) -> None:
        body = client.get(SESSION).json()
        assert body["user"]["name"] == "local"
        assert body["user"]["role"] == "admin"
        assert body["sign_in_required"] is False

    def test_word_against_forgery_outlives_a_restart(
        self, room_app: Callable[..., FastAPI]
    ) -> None:
        words = set()
        for _ in range(2):
            with TestClient(room_app(), base_url="http://localhost") as client:
                words.add(client.get(SESSION).json()["csrf"])
        assert len(words) == 1

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:8750", "10.0.0.5", ""])
    def test_other_names_are_not_answered(self, client: TestClient, host: str) -> None:
        answer = client.get(SESSION, headers={"Host": host})
        assert answer.status_code == 421
        assert answer.headers["content-type"] == "application/problem+json"


class TestSignIn:
    def test_nobody_is_let_in_without(self, guarded: TestClient) -> None:
        for method, path in [
            ("GET", SESSION),
            ("GET", "/api/v1/users"),
            ("POST", "/api/v1/users"),
            ("GET", "/api/v1/audit"),
        ]:
            answer = guarded.request(method, path, json={"name": "x"})
            assert answer.status_code == 401, path
            assert answer.json()["title"] == "Unauthorized"

    def test_in_and_out(self, signed_client: SignInAs) -> None:
        browser = signed_client(Role.READER, "anna")
        assert browser.get(SESSION).json()["user"]["name"] == "anna"
        assert browser.delete(SESSION).status_code == 204
        assert browser.get(SESSION).status_code == 401

    def test_cookie_is_out_of_reach_and_only_its_hash_is_kept(
        self, guarded: TestClient, signed_client: SignInAs
    ) -> None:
        browser = signed_client(Role.READER, "anna")
        again = browser.post(SESSION, json={"name": "anna", "password": PASSWORD})
        cookie = again.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        token = again.cookies["spondyl_session"]
        with _room(guarded).session() as session:
            kept = session.scalars(select(SignIn.token_hash)).all()
        assert token not in kept
        assert all(len(each) == 64 for each in kept)

    def test_old_token_is_worthless_after_sign_out(self, signed_client: SignInAs) -> None:
        browser = signed_client(Role.READER, "anna")
        token = browser.cookies["spondyl_session"]
        browser.delete(SESSION)
        browser.cookies.set("spondyl_session", token, domain="127.0.0.1")
        assert browser.get(SESSION).status_code == 401

    def test_wrong_password_and_unknown_name_are_told_alike(
        self, guarded: TestClient, signed_client: SignInAs
    ) -> None:
        signed_client(Role.READER, "anna")
        wrong = guarded.post(SESSION, json={"name": "anna", "password": "no"})
        unknown = guarded.post(SESSION, json={"name": "berta", "password": "no"})
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json() == unknown.json()

    def test_failures_make_one_wait_even_with_the_right_password(
        self, guarded: TestClient, signed_client: SignInAs
    ) -> None:
        signed_client(Role.READER, "anna")
        for _ in range(5):
            guarded.post(SESSION, json={"name": "anna", "password": "no"})
        held = guarded.post(SESSION, json={"name": "anna", "password": PASSWORD})
        assert held.status_code == 429
        assert int(held.headers["retry-after"]) >= 1

    def test_inactive_user_is_out_at_once(
        self, guarded: TestClient, signed_client: SignInAs
    ) -> None:
        browser = signed_client(Role.READER, "anna")
        with _room(guarded).session(write=True) as session:
            session.scalars(select(User).where(User.name == "anna")).one().active = False
            session.commit()
        assert browser.get(SESSION).status_code == 401
        tried = guarded.post(SESSION, json={"name": "anna", "password": PASSWORD})
        assert tried.status_code == 401

    @pytest.mark.parametrize("column", ["expires_at", "seen_at"])
    def test_sign_in_ends_by_time(
        self, guarded: TestClient, signed_client: SignInAs, column: str
    ) -> None:
        browser = signed_client(Role.READER, "anna")
        with _room(guarded).session(write=True) as session:
            setattr(session.scalars(select(SignIn)).one(), column, utc_now() - timedelta(hours=3))
            session.commit()
        assert browser.get(SESSION).status_code == 401

    def test_passwords_come_back_nowhere(self, guarded: TestClient) -> None:
        answer = guarded.post(SESSION, json={"name": ["x"], "password": "hunter2-hunter2"})
        assert answer.status_code == 422
        assert "hunter2" not in answer.text

    def test_a_tried_name_is_not_kept(self, guarded: TestClient) -> None:
        guarded.post(SESSION, json={"name": "my-secret-password", "password": "x"})
        with _room(guarded).session() as session:
            lines = session.scalars(select(Audit)).all()
        assert [line.action for line in lines] == ["session.refused"]
        assert "my-secret" not in repr([(line.object, line.detail) for line in lines])


class TestForgery:
    def test_change_without_the_word_is_refused(self, signed_client: SignInAs) -> None:
        admin = signed_client(Role.ADMIN)
        word = admin.headers.pop("X-CSRF-Token")
        assert admin.post("/api/v1/users", json={"name": "x"}).status_code == 403
        other = signed_client(Role.ADMIN, "other").headers["X-CSRF-Token"]
        assert (
            admin.post(
                "/api/v1/users", json={"name": "x"}, headers={"X-CSRF-Token": other}
            ).status_code
            == 403
        )
        admin.headers["X-CSRF-Token"] = word
        assert admin.post("/api/v1/users", json={"name": "x"}).status_code == 201

    @pytest.mark.parametrize(
        "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
    )
    def test_change_from_another_site_is_refused_even_with_it(
        self, client: TestClient, headers: dict[str, str]
    ) -> None:
        answer = client.post("/api/v1/users", json={"name": "x"}, headers=headers)
        assert answer.status_code == 403

    def test_another_site_cannot_sign_somebody_in(
        self, guarded: TestClient, signed_client: SignInAs
    ) -> None:
        signed_client(Role.READER, "anna")
        answer = guarded.post(
            SESSION,
            json={"name": "anna", "password": PASSWORD},
            headers={"Origin": "https://evil.example"},
        )
        assert answer.status_code == 403


@pytest.mark.parametrize("role", [Role.READER, Role.LABELLER])
def test_lesser_roles_administer_nothing(signed_client: SignInAs, role: Role) -> None:
    browser = signed_client(role)
    for method, path in [
        ("GET", "/api/v1/users"),
        ("POST", "/api/v1/users"),
        ("PATCH", "/api/v1/users/x"),
        ("GET", "/api/v1/audit"),
    ]:
        assert browser.request(method, path, json={"name": "x"}).status_code == 403, path
