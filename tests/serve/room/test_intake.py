import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from spondyl.serve.room.intake import Bringing, Intake
from spondyl.serve.room.taking import Piece
from spondyl.serve.store.engine import Database
from spondyl.serve.store.films import sha256_of
from spondyl.serve.store.tables import Film, FilmSource, FilmState
from tests.serve.room.kit import MemoryFilms, dicom_with, example, small_png

BY_HAND = Bringing(FilmSource.UPLOAD, "here")


def intake(database: Database, tmp_path: Path, films: MemoryFilms, **more: object) -> Intake:
    told: list[str] = []
    values = {"most_pixels": 10**8, "spare_bytes": 0.0, "told": told.append, **more}
    return Intake(database, films, disk=tmp_path, **values)  # type: ignore[arg-type]


def test_a_film_is_kept_with_what_its_header_says(database: Database, tmp_path: Path) -> None:
    films, told = MemoryFilms(), []
    content = dicom_with(example("normal.dcm"), PatientID="17", PatientName="Doe^Jane")
    item = intake(database, tmp_path, films, told=told.append).take(
        Piece("a.dcm", content), BY_HAND
    )
    assert item.taken == "new"
    assert told == [item.film_id]
    with database.session() as session:
        film = session.get_one(Film, item.film_id)
    assert films.kept[film.key] == content
    assert (film.sha256, film.state) == (sha256_of(content), FilmState.QUEUED)
    assert (film.patient_key, film.patient_name, film.site) == ("here|17", "Doe, Jane", "here")
    assert (film.kind, film.width, film.size_bytes) == ("dicom", 729, len(content))


def test_the_same_bytes_again_are_the_same_film(database: Database, tmp_path: Path) -> None:
    door = intake(database, tmp_path, MemoryFilms())
    first = door.take(Piece("a.png", small_png()), BY_HAND)
    again = door.take(Piece("b.png", small_png()), BY_HAND)
    assert (again.taken, again.film_id) == ("duplicate", first.film_id)


def test_a_film_that_failed_and_is_handed_in_again_is_read_again(
    database: Database, tmp_path: Path
) -> None:
    told: list[str] = []
    door = intake(database, tmp_path, MemoryFilms(), told=told.append)
    first = door.take(Piece("a.png", small_png()), BY_HAND)
    with database.session(write=True) as session:
        film = session.get_one(Film, first.film_id)
        film.state, film.reason, film.attempts = FilmState.FAILED, "It died.", 2
        session.commit()
    assert door.take(Piece("a.png", small_png()), BY_HAND).taken == "duplicate"
    with database.session() as session:
        film = session.get_one(Film, first.film_id)
    assert (film.state, film.reason, film.attempts) == (FilmState.QUEUED, None, 0)
    assert told == [first.film_id] * 2


def test_the_same_film_from_many_sides_at_once_is_kept_once(
    database: Database, tmp_path: Path
) -> None:
    door = intake(database, tmp_path, MemoryFilms())
    start, found = threading.Barrier(6), []

    def take() -> None:
        start.wait()
        found.append(door.take(Piece("a.png", small_png()), BY_HAND))

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(item.taken for item in found) == ["duplicate"] * 5 + ["new"]
    assert len({item.film_id for item in found}) == 1


@pytest.mark.parametrize(
    ("piece", "sentence"),
    [
        (Piece("a.txt", b"hello, world"), "found text"),
        (Piece("a.dcm", refusal="Too large."), "Too large."),
        (Piece("a.png", small_png()[:20]), "complete file"),
    ],
)
def test_what_is_no_film_is_refused_and_nothing_is_kept(
    database: Database, tmp_path: Path, piece: Piece, sentence: str
) -> None:
    films = MemoryFilms()
    item = intake(database, tmp_path, films).take(piece, BY_HAND)
    assert item.taken == "refused"
    assert sentence in (item.reason or "")
    assert films.kept == {}
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(Film)) == 0


def test_a_full_disk_refuses_with_a_sentence(database: Database, tmp_path: Path) -> None:
    door = intake(database, tmp_path, MemoryFilms(), spare_bytes=1e18)
    item = door.take(Piece("a.png", small_png()), BY_HAND)
    assert item.taken == "refused"
    assert "nearly full" in (item.reason or "")
