"""Quality through the interface: figures, recalibration, a site that only counts once accepted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from spondyl.anatomy import Status
from spondyl.film.model import Film
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.read.prepare import finder_input
from spondyl.read.site import Site, load_site
from spondyl.serve.quality import recalibrate
from spondyl.serve.quality.recalibrate import Wish
from spondyl.serve.quality.site_file import site_to_read_with
from spondyl.serve.store.tables import Role
from tests.read.ideal_maps import IdealEngine, spine
from tests.serve.projects.conftest import database, put_film
from tests.serve.projects.made import drawing

API = "/api/v1/quality"


def decide(browser: TestClient, film: str, kind: str, body: dict[str, Any] | None = None) -> None:
    answer = browser.post(f"/api/v1/films/{film}/decisions", json={"kind": kind, "body": body})
    assert answer.status_code == 201, answer.text


def browser_lines(browser: TestClient) -> dict[str, Any]:
    """The worklist's lines by film."""
    return {line["id"]: line for line in browser.get("/api/v1/films").json()["items"]}


class TestFigures:
    def test_disagreement_is_counted(self, client: TestClient) -> None:
        films = [put_film(client, f"film-{k}", 0.9 if k < 2 else 0.1) for k in range(5)]
        decide(client, films[0], "accept")
        decide(client, films[1], "correct", drawing())  # a false alarm
        decide(client, films[2], "correct", drawing({"L1": 2}))  # missed
        decide(client, films[3], "reject")
        found = client.get(API).json()
        lines = browser_lines(client)
        assert [lines[film]["fractured"] for film in films] == [True, False, True, False, False]
        assert found["days"][0]["films"] == 5
        # The worklist follows the readers, these figures the model.
        assert found["days"][0]["positive"] == 2
        assert found["days"][0]["assessable"] == 5
        (month,) = found["months"]
        assert (month["decided"], month["disagreed"], month["rejected"]) == (4, 3, 1)
        assert (month["missed"], month["false_alarms"]) == (1, 1)
        assert month["bodies"] == 15
        assert month["bodies_changed"] == 2
        assert month["low"] < 0.75 < month["high"]
        assert found["sites"] == ["default"]
        assert client.get(API, params={"site": "nowhere"}).json()["months"] == []

    def test_figures_follow_later_decisions(self, client: TestClient) -> None:
        film = put_film(client, "film", 0.9)
        decide(client, film, "correct", drawing())
        assert client.get(API).json()["months"][0]["disagreed"] == 1
        assert client.get(API).json()["months"][0]["disagreed"] == 1, "asked again"
        head = client.get(f"/api/v1/films/{film}").json()["decision"]["id"]
        answer = client.post(
            f"/api/v1/films/{film}/decisions", json={"kind": "undo", "parent_id": head}
        )
        assert answer.status_code == 201, answer.text
        assert [m["decided"] for m in client.get(API).json()["months"]] in ([], [0])

    @pytest.mark.parametrize(
        "query",
        [
            {"from": "9999-12-31"}, {"to": "0001-01-01"}, {"from": "x"},
            {"from": "2026-02-01", "to": "2026-01-01"}, {"from": "1990-01-01", "to": "2199-01-01"},
        ],
    )  # fmt: skip
    def test_odd_days_are_refused(self, query: dict[str, str], client: TestClient) -> None:
        assert client.get(API, params=query).status_code == 422


class TestRoles:
    def test_administrators_alone_may(self, signed_client: Callable[..., TestClient]) -> None:
        reader = signed_client(Role.LABELLER)
        assert reader.get(API).status_code == 200
        assert reader.post(f"{API}/recalibration", json={}).status_code == 403
        assert reader.get(f"{API}/recalibration").status_code == 403
        accept = reader.post(f"{API}/site-file/accept", json={"sha256": "0" * 64})
        assert accept.status_code == 403
        assert reader.delete(f"{API}/site-file").status_code == 403


