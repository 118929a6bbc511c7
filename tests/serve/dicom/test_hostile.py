"""Callers that mean no good, disks that are full: the node answers, and goes on."""

import errno
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pydicom.uid import generate_uid

from bench.node_kit import Archive, echo, film, send, uids, until
from spondyl.serve.dicom.node import Node
from spondyl.serve.dicom.status import finished

Make = Callable[..., Node]
_MB = 1_000_000


def _closed(connection: socket.socket, wait_s: float) -> bool:
    connection.settimeout(wait_s)
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def _connect(node: Node) -> socket.socket:
    return socket.create_connection(("127.0.0.1", node.receiver.port), timeout=5)


def test_a_film_over_the_limit_ends_its_association_and_no_other(node: Make) -> None:
    made = node(limits={"free_mb": 1, "object_mb": 0.1})
    assert send(made.receiver.port, [film("large")]) == [None]
    assert 'reason="object_too_large"' in made.metrics.text().decode()
    assert made.queue.waiting() == 0
    assert echo(made.receiver.port)


def test_a_pdu_of_four_gigabytes_is_not_waited_for(node: Make) -> None:
    made = node()
    with _connect(made) as connection:
        connection.sendall(struct.pack(">BBL", 1, 0, 0xFFFFFFF0) + b"\0" * 1000)
        assert _closed(connection, 20)
    assert echo(made.receiver.port)


def test_who_connects_and_says_nothing_or_half_is_cut_off(node: Make) -> None:
    made = node(limits={"free_mb": 1, "object_s": 1, "idle_s": 2})
    with _connect(made) as silent, _connect(made) as half:
        half.sendall(struct.pack(">BBL", 1, 0, 400) + b"\0" * 7)
        assert _closed(half, 20)
        assert _closed(silent, 20)
    assert echo(made.receiver.port)


def test_rubbish_does_no_harm(node: Make) -> None:
    made = node(limits={"free_mb": 1, "object_s": 1, "idle_s": 2})
    for start in (b"GET / HTTP/1.0\r\n\r\n", b"\0" * 64, struct.pack(">BBL", 4, 0, 4) + b"junk"):
        with _connect(made) as connection:
            connection.sendall(start)
            assert _closed(connection, 20)
    assert echo(made.receiver.port)


def test_an_abort_that_breaks_its_thread_leaves_nothing_behind(node: Make) -> None:
    made = node(limits={"free_mb": 1, "object_s": 1, "idle_s": 2})
    hook, threading.excepthook = threading.excepthook, lambda args: None
    try:
        with _connect(made) as connection:
            connection.sendall(struct.pack(">BBLHBB", 7, 0, 4, 0, 99, 99))
            assert _closed(connection, 20)
        until(lambda: not made.receiver._in_flight.late(), 20)
        until(lambda: "spondyl_node_associations 0.0" in made.metrics.text().decode(), 20)
    finally:
        threading.excepthook = hook
    assert echo(made.receiver.port)


def test_films_a_minute_are_limited_for_each_caller(node: Make) -> None:
    made = node(limits={"free_mb": 1, "films_per_minute": 2})
    films = [film(f"rate {number}") for number in range(3)]
    assert send(made.receiver.port, films) == [0, 0, 0xA700]
    assert send(made.receiver.port, films[2:], ae_title="OTHER") == [0]


def test_associations_are_limited(node: Make) -> None:
    from pynetdicom import AE

    made = node(limits={"free_mb": 1, "associations": 1})
    entity = AE("FIRST")
    entity.add_requested_context("1.2.840.10008.1.1")
    first = entity.associate("127.0.0.1", made.receiver.port, ae_title="SPONDYL")
    assert first.is_established
    assert not echo(made.receiver.port)
    first.release()
    until(lambda: echo(made.receiver.port), 20)


class TestFullDisk:
    def test_a_film_that_does_not_fit_is_refused_and_those_before_are_kept(
        self, node: Make, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = node()
        keep = made.queue.store.keep
        full = True

        def fails(content: Sequence[bytes | memoryview]) -> Path:
            if full:
                raise OSError(errno.ENOSPC, "No space left on device")
            return keep(content)

        before, after = film("before"), film("after")
        assert send(made.receiver.port, [before]) == [0]
        monkeypatch.setattr(made.queue.store, "keep", fails)
        assert send(made.receiver.port, [after]) == [0xA700]
        full = False
        assert send(made.receiver.port, [after]) == [0]
        until(lambda: finished(made.queue), 30)
        assert archive.sources() == uids([before, after])

    def test_no_film_is_taken_when_little_room_is_left(self, node: Make) -> None:
        made = node(limits={"free_mb": 1e9})
        assert send(made.receiver.port, [film("room")]) == [0xA700]
        assert "The queue's disk is nearly full." in made.not_ready()


def test_a_film_with_another_uid_inside_is_no_second_reading_of_it(tmp_path: Path) -> None:
    from spondyl.serve.dicom.results import Task, _other_film

    dataset = film("other")
    path = tmp_path / "film.dcm"
    dataset.save_as(path, enforce_file_format=True)
    right = Task(path, str(dataset.SOPInstanceUID), ("sr",), tmp_path)
    wrong = Task(path, str(generate_uid()), ("sr",), tmp_path)
    assert _other_film(right) == ""
    assert "another one" in _other_film(wrong)


def test_a_sender_that_aborts_in_the_middle_leaves_nothing(node: Make) -> None:
    from pynetdicom import AE
    from pynetdicom.presentation import build_context

    made = node()
    dataset = film("abort")
    entity = AE("SENDER")
    association = entity.associate(
        "127.0.0.1", made.receiver.port, ae_title="SPONDYL",
        contexts=[build_context(dataset.SOPClassUID, dataset.file_meta.TransferSyntaxUID)],
    )  # fmt: skip
    assert association.is_established
    wrapped = association.dul.socket
    # The first PDU of a data set that never goes on.
    wrapped.socket.sendall(struct.pack(">BBL", 4, 0, 60_000) + b"\0" * 20_000)
    wrapped.socket.close()
    time.sleep(0.5)
    assert echo(made.receiver.port)
    assert list(made.queue.store.films.iterdir()) == []
    assert made.queue.waiting() == 0
