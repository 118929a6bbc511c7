"""Films through the interface, with the real reader and real films."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from spondyl.film import film_from_bytes
from spondyl.serve.store.tables import Audit, Decision, Role
from spondyl.serve.web import reading
from tests.serve.room.kit import dicom_with, example, hands_here, small_png, zip_of

API = "/api/v1"
NOBODY = "00000000-0000-4000-8000-0000000000ff"


@pytest.fixture(autouse=True)
def _reads_here(no_reading: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("spondyl.serve.web.app.start_reading", reading.start_reading)
    monkeypatch.setattr(reading, "make_hands", hands_here)
    return


def hand_in(client: TestClient, **files: bytes) -> list[dict[str, Any]]:
    answer = client.post(
        f"{API}/films",
        files=[("files", (name.replace("__", "."), content)) for name, content in files.items()],
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def when_read(client: TestClient, film_id: str) -> dict[str, Any]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        film: dict[str, Any] = client.get(f"{API}/films/{film_id}").json()
        if film["state"] in ("read", "failed"):
            return film
        time.sleep(0.02)
    raise AssertionError("The film was not read in time.")


def test_a_film_that_is_dropped_is_read_shown_and_handed_out(client: TestClient) -> None:
    content = dicom_with(example("one-fracture.dcm"), PatientID="17", PatientName="Doe^Jane")
    (item,) = hand_in(client, one__dcm=content)
    film = when_read(client, item["film_id"])
    assert film["state"] == "read"
    assert film["levels"] == ["L1"]
    assert film["patient_name"] == "Doe, Jane"
    assert film["reading"]["schema"] == "spondyl.reading/1"
    assert film["suspicion"] > 0.5
    (line,) = client.get(f"{API}/films", params={"filter": "fractured"}).json()["items"]
    assert line["id"] == film["id"]
    counts = client.get(f"{API}/films/counts").json()
    assert (counts["all"], counts["fractured"], counts["unread"]) == (1, 1, 1)
    assert client.get(f"{API}/films/sites").json() == ["default"]

    address = f"{API}/films/{film['id']}"
    pixels = client.get(f"{address}/pixels")
    shape = int(pixels.headers["X-Rows"]), int(pixels.headers["X-Columns"])
    values = np.frombuffer(pixels.content, "<u2").reshape(shape)
    own = film_from_bytes(content).pixels
    assert np.corrcoef(values[::7, ::7].ravel(), own[::7, ::7].ravel())[0, 1] > 0.9999
    assert pixels.headers["X-Inverted"] == "0"
    assert float(pixels.headers["X-Window-Width"]) > 0
    assert "immutable" in pixels.headers["Cache-Control"]
    again = client.get(f"{address}/pixels", headers={"If-None-Match": pixels.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get(f"{address}/pixels", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.content == pixels.content
    assert client.get(f"{address}/thumbnail.png").content.startswith(b"\x89PNG")

    for form, start in (("json", b"{"), ("png", b"\x89PNG"), ("sr", b"\0" * 128 + b"DICM")):
        result = client.get(f"{address}/results.{form}")
        assert result.status_code == 200, result.text
        assert result.content.startswith(start)
        assert "attachment" in result.headers["Content-Disposition"]

    measured = client.post(
        f"{API}/measure",
        json={
            "size_px": film["reading"]["film"]["size_px"],
            "vertebrae": [
                {"level": each["level"], "points_px": each["corners_px"]}
                for each in film["reading"]["vertebrae"]
            ],
        },
    )
    assert measured.status_code == 200
    grades = {each["level"]: each["genant_grade"] for each in measured.json()["vertebrae"]}
    assert grades["L1"] > 0


def test_a_film_of_dark_bone_is_shown_bright(client: TestClient) -> None:
    (item,) = hand_in(client, negative__png=example("negative.png"))
    film = when_read(client, item["film_id"])
    assert film["reading"]["film"]["inverted"]
    pixels = client.get(f"{API}/films/{film['id']}/pixels")
    assert pixels.headers["X-Inverted"] == "1"
    refused = client.get(f"{API}/films/{film['id']}/results.sr")
    assert refused.status_code == 422
    assert "DICOM" in refused.json()["detail"]


def test_of_many_files_each_is_answered(client: TestClient) -> None:
    packed = zip_of({"a/x.png": small_png(1), "b/nested.zip": zip_of({"y": b""}), "DICOMDIR": b""})
    items = hand_in(client, films__zip=packed, note__txt=b"hello", x__png=small_png(1))
    assert [(item["name"], item["taken"]) for item in items] == [
        ("x.png", "new"),
        ("nested.zip", "refused"),
        ("note.txt", "refused"),
        ("x.png", "duplicate"),
    ]
    assert items[0]["film_id"] == items[3]["film_id"]
    assert all(item["reason"] for item in items[1:])
    film = when_read(client, items[0]["film_id"])
    assert film["assessable"] is False or film["state"] == "failed"


def test_a_film_that_no_codec_opens_fails_with_its_sentence(client: TestClient) -> None:
    (item,) = hand_in(client, cut__png=small_png(2)[:-40])
    film = when_read(client, item["film_id"])
    assert film["state"] == "failed"
    assert "copy the file again" in film["reason"]
    shown = client.get(f"{API}/films/{film['id']}/pixels")
    assert shown.status_code == 422
    assert client.get(f"{API}/films/{film['id']}/results.json").status_code == 409


def test_pages_follow_each_other_and_made_up_cursors_are_refused(client: TestClient) -> None:
    items = hand_in(client, **{f"f{n}__png": small_png(n) for n in range(5)})
    for item in items:
        when_read(client, item["film_id"])
    for sort in ("suspicion", "received", "date", "name"):
        found, cursor = [], None
        while True:
            query = {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
            page = client.get(f"{API}/films", params=query).json()
            assert page["total"] == 5
            found += [item["id"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert sorted(found) == sorted(item["film_id"] for item in items)
        for wrong in ("x", "W10", "WyJhIiwiYiJd" if sort != "name" else "W10", "%00", "e30"):
            answer = client.get(f"{API}/films", params={"sort": sort, "cursor": wrong})
            assert answer.status_code == 400, (sort, wrong, answer.text)


@pytest.mark.parametrize(
    "query", [{"from": "yesterday"}, {"limit": 0}, {"sort": "x"}, {"filter": "x"}, {"q": "x" * 999}]
)
def test_questions_that_make_no_sense_are_refused(
    client: TestClient, query: dict[str, Any]
) -> None:
    assert client.get(f"{API}/films", params=query).status_code == 422


@pytest.mark.parametrize("text", ["%", "\x00", "'; DROP TABLE films; --", "\u202e", "🦴"])
def test_any_search_is_answered(client: TestClient, text: str) -> None:
    answer = client.get(f"{API}/films", params={"q": text, "site": text})
    assert answer.status_code == 200
    assert answer.json()["items"] == []


@pytest.mark.parametrize("film_id", ["x", "..%2f..%2fetc", NOBODY, "%00", "1' OR '1'='1"])
@pytest.mark.parametrize("what", ["", "/pixels", "/thumbnail.png", "/results.json", "/decisions"])
def test_ids_that_are_none_find_nothing(client: TestClient, film_id: str, what: str) -> None:
    answer = client.get(f"{API}/films/{film_id}{what}")
    assert answer.status_code in (404, 422)
    assert answer.headers["Content-Type"].startswith(("application/problem+json", "text/html"))


def test_a_film_is_deleted_by_an_administrator_and_its_decisions_stay(client: TestClient) -> None:
    (item,) = hand_in(client, a__png=small_png(7))
    film_id = item["film_id"]
    when_read(client, film_id)
    decided = client.post(f"{API}/films/{film_id}/decisions", json={"kind": "accept"})
    assert decided.status_code == 201
    assert client.delete(f"{API}/films/{film_id}").status_code == 204
    assert client.get(f"{API}/films/{film_id}").status_code == 404
    room = client.app.state.room  # type: ignore[attr-defined]
    with room.session() as session:
        assert session.scalar(select(Decision.film_id)) == film_id
        actions = set(session.scalars(select(Audit.action)))
    assert {"films.hand_in", "decision.add", "film.delete"} <= actions
    (again,) = hand_in(client, a__png=small_png(7))
    assert again["taken"] == "new"


def test_reading_again_keeps_the_first_reading(client: TestClient) -> None:
    (item,) = hand_in(client, a__png=small_png(8))
    first = when_read(client, item["film_id"])
    answer = client.post(f"{API}/films/{item['film_id']}/read")
    assert answer.status_code == 202
    second = when_read(client, item["film_id"])
    assert second["reading_id"] != first["reading_id"] or second["state"] == "failed"


def test_readers_may_hand_in_and_not_delete_and_strangers_nothing(
    guarded: TestClient, signed_client: Callable[..., TestClient]
) -> None:
    reader = signed_client(Role.READER, "rita")
    (item,) = hand_in(reader, a__png=small_png(9))
    address = f"{API}/films/{item['film_id']}"
    assert reader.delete(address).status_code == 403
    assert guarded.get(address).status_code == 401
    for path in ("", "/counts", "/sites"):
        assert guarded.get(f"{API}/films{path}").status_code == 401
    assert guarded.get(f"{API}/events").status_code == 401
    stolen = TestClient(reader.app, base_url=str(reader.base_url), cookies=reader.cookies)
    assert stolen.post(f"{address}/read").status_code == 403, "no word against forgery"


def test_names_that_hold_scripts_come_back_as_text(client: TestClient) -> None:
    content = dicom_with(example("normal.dcm"), PatientName="<script>alert(1)</script>")
    answer = client.post(f"{API}/films", files=[("files", ('"><img src=x>.dcm', content))])
    (item,) = answer.json()["items"]
    film = client.get(f"{API}/films/{item['film_id']}")
    assert film.headers["Content-Type"] == "application/json"
    assert film.headers["X-Content-Type-Options"] == "nosniff"
    assert film.json()["patient_name"] == "<script>alert(1)</script>"
    when_read(client, item["film_id"])
