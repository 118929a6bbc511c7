"""Decisions, comparing and presence through the interface."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spondyl.serve.room.reading.process import HandsSettings
from spondyl.serve.store.tables import ReadingRow
from spondyl.serve.web import reading
from tests.serve.room.kit import ScriptedHands, film_row, reading_json

API = "/api/v1"


@pytest.fixture(autouse=True)
def _reads_nothing(no_reading: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def hands(_settings: HandsSettings) -> ScriptedHands:
        return ScriptedHands()

    monkeypatch.setattr("spondyl.serve.web.app.start_reading", reading.start_reading)
    monkeypatch.setattr(reading, "make_hands", hands)
    return


def add_film(client: TestClient, front: float = 60.0, **values: Any) -> str:
    body = reading_json()
    points = body["vertebrae"][0]["corners_px"]
    points["superior_anterior"] = [180.0, 140.0 - front]
    room = client.app.state.room  # type: ignore[attr-defined]
    with room.session(write=True) as session:
        film = film_row(**values)
        session.add(film)
        session.flush()
        row = ReadingRow(film_id=film.id, model="m", version="1", body=body)
        session.add(row)
        session.flush()
        film.reading_id = row.id
        session.commit()
        return str(film.id)


def decide(client: TestClient, film: str, kind: str, parent: str | None, **more: Any) -> Any:
    return client.post(
        f"{API}/films/{film}/decisions", json={"kind": kind, "parent_id": parent, **more}
    )


def test_decisions_follow_each_other_and_the_second_of_two_is_told(client: TestClient) -> None:
    film = add_film(client)
    first = decide(client, film, "accept", None)
    assert first.status_code == 201
    assert first.json()["body"]["vertebrae"][0]["status"] == "fractured"
    late = decide(client, film, "reject", None)
    assert late.status_code == 409
    assert late.headers["Content-Type"] == "application/problem+json"
    assert late.json()["head"]["id"] == first.json()["id"]
    assert late.json()["by"] in late.json()["detail"]
    shown = client.get(f"{API}/films/{film}").json()
    assert (shown["status"], shown["decision"]["id"]) == ("accepted", first.json()["id"])
    undone = decide(client, film, "undo", first.json()["id"])
    assert undone.status_code == 201
    assert client.get(f"{API}/films/{film}").json()["status"] == "unread"
    page = client.get(f"{API}/films/{film}/decisions").json()
    assert [each["kind"] for each in page["items"]] == ["accept", "undo"]
    assert page["total"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "adjudicate"},
        {"kind": "correct"},
        {"kind": "burn"},
        {"kind": "accept", "body": {"vertebrae": [{"level": "L9"}]}},
        {"kind": "accept", "report": "a\0b"},
        {"kind": "accept", "body": {"shift": 99}},
        {"kind": "undo"},
        {"kind": "accept", "project_id": "00000000-0000-4000-8000-0000000000ff"},
        {"kind": "accept", "reading_id": "another"},
    ],
)
def test_decisions_that_make_no_sense_are_refused(client: TestClient, wrong: Any) -> None:
    film = add_film(client)
    answer = client.post(f"{API}/films/{film}/decisions", json=wrong)
    assert answer.status_code in (404, 409, 422), answer.text
    assert client.get(f"{API}/films/{film}/decisions").json()["total"] == 0


def test_films_of_one_patient_are_compared_and_others_are_not(client: TestClient) -> None:
    old = add_film(client, patient_key="a|1", study_date=date(2024, 1, 1))
    new = add_film(client, front=40.0, patient_key="a|1", study_date=date(2026, 1, 1))
    other = add_film(client, patient_key="a|2")
    assert client.get(f"{API}/films/{new}").json()["prior_id"] == old
    found = client.get(f"{API}/films/{new}/compare/{old}").json()
    (level,) = found["levels"]
    assert (level["level"], level["unit"]) == ("L1", "ratio")
    assert level["change"]["anterior"] < -0.2
    assert client.get(f"{API}/films/{new}/compare/{other}").status_code == 409
    assert client.get(f"{API}/films/{new}/compare/{new}").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"size_px": [0, 0], "vertebrae": []},
        {"size_px": [100, 100], "vertebrae": [], "spacing_mm": [0, 0]},
        {"size_px": [100, 100], "vertebrae": [{"level": "L1", "points_px": {}}]},
        {"size_px": [100], "vertebrae": []},
        {},
    ],
)
def test_measuring_what_makes_no_sense_is_refused(client: TestClient, wrong: Any) -> None:
    assert client.post(f"{API}/measure", json=wrong).status_code == 422


def test_two_tabs_on_one_film_are_told_of_each_other(client: TestClient) -> None:
    film = add_film(client)
    address = f"{API}/films/{film}/presence"
    assert client.put(address, json={"tab": "one"}).json()["others"] == []
    (other,) = client.put(address, json={"tab": "two"}).json()["others"]
    assert other["tab"] == "one"
    left = client.request("DELETE", address, json={"tab": "one"})
    assert left.status_code == 200
    assert client.put(address, json={"tab": "two"}).json()["others"] == []
    assert client.put(address, json={"tab": "a b\0"}).status_code == 422


def test_a_stream_begins_with_the_counts_and_ends_when_it_was_told_to(client: TestClient) -> None:
    add_film(client)
    answer = client.get(f"{API}/events", params={"seconds": 0.2})
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert "event: counts" in answer.text
    assert '"all": 1' in answer.text
    assert client.get(f"{API}/events", params={"seconds": -1}).status_code == 422
