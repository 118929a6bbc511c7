import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import select

from spondyl.serve.dicom.model import Arrival, Origin
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.room.intake import Intake
from spondyl.serve.room.reading.gather import FolderFilms, NodeFilms
from spondyl.serve.room.taking import TakingLimits
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import Film, FilmSource
from tests.serve.room.kit import MemoryFilms, example, small_png, zip_of


def door(database: Database, tmp_path: Path) -> Intake:
    return Intake(database, MemoryFilms(), 10**8, 0.0, tmp_path, lambda film_id: None)


def taken(database: Database) -> list[tuple[str, FilmSource]]:
    with database.session() as session:
        return sorted((film.name, film.source) for film in session.scalars(select(Film)))


def quiet(name: str, fields: object) -> None:
    """No log."""


def arrival(uid: str) -> Arrival:
    return Arrival(uid, "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.1.2.1", Origin.DICOM, "CR1")


def test_films_of_a_running_node_are_taken_once_and_its_queue_is_left_as_it_is(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "queue"
    queue = FilmQueue(folder)
    queue.take(arrival("1.2.3"), [example("normal.dcm")])
    looks = NodeFilms(folder, database, door(database, tmp_path), "default", quiet)
    assert looks.look() == 1
    assert looks.look() == 0
    queue.take(arrival("1.2.4"), [example("mirrored.dcm")])
    assert looks.look() == 1
    assert [source for _, source in taken(database)] == [FilmSource.NODE] * 2
    assert queue.waiting() == 2
    queue.close()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    again = NodeFilms(folder, database, door(database, tmp_path), "default", quiet)
    assert again.look() == 0, "another start of the program knows them"
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_node_that_never_ran_and_one_whose_films_are_gone_are_no_errors(
    database: Database, tmp_path: Path
) -> None:
    looks = NodeFilms(tmp_path / "none", database, door(database, tmp_path), "default", quiet)
    assert looks.look() == 0
    queue = FilmQueue(tmp_path / "queue")
    queue.take(arrival("1.2.3"), [example("normal.dcm")])
    shutil.rmtree(tmp_path / "queue" / "films")
    gone = NodeFilms(tmp_path / "queue", database, door(database, tmp_path), "default", quiet)
    assert gone.look() == 0
    queue.close()


def test_a_queue_that_names_files_elsewhere_is_not_followed(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "queue"
    queue = FilmQueue(folder)
    queue.take(arrival("1.2.3"), [example("normal.dcm")])
    queue.close()
    (tmp_path / "other.dcm").write_bytes(example("mirrored.dcm"))
    with sqlite3.connect(folder / "queue.sqlite") as table:
        table.execute("UPDATE films SET path='../other.dcm', sha256='x'")
    table.close()
    looks = NodeFilms(folder, database, door(database, tmp_path), "default", quiet)
    assert looks.look() == 0


def test_files_of_a_folder_are_taken_when_they_are_whole_and_stay_there(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.png").write_bytes(small_png(1))
    (folder / "deep" / "b.zip").write_bytes(zip_of({"x/c.png": small_png(2)}))
    (folder / ".hidden").write_bytes(small_png(3))
    (folder / "link.png").symlink_to(folder / "a.png")
    looks = FolderFilms(folder, door(database, tmp_path), "default", TakingLimits(), quiet)
    assert looks.look() == 0, "seen for the first time"
    (folder / "a.png").write_bytes(small_png(4) + b"")
    with (folder / "a.png").open("ab") as file:
        file.write(b" ")
    assert looks.look() == 1, "the one that still grows is left alone"
    assert looks.look() == 1
    assert looks.look() == 0
    assert taken(database) == [("a.png", FilmSource.FOLDER), ("c.png", FilmSource.FOLDER)]
    assert (folder / "deep" / "b.zip").exists()
