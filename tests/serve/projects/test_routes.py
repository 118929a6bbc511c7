"""Projects through the interface: members alone, blind to each other, agreement, adjudication."""

import pytest
from fastapi.testclient import TestClient

from spondyl.serve.projects.access import check_may_decide
from spondyl.serve.projects.progress import refresh_state
from spondyl.serve.room.deciding import Decider, decide
from spondyl.serve.room.errors import RoomError
from spondyl.serve.room.shapes import NewDecision
from spondyl.serve.store.tables import DecisionKind, User
from tests.serve.projects.conftest import database, put_film, user_id
from tests.serve.projects.made import drawing

API = "/api/v1/projects"


def make_project(browser: TestClient, readers: int = 1, **more: object) -> str:
    answer = browser.post(API, json={"name": "Study", "readers_per_film": readers, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def let_in(browser: TestClient, project: str, **roles: str) -> None:
    members = [{"user_id": user_id(browser, name), "role": role} for name, role in roles.items()]
    answer = browser.put(f"{API}/{project}/members", json={"members": members})
    assert answer.status_code == 200, answer.text


def says(
    browser: TestClient,
    name: str,
    project: str,
    film: str,
    body: dict | None,
    kind: str = "correct",
) -> None:
    """A decision of a user, as the decisions' route makes it."""
    with database(browser) as session:
        user = session.query(User).filter_by(name=name).one()
        check_may_decide(session, user, project, film, DecisionKind(kind))
        from spondyl.serve.room.chain import head_of
        from spondyl.serve.room.deciding import chain_of

        head = head_of(chain_of(session, film, project, user.id))
        new = NewDecision(
            kind=kind, parent_id=head.id if head else None, body=body, project_id=project
        )
        decide(session, film, Decider(user.id, name), new)
        refresh_state(session, project, film)


class TestProject:
    def test_is_made_and_changed(self, anna: TestClient) -> None:
        project = make_project(anna, 2, levels=["L2", "L1"])
        found = anna.get(f"{API}/{project}").json()
        assert found["levels"] == ["L1", "L2"]
        assert found["my_role"] == "adjudicator"
        changed = anna.patch(f"{API}/{project}", json={"name": "New", "closed": True}).json()
        assert (changed["name"], changed["closed"]) == ("New", True)

    def test_names_are_unique(self, anna: TestClient) -> None:
        make_project(anna)
        assert anna.post(API, json={"name": "Study"}).status_code == 409

    def test_is_not_there_for_others(self, anna: TestClient, ben: TestClient) -> None:
        project = make_project(anna)
        for path in ("", "/films", "/next", "/agreement", "/export"):
            assert ben.get(f"{API}/{project}{path}").status_code == 404
        assert ben.get(API).json() == {"items": [], "next": None, "total": 0}

    def test_members_see_it_and_do_not_change_it(self, anna: TestClient, ben: TestClient) -> None:
        project = make_project(anna)
        let_in(anna, project, anna="adjudicator", ben="labeller")
        assert ben.get(f"{API}/{project}").json()["may_manage"] is False
        assert ben.patch(f"{API}/{project}", json={"closed": True}).status_code == 403
        film = put_film(anna, "one")
        answer = ben.post(f"{API}/{project}/films", json={"film_ids": [film]})
        assert answer.status_code == 403

    def test_readers_make_none(self, signed_client) -> None:
        reader = signed_client()
        assert reader.post(API, json={"name": "Study"}).status_code == 403

    def test_guessed_ids_are_not_there(self, anna: TestClient) -> None:
        for guess in ("0" * 36, "x"):
            assert anna.get(f"{API}/{guess}").status_code == 404
        assert anna.get(f"{API}/..%2F..%2Fetc").status_code in (404, 422)


class TestFilms:
    def test_least_sure_first(self, anna: TestClient) -> None:
        project = make_project(anna)
        films = {p: put_film(anna, f"film-{p}", p) for p in (0.01, 0.5, 0.3)}
        answer = anna.post(f"{API}/{project}/films", json={"film_ids": list(films.values())})
        assert answer.json()["added"] == 3
        items = anna.get(f"{API}/{project}/films").json()["items"]
        assert [item["film_id"] for item in items] == [films[0.5], films[0.3], films[0.01]]
        assert items[0]["doubt"] == pytest.approx(1.0)
        assert anna.get(f"{API}/{project}/next").json() == {"film_id": films[0.5], "left": 3}

    def test_come_in_pages(self, anna: TestClient) -> None:
        project = make_project(anna)
        ids = [put_film(anna, f"film-{k}", k / 20) for k in range(7)]
        anna.post(f"{API}/{project}/films", json={"film_ids": ids})
        seen, cursor = [], ""
        while cursor is not None:
            query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
            page = anna.get(f"{API}/{project}/films", params=query).json()
            assert page["total"] == 7
            seen += [item["film_id"] for item in page["items"]]
            cursor = page["next"]
        assert sorted(seen) == sorted(ids)

    def test_twice_is_once(self, anna: TestClient) -> None:
        project, film = make_project(anna), put_film(anna, "one")
        for added in (1, 0):
            answer = anna.post(f"{API}/{project}/films", json={"film_ids": [film, film]})
            assert answer.json()["added"] == added
        answer = anna.post(f"{API}/{project}/films", json={"film_ids": ["nobody"]})
        assert answer.json()["refused"][0]["name"] == "nobody"

    def test_words_of_the_report_stand_beside_the_film(self, anna: TestClient) -> None:
        pytest.importorskip("spacy")
        project, film = make_project(anna), put_film(anna, "one")
        report = "Wedge compression fracture of L1. The other vertebral bodies are intact."
        anna.post(f"{API}/{project}/films", json={"film_ids": [film], "reports": {film: report}})
        found = anna.get(f"{API}/{project}/films/{film}").json()
        assert found["report_text"] == report
        said = found["report_words"]
        assert said["L1"]["status"] == "fractured"
        start, end = said["L1"]["evidence"]["span"]
        assert "fracture" in report[start:end]
        assert said["L3"]["status"] == "normal"

    def test_bad_requests_are_refused(self, anna: TestClient) -> None:
        project = make_project(anna)
        url = f"{API}/{project}/films"
        for content in (b"", b"{", b"[1]", b'{"film_ids": "x"}', b'{"film_ids": ["\\u0000"]}'):
            answer = anna.post(url, content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code == 422, content
        assert anna.post(url, data={"labels": "1"}, files={"x": b"1"}).status_code == 422


class TestTwoReaders:
    def test_are_blind_until_both_have_decided(self, anna: TestClient, ben: TestClient) -> None:
        project, film = make_project(anna, 2), put_film(anna, "one")
        let_in(anna, project, anna="labeller", ben="labeller")
        anna.post(f"{API}/{project}/films", json={"film_ids": [film]})
        says(anna, "anna", project, film, drawing({"L1": 2}))
        own = anna.get(f"{API}/{project}/films/{film}").json()
        other = ben.get(f"{API}/{project}/films/{film}").json()
        assert [d["user"] for d in own["decisions"]] == ["anna"]
        assert other["decisions"] == []
        assert other["state"] == "read_once"
        assert "fractur" not in str(other["differences"])
        assert anna.get(f"{API}/{project}/next").json()["film_id"] is None
        assert ben.get(f"{API}/{project}/next").json()["film_id"] == film
        says(ben, "ben", project, film, drawing())
        other = ben.get(f"{API}/{project}/films/{film}").json()
        assert {d["user"] for d in other["decisions"]} == {"anna", "ben"}
        assert other["state"] == "disagreed"
        assert other["differences"] == ["L1: fractured to one reader, normal to the other."]

    def test_stay_with_what_they_said(self, anna: TestClient, ben: TestClient) -> None:
        project, film = make_project(anna, 2), put_film(anna, "one")
        let_in(anna, project, anna="labeller", ben="labeller")
        anna.post(f"{API}/{project}/films", json={"film_ids": [film]})
        says(anna, "anna", project, film, drawing({"L1": 2}))
        says(anna, "anna", project, film, drawing({"L1": 1}))  # nobody has seen it yet
        says(ben, "ben", project, film, drawing())
        with pytest.raises(RoomError, match="neither is blind"):
            says(anna, "anna", project, film, drawing())

    def test_a_third_one_is_refused(
        self, anna: TestClient, ben: TestClient, cleo: TestClient
    ) -> None:
        project, film = make_project(anna), put_film(anna, "one")
        let_in(anna, project, anna="labeller", ben="labeller")
        anna.post(f"{API}/{project}/films", json={"film_ids": [film]})
        with pytest.raises(RoomError, match="not a member"):
            says(anna, "cleo", project, film, drawing())
        says(anna, "anna", project, film, drawing())
        with pytest.raises(RoomError, match="decided this film already"):
            says(ben, "ben", project, film, drawing())
        assert ben.get(f"{API}/{project}/next").json()["film_id"] is None

    def test_an_undone_decision_leaves_its_place(self, anna: TestClient, ben: TestClient) -> None:
        project, film = make_project(anna), put_film(anna, "one")
        let_in(anna, project, anna="labeller", ben="labeller")
        anna.post(f"{API}/{project}/films", json={"film_ids": [film]})
        says(anna, "anna", project, film, drawing())
        assert anna.get(f"{API}/{project}").json()["counts"]["done"] == 1
        mine = {"params": {"mine": True}}
        assert anna.get(f"{API}/{project}/films", **mine).json()["total"] == 1
        says(anna, "anna", project, film, None, "undo")
        assert anna.get(f"{API}/{project}").json()["counts"]["open"] == 1
        assert anna.get(f"{API}/{project}/films", **mine).json()["total"] == 0
        says(ben, "ben", project, film, drawing())

    def test_agreement_and_adjudication(
        self, anna: TestClient, ben: TestClient, cleo: TestClient
    ) -> None:
        project = make_project(anna, 2)
        let_in(anna, project, anna="labeller", ben="labeller", cleo="adjudicator")
        films = [put_film(anna, f"film-{k}") for k in range(4)]
        anna.post(f"{API}/{project}/films", json={"film_ids": films})
        for k, film in enumerate(films):
            says(anna, "anna", project, film, drawing({"L1": 2} if k < 2 else None))
            says(ben, "ben", project, film, drawing({"L1": 2} if k < 1 else None, shift=2.0))
        url = f"{API}/{project}/films/{films[1]}"
        assert anna.get(url).json()["state"] == "disagreed"
        found = anna.get(f"{API}/{project}/agreement", params={"unit": "mm"}).json()
        assert (found["films"], found["fracture"]["n"]) == (4, 20)
        assert found["fracture"]["table"] == [[18, 0], [1, 1]]
        # Shifted by 2 px of 50 px: 4 percent.
        assert found["corners"]["median"] == pytest.approx(4.0)
        anterior = found["heights"][0]
        assert (anterior["height"], anterior["unit"], anterior["n"]) == ("anterior", "mm", 20)
        # One of 20 was drawn 15 px higher, of 0.5 mm each.
        assert anterior["bias"] == pytest.approx(15 * 0.5 / 20)
        assert [reader["films"] for reader in found["readers"]] == [4, 4]

        body = {"body": drawing({"L1": 1})}
        assert anna.post(f"{url}/adjudicate", json=body).status_code == 403
        early = put_film(anna, "late")
        anna.post(f"{API}/{project}/films", json={"film_ids": [early]})
        url_early = f"{API}/{project}/films/{early}/adjudicate"
        assert cleo.post(url_early, json=body).status_code == 409
        answer = cleo.post(f"{url}/adjudicate", json=body)
        assert answer.status_code == 201, answer.text
        settled = anna.get(url).json()
        assert settled["state"] == "done"
        assert settled["settled"]["user"] == "cleo"
        assert cleo.post(f"{url}/adjudicate", json=body).status_code == 409
        again = cleo.post(f"{url}/adjudicate", json={**body, "parent_id": answer.json()["id"]})
        assert again.status_code == 201
