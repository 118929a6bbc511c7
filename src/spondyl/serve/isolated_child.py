"""What an isolated process does: make its work, do one task after the other, end with the program.

The program's side is :mod:`isolated`.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, Protocol, TypeVar

_TaskT = TypeVar("_TaskT", contravariant=True)
_AnswerT = TypeVar("_AnswerT", covariant=True)


class Work(Protocol[_TaskT, _AnswerT]):
    """What is done in the process."""

    def do(self, task: _TaskT) -> _AnswerT:
        """Do one task.

        Raises
        ------
        OSError
            Told as a :class:`PassingError`; all others as a :class:`TaskError`.
        """
        ...

    def finish(self) -> None:
        """Do what could wait until the answer was given; its failure is nobody's.

        The next task waits for it, within that task's time.
        """
        ...


class Ending(StrEnum):
    """What became of a task."""

    DONE = "done"
    PASSING = "passing"
    FAULT = "fault"


@dataclass(frozen=True)
class Reply:
    """How a task ended, with its answer or the sentence that says why there is none.

    Attributes
    ----------
    ending : Ending
    value
        The answer, or the sentence.
    """

    ending: Ending
    value: object = None


def serve(pipe: Connection, make: Callable[[], Work[Any, Any]], memory_bytes: int) -> None:
    """Do tasks until the program closes its end of the pipe."""
    # The program says when to stop: a terminal's Ctrl-C and a service manager's SIGTERM go to all
    # of its processes at once.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_program()
    _limit_memory(memory_bytes)
    # What libraries say of a film may quote its header; who wants logs sets them up in `make`.
    logging.captureWarnings(True)
    logging.getLogger().handlers[:] = [logging.NullHandler()]
    try:
        work = make()
    except Exception as error:
        pipe.send(Reply(Ending.FAULT, str(error) or type(error).__name__))
        return
    with contextlib.suppress(EOFError, OSError):  # the program is gone, or does not want any more
        pipe.send(Reply(Ending.DONE))
        while True:
            _answer(pipe, work, pipe.recv())
            with contextlib.suppress(Exception):
                work.finish()


def _answer(pipe: Connection, work: Work[Any, Any], task: object) -> None:
    try:
        data = ForkingPickler.dumps(Reply(Ending.DONE, work.do(task)))
    except OSError as error:
        why = error.strerror or type(error).__name__
        data = _no(Ending.PASSING, f"The disk or a file failed ({why}).")
    except MemoryError:
        data = _no(Ending.FAULT, "It needs more memory than it may have.")
    except Exception as error:
        # Its words may quote the film's header.
        data = _no(Ending.FAULT, f"It failed by an error of its own ({type(error).__name__}).")
    pipe.send_bytes(data)


def _no(ending: Ending, sentence: str) -> memoryview:
    return ForkingPickler.dumps(Reply(ending, sentence))


def _end_with_program() -> None:
    """Have this process ended as soon as the one that started it is gone, whatever it does.

    The pipe tells it between tasks only. A thread that waits for it cannot run while a codec loops
    and holds the interpreter's lock; there the kernel's signal helps, which needs nothing of this
    process. (Linux's PR_SET_PDEATHSIG strikes when the *thread* ends that started a process.)
    """
    program = multiprocessing.parent_process()
    if program is None:  # in a test, by a call
        return
    if sys.platform == "linux":
        import fcntl

        # Nothing is written to this pipe any more: its end is the only event, and SIGIO kills.
        lifeline = program.sentinel
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        with contextlib.suppress(OSError):  # a sandbox that has no such signals
            fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
            flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
            fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    threading.Thread(target=_wait_for_end, args=(program,), daemon=True).start()


def _wait_for_end(program: BaseProcess) -> None:
    program.join()
    os._exit(1)


def _limit_memory(most_bytes: int) -> None:
    """Let a task that takes too much fail in its own process, not the whole machine."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft == resource.RLIM_INFINITY or soft > most_bytes:
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, hard))
