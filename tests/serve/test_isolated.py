"""Real processes with small work: what they are made for goes wrong, and nothing else does."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spondyl.serve.isolated import DiedError, Isolated, PassingError, TaskError

REPOSITORY = Path(__file__).parents[2]
MB = 1 << 20
linux = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc or the kernel")


# ---- what is done in the process ---------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """A method of :class:`Acts`, and what it gets."""

    name: str
    given: Any = None


class Acts:
    def __init__(self) -> None:
        self.finished = 0

    def do(self, call: Call) -> Any:
        return getattr(self, call.name)(call.given)

    def finish(self) -> None:
        self.finished += 1
        if self.finished == 1:
            raise ValueError("nobody's business")

    def double(self, given: Any) -> Any:
        return given * 2

    def how_often(self, _: None) -> int:
        return self.finished

    def signal(self, number: int) -> None:
        os.kill(os.getpid(), number)

    def exit(self, code: int) -> None:
        os._exit(code)

    def error(self, error: Exception) -> None:
        raise error

    def lambda_(self, _: None) -> Any:
        return lambda: None  # cannot be sent

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def loop_in_c(self, seconds: int) -> None:
        """As a codec in a loop: no other thread of this interpreter runs meanwhile."""
        ctypes.PyDLL(None).sleep(seconds)

    def memory(self, size: int) -> int:
        return len(bytearray(size))

    def disturb(self, _: None) -> int:
        """Signals that go to all processes of a service."""
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        return os.getpid()


def refuse() -> Acts:
    raise LookupError("There is no site nowhere.")


def leave() -> Acts:
    os._exit(3)


def dawdle() -> Acts:
    time.sleep(60)
    return Acts()


# ---- a process of all tests --------------------------------------------------------------------


@pytest.fixture(scope="module")
def process() -> Iterator[Isolated[Call, Any]]:
    found: Isolated[Call, Any] = Isolated(Acts)
    yield found
    found.stop()
    assert found.pid is None


def until(true: Callable[[], object], wait_s: float = 20.0) -> None:
    end = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def running(pid: int) -> bool:
    """It is there, and no zombie that only waits to be asked how it ended."""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_answers_come_from_one_process(process: Isolated[Call, Any]) -> None:
    assert process.run(Call("double", "ab"), 30) == "abab"
    pid = process.pid
    assert pid not in (None, os.getpid())
    assert process.run(Call("disturb"), 30) == pid  # deaf to the service manager's signals
    process.start()
    assert process.pid == pid


def test_what_was_left_is_done_before_the_next_task(process: Isolated[Call, Any]) -> None:
    before = process.run(Call("how_often"), 30)
    assert process.run(Call("how_often"), 30) == before + 1


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (OSError(28, "No space left on device"), PassingError, "No space left on device"),
        (ValueError("MÜLLER^ANNA"), TaskError, "an error of its own (ValueError)"),
        (MemoryError(), TaskError, "needs more memory"),
    ],
)
def test_errors_are_sentences_without_words_of_the_film(
    process: Isolated[Call, Any], error: Exception, kind: type[Exception], sentence: str
) -> None:
    process.start()
    pid = process.pid
    with pytest.raises(kind) as told:
        process.run(Call("error", error), 30)
    assert sentence in str(told.value)
    assert "MÜLLER" not in str(told.value)
    assert process.pid == pid


def test_an_answer_that_cannot_be_sent_is_an_error_of_the_task(
    process: Isolated[Call, Any],
) -> None:
    with pytest.raises(TaskError, match="error of its own"):
        process.run(Call("lambda_"), 30)


def test_a_task_that_cannot_be_sent_leaves_nothing_behind(process: Isolated[Call, Any]) -> None:
    with pytest.raises(Exception, match="pickle"):
        process.run(Call("double", lambda: None), 30)
    assert process.run(Call("double", 2), 30) == 4


@pytest.mark.parametrize(
    ("call", "sentence"),
    [(Call("signal", signal.SIGKILL), "signal SIGKILL"), (Call("exit", 7), "exit code 7")],
)
def test_a_process_that_ended_tells_how_and_another_takes_its_place(
    process: Isolated[Call, Any], call: Call, sentence: str
) -> None:
    process.start()
    first = process.pid
    with pytest.raises(DiedError, match=sentence):
        process.run(call, 30)
    assert process.pid is None
    assert process.run(Call("double", 2), 30) == 4
    assert process.pid != first


def test_a_process_that_ended_between_tasks_is_not_noticed(process: Isolated[Call, Any]) -> None:
    process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    time.sleep(0.2)
    assert process.run(Call("double", 2), 30) == 4


@linux
def test_what_takes_too_long_is_ended_and_leaves_no_zombie(process: Isolated[Call, Any]) -> None:
    process.start()
    pid = process.pid
    start = time.monotonic()
    with pytest.raises(DiedError, match=r"longer than 0\.3 s"):
        process.run(Call("sleep", 60), 0.3)
    assert time.monotonic() - start < 5
    assert not Path(f"/proc/{pid}").exists()


def test_large_tasks_and_answers_go_through(process: Isolated[Call, Any]) -> None:
    content = os.urandom(8 * MB)
    assert process.run(Call("double", content), 60) == content * 2


def test_a_process_that_takes_nothing_does_not_hold_up_who_hands_over(
    process: Isolated[Call, Any],
) -> None:
    process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(DiedError, match=r"longer than 0\.5 s"):
        process.run(Call("double", bytes(8 * MB)), 0.5)  # far more than a pipe holds


def test_threads_take_turns(process: Isolated[Call, Any]) -> None:
    found: dict[int, int] = {}
    threads = [
        threading.Thread(
            target=lambda k=k: found.update({k: process.run(Call("double", k), 60)})  # type: ignore[misc]
        )
        for k in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert found == {k: 2 * k for k in range(8)}


# ---- a process of its own for each -------------------------------------------------------------


@linux
def test_more_memory_than_was_said_is_an_error_of_the_task() -> None:
    process: Isolated[Call, Any] = Isolated(Acts, memory_bytes=256 * MB)
    assert process.run(Call("memory", 64 * MB), 30) == 64 * MB
    with pytest.raises(TaskError, match="needs more memory"):
        process.run(Call("memory", 512 * MB), 30)
    process.stop()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [(refuse, "There is no site nowhere."), (leave, "exit code 3"), (dawdle, "longer than 3 s")],
)
def test_work_that_cannot_be_made_is_told_at_the_start(
    make: Callable[[], Acts], sentence: str
) -> None:
    process: Isolated[Call, Any] = Isolated(make, start_s=3)
    with pytest.raises(DiedError, match=sentence):
        process.start()
    assert process.pid is None


def test_closing_ends_what_is_in_flight_and_is_final() -> None:
    process: Isolated[Call, Any] = Isolated(Acts)
    process.start()
    pid = process.pid
    told: list[Exception] = []

    def work() -> None:
        try:
            process.run(Call("sleep", 60), 120)
        except DiedError as error:
            told.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]  # one works, others wait for it
    for each in threads:
        each.start()
    time.sleep(0.3)
    process.stop()
    for each in threads:
        each.join(10)
    assert [str(error) for error in told] == ["The program is closing."] * 3
    assert process.pid is None
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(DiedError, match="closing"):
        process.start()
    process.stop()


# ---- the program's own end ---------------------------------------------------------------------

PROGRAM = """
import sys, threading, time
from spondyl.serve.isolated import Isolated
from tests.serve.test_isolated import Acts, Call

