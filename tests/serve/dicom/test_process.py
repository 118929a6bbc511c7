"""The node as a process: killed, stopped, looked at from outside."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.node_kit import Archive, NodeProcess, broken_film, config, film, send, uids, until
from spondyl.serve.dicom.model import FilmState

Start = Callable[..., NodeProcess]


@pytest.fixture
def start(tmp_path: Path, archive: Archive) -> Iterator[Start]:
    nodes: list[NodeProcess] = []

    def make(quick_s: float = 0.0, **changes: Any) -> NodeProcess:
        made = NodeProcess(tmp_path, {**config(tmp_path, archive.port), **changes}, quick_s)
        nodes.append(made)
        return made.start()

    yield make
    for each in nodes:
        each.stop()


def _all_in(node: NodeProcess, archive: Archive, films: list[Any]) -> None:
    until(node.finished, 90)
    assert node.counts()[FilmState.DELIVERED] == len(films)
    assert archive.sources() == uids(films)


def test_killed_while_it_reads(start: Start, archive: Archive) -> None:
    node = start(quick_s=1.0)
    films = [film(f"reading {number}") for number in range(3)]
    assert send(node.port, films) == [0] * 3
    until(lambda: node.counts()[FilmState.READING], 30)
    node.kill()
    node.start()
    _all_in(node, archive, films)
    # Nothing had been sent, so nothing came twice.
    assert set(archive.counts.values()) == {1}


def test_killed_while_it_sends(start: Start, archive: Archive) -> None:
    node = start()
    films = [film(f"sending {number}") for number in range(3)]
    archive.answer = lambda dataset: 0 if len(archive.counts) < 2 else 0xA700
    assert send(node.port, films) == [0] * 3
    until(lambda: len(archive.counts) == 2, 30)
    node.kill()
    archive.answer = lambda dataset: 0
    node.start()
    _all_in(node, archive, films)
    # Two results a film. One whose answer the killed node could not note may come again, under the
    # same UID: no second object.
    assert len(archive.counts) == 6


def test_sigterm_drains(start: Start, archive: Archive) -> None:
    node = start(quick_s=1.0)
    films = [film(f"sigterm {number}") for number in range(3)]
    assert send(node.port, films) == [0] * 3
    until(lambda: node.counts()[FilmState.READING], 30)
    assert node.terminate() == 0
    counts = node.counts()
    assert counts[FilmState.READING] == 0  # what was being read was finished
    assert sum(counts.values()) == 3
    assert [line["event"] for line in node.events()][-1] == "node_stopped"
    node.start()
    _all_in(node, archive, films)


def test_status_dead_letters_and_requeue(start: Start, archive: Archive) -> None:
    node = start()
    assert send(node.port, [film("whole"), broken_film(3, "cli")]) == [0, 0]
    until(node.finished, 60)
    status = json.loads(node.cli("status", "--json").stdout)
    assert status["running"]
    assert (status["films"]["delivered"], status["films"]["dead"]) == (1, 1)
    assert status["destinations"][0]["done"] == 2
    (line,) = node.cli("dead-letters", "--json").stdout.splitlines()
    letter = json.loads(line)
    assert letter["reason"].endswith(".")
    # For people, too: the UID in one piece.
    assert letter["sop_instance_uid"] in node.cli("dead-letters").stdout
    again = node.cli("requeue", str(letter["film"]))
    assert (again.returncode, again.stdout.strip()) == (0, "1 requeued.")
    assert node.cli("requeue", "999").returncode == 3
    log = node.log.read_text()
    assert "Test^Patient" not in log
    assert str(letter["sop_instance_uid"]) not in log


def test_a_node_that_cannot_start_says_why(tmp_path: Path, archive: Archive) -> None:
    values = config(tmp_path, archive.port)
    values["listen"]["port"] = archive.port
    node = NodeProcess(tmp_path, values, 0.0)
    node.start(wait_s=0)
    with pytest.raises(RuntimeError, match="cannot be bound"):
        until(lambda: not node.running, 60)
