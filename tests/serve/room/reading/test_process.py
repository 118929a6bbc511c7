"""Real processes; one start for most of it, since a reader takes a while to warm up."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from spondyl.serve.isolated import DiedError
from spondyl.serve.room.pixels import PixelCache
from spondyl.serve.room.reading.process import HandsProcess, HandsSettings
from spondyl.serve.room.reading.tasks import ReadTask, RenderTask, ResultTask
from tests.serve.room.kit import example, reading_json


@pytest.fixture
def viewer(tmp_path: Path) -> HandsProcess:
    return HandsProcess(HandsSettings(tmp_path / "cache", reads=False))


def test_a_process_renders_refuses_dies_and_comes_back(
    viewer: HandsProcess, tmp_path: Path
) -> None:
    try:
        assert viewer.run(RenderTask(example("normal.png"), "ab" * 32, False), 120).refusal == ""
        assert PixelCache(tmp_path / "cache").pixels("ab" * 32, False) is not None
        assert "expected" in viewer.run(RenderTask(b"no film", "cd" * 32, False), 120).refusal
        first = viewer.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        time.sleep(0.2)
        form = viewer.run(
            ResultTask(example("normal.png"), "../a b\0.png", reading_json(), "json"), 120
        )
        assert b"spondyl.reading/1" in form.content
        assert viewer.pid != first
        with pytest.raises(DiedError, match="longer than 0 s"):
            viewer.run(RenderTask(example("normal.png"), "ef" * 32, False), 0)
        assert viewer.pid is None
    finally:
        viewer.stop()
    with pytest.raises(DiedError, match="closing"):
        viewer.start()


@pytest.mark.slow
def test_a_process_reads_and_stopping_ends_what_it_does(tmp_path: Path) -> None:
    hands = HandsProcess(HandsSettings(tmp_path / "cache"))
    outcome = hands.run(ReadTask(example("one-fracture.dcm"), "ab" * 32, render=True), 300)
    assert outcome.body is not None
    assert outcome.body["fractured"]
    thread = threading.Thread(target=hands.stop)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert hands.pid is None


def test_a_site_that_is_not_there_is_told(tmp_path: Path) -> None:
    hands = HandsProcess(HandsSettings(tmp_path / "cache", site="nowhere"))
    with pytest.raises(DiedError, match="nowhere"):
        hands.start()
    assert hands.pid is None
