"""Headers, bounds, hosts, logs: what surrounds every request."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from spondyl.serve.logs import LOGGER, JsonFormatter
from spondyl.serve.store.tables import Role
from spondyl.serve.web import page_files
from spondyl.serve.web.settings import load_settings
from spondyl.serve.web.shell import allowed_hosts

LOCAL = "http://127.0.0.1"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page of a few files, and a file beside it that is nobody's business."""
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>room</title>")
    (folder / "assets/app-abc123.js").write_text("console.log(1);" * 100)
    (tmp_path / "secret.txt").write_text("hidden")
    (folder / "assets/link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(page_files, "FOLDER", folder)
    return folder


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """The room's log so far, as it would be written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    LOGGER.addHandler(handler)
    before = LOGGER.level
    LOGGER.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    LOGGER.removeHandler(handler)
    LOGGER.setLevel(before)


def broken(app: FastAPI) -> None:
    """Add a route that fails with a patient's name in its words."""

    def fail() -> None:
        raise RuntimeError("DOE^JANE 1950-01-01")

    app.router.add_api_route("/api/v1/broken/{word}", fail)
    app.router.routes.insert(0, app.router.routes.pop())


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/health", "/api/v1/session", "/api/v1/nothing"])
    def test_are_on_every_answer(self, client: TestClient, page: Path, path: str) -> None:
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers

    def test_no_page_of_another_site_may_read(self, client: TestClient) -> None:
        answer = client.get("/api/v1/session", headers={"Origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control")]

    def test_answers_of_the_interface_are_kept_nowhere(self, client: TestClient) -> None:
        assert client.get("/api/v1/session").headers["cache-control"] == "no-store"

    def test_tls_is_remembered(self, room_app: Callable[..., FastAPI]) -> None:
        app = room_app(sign_in=True, public_url="https://room.example")
        with TestClient(app, base_url="http://room.example") as client:
            assert "strict-transport-security" in client.get("/health").headers


class TestErrors:
    def test_unexpected_ones_tell_nothing(
        self, room_app: Callable[..., FastAPI], lines: Callable[[], list[dict[str, object]]]
    ) -> None:
        app = room_app()
        broken(app)
        with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
            answer = client.get("/api/v1/broken/DOE", params={"q": "DOE^JANE"})
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "DOE" not in answer.text
        told = lines()
        assert {"unexpected_error", "request"} <= {line["event"] for line in told}
        assert "DOE" not in json.dumps(told)
        assert [line["route"] for line in told if line["event"] == "request"] == [
            "/api/v1/broken/{word}"
        ]

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("GET", "/api/v1/nothing", 404), ("PUT", "/api/v1/users", 405), ("GET", "/api", 404)],
    )
    def test_are_problems_with_a_sentence(
        self, client: TestClient, method: str, path: str, status: int
    ) -> None:
        body = client.request(method, path).json()
        assert body["status"] == status
        assert set(body) >= {"type", "title", "detail"}
        assert body["detail"].endswith(".")

    def test_invalid_values_are_named_but_not_repeated(self, client: TestClient) -> None:
        answer = client.post("/api/v1/users", json={"name": "<script>alert(1)</script>"})
        assert answer.status_code == 422
        assert "body.name" in answer.json()["detail"]
        assert "<script>" not in answer.text

    def test_a_store_that_is_away_is_503(
        self, room_app: Callable[..., FastAPI], tmp_path: Path
    ) -> None:
        app = room_app()
        with TestClient(app, base_url=LOCAL) as client:
            assert client.get("/ready").status_code == 200
            films = tmp_path / "room/films"
            films.rmdir()
            films.write_text("in the way")
            answer = client.get("/ready")
            assert answer.status_code == 503
            assert answer.json()["reasons"] == ["The film store does not answer."]
            assert client.get("/health").status_code == 200


class TestBounds:
    def test_too_large_by_its_own_word(self, client: TestClient) -> None:
        answer = client.post("/api/v1/users", content=b"x" * 9_000_000)
        assert answer.status_code == 413
        assert "8 MB" in answer.json()["detail"]

    def test_too_large_without_a_word(self, client: TestClient) -> None:
        def endless() -> Iterator[bytes]:
            for _ in range(90):
                yield b" " * 100_000

        answer = client.post(
            "/api/v1/users", content=endless(), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413

    def test_only_uploads_may_be_large(self, client: TestClient) -> None:
        answer = client.post("/api/v1/users", files={"files": ("a.dcm", b"x" * 9_000_000)})
        assert answer.status_code == 413

    def test_who_is_unknown_uploads_nothing(self, guarded: TestClient) -> None:
        def never() -> Iterator[bytes]:
            raise AssertionError("the body was read")
            yield b""

        answer = guarded.post(
            "/api/v1/films",
            content=never(),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code == 401

    def test_depths_are_bounded(self, client: TestClient) -> None:
        deep = b"[" * 200_000 + b"]" * 200_000
        answer = client.post(
            "/api/v1/users", content=deep, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422)


class TestPage:
    @pytest.mark.parametrize("path", ["/", "/films/7f", "/projects", "/sign-in", "/quality"])
    def test_its_addresses_lead_to_its_document(
        self, client: TestClient, page: Path, path: str
    ) -> None:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "<title>room" in answer.text
        assert answer.headers["cache-control"] == "no-cache"

    def test_files_are_kept_for_good_and_packed(self, client: TestClient, page: Path) -> None:
        answer = client.get("/assets/app-abc123.js")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        plain = client.get("/assets/app-abc123.js", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content
        again = client.get(
            "/assets/app-abc123.js", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304

    @pytest.mark.parametrize(
        "path",
        [
            "/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt",
            "/..%5csecret.txt", "/assets/link.txt", "/%00", "/assets/" + "a" * 5000,
            "//etc/passwd", "/assets/%2fetc%2fpasswd", "/etc/passwd.txt",
        ],
    )  # fmt: skip
    def test_leads_nowhere_else(self, client: TestClient, page: Path, path: str) -> None:
        answer = client.get(LOCAL + path)
        assert "hidden" not in answer.text
        assert "root:" not in answer.text
        assert answer.status_code < 500

    def test_missing_files_are_not_the_document(self, client: TestClient, page: Path) -> None:
        assert client.get("/assets/old-999.js").status_code == 404
        assert client.get("/robots.txt").status_code == 404


class TestWatching:
    def test_figures_name_nobody(self, signed_client: Callable[..., TestClient]) -> None:
        browser = signed_client(Role.READER, "anna")
        browser.get("/api/v1/users", params={"cursor": "DOE"})
        text = browser.get("/metrics").text
        assert 'spondyl_room_sign_ins_total{outcome="done",way="password"} 1.0' in text
        assert 'spondyl_room_films{state="queued"} 0.0' in text
        assert "anna" not in text
        assert "DOE" not in text

    def test_figures_can_be_kept_in(self, room_app: Callable[..., FastAPI]) -> None:
        with TestClient(room_app(metrics=False), base_url=LOCAL) as client:
            assert client.get("/metrics").status_code == 404

    def test_made_up_methods_make_no_rows(self, client: TestClient) -> None:
        for number in range(5):
            client.request(f"X{number}", "/health")
        text = client.get("/metrics").text
        assert 'method="X' not in text
        assert 'method="OTHER"' in text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"localhost", "127.0.0.1", "::1"}),
        ({"sign_in": True}, None),
        ({"sign_in": True, "hosts": ["Room.example"]}, {"room.example"}),
    ],
)
def test_names_that_are_answered(given: dict[str, object], expected: set[str] | None) -> None:
    assert allowed_hosts(load_settings(None, given)) == expected
