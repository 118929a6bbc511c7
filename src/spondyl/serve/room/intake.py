"""Films are kept: bytes in the film store first, then the row that says so."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from spondyl.film.errors import FilmError
from spondyl.serve.room.header import FilmHeader, film_header
from spondyl.serve.room.reading.claims import requeue
from spondyl.serve.room.shapes import TakenItem
from spondyl.serve.room.taking import Piece, clean_text
from spondyl.serve.store.engine import Database
from spondyl.serve.store.films import FilmStore, film_key, sha256_of
from spondyl.serve.store.tables import Film, FilmSource, FilmState, new_id, utc_now

_FULL = (
    "The disk of the reading room is nearly full; films are taken again when there is room. Tell "
    "whoever runs it."
)


@dataclass(frozen=True)
class Bringing:
    """How films come in.

    Attributes
    ----------
    source : FilmSource
    site : str
        Where they were made.
    user_id : str or None
    """

    source: FilmSource
    site: str
    user_id: str | None = None


class Intake:
    """Takes films in; safe to use from several threads.

    Parameters
    ----------
    database : Database
    films : FilmStore
    most_pixels : int
        Of a picture, unpacked.
    spare_bytes : float
        Room on the disk that films leave.
    disk : Path
        Any folder on it.
    told : callable
        Called with a film's id after it was queued.
    """

    def __init__(
        self,
        database: Database,
        films: FilmStore,
        most_pixels: int,
        spare_bytes: float,
        disk: Path,
        told: Callable[[str], None],
    ) -> None:
        self._database, self._films, self._told = database, films, told
        self._most_pixels, self._spare_bytes, self._disk = most_pixels, spare_bytes, disk

    def take(self, piece: Piece, bringing: Bringing) -> TakenItem:
        """Take one file in.

        When this returns with a film's id, the film survives whatever happens to the program.

        Raises
        ------
        StoreError
            If database or film store cannot be used.
        """
        if piece.refusal:
            return _refused(piece, piece.refusal)
        sha256 = sha256_of(piece.content)
        known = self._again(sha256)
        if known is not None:
            return known_item(piece, known)
        try:
            header = film_header(piece.content, self._most_pixels)
        except FilmError as error:
            return _refused(piece, error.message)
        if disk_usage(self._disk).free - len(piece.content) < self._spare_bytes:
            return _refused(piece, _FULL)
        key = film_key(sha256)
        self._films.put(key, piece.content)
        film_id = self._enter(piece, bringing, header, sha256, key)
        if film_id is None:
            known = self._again(sha256)
            return known_item(piece, known) if known else _refused(piece, "It was deleted again.")
        self._told(film_id)
        return TakenItem(film_id=film_id, name=piece.name, taken="new", reason=None)

    def _again(self, sha256: str) -> str | None:
        """The film of these bytes, if it was taken before; one that failed is read again."""
        with self._database.session() as session:
            row = session.execute(
                select(Film.id, Film.state).where(Film.sha256 == sha256)
            ).one_or_none()
        if row is None:
            return None
        film_id = str(row.id)
        if row.state is FilmState.FAILED:
            with self._database.session(write=True) as session:
                film = session.get(Film, film_id)
                if film is not None and film.state is FilmState.FAILED and requeue(film):
                    session.commit()
                    self._told(film_id)
        return film_id

    def _enter(
        self, piece: Piece, bringing: Bringing, header: FilmHeader, sha256: str, key: str
    ) -> str | None:
        """The new row's id; None if another thread was faster."""
        patient = header.patient
        site = clean_text(bringing.site, 100) or "default"
        film_id = new_id()
        film = Film(
            id=film_id,
            sha256=sha256,
            name=piece.name,
            kind=header.kind,
            patient_key=f"{site}|{patient.id}" if patient.id else "",
            patient_id=patient.id,
            patient_name=patient.name,
            sex=patient.sex,
            birth_year=patient.birth_year,
            study_date=patient.study_date,
            site=site,
            source=bringing.source,
            width=header.width_px,
            height=header.height_px,
            size_bytes=len(piece.content),
            key=key,
            received_at=utc_now(),
            received_by=bringing.user_id,
        )
        with self._database.session(write=True) as session:
            session.add(film)
            try:
                session.commit()
            except IntegrityError:
                session.rollback()
                return None
        return film_id


def _refused(piece: Piece, reason: str) -> TakenItem:
    return TakenItem(film_id=None, name=piece.name, taken="refused", reason=reason)


def known_item(piece: Piece, film_id: str) -> TakenItem:
    """What is said of a film that is here already."""
    return TakenItem(
        film_id=film_id,
        name=piece.name,
        taken="duplicate",
        reason="This film, byte for byte, is in the worklist already.",
    )
