"""A reading room's database with many films, made without reading any."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from spondyl.serve.store.engine import Database, sqlite_url
from spondyl.serve.store.kinds import FilmState
from spondyl.serve.store.tables import Film, ReadingRow, new_id, utc_now


def fill(folder: Path, readings: Sequence[Mapping[str, Any]], count: int) -> None:
    """Write a room's database with films that were read, without their pictures.

    Parameters
    ----------
    folder : Path
        The room's ``data``.
    readings : sequence of dict
        ``spondyl.reading/1``, given to the films in turn.
    count : int
        Films; two of each patient, so that the list has earlier films to find.
    """
    now = utc_now()
    films, rows = [], []
    for number in range(count):
        film_id, reading_id = new_id(), new_id()
        suspicion = (number * 7919 % count + 0.5) / count
        day = now - timedelta(minutes=30 * number)
        patient = f"M-{number // 2:05d}"
        films.append(
            {
                "id": film_id,
                "sha256": f"{number:064x}",
                "name": f"made-{number:05d}.dcm",
                "kind": "dicom",
                "patient_key": f"default|{patient}",
                "patient_id": patient,
                "patient_name": f"Made^{number // 2:05d}",
                "sex": "FM"[number // 2 % 2],
                "birth_year": 1940 + number // 2 % 40,
                "study_date": day.date(),
                "site": ("north", "south", "default")[number % 3],
                "width": 1000,
                "height": 2000,
                "received_at": day,
                "state": FilmState.READ,
                "suspicion": suspicion,
                "fractured": suspicion > 0.8,
                "unsure": 0.7 < suspicion <= 0.8,
                "assessable": True,
                "reading_id": reading_id,
            }
        )
        rows.append(
            {
                "id": reading_id,
                "film_id": film_id,
                "model": "made",
                "version": "0",
                "made_at": day,
                "body": readings[number % len(readings)],
                "suspicion": suspicion,
            }
        )
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(sqlite_url(folder / "room.sqlite"))
    database.migrate()
    with database.begin_write() as connection:
        connection.execute(insert(Film), films)
        connection.execute(insert(ReadingRow), rows)
    database.close()
