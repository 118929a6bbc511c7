"""Logs as JSON lines, without patient data; of the reading room and of the DICOM node.

Events have a name and fields of fixed kinds: ids, counts, codes, patterns of routes, AE titles,
names of destinations. Never a person's name, a search, the value of a header or the words of an
error that nobody expected. Other libraries' messages may quote such things, so that of these only
level and origin are kept.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import TextIO

LOGGER = logging.getLogger("spondyl.serve")
#: Their errors are told by own events; uvicorn would write its starts and requests besides.
_FOREIGN = (
    "py.warnings", "pydicom", "pynetdicom", "urllib3", "dicomweb_client", "highdicom",
    "uvicorn", "uvicorn.error", "uvicorn.access",
)  # fmt: skip
_FRAMES = 4


def log(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Write one event."""
    LOGGER.log(level, event, extra={"fields": fields})


def log_error(event: str, error: BaseException, **fields: object) -> None:
    """Write an event of an error that nobody expected: its kind and places, not its words."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    fields |= {"error": type(error).__name__, "where": places[-_FRAMES:]}
    log(event, level=logging.ERROR, **fields)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        if record.name.startswith("spondyl"):
            line["event"] = record.getMessage()
            line |= getattr(record, "fields", {})
        else:
            line["event"] = "library_message"
            line |= {"library": record.name.partition(".")[0], "line": record.lineno}
        return json.dumps(line, default=str)


def start_logging(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send all logs of this process to a stream (standard error by default) as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(level)
    # Warnings quote what they warn of; they would go to standard error by themselves.
    logging.captureWarnings(True)
    threading.excepthook = _thread_error
    for name in _FOREIGN:
        library = logging.getLogger(name)
        library.handlers[:] = []
        library.propagate = True
        library.setLevel(logging.CRITICAL)


def _thread_error(args: threading.ExceptHookArgs) -> None:
    """A thread ended by an error, such as a library's by a damaged PDU."""
    if args.exc_value is not None:
        log_error("thread_error", args.exc_value)
