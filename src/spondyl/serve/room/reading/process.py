"""Films are opened in a process of its own, so that none can end the room or keep it waiting.

Codecs are written in C, and a film may be made to crash one, to loop or to eat memory. Such a
process gets one task at a time, is waited for no longer than was said, and is started anew when it
is gone. It holds one warm reader, and ends by itself when the room does.
"""

import contextlib
import logging
import multiprocessing
import signal
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from spondyl.serve.room.pixels import PixelCache
from spondyl.serve.room.reading.tasks import Hands, Outcome, Task

_START_S = 180.0
_MEMORY_BYTES = 4 << 30


class DiedError(Exception):
    """The process ended, or took too long and was ended; the sentence says which."""


class PassingError(Exception):
    """It failed for a reason that may pass, such as a full disk."""


@dataclass(frozen=True)
class HandsSettings:
    """What a process is made with.

    Attributes
    ----------
    cache : Path
        Folder of the viewer's pictures.
    site : str
        Name or site file.
    weights : Path or None
    threads : int
        For one film.
    reads : bool
        It has a reader; else it only shows and writes results.
    """

    cache: Path
    site: str = "default"
    weights: Path | None = None
    threads: int = 2
    reads: bool = True


class Runs(Protocol):
    """Something that does one task at a time."""

    def start(self) -> None:
        """Be ready; errors as of :class:`HandsProcess`."""
        ...

    def run(self, task: Task, timeout_s: float) -> Outcome:
        """Do one task; errors as of :class:`HandsProcess`."""
        ...

    def stop(self) -> None:
        """End, whatever it does."""
        ...


class HandsProcess:
    """A process that does tasks; started when it is first needed. Threads take turns.

    Parameters
    ----------
    settings : HandsSettings
    """

    def __init__(self, settings: HandsSettings) -> None:
        self._settings = settings
        self._turn = threading.Lock()
        self._stopped = False
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        """Start the process and wait until its reader is warm.

        Raises
        ------
        DiedError
            If the reader cannot be made (no such site, damaged weights).
        """
        with self._turn:
            self._start()

    def run(self, task: Task, timeout_s: float) -> Outcome:
        """Do one task.

        Raises
        ------
        DiedError
            The process ended or took too long, and is gone.
        PassingError
        """
        with self._turn:
            self._start()
            assert self._pipe is not None
            try:
                self._pipe.send(task)
            except (OSError, ValueError):
                self._end()
                raise DiedError("The reading process was gone.") from None
            answer = self._answer(timeout_s)
        if isinstance(answer, Outcome):
            return answer
        raise PassingError(str(answer))

    def stop(self) -> None:
        """End the process, whatever it does; it is not started again."""
        self._stopped = True
        self._kill()

    @property
    def pid(self) -> int | None:
        """Number of the process, if it runs."""
        return None if self._process is None else self._process.pid

    def _is_stopped(self) -> bool:
        # Another thread may have said so since the last look.
        return self._stopped

    def _start(self) -> None:
        if self._is_stopped():
            raise DiedError("The room is closing.")
        if self._process is not None and self._process.is_alive():
            return
        self._kill()
        # A fresh interpreter: a forked one would take along locks that other threads hold.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self._settings), name="spondyl-reading", daemon=True
        )
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        if self._is_stopped():  # by another thread, just now
            self._kill()
            raise DiedError("The room is closing.")
        answer = self._answer(_START_S)
        if isinstance(answer, str):
            self._kill()
            raise DiedError(answer)

    def _answer(self, timeout_s: float) -> object:
        pipe = self._pipe
        if pipe is None:
            raise DiedError("The reading process was ended.")
        try:
            if pipe.poll(timeout_s):
                return pipe.recv()
        except (EOFError, OSError):
            raise DiedError(f"The reading process ended with {_how(self._end())}.") from None
        self._end()
        raise DiedError(f"It took longer than {timeout_s:g} s.")

    def _end(self) -> int | None:
        process = self._process
        if process is not None:
            process.join(0.5)
        code = process.exitcode if process is not None else None
        self._kill()
        return code

    def _kill(self) -> None:
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join()
        if pipe is not None:
            pipe.close()


class InThread:
    """The same without a process: quick to start, and a bad film may end all. For tests.

    Parameters
    ----------
    hands : Hands
    """

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._turn = threading.Lock()

    def start(self) -> None:
        """Nothing to do."""

    def run(self, task: Task, timeout_s: float) -> Outcome:
        """Do one task."""
        with self._turn:
            try:
                outcome = self._hands.do(task)
                self._hands.finish()
            except OSError as error:
                raise PassingError(type(error).__name__) from None
        return outcome

    def stop(self) -> None:
        """Nothing to do."""


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def _serve(pipe: Connection, settings: HandsSettings) -> None:
    """Answer tasks until the room closes its end."""
    # The room says when to stop: a terminal's Ctrl-C goes to all of its processes at once.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    # What libraries say of a film may quote its header.
    logging.captureWarnings(True)
    logging.getLogger().handlers[:] = [logging.NullHandler()]
    try:
        hands = _make_hands(settings)
        pipe.send(None)
    except Exception as error:  # told to the room, which tells the user
        pipe.send(str(error) or type(error).__name__)
        return
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        answer: Outcome | str
        try:
            answer = hands.do(task)
        except OSError as error:
            answer = f"The disk or a file failed ({error.strerror or type(error).__name__})."
        except MemoryError:
            answer = Outcome(refusal="The film needs more memory than a reading may have.")
        except Exception as error:
            # Its words may quote the header.
            answer = Outcome(refusal=f"It failed by an error of its own ({type(error).__name__}).")
        try:
            pipe.send(answer)
        except OSError:
            return
        # A picture for the viewer can be made again; its failure is nobody's.
        with contextlib.suppress(Exception):
            hands.finish()


def _make_hands(settings: HandsSettings) -> Hands:
    cache = PixelCache(settings.cache)
    if not settings.reads:
        return Hands(None, cache)
    # What the first film would wait for otherwise.
    import spondyl.deliver.reading_json
    import spondyl.film.dicom  # noqa: F401
    from spondyl.read.engine import Engine
    from spondyl.read.reader import Reader

    engine = Engine(settings.threads, settings.weights)
    engine.warm_up()
    return Hands(Reader(settings.site, networks=engine), cache)


def _limit_memory() -> None:
    """Let a film that unpacks to too much fail in its own process, not the whole machine."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft == resource.RLIM_INFINITY or soft > _MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, hard))
