"""Months of a made-up reading room: films of simulated readings, decisions of made-up readers.

For pictures of the Quality page alone. Every figure on them is drawn by chance here.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert

from spondyl.serve.projects.state import state_of_reading
from spondyl.serve.store.engine import Database, sqlite_url
from spondyl.serve.store.kinds import DecisionKind, FilmState, FilmStatus
from spondyl.serve.store.tables import Decision, Film, ReadingRow, new_id, utc_now

DAYS = 210
SITES = {"north": 5.0, "south": 3.0}  # films a day
#: Of the south's last month more films look suspicious: a dashboard should say so.
SHIFTED_DAYS = 30
_KINDS = (DecisionKind.ACCEPT, DecisionKind.CORRECT, DecisionKind.REJECT)
_ODDS = {False: (0.91, 0.07, 0.02), True: (0.78, 0.18, 0.04)}
_STATUS = {
    DecisionKind.ACCEPT: FilmStatus.ACCEPTED,
    DecisionKind.CORRECT: FilmStatus.CORRECTED,
    DecisionKind.REJECT: FilmStatus.REJECTED,
}


def fill_months(
    folder: Path, readings: Mapping[bool, Mapping[str, Any]], reader: str, seed: int = 3
) -> None:
    """Write the months into a room's database.

    Parameters
    ----------
    folder : Path
        The room's ``data``.
    readings : mapping
        A ``spondyl.reading/1`` with a fracture (True) and one without (False).
    reader : str
        Id of the user who decides.
    """
    rng = np.random.default_rng(seed)
    films: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    decisions: list[dict[str, Any]] = []
    now = utc_now()
    for site, a_day in SITES.items():
        for back in range(DAYS, 0, -1):
            shifted = site == "south" and back <= SHIFTED_DAYS
            for _ in range(rng.poisson(a_day)):
                film_id, reading_id, number = new_id(), new_id(), len(films)
                fractured = bool(rng.random() < (0.42 if shifted else 0.2))
                suspicion = float(rng.beta(5, 1.6) if fractured else rng.beta(1.2, 7))
                at = now - timedelta(days=back, minutes=int(rng.integers(600)))
                films.append(
                    {
                        "id": film_id,
                        "sha256": f"{number:064x}",
                        "name": f"made-{number:05d}.dcm",
                        "kind": "dicom",
                        "patient_key": f"{site}|M-{number:05d}",
                        "sex": "FM"[int(rng.random() < 0.35)],
                        "birth_year": int(rng.integers(1938, 1968)),
                        "site": site,
                        "width": 1000,
                        "height": 2000,
                        "received_at": at,
                        "state": FilmState.READ,
                        "suspicion": suspicion,
                        "fractured": fractured,
                        "assessable": bool(rng.random() > 0.03),
                        "reading_id": reading_id,
                        "status": FilmStatus.UNREAD,
                        "decided_at": None,
                    }
                )
                rows.append(
                    {
                        "id": reading_id,
                        "film_id": film_id,
                        "model": "made",
                        "version": "0",
                        "made_at": at,
                        "body": readings[fractured],
                        "suspicion": suspicion,
                    }
                )
                if rng.random() < 0.5:
                    kind = _KINDS[int(rng.choice(3, p=_ODDS[shifted]))]
                    seen = readings[fractured != (kind is DecisionKind.CORRECT)]
                    later = at + timedelta(hours=1)
                    films[-1] |= {"status": _STATUS[kind], "decided_at": later}
                    decisions.append(
                        {
                            "id": new_id(),
                            "film_id": film_id,
                            "user_id": reader,
                            "at": later,
                            "kind": kind,
                            "reading_id": reading_id,
                            "body": state_of_reading(seen),
                        }
                    )
    database = Database(sqlite_url(folder / "room.sqlite"))
    with database.begin_write() as connection:
        for table, all_rows in ((Film, films), (ReadingRow, rows), (Decision, decisions)):
            connection.execute(insert(table), all_rows)
    database.close()
