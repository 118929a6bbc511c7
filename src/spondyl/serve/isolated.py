"""Work in a process of its own, so that it can neither end the program nor keep it waiting.

Codecs are written in C, and a film may be made to crash one, to loop or to eat memory. An
:class:`Isolated` process holds whatever is dear to make (a warm reader), gets one task at a time,
is waited for no longer than was said, may not take more memory than was said, and is started anew
when it is gone. It never outlives the program, however that ends.

What is done in the process is a :class:`Work`; a room says what its tasks and answers are. The
other side of the pipe is :mod:`isolated_child`.
"""

import atexit
import contextlib
import multiprocessing
import multiprocessing.util  # before our own atexit: it waits for processes that nobody has ended
import signal
import threading
import weakref
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from spondyl.serve.isolated_child import Ending, Reply, Work, serve

TaskT = TypeVar("TaskT")
AnswerT = TypeVar("AnswerT")

#: Networks are loaded and warmed up meanwhile, perhaps on a busy machine.
START_S = 180.0
MEMORY_BYTES = 4 << 30
#: A process whose pipe has closed is about to be gone; then its exit code is known.
_GONE_S = 0.5


class DiedError(Exception):
    """The process ended, took too long and was ended, or cannot start; the sentence says which."""


class PassingError(Exception):
    """A task failed for a reason that may pass, such as a full disk."""


class TaskError(Exception):
    """A task failed by an error of its own, and would fail again."""


class Isolated(Generic[TaskT, AnswerT]):
    """A process that does tasks; started when it is first needed. Threads take turns.

    Parameters
    ----------
    make : callable
        Makes the :class:`Work`, in the process, before the first task. It is imported there by its
        name (no lambda), and should import there what it needs. An error that it raises is told by
        :meth:`start`.
    start_s : float
        How long that may take.
    memory_bytes : int
        Of data. More is a :class:`TaskError`; not on systems that set no such limit.
    """

    def __init__(
        self,
        make: Callable[[], Work[TaskT, AnswerT]],
        *,
        start_s: float = START_S,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._make, self._start_s, self._memory_bytes = make, start_s, memory_bytes
        self._turn = threading.Lock()
        self._stopped = False
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        """Start the process, if it does not run, and wait until its work is made.

        Raises
        ------
        DiedError
            It cannot be made (no such site, damaged weights), or this was stopped.
        """
        with self._turn:
            self._start()

    def run(self, task: TaskT, timeout_s: float) -> AnswerT:
        """Do one task; the process is started if it does not run.

        Parameters
        ----------
        task
            Anything that can be pickled.
        timeout_s : float
            From handing the task over to having the answer.

        Raises
        ------
        DiedError
            The process ended or took too long, and is gone.
        PassingError, TaskError
            The process goes on.
        """
        with self._turn:
            self._start()
            reply = self._exchange(timeout_s, task)
        if reply.ending is Ending.DONE:
            return reply.value  # type: ignore[return-value]  # of the other side's making
        raise (PassingError if reply.ending is Ending.PASSING else TaskError)(reply.value)

    def stop(self) -> None:
        """End the process, whatever it does, for good: it is not started again."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()
        # Who waits for an answer sees the end of the pipe, and is the one to close it: under a
        # thread that reads it, its number might by then be another file's.
        with self._turn:
            self._clear()

    @property
    def pid(self) -> int | None:
        """Number of the process, if it runs."""
        process = self._process
        return None if process is None else process.pid

    # ---- one thread at a time ------------------------------------------------------------------

    def _start(self) -> None:
        self._check_stopped()
        if self._process is not None and self._process.is_alive():
            return
        self._clear()
        # A fresh interpreter: a forked one would take along locks that other threads hold.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with theirs:
            process = context.Process(
                target=serve,
                args=(theirs, self._make, self._memory_bytes),
                name="spondyl-isolated",
                daemon=True,
            )
            process.start()
        self._process, self._pipe = process, ours
        _RUNNING.add(self)
        # Another thread may have stopped this before there was a process to kill.
        self._check_stopped()
        reply = self._exchange(self._start_s)
        if reply.ending is not Ending.DONE:
            self._clear()
            raise DiedError(str(reply.value))

    def _exchange(self, timeout_s: float, task: TaskT | None = None) -> Reply:
        """Hand a task over, if there is one, and take the reply."""
        process, pipe = self._process, self._pipe
        assert process is not None
        assert pipe is not None
        try:
            # Handing over takes its time, too: a pipe is full after some hundred kB.
            with _no_longer_than(timeout_s, process) as late:
                if task is not None:
                    pipe.send(task)
                reply: Reply = pipe.recv()
        except (EOFError, OSError):
            process.join(_GONE_S)
            how = _how(process.exitcode)
            self._clear()
            self._check_stopped()
            if late.is_set():
                raise DiedError(f"It took longer than {timeout_s:g} s.") from None
            raise DiedError(f"Its process ended {how}.") from None
        except BaseException:
            # An answer that still came would be taken for the next one.
            self._clear()
            raise
        if late.is_set():  # at the last moment, and the process is gone
            self._clear()
        return reply

    def _check_stopped(self) -> None:
        if self._stopped:
            self._clear()
            raise DiedError("The program is closing.")

    def _clear(self) -> None:
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join()
        if pipe is not None:
            pipe.close()


@contextlib.contextmanager
def _no_longer_than(timeout_s: float, process: BaseProcess) -> Iterator[threading.Event]:
    """Kill a process if this lasts longer; whoever waits for it is told by its pipe's end."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        timer.join()


def _how(code: int | None) -> str:
    if code is None:
        return "without telling why"
    return f"with signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"


# A program may end without stopping what it started; its processes are deaf to the SIGTERM that
# multiprocessing sends them then, and it would wait for them for ever.
_RUNNING: "weakref.WeakSet[Isolated[Any, Any]]" = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    for each in list(_RUNNING):
        each.stop()
