"""The room's logs: JSON lines without patient data, as the DICOM node writes them.

Fields are ids, counts, codes and patterns of routes; never a name, a search or the words of an
error that nobody expected.
"""

import logging
import sys
import traceback
from typing import TextIO

from spondyl.serve.dicom.logs import JsonFormatter

LOGGER = logging.getLogger("spondyl.serve.web")


def log(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Write one event."""
    LOGGER.log(level, event, extra={"fields": fields})


def log_error(event: str, error: BaseException, **fields: object) -> None:
    """Write an event of an error that nobody expected: its kind and places, not its words."""
    own = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    log(event, level=logging.ERROR, error=type(error).__name__, where=own[-4:], **fields)


def start_logging(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send this process' logs to a stream (standard error by default) as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(level)
    logging.captureWarnings(True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers[:] = []
        library.propagate = True
        # The room tells its own starts, requests and errors.
        library.setLevel(logging.CRITICAL)
