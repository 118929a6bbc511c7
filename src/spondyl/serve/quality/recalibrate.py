"""A site fitted to what readers accepted, in a process of its own.

The networks look at every accepted film again, since a site is fitted to what they see and not to
what an older site made of it. That takes about as long as reading the films did; how far it is
stands in the database, and what it ends with is a proposal, no more.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from spondyl.read.site import Site
from spondyl.serve.quality.accepted import AcceptedFilm, accepted_films
from spondyl.serve.quality.site_file import propose
from spondyl.serve.room.errors import ConflictError, UnfitError
from spondyl.serve.store.engine import Database
from spondyl.serve.store.films import FilmStore, open_film_store
from spondyl.serve.store.tables import Setting, utc_now

KEY = "recalibration"
#: A run that has not been heard of for so long has died: the longest step is the fit itself.
SILENT = timedelta(minutes=15)
#: Fewer films cannot set anything.
LEAST_FILMS = 20
MOST_FILMS = 5000
_NOTE = (
    "The labels are readings that were accepted or corrected in the room by readers who had seen "
    "the model's answer: expected figures flatter it as far as readers follow it."
)


class Stage(StrEnum):
    """How far a run is."""

    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Wish:
    """What is asked of a recalibration.

    Attributes
    ----------
    goal, unit : str
        Values of ``evaluate.calibration_target.Goal`` and ``Unit``.
    value : float
    name : str
        The new site's.
    by : str
        Who asks.
    site : str or None
        Films of this site alone.
    first, last : date or None
        Days of the decisions.
    """

    goal: str
    value: float
    unit: str
    name: str
    by: str
    site: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Means:
    """What a run needs of a room: addresses, so that another process can use them."""

    database_url: str
    films_url: str
    site: str
    weights: Path | None
    threads: int


#: Bytes and a label -> what the networks see; raises ValueError where they see nothing.
Look = Callable[[bytes, AcceptedFilm], Any]


def status_of(session: Session) -> dict[str, Any]:
    """How far the newest run is: stage, films done of total, reason, times."""
    row = session.get(Setting, KEY)
    if row is None:
        return {"stage": Stage.NONE, "done": 0, "total": 0, "reason": ""}
    found = dict(row.value)
    heard = datetime.fromisoformat(found["heard_at"])
    if found["stage"] == Stage.RUNNING and utc_now() - heard > SILENT:
        found["stage"] = Stage.STOPPED
        found["reason"] = "The program ended while it ran; start it again."
    return found


def begin(session: Session, wish: Wish) -> int:
    """Note that a run begins; the caller commits and then starts it.

    Returns
    -------
    int
        Films that it will look at.

    Raises
    ------
    ConflictError
        If one is running.
    UnfitError
        If there are too few accepted films.
    """
    if status_of(session)["stage"] == Stage.RUNNING:
        raise ConflictError("A recalibration is running already; wait for it.")
    films = accepted_films(session, wish.site, wish.first, wish.last)
    if len(films) < LEAST_FILMS:
        raise UnfitError(
            f"A site is fitted to at least {LEAST_FILMS} films whose readings were accepted or "
            f"corrected; found {len(films)}. Decide more, or take a longer time."
        )
    now = utc_now().isoformat()
    _note(
        session,
        {
            "stage": Stage.RUNNING,
            "done": 0,
            "total": min(len(films), MOST_FILMS),
            "reason": "",
            "by": wish.by,
            "started_at": now,
            "heard_at": now,
        },
    )
    return len(films)


def start(means: Means, wish: Wish) -> BaseProcess:
    """Run in a process of its own."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(
        target=run, args=(means, wish), name="spondyl-recalibration", daemon=True
    )
    process.start()
    return process


def run(means: Means, wish: Wish) -> None:
    """What the process does: look, fit, propose; whatever goes wrong is noted as a sentence."""
    database = Database(means.database_url)
    try:
        from spondyl.read.reader import Reader

        reader = Reader(means.site, threads=means.threads, weights=means.weights)
        look = looker(reader)
        films = open_film_store(means.films_url)
        fit(database, films, wish, look, reader.site, reader.model.sha256)
    except Exception as error:
        # In a process of its own nobody else would hear of it.
        end(database, Stage.FAILED, _sentence(error))
    finally:
        database.close()


def looker(reader: Any) -> Look:
    """What the networks of a reader see on a film."""
    from spondyl.evaluate.calibration_cases import Seen, without_pixels
    from spondyl.film.load import film_from_bytes

    def look(data: bytes, film: AcceptedFilm) -> Any:
        return Seen(film.label, without_pixels(reader.examine(film_from_bytes(data))))

    return look


def fit(
    database: Database,
    films: FilmStore,
    wish: Wish,
    look: Look,
    begin_with: Site,
    model_sha256: str,
) -> Site:
    """Look at all accepted films, fit a site to them, and propose it.

    Raises
    ------
    ValueError
        If these films cannot set the target.
    """
    from spondyl.evaluate.calibration_run import calibrate
    from spondyl.evaluate.calibration_target import Goal, Target, Unit

    target = Target(Goal(wish.goal), wish.value, Unit(wish.unit))
    with database.session() as session:
        # The newest ones, where there are more than a run should take.
        found = accepted_films(session, wish.site, wish.first, wish.last)[-MOST_FILMS:]
    seen, lost = _look_at(database, films, found, look)
    corrected = sum(film.changed for film in found)
    site = calibrate(
        seen,
        begin_with,
        target,
        name=wish.name,
        dataset="accepted readings",
        note=f"{corrected} of the readings were corrected. {_NOTE}"
        + (f" {lost} films could not be read again." if lost else ""),
        model_sha256=model_sha256,
    )
    with database.session(write=True) as session:
        propose(session, site, wish.by)
        session.commit()
    end(database, Stage.DONE, "")
    return site


def _look_at(
    database: Database, store: FilmStore, films: Sequence[AcceptedFilm], look: Look
) -> tuple[list[Any], int]:
    from spondyl.film.errors import FilmError
    from spondyl.serve.store.errors import StoreError

    seen, lost = [], 0
    for number, film in enumerate(films, start=1):
        try:
            seen.append(look(store.get(film.key), film))
        except (FilmError, LookupError, StoreError, ValueError, OSError):
            lost += 1
        _progress(database, number, len(films))
    return seen, lost


def _progress(database: Database, done: int, total: int) -> None:
    with database.session(write=True) as session:
        row = session.get(Setting, KEY)
        if row is not None:
            now = utc_now().isoformat()
            row.value = {**row.value, "done": done, "total": total, "heard_at": now}
        session.commit()


def end(database: Database, stage: Stage, reason: str) -> None:
    """Note how a run ended."""
    with suppress(Exception), database.session(write=True) as session:
        row = session.get(Setting, KEY)
        if row is not None:
            now = utc_now().isoformat()
            row.value = {**row.value, "stage": stage, "reason": reason, "heard_at": now}
        session.commit()


def _note(session: Session, value: dict[str, Any]) -> None:
    row = session.get(Setting, KEY)
    if row is None:
        session.add(Setting(key=KEY, value=value))
    else:
        row.value = value
    session.flush()


def _sentence(error: Exception) -> str:
    if isinstance(error, ImportError):
        return 'Recalibration needs the extra [evaluate]; run: pip install "spondyl[evaluate]"'
    if isinstance(error, ValueError):
        return str(error)
    return f"It failed by an error of its own ({type(error).__name__})."
