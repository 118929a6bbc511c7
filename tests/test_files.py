"""Files are there whole or not at all."""

import errno
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spondyl.files import HALF, sync_folder, whole_file, write_whole


class BrokenError(Exception):
    pass


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was synced, in its order: "file" or "folder"."""
    found: list[str] = []

    def fsync(number: int) -> None:
        found.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "file")

    monkeypatch.setattr(os, "fsync", fsync)
    return found


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Zähne\n1\r\n", "Zähne\n1\r\n".encode()),
        (b"\x00\xff", b"\x00\xff"),
        (memoryview(b"view"), b"view"),
        (iter([b"one ", memoryview(b"two")]), b"one two"),
        ("", b""),
    ],
)
def test_content_is_written_as_it_is(tmp_path: Path, content: str | bytes, expected: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"something that was longer before")
    assert write_whole(path, content) == path
    assert path.read_bytes() == expected
    assert names(tmp_path) == ["file"]


def test_what_breaks_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def pieces() -> Iterator[bytes]:
        yield b"new, but"
        raise BrokenError

    with pytest.raises(BrokenError):
        write_whole(path, pieces())

    def interrupted() -> None:
        with whole_file(path) as half:
            half.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_nobody_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "film.png"
    with whole_file(path) as half:
        half.write_text("half")
        assert half.parent == tmp_path  # on the same disk, or it could not take its place at once
        assert not path.exists()
        assert not list(tmp_path.glob("*.png"))
        assert half.name.endswith(HALF)
        half.write_text("whole")
    assert path.read_text() == "whole"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_error_of_the_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fails(*_: object) -> None:
        raise OSError(errno.EIO, "The disk is broken")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fails)
    with pytest.raises(OSError, match="disk is broken"):
        write_whole(path, "new", durable=True)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "file"):
        pass
    assert (tmp_path / "file").read_text() == "old"


def test_durable_is_the_content_before_its_name(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def noted(self: Path, target: Path) -> Path:
        synced.append("name")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    write_whole(tmp_path / "file", "content", durable=True)
    assert synced == ["file", "name", "folder"]
    synced.clear()
    write_whole(tmp_path / "file", "content")
    assert synced == ["name"]


def test_a_file_system_that_cannot_sync_names_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(number: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fails)
    code = errno.EINVAL
    sync_folder(tmp_path)
    code = errno.EIO
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        sync_folder(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_permissions_are_those_of_any_new_file(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        public = write_whole(tmp_path / "public", b"")
        private = write_whole(tmp_path / "private", b"", private=True)
        with whole_file(tmp_path / "library") as half:
            half.write_bytes(b"")
    finally:
        os.umask(before)
    found = [stat.S_IMODE(path.stat().st_mode) for path in (public, tmp_path / "library", private)]
    assert found == [mode, mode, 0o600]


def test_missing_folders_are_made_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    with pytest.raises(FileNotFoundError):
        write_whole(path, "content")
    assert not path.parent.exists()
    assert write_whole(path, "content", make_folder=True).read_text() == "content"


def test_the_longest_name_that_the_system_allows(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".png")
    assert write_whole(path, "content").read_text() == "content"


def test_writers_at_once_leave_the_file_of_one_of_them(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = {bytes([65 + k]) * 300_000 for k in range(6)}
    seen: set[bytes] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.add(path.read_bytes())

    def write(content: bytes) -> None:
        for _ in range(15):
            write_whole(path, [content[:150_000], content[150_000:]])

    write_whole(path, min(contents))
    reader = threading.Thread(target=look)
    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for each in (reader, *writers):
        each.start()
    for each in writers:
        each.join()
    over.set()
    reader.join()
    assert seen <= contents
    assert path.read_bytes() in contents
    assert names(tmp_path) == ["file"]
