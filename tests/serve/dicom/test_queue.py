"""The queue by itself: what it promises whatever happens between two of its calls."""

import errno
from datetime import timedelta
from pathlib import Path

import pytest

from spondyl.serve.dicom.errors import NodeError, NoRoomError
from spondyl.serve.dicom.model import Arrival, FilmState, Made, Origin, ParcelState, Taken
from spondyl.serve.dicom.queue import FilmQueue
from tests.serve.dicom.clocks import HandClock


def _arrival(uid: str = "1.2.3") -> Arrival:
    return Arrival(uid, "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.1.2.1", Origin.DICOM, "CT1")


def _read(queue: FilmQueue, destinations: tuple[str, ...] = ("pacs",)) -> None:
    film = queue.next_film()
    assert film is not None
    folder = queue.store.results_folder()
    folder.mkdir()
    (folder / "sr.dcm").write_bytes(b"sr")
    made = Made("sr", folder / "sr.dcm", f"{film.arrival.sop_instance_uid}.1", "1.4", "1.5")
    queue.was_read(film, [made], [(name, "sr") for name in destinations])


@pytest.fixture
def queue(tmp_path: Path) -> FilmQueue:
    return FilmQueue(tmp_path / "queue", clock=HandClock())


def test_from_taken_to_delivered(queue: FilmQueue) -> None:
    assert queue.take(_arrival(), [b"one", memoryview(b"two")]) == (Taken.NEW, 1)
    film = queue.next_film()
    assert film is not None
    assert film.path.read_bytes() == b"onetwo"
    queue.put_back(film, failed=False)
    _read(queue, ("pacs", "archive"))
    (parcel,) = queue.pending("pacs", 10)
    queue.sent(parcel)
    assert queue.counts()[FilmState.SENDING] == 1
    assert film.path.exists()
    (parcel,) = queue.pending("archive", 10)
    queue.sent(parcel)
    assert queue.counts()[FilmState.DELIVERED] == 1
    assert not film.path.exists()
    assert not parcel.made.path.parent.exists()


def test_duplicates_change_nothing(queue: FilmQueue) -> None:
    queue.take(_arrival(), [b"one"])
    assert queue.take(_arrival(), [b"other"]) == (Taken.DUPLICATE, 1)
    _read(queue)
    (parcel,) = queue.pending("pacs", 1)
    queue.sent(parcel)
    assert queue.take(_arrival(), [b"one"]) == (Taken.DUPLICATE, 1)
    assert queue.next_film() is None
    assert len(list(queue.store.films.iterdir())) == 0


def test_other_bytes_take_the_place_of_a_film_that_could_not_be_read(queue: FilmQueue) -> None:
    queue.take(_arrival(), [b"broken"])
    film = queue.next_film()
    assert film is not None
    queue.bury(film, "It is broken.")
    assert queue.take(_arrival(), [b"broken"]) == (Taken.DUPLICATE, 1)
    assert queue.take(_arrival(), [b"whole"]) == (Taken.REPLACED, 1)
    assert not film.path.exists()
    found = queue.next_film()
    assert found is not None
    assert found.path.read_bytes() == b"whole"


def test_a_queue_left_in_the_middle_goes_on(queue: FilmQueue) -> None:
    queue.take(_arrival("1.1"), [b"a"])
    queue.take(_arrival("1.2"), [b"b"])
    assert queue.next_film() is not None
    stray = queue.store.keep([b"was never answered for"])
    queue.store.results_folder().mkdir()
    # As after SIGKILL: nothing was closed.
    again = FilmQueue(queue.folder)
    assert again.recover(90) == 1
    assert not stray.exists()
    assert list(again.store.results.iterdir()) == []
    assert [again.next_film() is not None for _ in range(3)] == [True, True, False]


class TestNoRoom:
    def test_of_the_disk(self, queue: FilmQueue, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("spondyl.serve.dicom.store.os.fsync", fails)
        with pytest.raises(NoRoomError):
            queue.take(_arrival(), [b"one"])
        assert list(queue.store.films.iterdir()) == []
        assert not queue.knows("1.2.3")

    def test_of_the_table(self, queue: FilmQueue) -> None:
        pages = queue._table.execute("PRAGMA page_count").fetchone()[0]
        queue._table.execute(f"PRAGMA max_page_count={pages}")
        refused = 0
        for number in range(400):
            try:
                queue.take(_arrival(f"1.2.{number}"), [b"one"])
            except NoRoomError:
                refused += 1
        assert refused
        # All that was answered with success is there, and nothing else.
        assert len(list(queue.store.films.iterdir())) == 400 - refused == queue.waiting()


class TestParcels:
    def test_failures_are_counted_and_end(self, queue: FilmQueue) -> None:
        queue.take(_arrival(), [b"one"])
        _read(queue, ("pacs", "archive"))
        for expected in (0, 0, 1):
            (parcel,) = queue.pending("pacs", 1)
            assert queue.failed([parcel], "It is down.", attempts=3) == expected
        assert queue.counts()[FilmState.SENDING] == 1  # the other one may still arrive
        (parcel,) = queue.pending("archive", 1)
        queue.sent(parcel)
        (letter,) = queue.dead_letters()
        assert letter.film.reason == "pacs: It is down."
        assert queue.requeue(letter.film.id)
        (parcel,) = queue.pending("pacs", 1)
        assert parcel.attempts == 0
        assert queue.pending("archive", 1) == []

    def test_commitment_is_of_its_transaction(self, queue: FilmQueue) -> None:
        queue.take(_arrival(), [b"one"])
        _read(queue)
        (parcel,) = queue.pending("pacs", 1)
        queue.sent(parcel, "2.25.7")
        uid = parcel.made.sop_instance_uid
        assert queue.answered("2.25.8", [uid], []) == 0
        assert queue.answered("", [uid], []) == 0
        assert queue.answered("2.25.7", [], [(uid, "No.")]) == 1
        (parcel,) = queue.pending("pacs", 1)
        assert parcel.state is ParcelState.PENDING
        queue.sent(parcel, "2.25.9")
        assert [each.id for each in queue.uncommitted("pacs")] == [parcel.id]
        assert queue.answered("2.25.9", [uid], []) == 1
        assert queue.counts()[FilmState.DELIVERED] == 1


def test_what_was_forgotten_still_counts(tmp_path: Path) -> None:
    clock = HandClock()
    queue = FilmQueue(tmp_path, clock=clock)
    queue.take(_arrival(), [b"one"])
    _read(queue)
    queue.sent(queue.pending("pacs", 1)[0])
    queue.forget_old(30)
    assert queue.knows("1.2.3")
    clock.jump = timedelta(days=31)
    queue.forget_old(30)
    assert not queue.knows("1.2.3")
    assert queue.counts()[FilmState.DELIVERED] == 1


def test_no_queue_no_look(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="No node has run"):
        FilmQueue(tmp_path, create=False)
    (tmp_path / "queue.sqlite").write_bytes(b"not a table" * 100)
    with pytest.raises(NodeError, match="cannot be used"):
        FilmQueue(tmp_path)
