"""`spondyl serve` without --dicom, and `spondyl room`."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")

import httpx2
from typer.testing import CliRunner

from spondyl.cli.main import app

RUNNER = CliRunner()
PASSWORD = "correct horse battery"


def room(folder: Path, *words: str, given: str | None = None) -> str:
    result = RUNNER.invoke(app, ["room", *words, "--data", str(folder)], input=given)
    assert result.exit_code == 0, result.output
    return result.output


def test_users_from_the_console(tmp_path: Path) -> None:
    room(tmp_path, "user", "add", "anna", "--role", "admin", given=f"{PASSWORD}\n")
    room(tmp_path, "user", "add", "berta", "--no-password")
    room(tmp_path, "user", "password", "anna", given="another battery staple\n")
    room(tmp_path, "user", "disable", "berta")
    rows = json.loads(room(tmp_path, "user", "list", "--json"))
    assert [(row["name"], row["role"], row["active"], row["password"]) for row in rows] == [
        ("anna", "admin", True, True),
        ("berta", "reader", False, False),
    ]
    assert "disabled" in room(tmp_path, "user", "list")
    assert "may sign in again" in room(tmp_path, "user", "disable", "berta", "--back")
    assert "revision" in room(tmp_path, "migrate")


@pytest.mark.parametrize(
    ("words", "given", "says"),
    [
        (("add", "anna"), "short\n", "at least 12"),
        (("add", "an na"), f"{PASSWORD}\n", "letters, digits"),
        (("password", "nobody"), f"{PASSWORD}\n", "no user nobody"),
        (("disable", "nobody"), None, "no user nobody"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path, words: tuple[str, ...], given: str | None, says: str
) -> None:
    result = RUNNER.invoke(app, ["room", "user", *words, "--data", str(tmp_path)], input=given)
    assert result.exit_code != 0
    assert says in str(result.exception)


def test_a_name_twice(tmp_path: Path) -> None:
    room(tmp_path, "user", "add", "anna", "--no-password")
    result = RUNNER.invoke(
        app, ["room", "user", "add", "anna", "--no-password", "--data", str(tmp_path)]
    )
    assert "already" in str(result.exception)


def spondyl(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "spondyl", *words], capture_output=True, text=True, timeout=120
    )


def test_other_machines_only_with_sign_in(tmp_path: Path) -> None:
    done = spondyl("serve", "--host", "0.0.0.0", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "have to sign in" in done.stderr
    assert list(tmp_path.iterdir()) == []
    checked = spondyl("serve", "--host", "0.0.0.0", "--sign-in", "--check")
    assert checked.returncode == 0


def test_options_of_the_room_and_a_node_exclude_each_other(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["serve", "--dicom", "node.yaml", "--port", "1"])
    assert result.exit_code == 2


def test_served_until_told_to_stop(tmp_path: Path) -> None:
    words = ["serve", "--data", str(tmp_path / "room"), "--port", "0", "--no-open"]
    with subprocess.Popen(
        [sys.executable, "-m", "spondyl", *words],
        stdout=subprocess.PIPE,
        stderr=(tmp_path / "log").open("w"),
        text=True,
    ) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address is not None, line
        until = time.monotonic() + 60
        while True:
            try:
                answer = httpx2.get(f"{address[0]}api/v1/session", trust_env=False)
                break
            except httpx2.TransportError:
                assert time.monotonic() < until
                time.sleep(0.2)
        assert answer.json()["user"]["name"] == "local"
        taken = spondyl("serve", "--data", str(tmp_path / "other"), "--port", address[0][17:-1])
        assert taken.returncode == 2
        assert "Nothing can listen" in taken.stderr
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
    events = [json.loads(line)["event"] for line in (tmp_path / "log").read_text().splitlines()]
    assert events[0] == "room_started"
    assert events[-1] == "room_stopped"
    assert "request" in events
    if os.name == "posix":
        assert (tmp_path / "room/secret").stat().st_mode & 0o777 == 0o600
