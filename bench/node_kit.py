"""What measurements and tests of the node share: films, a node process, a destination, senders."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydicom import uid
from pydicom.dataset import Dataset, FileDataset
from pynetdicom import AE, DEFAULT_TRANSFER_SYNTAXES, _config, evt
from pynetdicom.presentation import build_context

sys.path.insert(0, str(Path(__file__).parents[1]))  # it runs as a script, too

from spondyl.deliver.dicom.uids import derived_uid
from spondyl.files import sync_file, sync_folder
from spondyl.film import FilmError, film_dataset, load_film
from spondyl.serve.dicom.model import FilmState, Made
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.results import Outcome, Task
from spondyl.serve.dicom.routes import Verdict
from spondyl.serve.dicom.syntaxes import STORAGE_COMMITMENT, VERIFICATION

ROOT = Path(__file__).parents[1]
EXAMPLES = ("normal", "one-fracture", "several-fractures")
_config.LOG_HANDLER_LEVEL = "none"
#: The encoder of JPEG 2000 crashes when two threads use it at once.
_ENCODING = threading.Lock()
RESULT_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.88.33",
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.11.1",
    "1.2.840.10008.5.1.4.1.1.104.1",
)
_SYNTAXES = (
    uid.ExplicitVRLittleEndian,
    uid.ImplicitVRLittleEndian,
    uid.JPEG2000Lossless,
    uid.RLELossless,
)


def film(seed: str, height_px: int = 560, **settings: Any) -> FileDataset:
    """A small film of the examples with UIDs that follow from a seed."""
    import cv2

    number = sum(seed.encode())
    pixels = load_film(ROOT / "examples" / f"{EXAMPLES[number % 3]}.png").pixels
    factor = height_px / pixels.shape[0]
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    small = (small - small.min()) / (small.max() - small.min())
    with _ENCODING:
        return film_dataset(small, seed=seed, patient_name="Test^Patient", **settings)


def mixed_film(number: int, run: str, height_px: int = 560) -> FileDataset:
    """A film of a mixture: four syntaxes, three classes, both polarities."""
    return film(
        f"{run} {number}",
        height_px,
        modality=("DX", "CR", "SC")[number % 3],
        photometric=("MONOCHROME2", "MONOCHROME1")[number // 2 % 2],
        transfer_syntax=_SYNTAXES[number % 4],
    )


def broken_film(number: int, run: str) -> FileDataset:
    """A film that cannot be read, in one of four ways."""
    dataset = film(f"{run} broken {number}")
    way = number % 4
    if way == 0:
        dataset.PixelData = dataset.PixelData[: len(dataset.PixelData) // 3 // 2 * 2]
    elif way == 1:
        dataset.PixelData = b"\x07\x00" * (len(dataset.PixelData) // 2)
    elif way == 2:
        dataset.Rows = 30
    else:
        del dataset.Rows
    return dataset


def free_port() -> int:
    """A TCP port that nobody holds now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# ---- senders -----------------------------------------------------------------------------------


def send(port: int, datasets: Iterable[Dataset], ae_title: str = "SENDER") -> list[int | None]:
    """Send films in one association.

    Returns
    -------
    list
        The status of each; None where no answer came. Empty without an association.
    """
    films = list(datasets)
    contexts: dict[tuple[str, str], None] = {}
    for each in films:
        contexts[str(each.SOPClassUID), str(each.file_meta.TransferSyntaxUID)] = None
    entity = AE(ae_title)
    entity.connection_timeout = entity.acse_timeout = entity.dimse_timeout = 30
    association = entity.associate(
        "127.0.0.1", port, contexts=[build_context(*pair) for pair in contexts],
        ae_title="SPONDYL",
    )  # fmt: skip
    if not association.is_established:
        return []
    statuses: list[int | None] = []
    for each in films:
        try:
            answer = association.send_c_store(each)
        except (RuntimeError, ValueError):
            statuses.append(None)
            continue
        statuses.append(int(answer.Status) if "Status" in answer else None)
    if association.is_established:
        association.release()
    return statuses


def echo(port: int, ae_title: str = "SENDER", called: str = "SPONDYL") -> bool:
    """Whether C-ECHO is answered."""
    entity = AE(ae_title)
    entity.acse_timeout = entity.connection_timeout = 10
    association = entity.associate(
        "127.0.0.1", port, contexts=[build_context(VERIFICATION)], ae_title=called
    )
    if not association.is_established:
        return False
    status = association.send_c_echo()
    association.release()
    return "Status" in status and int(status.Status) == 0


# ---- a destination -----------------------------------------------------------------------------


