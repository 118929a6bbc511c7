"""Orthanc as a process: an archive made by other people, for tests and measurements."""

import json
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from bench.node_kit import free_port, until

PROGRAM = shutil.which("Orthanc")
_PLUGINS = Path("/usr/share/orthanc/plugins")
#: Why tests that need it are skipped.
MISSING = "Orthanc is not installed (make debian)" if PROGRAM is None else ""


class Orthanc:
    """An empty Orthanc on ports of its own.

    Parameters
    ----------
    folder : Path
        Where its database goes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.http = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dicomweb(self) -> str:
        """Root of its DICOMweb services."""
        return f"http://127.0.0.1:{self.http}/dicom-web"

    def start(self) -> "Orthanc":
        """Start, and wait until it answers."""
        assert PROGRAM is not None
        settings = {
            "Name": "archive", "StorageDirectory": str(self.folder / "db"),
            "IndexDirectory": str(self.folder / "db"), "DicomAet": "ORTHANC",
            "DicomPort": self.port, "HttpPort": self.http, "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False, "DicomAlwaysAllowStore": True,
            "Plugins": [str(_PLUGINS)] if _PLUGINS.is_dir() else [],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
            "HttpThreadsCount": 4, "ConcurrentJobs": 1,
        }  # fmt: skip
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "orthanc.json"
        path.write_text(json.dumps(settings))
        with (self.folder / "orthanc.log").open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, str(path)], stdout=log, stderr=log)
        until(self._answers, 60, "Orthanc answers")
        return self

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def get(self, path: str) -> bytes:
        """What its own interface answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=30) as found:
            return bytes(found.read())

    def json(self, path: str) -> Any:
        """The same as values."""
        return json.loads(self.get(path))

    def instances(self) -> dict[str, str]:
        """SOP instance UIDs, and Orthanc's own names of them."""
        tags = self.json("/instances?expand")
        return {each["MainDicomTags"]["SOPInstanceUID"]: each["ID"] for each in tags}

    def _answers(self) -> bool:
        try:
            self.get("/system")
        except OSError:
            return False
        return True
