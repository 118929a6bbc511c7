"""Film stores: a folder, and a bucket of a real S3 server."""

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the extra [serve] is not installed")

from spondyl.serve.store.errors import NoFilmError, StoreError
from spondyl.serve.store.films import FilmStore, film_key, open_film_store, sha256_of
from spondyl.serve.store.films_folder import FolderFilms


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a running S3 server with a bucket ``films``."""
    pytest.importorskip("boto3", reason="the extra [s3] is not installed")
    server = pytest.importorskip("moto.server", reason="moto's server is not installed")
    import boto3

    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    _, port = running.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    patch = pytest.MonkeyPatch()
    patch.setenv("AWS_ACCESS_KEY_ID", "test")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    boto3.client("s3", endpoint_url=address, region_name="us-east-1").create_bucket(Bucket="films")
    yield address
    running.stop()
    patch.undo()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FilmStore:
    if request.param == "folder":
        return open_film_store(str(tmp_path / "films"))
    server = request.getfixturevalue("s3_server")
    return open_film_store(f"s3://films/{tmp_path.name}?endpoint={server}&region=us-east-1")


KEY = film_key("ab" * 32)


def test_what_goes_in_comes_out(store: FilmStore) -> None:
    content = bytes(range(256)) * 5000
    store.check()
    assert not store.has(KEY)
    store.put(KEY, content)
    assert store.has(KEY)
    assert sha256_of(store.get(KEY)) == sha256_of(content)
    store.put(KEY, b"newer")
    assert store.get(KEY) == b"newer"
    store.delete(KEY)
    store.delete(KEY)
    assert not store.has(KEY)
    with pytest.raises(NoFilmError):
        store.get(KEY)


@pytest.mark.parametrize(
    "key",
    ["../etc/passwd", "films/../../x", "/etc/passwd", "films//x", "films/a\0b", "films/.hidden", "",
     "films", "films\\x", "films/a/..", "FILMS/x", "films/x\n"],
)  # fmt: skip
def test_keys_lead_nowhere_else(store: FilmStore, key: str) -> None:
    for act in (store.get, store.delete, store.has, lambda key: store.put(key, b"x")):
        with pytest.raises(ValueError, match="Expected a key"):
            act(key)


def test_whole_or_not_at_all(tmp_path: Path) -> None:
    store = FolderFilms(tmp_path)
    contents = [bytes([number]) * 200_000 for number in range(4)]
    store.put(KEY, contents[0])
    done = threading.Event()

    def write() -> None:
        for _ in range(20):
            for content in contents:
                store.put(KEY, content)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        assert store.get(KEY) in contents
    writer.join()
    assert [path.name for path in (tmp_path / KEY).parent.iterdir()] == ["ab" * 32]


def test_folder_is_its_owners_alone(tmp_path: Path) -> None:
    store = open_film_store(f"file://{tmp_path}/new")
    store.check()
    store.put(KEY, b"x")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / KEY).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://host/films", "expected a folder"),
        ("s3://", "expected s3://bucket"),
        ("s3://key:hidden@films/x", "keys of access"),
        ("s3://films?secret=hidden", "keys of access"),
    ],
)
def test_other_urls_are_told(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        open_film_store(url)


def test_missing_bucket_and_missing_server_are_told(s3_server: str) -> None:
    with pytest.raises(StoreError, match="no bucket 'nobodys'"):
        open_film_store(f"s3://nobodys?endpoint={s3_server}&region=us-east-1").check()
    away = open_film_store("s3://films?endpoint=http://127.0.0.1:1&region=us-east-1")
    with pytest.raises(StoreError, match="does not answer"):
        away.put(KEY, b"x")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "films").write_text("a file is in the way")
    with pytest.raises(StoreError, match="cannot be written"):
        open_film_store(str(tmp_path / "films")).check()
