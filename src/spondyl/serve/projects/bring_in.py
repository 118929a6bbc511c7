"""Films into a project: those of the room, or a zipped data set with its reports and labels."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.labels import FilmLabel
from spondyl.serve.projects.access import Person
from spondyl.serve.projects.archive import Archive, ArchiveError
from spondyl.serve.projects.contents import plain, read_contents, words_of
from spondyl.serve.projects.doubt import PENDING, doubt_of
from spondyl.serve.projects.progress import refresh_state
from spondyl.serve.projects.state import state_of_label
from spondyl.serve.room.drawn import Drawing
from spondyl.serve.room.taking import clean_text
from spondyl.serve.store.tables import (
    Decision,
    DecisionKind,
    Film,
    FilmSource,
    Project,
    ProjectFilm,
    ReadingRow,
    utc_now,
)

_BATCH = 500
DEFAULT_SITE = "default"
_SEXES = ("F", "M", "O")


@dataclass(frozen=True)
class Taken:
    """A film's bytes, taken into the room.

    Attributes
    ----------
    film_id : str or None
        None where they are no film.
    new : bool
        The room did not have it before.
    reason : str
        Why it was refused.
    """

    film_id: str | None
    new: bool = False
    reason: str = ""


#: (bytes, name to be shown) -> what became of it.
Take = Callable[[bytes, str], Taken]


@dataclass(frozen=True)
class Arrived:
    """A film of a data set that is in the room now."""

    film_id: str
    new: bool
    label: FilmLabel
    words: Mapping[str, Any] | None


@dataclass(frozen=True)
class Added:
    """What came of bringing films in.

    Attributes
    ----------
    added, already, labelled : int
        Films that are new in the project, were in it before, and whose labels became decisions.
    refused : tuple of (str, str)
        Name or id, and why.
    """

    added: int
    already: int
    labelled: int = 0
    refused: tuple[tuple[str, str], ...] = field(default=())


def add_films(
    session: Session,
    project: Project,
    film_ids: Sequence[str],
    reports: Mapping[str, str],
    words: Mapping[str, Mapping[str, Any] | None],
) -> Added:
    """Put films of the room into a project; the caller commits.

    Parameters
    ----------
    session : Session
    project : Project
    film_ids : sequence of str
    reports : mapping
        Reports by film id.
    words : mapping
        What was read in them (:func:`~.contents.words_of`), made beforehand: reading a report takes
        longer than a transaction should.
    """
    wanted = list(dict.fromkeys(film_ids))
    films = _films(session, wanted)
    there = _rows(session, project.id, wanted)
    refused = [(film_id, "There is no such film.") for film_id in wanted if film_id not in films]
    ranks = _ranks(session, [film for film in films.values() if film.id not in there])
    added = 0
    for film_id in wanted:
        if film_id not in films:
            continue
        row = there.get(film_id)
        if row is None:
            row = ProjectFilm(project_id=project.id, film_id=film_id, rank=ranks[film_id])
            session.add(row)
            added += 1
        if film_id in reports:
            said = words.get(film_id)
            row.report_text = reports[film_id]
            row.report_words = None if said is None else dict(said)
    session.flush()
    return Added(added, len(films) - added, 0, tuple(refused))


def arrivals(
    archive: Archive, take: Take, reports: bool = True
) -> Iterator[Arrived | tuple[str, str]]:
    """Films of a zipped data set, one by one, taken into the room; or a name and why not.

    Raises
    ------
    ArchiveError
        If the zip holds no data set.
    """
    contents = read_contents(archive)
    yield from contents.refused
    for label in contents.films:
        try:
            data = archive.read(contents.folder + label.name)
        except ArchiveError as error:
            yield label.name, str(error)
            continue
        taken = take(data, label.name)
        if taken.film_id is None:
            yield label.name, taken.reason
            continue
        text = plain(label.report or "")
        label = replace(label, report=text or None)
        words = words_of(text) if reports and text else None
        yield Arrived(taken.film_id, taken.new, label, words)


def add_arrivals(
    session: Session,
    user: Person,
    project: Project,
    films: Sequence[Arrived],
    with_labels: bool,
) -> Added:
    """Put films of a data set into a project; the caller commits.

    Parameters
    ----------
    session : Session
    user : Person
    project : Project
    films : sequence of Arrived
    with_labels : bool
        Labels of the data set become decisions of the user. A film on which he has decided already
        keeps his decision.
    """
    for arrived in films:
        if arrived.new:
            _say_more(session.get(Film, arrived.film_id), arrived.label)
    session.flush()
    texts = {f.film_id: f.label.report for f in films if f.label.report is not None}
    found = add_films(
        session, project, [f.film_id for f in films], texts, {f.film_id: f.words for f in films}
    )
    if not with_labels:
        return found
    decided = set(
        session.scalars(
            select(Decision.film_id).where(
                Decision.project_id == project.id, Decision.user_id == user.id
            )
        )
    )
    labelled, refused = 0, list(found.refused)
    for arrived in films:
        if not arrived.label.vertebrae or arrived.film_id in decided:
            continue
        drawing = _drawing(arrived.label)
        if drawing is None:
            refused.append((arrived.label.name, "Its labels are no drawing: the film came alone."))
            continue
        decided.add(arrived.film_id)
        film = session.get(Film, arrived.film_id)
        session.add(
            Decision(
                film_id=arrived.film_id,
                project_id=project.id,
                user_id=user.id,
                at=utc_now(),
                kind=DecisionKind.CORRECT,
                parent_id=None,
                reading_id=None if film is None else film.reading_id,
                body=drawing,
                report=None,
            )
        )
        refresh_state(session, project.id, arrived.film_id)
        labelled += 1
    return replace(found, labelled=labelled, refused=tuple(refused))


def _drawing(label: FilmLabel) -> dict[str, Any] | None:
    """The label in the form of a decision; bodies that are not drawn have no place in it."""
    drawn = {level: body for level, body in label.vertebrae.items() if body.has_quad}
    if not drawn:
        return None
    state = state_of_label(replace(label, vertebrae=drawn))
    try:
        found = Drawing.model_validate({**state, "comment": "Came with the data set."})
    except ValidationError:
        return None
    return found.model_dump(mode="json")


def _say_more(film: Film | None, label: FilmLabel) -> None:
    """What the data set says of a film whose own file does not."""
    if film is None:
        return
    film.source = FilmSource.PROJECT
    film.name = clean_text(label.name, 300) or film.name
    if label.site:
        film.site = clean_text(label.site, 100) or film.site
    patient = clean_text(label.patient or "", 90)
    if patient and not film.patient_id:
        film.patient_id = patient
        film.patient_key = f"{film.site}|{patient}"
    sex = str(label.extra.get("sex") or "").upper()[:1]
    if sex in _SEXES and not film.sex:
        film.sex = sex


def _films(session: Session, ids: Sequence[str]) -> dict[str, Film]:
    found: dict[str, Film] = {}
    for start in range(0, len(ids), _BATCH):
        rows = session.scalars(select(Film).where(Film.id.in_(ids[start : start + _BATCH])))
        found |= {row.id: row for row in rows}
    return found


def _rows(session: Session, project_id: str, ids: Sequence[str]) -> dict[str, ProjectFilm]:
    found: dict[str, ProjectFilm] = {}
    for start in range(0, len(ids), _BATCH):
        rows = session.scalars(
            select(ProjectFilm).where(
                ProjectFilm.project_id == project_id,
                ProjectFilm.film_id.in_(ids[start : start + _BATCH]),
            )
        )
        found |= {row.film_id: row for row in rows}
    return found


def _ranks(session: Session, films: Sequence[Film]) -> dict[str, float]:
    ranks = {film.id: PENDING for film in films}
    of_reading = {film.reading_id: film.id for film in films if film.reading_id}
    ids = list(of_reading)
    for start in range(0, len(ids), _BATCH):
        rows = session.scalars(
            select(ReadingRow).where(ReadingRow.id.in_(ids[start : start + _BATCH]))
        )
        ranks |= {of_reading[row.id]: doubt_of(row.body).rank for row in rows}
    return ranks
