import errno
from pathlib import Path

import pytest

from spondyl.serve.dicom.store import FileStore


def test_a_film_is_there_under_a_name_of_its_own(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    first, second = store.keep([b"a", memoryview(b"b")]), store.keep([b"a"])
    assert (first.read_bytes(), second.read_bytes()) == (b"ab", b"a")
    assert sorted(store.films.iterdir()) == sorted([first, second])


def test_films_leave_room_for_results(tmp_path: Path) -> None:
    store = FileStore(tmp_path, spare_bytes=1e18)
    assert store.nearly_full
    with pytest.raises(OSError, match="No space left") as found:
        store.keep([b"a"])
    assert found.value.errno == errno.ENOSPC
    assert list(store.films.iterdir()) == []


def test_what_is_not_wanted_is_swept(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    wanted, unwanted = store.keep([b"a"]), store.keep([b"b"])
    (store.films / "half.part").write_bytes(b"half")
    kept, left = store.results_folder(), store.results_folder()
    for folder in (kept, left):
        folder.mkdir()
        (folder / "sr.dcm").write_bytes(b"sr")
    assert store.sweep({wanted, kept / "sr.dcm"}) == 3
    assert list(store.films.iterdir()) == [wanted]
    assert list(store.results.iterdir()) == [kept]
    store.forget(kept / "sr.dcm", unwanted)
    assert not kept.exists()
