"""A reading room in a process of its own, and a browser before it: for tests, timings, pictures."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import cv2
import numpy as np
import requests

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

EXAMPLES = Path(__file__).parents[1] / "examples"
PASSWORD = "correct horse battery"
API = "/api/v1"
#: Machines that do other work, too, take their time.
PATIENCE_S = 90.0

T = TypeVar("T")


def until(found: Callable[[], T], what: str, patience_s: float = PATIENCE_S) -> T:
    """What a question answers, asked again and again until it is true.

    Raises
    ------
    TimeoutError
        If it never is.
    """
    end = time.monotonic() + patience_s
    while True:
        answer = found()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {patience_s:g} s in vain: {what}.")
        time.sleep(0.05)


@dataclass
class RoomProcess:
    """``spondyl serve`` on a folder and port of its own.

    Attributes
    ----------
    folder : Path
        Of database, films and log.
    users : dict
        Name to role; with any, people sign in by :data:`PASSWORD`.
    settings : dict
        Further keys of the room's settings.
    """

    folder: Path
    users: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, or start again on the same port, and wait until it answers."""
        import yaml

        self.folder.mkdir(parents=True, exist_ok=True)
        if self.port == 0:
            self._add_users()
            self.port = _free_port()
        told = {"data": str(self.folder), "port": self.port, "sign_in": bool(self.users)}
        file = self.folder / "room.yaml"
        file.write_text(yaml.safe_dump({**told, **self.settings}))
        program = [sys.executable, "-c", "from spondyl.cli import main; main()"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*program, "serve", "--settings", str(file), "--no-open"],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers, "the room answers")

    def _add_users(self) -> None:
        from spondyl.serve.store.engine import Database, sqlite_url
        from spondyl.serve.store.kinds import Role
        from spondyl.serve.web.users import add_user

        if not self.users:
            return
        database = Database(sqlite_url(self.folder / "room.sqlite"))
        database.migrate()
        for name, role in self.users.items():
            add_user(database, name, Role(role), PASSWORD, full_name=name.title())
        database.close()

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"The room has ended; see {self.folder / 'log'}.\n{self.log()}")
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def log(self) -> str:
        """The end of what it said."""
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def kill(self) -> None:
        """End it as a failure of power does: nothing is finished, nobody is told."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it, and all that it started."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def client(self, name: str = "") -> "Client":
        """Somebody who speaks to the room without a browser."""
        return Client(self.url, name)


class Client:
    """Requests of one user, with the word against forgery.

    Parameters
    ----------
    url : str
    name : str
        Who signs in; "" in a room without sign-in.
    """

    def __init__(self, url: str, name: str = "") -> None:
        self.url = url
        self.session = requests.Session()
        if name:
            answer = self.session.post(
                f"{url}{API}/session", json={"name": name, "password": PASSWORD}, timeout=30
            )
        else:
            answer = self.session.get(f"{url}{API}/session", timeout=30)
        answer.raise_for_status()
        self.session.headers["X-CSRF-Token"] = answer.json()["csrf"]

    def get(self, path: str, **params: Any) -> Any:
        """The answer as JSON."""
        answer = self.session.get(f"{self.url}{API}{path}", params=params, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Any) -> requests.Response:
        """The answer, whatever it is."""
        return self.session.post(f"{self.url}{API}{path}", json=body, timeout=30)

    def hand_in(self, files: Mapping[str, bytes], site: str = "") -> list[dict[str, Any]]:
        """Hand films in; what became of each."""
        parts = [("files", (name, content)) for name, content in files.items()]
        answer = self.session.post(
            f"{self.url}{API}/films", files=parts, data={"site": site}, timeout=120
        )
        answer.raise_for_status()
        return list(answer.json()["items"])

    def wait_read(self, count: int | None = None) -> list[dict[str, Any]]:
        """All films of the worklist, when none waits any more."""

        def done() -> list[dict[str, Any]] | None:
            films = self.get("/films", limit=200)["items"]
            waits = any(film["state"] in ("queued", "reading") for film in films)
            enough = count is None or len(films) >= count
            return films if enough and not waits else None

        return until(done, "all films are read") or []


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# ---- films ---------------------------------------------------------------------------------------


def film(name: str) -> bytes:
    """A film of the folder ``examples``."""
    return (EXAMPLES / name).read_bytes()


def variant(name: str, seed: int, side_px: int | None = None) -> bytes:
    """A picture of ``examples`` with other grain, as PNG: a film that no room has seen before."""
    pixels = cv2.imread(str(EXAMPLES / name), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    if side_px is not None:
        factor = side_px / max(pixels.shape[:2])
        pixels = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    top = float(np.iinfo(pixels.dtype).max)
    grain = np.random.default_rng(seed).normal(0, 0.002 * top, pixels.shape)
    grainy = np.clip(pixels + grain, 0, top).astype(pixels.dtype)
    done, data = cv2.imencode(".png", grainy)
    assert done
    return data.tobytes()


def dicom_variant(name: str, seed: int, **header: Any) -> bytes:
    """A DICOM film of ``examples`` as another patient's."""
    import io

    import pydicom
    from pydicom.uid import generate_uid

    dataset = pydicom.dcmread(EXAMPLES / name)
    word = hashlib.sha256(f"{name} {seed}".encode()).hexdigest()
    dataset.SOPInstanceUID = generate_uid(entropy_srcs=[word])
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    for keyword, value in header.items():
        setattr(dataset, keyword, value)
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


