import io
import json
import logging
import threading
import warnings
from collections.abc import Iterator

import pytest

from spondyl.serve.logs import LOGGER, log, log_error, start_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, LOGGER.level)
    found = io.StringIO()
    start_logging(found)
    yield found
    logging.captureWarnings(False)
    threading.excepthook = threading.__excepthook__
    root.handlers[:], level, own = before
    root.setLevel(level)
    LOGGER.setLevel(own)


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_events_are_json_lines_with_fields(stream: io.StringIO) -> None:
    log("film_taken", film=3, caller="CT1")
    (line,) = _lines(stream)
    assert (line["event"], line["film"], line["caller"]) == ("film_taken", 3, "CT1")
    assert line["level"] == "info"


def test_the_end_of_a_thread_is_told_without_its_words(stream: io.StringIO) -> None:
    def fails() -> None:
        raise ValueError("PatientName Doe^Jane")

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    (line,) = _lines(stream)
    assert (line["event"], line["error"]) == ("thread_error", "ValueError")
    assert "Doe" not in stream.getvalue()


def test_words_of_errors_and_of_other_libraries_stay_out(stream: io.StringIO) -> None:
    try:
        raise ValueError("invalid value 'Doe^Jane'")
    except ValueError as error:
        log_error("store_error", error)
    logging.getLogger("pydicom").error("Doe^Jane")
    warnings.warn("invalid value 'Doe^Jane'", stacklevel=1)
    logging.getLogger("uvicorn.error").error("Doe^Jane")
    logging.getLogger("elsewhere").error("PatientName Doe^Jane")
    assert "Doe" not in stream.getvalue()
    first, second = _lines(stream)
    assert first["error"] == "ValueError"
    assert str(first["where"]).startswith("['test_logs.py:")
    assert (second["event"], second["library"]) == ("library_message", "elsewhere")
