"""Logs as JSON lines, without patient data.

Events have a name and fields of fixed kinds: numbers of films in the queue, AE titles, names of
destinations, codes. Free text of other programs and values of headers never enter: pydicom's and
pynetdicom's own messages may quote them, so that of these only level and origin are kept.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import TextIO

LOGGER = logging.getLogger("spondyl.serve.dicom")
_FOREIGN = ("py.warnings", "pydicom", "pynetdicom", "urllib3", "dicomweb_client", "highdicom")


def log(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Write one event."""
    LOGGER.log(level, event, extra={"fields": fields})


def _thread_error(args: threading.ExceptHookArgs) -> None:
    """A thread of a library ended by an error, such as one by a damaged PDU."""
    if args.exc_value is not None:
        log_error("thread_error", args.exc_value)


def log_error(event: str, error: BaseException, **fields: object) -> None:
    """Write an event of an error that nobody expected: its kind and place, not its words."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    log(event, level=logging.ERROR, error=type(error).__name__, where=where, **fields)


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
        # Refused and broken associations are told by the node's own events.
        logging.getLogger(name).setLevel(logging.CRITICAL)