# ---- browser -------------------------------------------------------------------------------------


def chromium() -> str | None:
    """Chromium of this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator["Browser"]:
    """Chromium without a screen; it finds nothing but this machine.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    from playwright.sync_api import sync_playwright

    if chromium() is None:
        raise RuntimeError("Chromium was expected on this machine; install Debian's chromium.")
    with sync_playwright() as playwright:
        found = launched(playwright)
        yield found
        found.close()


def launched(playwright: "Playwright") -> "Browser":
    """Chromium, started."""
    return playwright.chromium.launch(
        executable_path=chromium(),
        # As root, and in containers, Chromium's own sandbox cannot be had.
        args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        timeout=1000 * PATIENCE_S,
    )


#: How often films are dropped until the page is told, and how long it has for that.
_DROPS, _DROP_WAIT_MS = 10, 2000
_TOOK_DROP = """
(wait) => Promise.race([window.tookDrop, new Promise((no) => setTimeout(no, wait, false))])
"""


def drop(page: "Page", paths: Sequence[Path]) -> None:
    """Drop files or folders on the page, as from the desktop.

    A browser drops nothing where the picture under the pointer has changed since it last moved, as
    when the rows of the list arrive just then. A hand goes on moving; this one tries again.

    Raises
    ------
    RuntimeError
        If the page was never told of the drop.
    """
    size = page.viewport_size or {"width": 800, "height": 600}
    at = {"x": size["width"] // 2, "y": size["height"] // 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    page.evaluate(
        "() => { window.tookDrop = new Promise((took) =>"
        " addEventListener('drop', () => took(true), { capture: true, once: true })); }"
    )
    for _ in range(_DROPS):
        wire = page.context.new_cdp_session(page)
        for kind in ("dragEnter", "dragOver", "drop"):
            wire.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})
        wire.detach()
        if page.evaluate(_TOOK_DROP, _DROP_WAIT_MS):
            return
    raise RuntimeError(f"The page was told of none of {_DROPS} drops.")


def machine() -> dict[str, object]:
    """What figures of speed hang on."""
    import platform

    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(errors="replace").splitlines()
        name = next((ln.partition(":")[2].strip() for ln in lines if "model name" in ln), name)
    facts: dict[str, object] = {
        "processor": name,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0,
        "python": platform.python_version(),
    }
    if hasattr(os, "getloadavg"):
        facts["load before"] = round(os.getloadavg()[0], 2)
    return facts
