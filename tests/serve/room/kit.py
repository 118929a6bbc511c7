"""Rooms with the real reader and without processes; films that were never any patient's."""

import io
import threading
import uuid
import zipfile
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pydicom

from spondyl.read.reader import Reader
from spondyl.serve.isolated import PassingError
from spondyl.serve.room.pixels import PixelCache
from spondyl.serve.room.reading.process import HandsSettings
from spondyl.serve.room.reading.tasks import Hands, Outcome, Task
from spondyl.serve.store.engine import Database, sqlite_url
from spondyl.serve.store.errors import NoFilmError
from spondyl.serve.store.tables import Film, FilmState, User, utc_now

EXAMPLES = Path(__file__).parents[3] / "examples"


def example(name: str) -> bytes:
    """A film of the folder ``examples``."""
    return (EXAMPLES / name).read_bytes()


@lru_cache(maxsize=1)
def shared_reader() -> Reader:
    """One warm reader for all tests."""
    return Reader(threads=2)


class InThread:
    """Hands without a process: quick to start, but a bad film may end all."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._turn = threading.Lock()

    def start(self) -> None:
        """Nothing to do."""

    def run(self, task: Task, timeout_s: float) -> Outcome:
        """Do one task."""
        with self._turn:
            try:
                outcome = self._hands.do(task)
                self._hands.finish()
            except OSError as error:
                raise PassingError(type(error).__name__) from None
        return outcome

    def stop(self) -> None:
        """Nothing to do."""


def hands_here(settings: HandsSettings) -> InThread:
    """Hands in this process."""
    reader = shared_reader() if settings.reads else None
    return InThread(Hands(reader, PixelCache(settings.cache)))


def zip_of(files: dict[str, bytes]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def dicom_with(content: bytes, **values: Any) -> bytes:
    """A DICOM film with other values in its header."""
    dataset = pydicom.dcmread(io.BytesIO(content))
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def new_database(folder: Path) -> Database:
    """An empty database."""
    database = Database(sqlite_url(folder / "room.sqlite"))
    database.migrate()
    return database


def film_row(**values: Any) -> Film:
    """A film that was read, whatever is not said."""
    film_id = str(uuid.uuid4())
    given: dict[str, Any] = {
        "id": film_id, "sha256": uuid.uuid4().hex * 2, "name": "film.dcm", "kind": "dicom",
        "state": FilmState.READ, "received_at": utc_now(), "key": "films/ab/ab",
        "study_date": date(2026, 1, 1),
    }  # fmt: skip
    return Film(**{**given, **values})


def add_user(database: Database, name: str = "anna", full_name: str = "") -> str:
    """A user's id."""
    with database.session(write=True) as session:
        user = User(name=name, full_name=full_name)
        session.add(user)
        session.commit()
        return user.id


def small_png(seed: int = 1) -> bytes:
    """A picture that is let in and costs nothing; each seed's is another one."""
    import cv2
    import numpy as np

    y, x = np.mgrid[:96, :80]
    grey = (2 * x + y + 40 * (((x - 40) ** 2 + (y - 40) ** 2) < 300) + seed).astype(np.uint8)
    done, content = cv2.imencode(".png", grey)
    assert done
    return content.tobytes()


def reading_json(**values: Any) -> dict[str, Any]:
    """A ``spondyl.reading/1`` with one fractured body."""
    points = {
        "superior_posterior": [100.0, 80.0], "superior_anterior": [180.0, 80.0],
        "inferior_anterior": [180.0, 140.0], "inferior_posterior": [100.0, 140.0],
    }  # fmt: skip
    body = {
        "level": "L1", "level_confidence": 0.9, "confidence": 0.9, "corners_px": points,
        "mid_endplates_px": {"superior": [140.0, 80.0], "inferior": [140.0, 140.0]},
        "assessable": True, "reasons": [], "fracture_probability": 0.9, "fractured": True,
        "genant_grade": 1, "shape": "wedge", "height_loss": 0.22,
        "heights_px": {"anterior": 60.0, "middle": 60.0, "posterior": 60.0},
    }  # fmt: skip
    return {
        "schema": "spondyl.reading/1",
        "film": {
            "path": None, "sha256": "", "size_px": [80, 96], "posterior_side": "left",
            "inverted": False, "spacing_mm": None, "spacing_source": None,
        },
        "model": {"name": "spondyl", "version": "1", "sha256": "a" * 64}, "site": "default",
        "assessable": True, "reasons": [], "fracture_probability": 0.9, "threshold": 0.5,
        "fractured": True,
        "numbering": {"confidence": 0.9, "assumption": "five", "alternative_shift": 0},
        "vertebrae": [body], "warnings": [], **values,
    }  # fmt: skip


class MemoryFilms:
    """A film store that forgets all."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        self.kept[key] = content

    def get(self, key: str) -> bytes:
        if key not in self.kept:
            raise NoFilmError(key)
        return self.kept[key]

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    def has(self, key: str) -> bool:
        return key in self.kept

    def check(self) -> None:
        """Always answers."""


class ScriptedHands:
    """Hands whose answers are given beforehand; the last one is repeated."""

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.answers = list(answers) or [Outcome(body=reading_json())]
        self.asked: list[Task] = []

    def start(self) -> None:
        """Ready."""

    def run(self, task: Task, timeout_s: float) -> Outcome:
        self.asked.append(task)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        """End."""
