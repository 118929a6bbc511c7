"""Readings in a process of their own, so that no film can end the node or keep it waiting.

Codecs are written in C, and a film may be made to crash one, to loop or to eat memory. The node
gives such a process one film at a time, waits no longer than it is told to, and starts a new one if
it is gone. The process holds one warm reader, and ends by itself when the node does.
"""

import multiprocessing
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from spondyl.serve.dicom.logs import start_logging
from spondyl.serve.dicom.results import Outcome, Task, make_results

_START_S = 120.0
_MEMORY_BYTES = 4 << 30


class ReadingDiedError(Exception):
    """The process ended while it read a film; the sentence says how."""


class ReadingFailedError(Exception):
    """The film could not be read for a reason that may pass, such as a full disk."""


@dataclass(frozen=True)
class ReaderSettings:
    """What a reader is made with."""

    site: str = "default"
    weights: Path | None = None
    threads: int = 2


class Reads(Protocol):
    """Something that reads one film at a time."""

    def start(self) -> None:
        """Be ready to read."""
        ...

    def read(self, task: Task, timeout_s: float) -> Outcome:
        """Read one film; errors as of :class:`ReadingProcess`."""
        ...

    def stop(self) -> None:
        """End, whatever it does."""
        ...


class ReadingProcess:
    """One process that reads films; started when it is first needed.

    Parameters
    ----------
    settings : ReaderSettings
    """

    def __init__(self, settings: ReaderSettings) -> None:
        self._settings = settings
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        """Start the process and wait until its reader is warm.

        Raises
        ------
        ReadingDiedError
            If the reader cannot be made (no such site, damaged weights).
        """
        if self._process is not None and self._process.is_alive():
            return
        self.stop()
        # A fresh interpreter: a forked one would take along locks that other threads hold.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self._settings), name="spondyl-reading", daemon=True
        )
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        answer = self._answer(_START_S)
        if isinstance(answer, str):
            self.stop()
            raise ReadingDiedError(answer)

    def read(self, task: Task, timeout_s: float) -> Outcome:
        """Read one film.

        Raises
        ------
        ReadingDiedError
            The process ended or took too long, and is gone.
        ReadingFailedError
        """
        self.start()
        assert self._pipe is not None
        try:
            self._pipe.send(task)
        except (OSError, ValueError):
            self.stop()
            raise ReadingDiedError("The reading process was gone.") from None
        answer = self._answer(timeout_s)
        if isinstance(answer, Outcome):
            return answer
        raise ReadingFailedError(str(answer))

    def _answer(self, timeout_s: float) -> object:
        assert self._pipe is not None
        try:
            if self._pipe.poll(timeout_s):
                return self._pipe.recv()
        except (EOFError, OSError):
            code = self._end()
            raise ReadingDiedError(f"The reading process ended with {_how(code)}.") from None
        self._end()
        raise ReadingDiedError(f"The reading took longer than {timeout_s:g} s.")

    def _end(self) -> int | None:
        process = self._process
        if process is not None:
            process.join(0.5)
        code = process.exitcode if process is not None else None
        self.stop()
        return code

    def stop(self) -> None:
        """End the process, whatever it does."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()

    @property
    def pid(self) -> int | None:
        """Number of the process, if it runs."""
        return None if self._process is None else self._process.pid


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def _serve(pipe: Connection, settings: ReaderSettings) -> None:
    """Answer tasks until the node closes its end."""
    # The node says when to stop: a service manager signals all processes of a service at once.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    # What libraries say of a film may quote its header.
    start_logging()
    try:
        from spondyl.read.reader import Reader

        reader = Reader(settings.site, settings.threads, settings.weights)
        pipe.send(None)
    except Exception as error:  # told to the node, which tells the user
        pipe.send(str(error) or type(error).__name__)
        return
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        answer: Outcome | str
        try:
            answer = make_results(reader, task)
        except OSError as error:
            answer = f"The disk or a file failed ({error.strerror or type(error).__name__})."
        except MemoryError:
            answer = Outcome(refusal="The film needs more memory than a reading may have.")
        except Exception as error:
            # Its words may quote the header.
            answer = Outcome(
                refusal=f"Reading failed by an error of its own ({type(error).__name__})."
            )
        try:
            pipe.send(answer)
        except OSError:
            return


def _limit_memory() -> None:
    """Let a film that unpacks to too much fail in its own process, not the whole machine."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft == resource.RLIM_INFINITY or soft > _MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, hard))