@dataclass
class Archive:
    """A destination that counts what it is sent.

    Attributes
    ----------
    port : int
    answer : callable
        Status for a data set; 0 by default.
    commits : callable or None
        For storage commitment: UIDs -> those that are refused. None: not offered.
    counts : Counter
        Times that each SOP instance was taken.
    syntaxes : sequence of str
        Transfer syntaxes that it takes beside the uncompressed ones.
    """

    port: int = field(default_factory=free_port)
    answer: Callable[[Dataset], int] = lambda dataset: 0
    commits: Callable[[list[str]], list[str]] | None = None
    report_to: int | None = None
    counts: "Counter[str]" = field(default_factory=Counter)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    keep: bool = True
    tls: ssl.SSLContext | None = None
    syntaxes: Sequence[str] = ()
    _server: Any = None

    def start(self) -> "Archive":
        """Take associations."""
        entity = AE("ARCHIVE")
        for name in RESULT_CLASSES:
            entity.add_supported_context(name, [*DEFAULT_TRANSFER_SYNTAXES, *self.syntaxes])
        entity.add_supported_context(VERIFICATION)
        if self.commits is not None:
            entity.add_supported_context(STORAGE_COMMITMENT)
        self._server = entity.start_server(
            ("127.0.0.1", self.port), block=False, ssl_context=self.tls,
            evt_handlers=[(evt.EVT_C_STORE, self._store), (evt.EVT_N_ACTION, self._action)],
        )  # fmt: skip
        return self

    def stop(self) -> None:
        """Be unreachable."""
        if self._server is not None:
            for each in self._server.active_associations:
                each.abort()
            self._server.shutdown()
            self._server = None

    def sources(self) -> set[str]:
        """SOP instances of films whose results were taken."""
        return {source_film(each) for each in self.datasets.values()}

    def _store(self, event: Any) -> int:
        status = self.answer(event.dataset)
        if status == 0:
            name = str(event.request.AffectedSOPInstanceUID)
            self.counts[name] += 1
            self.times.setdefault(name, time.monotonic())
            dataset = event.dataset
            if not self.keep and "PixelData" in dataset:
                del dataset.PixelData
            self.datasets[name] = dataset
        return status

    def _action(self, event: Any) -> tuple[int, None]:
        assert self.commits is not None
        asked = event.action_information
        items = {str(each.ReferencedSOPInstanceUID): each for each in asked.ReferencedSOPSequence}
        refused = self.commits(list(items))
        report = Dataset()
        report.TransactionUID = asked.TransactionUID
        report.ReferencedSOPSequence = [v for k, v in items.items() if k not in refused]
        if refused:
            for each in refused:
                items[each].FailureReason = 0x0110
            report.FailedSOPSequence = [items[each] for each in refused]
        target = self._report_alone if self.report_to else _report_on
        threading.Timer(0.2, target, (event.assoc, report, 2 if refused else 1)).start()
        return 0, None

    def _report_alone(self, _association: Any, report: Dataset, kind: int) -> None:
        from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation

        role = SCP_SCU_RoleSelectionNegotiation()
        role.sop_class_uid = STORAGE_COMMITMENT
        role.scu_role, role.scp_role = False, True
        entity = AE("ARCHIVE")
        association = entity.associate(
            "127.0.0.1", int(self.report_to or 0), ae_title="SPONDYL", ext_neg=[role],
            contexts=[build_context(STORAGE_COMMITMENT)],
        )  # fmt: skip
        if association.is_established:
            _report_on(association, report, kind)
            association.release()


def _report_on(association: Any, report: Dataset, kind: int) -> None:
    if association.is_established:
        association.send_n_event_report(report, kind, STORAGE_COMMITMENT, "1.2.840.10008.1.20.1.1")


def source_film(result: Dataset) -> str:
    """SOP instance of the film that a result was made of."""
    for keyword in ("SourceImageSequence", "ReferencedSeriesSequence"):
        if keyword in result:
            item = result[keyword].value[0]
            if keyword == "ReferencedSeriesSequence":
                item = item.ReferencedImageSequence[0]
            return str(item.ReferencedSOPInstanceUID)
    evidence = result.CurrentRequestedProcedureEvidenceSequence[0]
    return str(
        evidence.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    )


# ---- a node ------------------------------------------------------------------------------------


def config(folder: Path, archive_port: int, **changes: Any) -> dict[str, Any]:
    """A configuration for tests: short waits, one thread, one destination."""
    return {
        "listen": {"port": free_port()},
        "allow": [{"address": "127.0.0.1"}],
        "queue": {"folder": str(folder / "queue")},
        "limits": {"free_mb": 1},
        "metrics": {"port": free_port()},
        "reading": {"threads": 1},
        "destinations": [
            {
                "name": "archive",
                "dicom": {"ae_title": "ARCHIVE", "host": "127.0.0.1", "port": archive_port},
            }
        ],
        "retry": {"first_s": 0.2, "longest_s": 1.0},
        **changes,
    }