if __name__ == "__main__":
    process = Isolated(Acts)
    # Whoever starts it may be a thread that is gone before the process is.
    thread = threading.Thread(target=process.start)
    thread.start()
    thread.join()
    print(process.pid, flush=True)
    if sys.argv[1] != "idle":
        task = Call(sys.argv[1], 60)
        threading.Thread(target=process.run, args=(task, 120), daemon=True).start()
    if sys.argv[2] == "wait":
        time.sleep(60)
"""


def program(folder: Path, does: str, then: str) -> "subprocess.Popen[str]":
    path = folder / "program.py"
    path.write_text(PROGRAM)
    return subprocess.Popen(
        [sys.executable, path, does, then],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
    )


@linux
@pytest.mark.parametrize("does", ["idle", "sleep", "loop_in_c"])
def test_no_process_outlives_a_killed_program(tmp_path: Path, does: str) -> None:
    with program(tmp_path, does, "wait") as killed:
        assert killed.stdout is not None
        pid = int(killed.stdout.readline())
        time.sleep(0.5)
        assert running(pid)
        killed.kill()
    until(lambda: not running(pid), 10)


@pytest.mark.parametrize("does", ["idle", "sleep"])
def test_a_program_that_stops_nothing_ends_none_the_less(tmp_path: Path, does: str) -> None:
    with program(tmp_path, does, "end") as ending:
        assert ending.stdout is not None
        pid = int(ending.stdout.readline())
        assert ending.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
