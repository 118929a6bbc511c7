"""Uploads that mean harm, through the interface: bombs, paths that lead elsewhere, too much."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from spondyl.serve.room.reading.process import HandsSettings
from spondyl.serve.web import reading
from tests.serve.room.kit import ScriptedHands, small_png, zip_of

LOCAL = "http://127.0.0.1"
API = "/api/v1"


@pytest.fixture(autouse=True)
def _reads_nothing(no_reading: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def hands(_settings: HandsSettings) -> ScriptedHands:
        return ScriptedHands()

    monkeypatch.setattr("spondyl.serve.web.app.start_reading", reading.start_reading)
    monkeypatch.setattr(reading, "make_hands", hands)


def hand_in(browser: TestClient, name: str, content: bytes) -> Any:
    return browser.post(f"{API}/films", files=[("files", (name, content))])


def huge_png(side_px: int) -> bytes:
    """A PNG of some hundred bytes that would take gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side_px, side_px, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def files_of(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


class TestUploads:
    def test_a_picture_bomb_is_refused_alone_and_in_an_archive(self, client: TestClient) -> None:
        bomb = huge_png(60_000)
        assert len(bomb) < 1000
        for name, content in (("a.png", bomb), ("a.zip", zip_of({"a.png": bomb}))):
            (item,) = hand_in(client, name, content).json()["items"]
            assert item["taken"] == "refused"
            assert "megapixels" in item["reason"]
        assert client.get(f"{API}/films").json()["total"] == 0

    def test_a_zip_bomb_is_refused_before_it_is_unpacked(self, client: TestClient) -> None:
        bomb = zip_of({"a.png": b"\0" * 150_000_000})
        assert len(bomb) < 200_000
        (item,) = hand_in(client, "bomb.zip", bomb).json()["items"]
        assert item["taken"] == "refused"
        assert "times its size" in item["reason"]
        project = client.post(f"{API}/projects", json={"name": "Study"}).json()["id"]
        answer = client.post(f"{API}/projects/{project}/films", files={"file": ("b.zip", bomb)})
        assert answer.status_code == 422
        assert client.get(f"{API}/films").json()["total"] == 0

    @pytest.mark.parametrize(
        "path", ["../../../evil.png", "/etc/evil.png", "..\\..\\evil.png", "C:\\evil.png"]
    )
    def test_paths_in_archives_lead_nowhere(
        self, client: TestClient, tmp_path: Path, path: str
    ) -> None:
        packed = zip_of({path: small_png(3)})
        (item,) = hand_in(client, "../../set.zip", packed).json()["items"]
        assert item["taken"] == "new"
        assert item["name"] == "evil.png"
        outside = {each for each in files_of(tmp_path) if not each.startswith("room/")}
        assert not outside
        assert not [each for each in files_of(tmp_path) if "evil" in each]
        project = client.post(f"{API}/projects", json={"name": "Study"}).json()["id"]
        answer = client.post(f"{API}/projects/{project}/films", files={"file": ("a.zip", packed)})
        assert answer.status_code == 422

    def test_links_in_archives_are_not_followed(self, client: TestClient) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            entry = zipfile.ZipInfo("a.png")
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, "/etc/passwd")
        (item,) = hand_in(client, "a.zip", buffer.getvalue()).json()["items"]
        assert item["taken"] == "refused"

    @pytest.mark.parametrize("is_told", [True, False])
    def test_more_than_the_limit_is_not_read(
        self, room_app: Callable[..., FastAPI], is_told: bool
    ) -> None:
        sent = 0

        def parts() -> Iterator[bytes]:
            nonlocal sent
            yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
            for _ in range(200):
                sent += 50_000
                yield b"\0" * 50_000

        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        if is_told:
            headers["Content-Length"] = "10000000"
        with TestClient(room_app(limits={"upload_mb": 1}), base_url=LOCAL) as browser:
            word = browser.get(f"{API}/session").json()["csrf"]
            answer = browser.post(
                f"{API}/films", content=parts(), headers={**headers, "X-CSRF-Token": word}
            )
        assert answer.status_code == 413
        assert "1 MB" in answer.json()["detail"]
        # The test's browser hands over all of a body as soon as any of it is read.
        assert not (is_told and sent)

    def test_more_files_than_anybody_has_are_refused(self, client: TestClient) -> None:
        files = [("files", ("a.png", b""))] * 1100
        answer = client.post(f"{API}/films", files=files)
        assert 400 <= answer.status_code < 500
        assert client.get(f"{API}/films").json()["total"] == 0