class QuickReading:
    """Stands in for a reading process where the node is the subject: no networks, tiny results.

    A film that the reader would refuse is refused, too: its pixels are decoded.

    Parameters
    ----------
    seconds : float
        How long a reading takes.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.reads: Counter[str] = Counter()

    def start(self) -> None:
        """Nothing to warm up."""

    def stop(self) -> None:
        """Nothing to end."""

    def read(self, task: Task, timeout_s: float) -> Outcome:
        """One small object of each kind."""
        self.reads[task.sop_instance_uid] += 1
        time.sleep(self.seconds)
        try:
            load_film(task.film)
        except FilmError as error:
            return Outcome(refusal=error.message)
        task.folder.mkdir(parents=True, exist_ok=True)
        made = tuple(_tiny(kind, task) for kind in task.kinds)
        sync_folder(task.folder)
        sync_folder(task.folder.parent)
        return Outcome(made, Verdict(fractured=False, assessable=True))


def _tiny(kind: str, task: Task) -> Made:
    name = f"{derived_uid(task.sop_instance_uid, kind)}"
    dataset = film_dataset(np.eye(64), modality="SC", bits=8)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid.UID(name)
    dataset.Modality = kind.upper()
    item = Dataset()
    item.ReferencedSOPInstanceUID = task.sop_instance_uid
    item.ReferencedSOPClassUID = dataset.SOPClassUID
    dataset.SourceImageSequence = [item]
    path = task.folder / f"{kind}.dcm"
    dataset.save_as(path, enforce_file_format=True)
    sync_file(path)
    return Made(kind, path, name, str(dataset.SOPClassUID), uid.ExplicitVRLittleEndian)


class NodeProcess:
    """``spondyl serve --dicom`` as a process.

    Parameters
    ----------
    folder : Path
        Where its configuration and its log go.
    values : mapping
        The configuration.
    quick_s : float or None
        Read by :class:`QuickReading`, so many seconds a film, in place of the networks.
    """

    def __init__(
        self, folder: Path, values: Mapping[str, Any], quick_s: float | None = None
    ) -> None:
        self.folder = folder
        self.values = values
        self.path = folder / "node.yaml"
        self.path.write_text(yaml.safe_dump(dict(values)))
        self.log = folder / "node.log"
        node = ["-m", "spondyl", "serve", "--dicom", str(self.path)]
        quick = [__file__, str(self.path), str(quick_s)]
        self._words = [sys.executable, *(node if quick_s is None else quick)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """Where films go."""
        return int(self.values["listen"]["port"])

    @property
    def pid(self) -> int:
        """Of the node."""
        assert self._process is not None
        return self._process.pid

    def start(self, wait_s: float = 90) -> "NodeProcess":
        """Start, and wait until it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words, stdout=log, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"},
            )  # fmt: skip
        if wait_s:
            until(lambda: self.running and self.get("/readyz")[0] == 200, wait_s)
        return self

    @property
    def running(self) -> bool:
        """It has not ended; raises if it ended by itself with an error."""
        assert self._process is not None
        code = self._process.poll()
        if code not in (None, 0, -signal.SIGKILL):
            raise RuntimeError(f"the node ended with {code}: {self.log.read_text()[-2000:]}")
        return code is None

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def terminate(self, wait_s: float = 60) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(wait_s)

    def stop(self) -> None:
        """End it, if it has not ended."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def get(self, path: str) -> tuple[int, str]:
        """Code and text of an HTTP answer; (0, "") if there is none."""
        url = f"http://127.0.0.1:{self.values['metrics']['port']}{path}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def queue(self) -> FilmQueue:
        """The queue, to look at."""
        return FilmQueue(Path(self.values["queue"]["folder"]), create=False)

    def counts(self) -> dict[FilmState, int]:
        """Films by state."""
        queue = self.queue()
        try:
            return queue.counts()
        finally:
            queue.close()

    def finished(self) -> bool:
        """Nothing is under way."""
        found = self.counts()
        return not any(
            found[each] for each in (FilmState.RECEIVED, FilmState.READING, FilmState.SENDING)
        )

    def events(self) -> list[dict[str, Any]]:
        """Lines of the log."""
        return [
            json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")
        ]

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``spondyl node WORD CONFIG ...``."""
        first, *rest = words
        return subprocess.run(
            [sys.executable, "-m", "spondyl", "node", first, str(self.path), *rest],
            capture_output=True, text=True, check=False,
        )  # fmt: skip


def until(true: Callable[[], object], wait_s: float = 60, what: str = "") -> None:
    """Wait until something is so.

    Raises
    ------
    TimeoutError
    """
    end = time.monotonic() + wait_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"not so after {wait_s:g} s: {what or true}")
        time.sleep(0.1)


def uids(datasets: Sequence[Dataset]) -> set[str]:
    """SOP instance UIDs."""
    return {str(each.SOPInstanceUID) for each in datasets}


def _main() -> None:
    """Be a node that reads quickly: CONFIG.yaml SECONDS."""
    from spondyl.serve.dicom.errors import NodeError
    from spondyl.serve.dicom.node import Node
    from spondyl.serve.dicom.settings_load import load_config
    from spondyl.serve.logs import start_logging

    start_logging()
    try:
        Node(load_config(Path(sys.argv[1])), readings=[QuickReading(float(sys.argv[2]))]).run()
    except NodeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _main()
