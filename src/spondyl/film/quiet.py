"""Keep libraries' own remarks off the terminal while a film is read.

They are about the same files as our sentences, less clear, and may quote header values that name
patients. All of these switches belong to the whole process, not to a thread.
"""

import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import cv2


class _Shared:
    """A context entered by the first thread that needs it and left by the last one.

    Threads that each saved and restored the state would restore one another's.
    """

    def __init__(self, make: Callable[[], AbstractContextManager[None]]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._inside = 0
        self._context: AbstractContextManager[None] | None = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._context = self._make()
                self._context.__enter__()
            self._inside += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._context is not None:
                self._context.__exit__(None, None, None)
                self._context = None


@contextmanager
def _opencv() -> Iterator[None]:
    switch = cv2.utils.logging
    before = switch.getLogLevel()
    switch.setLogLevel(switch.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        switch.setLogLevel(before)


@contextmanager
def _pydicom() -> Iterator[None]:
    logger = logging.getLogger("pydicom")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


@contextmanager
def _standard_error() -> Iterator[None]:
    try:
        kept = os.dup(2)
    except OSError:  # closed: nothing to keep clean
        yield
        return
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


quiet_opencv = _Shared(_opencv)
"""Silences OpenCV's log."""
quiet_pydicom = _Shared(_pydicom)
"""Silences pydicom's log and warnings."""
quiet_codecs = _Shared(_standard_error)
"""Silences C libraries that write to standard error past Python; hold it for moments only."""
