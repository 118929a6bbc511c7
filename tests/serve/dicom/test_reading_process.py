"""Readings in their own process, with the shipped networks: one start for all tests."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest

from bench.node_kit import broken_film, film
from spondyl.serve.dicom.reading_process import ReaderSettings, ReadingProcess
from spondyl.serve.dicom.results import Task
from spondyl.serve.isolated import DiedError

pytest.importorskip("highdicom", reason="the extra [dicom] is not installed")


@pytest.fixture(scope="module")
def process() -> Iterator[ReadingProcess]:
    found = ReadingProcess(ReaderSettings(threads=1))
    yield found
    found.stop()


def _task(dataset: pydicom.FileDataset, folder: Path) -> Task:
    path = folder / "film.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return Task(path, str(dataset.SOPInstanceUID), ("sr", "sc"), folder / "results" / "one")


def test_the_same_film_makes_the_same_objects_and_a_dead_process_is_replaced(
    process: ReadingProcess, tmp_path: Path
) -> None:
    task = _task(film("process"), tmp_path)
    first = process.read(task, 120)
    assert first.verdict is not None
    assert [made.kind for made in first.made] == ["sr", "sc"]
    assert all(made.path.is_file() for made in first.made)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(DiedError):
        process.read(task, 120)
    again = process.read(task, 120)
    uids = [made.sop_instance_uid for made in again.made]
    assert uids == [made.sop_instance_uid for made in first.made]


def test_a_broken_film_is_refused_in_a_sentence(process: ReadingProcess, tmp_path: Path) -> None:
    outcome = process.read(_task(broken_film(2, "process"), tmp_path), 120)
    assert outcome.made == ()
    assert "64 pixels" in outcome.refusal


def test_a_reading_that_hangs_is_ended(process: ReadingProcess, tmp_path: Path) -> None:
    process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(DiedError, match="longer than"):
        process.read(_task(film("hang"), tmp_path), 0.3)
    assert process.pid is None


def test_a_site_that_does_not_exist_is_told_at_the_start() -> None:
    with pytest.raises(DiedError, match="nowhere"):
        ReadingProcess(ReaderSettings(site="nowhere")).start()