def seen_by_ideal_networks() -> Callable[[FilmLabel], Any]:
    """What networks that find every body see on films whose bodies have these statuses."""
    from spondyl.evaluate.calibration_cases import Seen, without_pixels
    from spondyl.read.reader import Reader

    size = (900, 1400)
    pixels = np.random.default_rng(0).random((size[1], size[0])).astype(np.float32)
    _, to_network = finder_input(pixels)
    places = {level: to_network.inverse()(points) for level, points in spine().items()}
    reader = Reader(Site(), networks=IdealEngine(places, to_network))
    examined = without_pixels(reader.examine(Film(pixels)))
    rng = np.random.default_rng(1)

    def seen(label: FilmLabel) -> Any:
        measured, bodies = [], {}
        for body in examined.measured:
            known = label.vertebrae.get(body.level)
            status = Status.UNKNOWN if known is None else known.status
            bodies[body.level] = VertebraLabel(body.level, places[body.level][:4], status=status)
            logit = rng.normal(3.0 if status is Status.FRACTURED else -3.0, 2.0)
            measured.append(replace(body, fracture_logit=logit))
        return Seen(replace(label, vertebrae=bodies), replace(examined, measured=tuple(measured)))

    return seen


class TestRecalibration:
    def test_needs_decided_films(self, client: TestClient) -> None:
        answer = client.post(f"{API}/recalibration", json={})
        assert answer.status_code == 422
        assert "at least 20 films" in answer.json()["detail"]
        assert client.get(f"{API}/recalibration").json()["state"] == "none"

    def test_proposes_and_waits_for_an_administrator(
        self, client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        pytest.importorskip("sklearn")
        made_seen = seen_by_ideal_networks()
        films = [put_film(client, f"film-{k}", 0.9 if k % 3 == 0 else 0.1) for k in range(24)]
        for film in films:
            decide(client, film, "accept")
        asked: list[Wish] = []
        monkeypatch.setattr(recalibrate, "start", lambda _means, wish: asked.append(wish))
        answer = client.post(f"{API}/recalibration", json={"goal": "specificity", "value": 0.9})
        assert answer.status_code == 202, answer.text
        assert answer.json()["state"] == "running"
        assert client.post(f"{API}/recalibration", json={}).status_code == 409
        room = client.app.state.room  # type: ignore[attr-defined]

        def look(data: bytes, film: Any) -> Any:
            assert data.startswith(b"\x89PNG")
            return made_seen(film.label)

        recalibrate.fit(room.database, room.films, asked[0], look, Site(), "0" * 64)
        found = client.get(f"{API}/recalibration").json()
        assert (found["state"], found["done"], found["total"]) == ("done", 24, 24)
        proposal = found["proposal"]
        assert proposal["target"] == "specificity 0.9 per body"
        assert proposal["films"] == 24
        assert proposal["expected"]["specificity_body"]["low"] is not None
        assert "flatter" in proposal["note"]

        # Not before it is accepted.
        assert client.get(f"{API}/site-file").status_code == 204
        proposed = client.get(f"{API}/site-file", params={"which": "proposed"})
        assert proposed.json()["sha256"] == proposal["sha256"]
        assert site_to_read_with(room.database, tmp_path, "default") == "default"
        wrong = client.post(f"{API}/site-file/accept", json={"sha256": "0" * 64})
        assert wrong.status_code == 409
        accepted = client.post(f"{API}/site-file/accept", json={"sha256": proposal["sha256"]})
        assert accepted.status_code == 200, accepted.text
        file = site_to_read_with(room.database, tmp_path, "default")
        assert load_site(file).threshold == pytest.approx(proposal["threshold"])
        assert room.reading.settings.hands.site.endswith(".json")
        assert client.get(f"{API}/recalibration").json()["proposal"] is None
        assert client.delete(f"{API}/site-file").status_code == 204
        assert room.reading.settings.hands.site == "default"
        assert client.delete(f"{API}/site-file").status_code == 404
        none = client.get(f"{API}/site-file")
        assert (none.status_code, none.content) == (204, b"")

    def test_a_run_that_fails_says_why(self, client: TestClient) -> None:
        room = client.app.state.room  # type: ignore[attr-defined]
        then = "2026-01-01T00:00:00+00:00"
        note = {"stage": "running", "done": 1, "total": 9, "reason": ""}
        with database(client) as session:
            recalibrate._note(session, {**note, "started_at": then, "heard_at": then})
        # Nobody has heard of it for long.
        assert client.get(f"{API}/recalibration").json()["state"] == "stopped"
        recalibrate.end(room.database, recalibrate.Stage.FAILED, "No film could be read.")
        found = client.get(f"{API}/recalibration").json()
        assert (found["state"], found["reason"]) == ("failed", "No film could be read.")
