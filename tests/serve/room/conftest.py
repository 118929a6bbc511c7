"""A database for each test of the room."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the extra [serve] is not installed")

from spondyl.serve.store.engine import Database, sqlite_url
from tests.serve.room.kit import new_database


@pytest.fixture(scope="session")
def empty_room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database without rows, made once: migrations are tested elsewhere."""
    folder = tmp_path_factory.mktemp("empty")
    new_database(folder).close()
    return folder / "room.sqlite"


@pytest.fixture
def database(tmp_path: Path, empty_room: Path) -> Iterator[Database]:
    shutil.copy(empty_room, tmp_path / "room.sqlite")
    found = Database(sqlite_url(tmp_path / "room.sqlite"))
    yield found
    found.close()
