"""What a worker does with readings that come to nothing."""

from pathlib import Path

import pytest

from spondyl.serve.dicom.metrics import Metrics
from spondyl.serve.dicom.model import Arrival, FilmState, Origin
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.results import Outcome, Task
from spondyl.serve.dicom.settings import ReadingSettings, Route
from spondyl.serve.dicom.worker import Worker
from spondyl.serve.isolated import DiedError, PassingError
from tests.serve.dicom.clocks import HandClock


class Failing:
    """A reading that raises what it is told to, having written half a result."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def read(self, task: Task, timeout_s: float) -> Outcome:
        task.folder.mkdir(parents=True)
        (task.folder / "half.dcm").write_bytes(b"half")
        raise self.error


def _worker(folder: Path, error: Exception, spare_bytes: float = 0) -> tuple[Worker, FilmQueue]:
    clock = HandClock()
    queue = FilmQueue(folder, clock=clock)
    for uid in ("1.1", "1.2"):
        queue.take(Arrival(uid, "1.3", "1.4", Origin.DICOM, "CT1"), [b"film"])
    queue.store._spare_bytes = spare_bytes
    worker = Worker(
        "read", queue, Failing(error), [Route(to=("pacs",))], ReadingSettings(attempts=2),
        Metrics(), clock, lambda: None,
    )  # fmt: skip
    return worker, queue


@pytest.mark.parametrize(
    "error", [DiedError("It died."), PassingError("It failed.")], ids=["died", "error"]
)
def test_a_film_that_fails_again_and_again_lets_the_next_one_through(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spondyl.serve.dicom.worker._LITTLE_BYTES", 0)
    worker, queue = _worker(tmp_path, error)
    for _ in range(4):
        worker.step()
    assert queue.counts()[FilmState.DEAD] == 2
    reasons = {letter.film.reason for letter in queue.dead_letters()}
    assert reasons == {f"{error} It was tried 2 times."}
    assert list(queue.store.results.iterdir()) == []


def test_a_full_disk_is_no_fault_of_the_film(tmp_path: Path) -> None:
    worker, queue = _worker(tmp_path, PassingError("No space left."), spare_bytes=1e18)
    assert [worker.step() > 0 for _ in range(5)] == [True] * 5
    assert queue.counts()[FilmState.RECEIVED] == 2
    assert list(queue.store.results.iterdir()) == []


def test_a_film_that_no_route_wants_is_a_dead_letter(tmp_path: Path) -> None:
    worker, queue = _worker(tmp_path, DiedError("It is not asked to."))
    worker._routes = [Route(to=("pacs",), callers=("CT9",))]
    worker.step()
    (letter,) = queue.dead_letters()
    assert "No route fits" in letter.film.reason
