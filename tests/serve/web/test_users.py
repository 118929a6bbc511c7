"""Users and the trail, over the interface; on SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from spondyl.serve.store.tables import Role

USERS = "/api/v1/users"
PASSWORD = "correct horse battery"
SignInAs = Callable[..., TestClient]


@pytest.fixture
def anywhere(room_app: Callable[..., FastAPI], database_url: str) -> Iterator[TestClient]:
    """The local administrator of a room on either database."""
    with TestClient(room_app(database=database_url), base_url="http://localhost") as found:
        found.headers["X-CSRF-Token"] = found.get("/api/v1/session").json()["csrf"]
        yield found


def test_added_changed_listed_and_trailed(anywhere: TestClient) -> None:
    added = anywhere.post(
        USERS, json={"name": "anna", "full_name": "Anna\u0000 A.", "role": "reader"}
    )
    assert added.status_code == 201
    assert added.json()["full_name"] == "Anna A."
    user = f"{USERS}/{added.json()['id']}"
    assert anywhere.post(USERS, json={"name": "anna"}).status_code == 409
    changed = anywhere.patch(user, json={"role": "labeller", "active": False})
    assert (changed.json()["role"], changed.json()["active"]) == ("labeller", False)
    assert {each["name"] for each in anywhere.get(USERS).json()["items"]} == {"anna", "local"}
    trail = anywhere.get("/api/v1/audit").json()
    assert [(line["user"], line["action"]) for line in trail["items"]] == [
        ("local", "user.change"),
        ("local", "user.add"),
    ]
    assert trail["items"][0]["detail"] == {"role": ["reader", "labeller"], "active": False}
    assert "Anna" not in str(trail)


def test_lists_come_in_pages_without_gaps(anywhere: TestClient) -> None:
    for number in range(7):
        anywhere.post(USERS, json={"name": f"user-{number}"})
    for path, key in [(USERS, "name"), ("/api/v1/audit", "id")]:
        seen, cursor = [], None
        while True:
            params = {"limit": 3, **({"cursor": cursor} if cursor else {})}
            page = anywhere.get(path, params=params).json()
            seen += [item[key] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == page["total"]
        assert seen == sorted(seen, reverse=key == "id")


@pytest.mark.parametrize(
    "cursor", ["x", "", "WzFd", "W251bGxd", "W05hTl0", "WyJcdTAwMDAiXQ", "é", "WzFlOTk5XQ"]
)
def test_made_up_cursors_are_refused(anywhere: TestClient, cursor: str) -> None:
    for path in (USERS, "/api/v1/audit"):
        status = anywhere.get(path, params={"cursor": cursor}).status_code
        # "[1]" is a cursor of the trail, if not of the users.
        assert status == (200 if (path, cursor) == ("/api/v1/audit", "WzFd") else 400)


@pytest.mark.parametrize("id", ["nobody", "%00", "..", "é" * 50])
def test_guessed_ids_are_not_found(anywhere: TestClient, id: str) -> None:
    assert anywhere.patch(f"{USERS}/{id}", json={"active": False}).status_code in (404, 405)


@pytest.mark.parametrize(
    "name", ["", " anna", "a b", "<script>", "a" * 65, "anna\n", "../x", "änna", "-x"]
)
def test_names_are_plain(client: TestClient, name: str) -> None:
    assert client.post(USERS, json={"name": name}).status_code == 422


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "x" * 300])
def test_weak_passwords_are_refused(client: TestClient, password: str) -> None:
    answer = client.post(USERS, json={"name": "anna", "password": password})
    assert answer.status_code == 422
    assert password not in answer.text


def test_a_new_password_signs_out(signed_client: SignInAs) -> None:
    admin, anna = signed_client(Role.ADMIN), signed_client(Role.READER, "anna")
    me = anna.get("/api/v1/session").json()["user"]["id"]
    admin.patch(f"{USERS}/{me}", json={"password": "another battery staple"})
    assert anna.get("/api/v1/session").status_code == 401
    old = anna.post("/api/v1/session", json={"name": "anna", "password": PASSWORD})
    assert old.status_code == 401


def test_a_lesser_role_counts_at_once(signed_client: SignInAs) -> None:
    admin, other = signed_client(Role.ADMIN), signed_client(Role.ADMIN, "other")
    me = other.get("/api/v1/session").json()["user"]["id"]
    admin.patch(f"{USERS}/{me}", json={"role": "reader"})
    assert other.get(USERS).status_code == 401


def test_the_last_administrator_stays(signed_client: SignInAs) -> None:
    admin = signed_client(Role.ADMIN)
    me = admin.get("/api/v1/session").json()["user"]["id"]
    for change in ({"active": False}, {"role": "reader"}):
        answer = admin.patch(f"{USERS}/{me}", json=change)
        assert answer.status_code == 409
        assert "last administrator" in answer.json()["detail"]
    assert admin.patch(f"{USERS}/{me}", json={"full_name": "A"}).status_code == 200


def test_own_password(signed_client: SignInAs) -> None:
    anna = signed_client(Role.READER, "anna")
    own = f"{USERS}/me/password"
    new = "another battery staple"
    assert anna.put(own, json={"old": "wrong", "new": new}).status_code == 403
    assert anna.put(own, json={"old": PASSWORD, "new": "short"}).status_code == 422
    assert anna.put(own, json={"old": PASSWORD, "new": new}).status_code == 204
    assert anna.get("/api/v1/session").status_code == 401
    again = anna.post("/api/v1/session", json={"name": "anna", "password": new})
    assert again.status_code == 200
