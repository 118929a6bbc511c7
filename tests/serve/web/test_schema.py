"""The interface against its own description: no answer is a failure, none is undescribed.

``openapi.json`` beside this file is the description that programs of others are built on. After a
change that is meant, renew it by ``python -m tests.serve.web.test_schema`` and look at the
difference.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

pytest.importorskip("schemathesis", reason="the extra [dev] is not installed")

import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks

from bench.room_kit import until
from spondyl.serve.store.tables import Project, User
from spondyl.serve.web import reading
from spondyl.serve.web.app import create_app
from spondyl.serve.web.pages import cursor_of
from spondyl.serve.web.settings import load_settings
from tests.serve.room.kit import film_row, hands_here, small_png

LOCAL = "http://127.0.0.1"
GOLDEN = Path(__file__).with_name("openapi.json")
EXAMPLES = 20
#: A stream has no end to wait for; a recalibration reads all films anew.
LEFT_OUT = {"listen", "begin_recalibration"}
#: What these do to a thing that is there would take it from the others.
ENDS_THINGS = {"delete_film"}

load_all_checks()
CHECKED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
)


def _described(app: FastAPI) -> dict[str, Any]:
    """What a room says of its interface, but for the program's version."""
    found: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    found["info"]["version"] = ""
    return found


def _golden() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return found


def _operations() -> list[Any]:
    found = schemathesis.openapi.from_dict(_golden()).get_all_operations()
    every = [result.ok() for result in found]
    return [each for each in every if _name(each) not in LEFT_OUT]


def _name(operation: Any) -> str:
    return str(operation.definition.raw["operationId"])


class Room:
    """A room with a film, a project and a user, and its administrator's browser."""

    def __init__(self, folder: Path) -> None:
        self.app = create_app(load_settings(None, {"data": str(folder)}))
        self.browser = TestClient(self.app, base_url=LOCAL, raise_server_exceptions=False)
        self.ids: dict[str, str] = {}

    def fill(self) -> None:
        """Put one of each kind in."""
        self.browser.headers["X-CSRF-Token"] = self.browser.get("/api/v1/session").json()["csrf"]
        answer = self.browser.post("/api/v1/films", files=[("files", ("a.png", small_png()))])
        film = answer.json()["items"][0]["film_id"]
        with self.app.state.room.session(write=True) as session:
            prior, user = film_row(), User(name="anna")
            session.add_all([prior, user])
            session.flush()
            project = Project(name="Study", created_by=user.id)
            session.add(project)
            session.flush()
            self.ids = {
                "film_id": film, "prior_id": prior.id, "user_id": user.id, "id": user.id,
                "project_id": project.id,
            }  # fmt: skip
            session.commit()

    def ask(self, case: Any, is_real: bool) -> Any:
        """The answer to a made-up request, of things that are there or that are not."""
        if is_real:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = self.ids.get(name, case.path_parameters[name])
        asked = requests.Request(**case.as_transport_kwargs(base_url=LOCAL)).prepare()
        return self.browser.request(
            str(asked.method),
            str(asked.url),
            content=asked.body,
            headers=dict(asked.headers),
            follow_redirects=False,
        )


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "make_hands", hands_here)
        found = Room(tmp_path_factory.mktemp("room"))
        with found.browser:
            found.fill()
            yield found


def test_the_interface_is_as_it_was(room: Room) -> None:
    assert _described(room.app) == _golden(), "See the top of this file if this is meant."


@pytest.mark.parametrize("operation", _operations(), ids=_name)
def test_any_request_is_answered_as_described(room: Room, operation: Any) -> None:
    ends = _name(operation) in ENDS_THINGS

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        # Shrinking takes longer than reading a long example.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_real=st.booleans())
    def ask(case: Any, is_real: bool) -> None:
        answer = room.ask(case, is_real and not ends)
        assert answer.status_code < 500, f"{case.as_curl_command()}: {answer.text[:500]}"
        case.validate_response(answer, checks=CHECKED)

    ask()


@pytest.mark.parametrize("form", ["json", "fhir"])
def test_results_tell_nothing_of_the_rooms_folders(room: Room, form: str) -> None:
    def result() -> Any:
        return room.browser.get(f"/api/v1/films/{room.ids['film_id']}/results.{form}")

    until(lambda: result().status_code != 409, "the film is read")
    assert result().status_code == 200
    assert tempfile.gettempdir() not in result().text


HALF = "a\ud800"
NOBODY = "00000000-0000-4000-8000-0000000000ff"


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/films", (0.5, HALF)),
        ("/films?sort=received", ("2026-01-01T00:00:00+00:00", HALF)),
        ("/films?sort=name", (HALF, NOBODY)),
        ("/films?sort=date", (None, HALF)),
        ("/users", (HALF,)),
        ("/users", (HALF, NOBODY)),
        ("/projects", (HALF, NOBODY)),
        ("/projects/{project_id}/films", (0.5, HALF)),
    ],
)
def test_cursors_of_half_letters_are_refused(
    room: Room, path: str, values: tuple[object, ...]
) -> None:
    path = path.format(**room.ids)
    cursor = f"{'&' if '?' in path else '?'}cursor={cursor_of(*values)}"
    assert room.browser.get(f"/api/v1{path}{cursor}").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/session", {"name": HALF, "password": HALF}),
        ("POST", "/session", {"name": "anna", "password": HALF}),
        ("POST", "/users", {"name": HALF}),
        ("POST", "/users", {"name": "carla", "password": "long enough " + HALF}),
        ("POST", "/users", {"name": "berta", "full_name": HALF}),
        ("PUT", "/users/me/password", {"old": HALF, "new": HALF}),
        ("POST", "/projects", {"name": HALF}),
        ("PATCH", "/projects/{project_id}", {"description": HALF}),
        ("POST", "/projects/{project_id}/films", {"film_ids": [HALF]}),
        ("POST", "/projects/{project_id}/films", {"film_ids": [], "reports": {HALF: HALF}}),
        ("POST", "/films/{film_id}/decisions", {"kind": "reject", "report": HALF}),
        ("POST", "/films/{film_id}/decisions", {"kind": "reject", "body": {"comment": HALF}}),
        ("POST", "/measure", {"size_px": [80, 96], "vertebrae": [{"level": HALF}]}),
    ],
)
def test_half_letters_are_no_failure(
    room: Room, method: str, path: str, body: dict[str, object]
) -> None:
    answer = room.browser.request(
        method,
        "/api/v1" + path.format(**room.ids),
        content=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code < 500, answer.text
    assert room.browser.get("/api/v1/films").status_code == 200


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings(None, {"data": folder}))
        text = json.dumps(_described(app), indent=1, sort_keys=True, ensure_ascii=False)
        GOLDEN.write_text(text + "\n", encoding="utf-8")
        app.state.room.close()
