"""How far the readers of a project are, film by film, and which film comes next.

Readers are blind to each other: until all of a film's readers have decided, each sees his own
decisions on it alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from spondyl.anatomy import JUDGED_LEVELS, Level
from spondyl.labels import FilmLabel
from spondyl.serve.projects.access import Person
from spondyl.serve.projects.chains import (
    Standing,
    chain_heads,
    places_taken,
    project_decisions,
    settlement,
)
from spondyl.serve.projects.differences import Difference, differences, together
from spondyl.serve.projects.doubt import PENDING, doubt_of
from spondyl.serve.projects.state import View, view_of
from spondyl.serve.store.tables import (
    Decision,
    Film,
    Presence,
    Project,
    ProjectFilm,
    ProjectFilmState,
    ReadingRow,
    utc_now,
)

#: A tab that has not been heard of for so long is closed.
AWAY_AFTER = timedelta(seconds=90)
_BATCH = 500


@dataclass(frozen=True)
class Outcome:
    """Where a film stands.

    Attributes
    ----------
    state : ProjectFilmState
    views : mapping of str to View
        By user id, of the readers whose labels count.
    differences : tuple of Difference
        Of two readers.
    final : View or None
        What the project makes of the film: the adjudicator's word, else what both readers say, else
        that of the only one.
    settled : Decision or None
    """

    state: ProjectFilmState
    views: Mapping[str, View]
    differences: tuple[Difference, ...]
    final: View | None
    settled: Decision | None


def levels_of(project: Project) -> tuple[Level, ...]:
    """Levels that a project asks for; T11 to L5 where it says none."""
    named = tuple(level for level in Level if str(level) in project.levels)
    return named or JUDGED_LEVELS


def bare_label(film: Film, patient: str | None = None, report: str | None = None) -> FilmLabel:
    """A film's label without any body."""
    return FilmLabel(
        name=film.name,
        size_px=(film.width, film.height),
        posterior_side="",
        vertebrae={},
        patient=patient,
        site=film.site if film.site != "default" else None,
        report=report,
    )


def outcome_of(
    project: Project,
    decisions: Sequence[Decision],
    label: FilmLabel,
    readings: Mapping[str, ReadingRow],
) -> Outcome:
    """Where a film stands by its decisions (oldest first).

    Parameters
    ----------
    project : Project
    decisions : sequence of Decision
    label : FilmLabel
        The film's, without bodies.
    readings : mapping
        By id: what the model had said.
    """
    heads = chain_heads(decisions)

    def seen(decision: Decision) -> View:
        reading = readings.get(decision.reading_id or "")
        return view_of(
            decision.kind, decision.body or {}, None if reading is None else reading.body, label
        )

    views = {
        user: seen(label_)
        for user in places_taken(heads, project.readers_per_film)
        if (label_ := heads[user].label) is not None
    }
    settled = settlement(heads)
    found = list(views.values())
    apart = differences(found[0], found[1], levels_of(project)) if len(found) > 1 else ()
    if settled is not None:
        return Outcome(ProjectFilmState.DONE, views, apart, seen(settled), settled)
    if not found:
        return Outcome(ProjectFilmState.OPEN, views, (), None, None)
    if len(found) < project.readers_per_film:
        return Outcome(ProjectFilmState.READ_ONCE, views, (), found[0], None)
    if apart:
        return Outcome(ProjectFilmState.DISAGREED, views, apart, None, None)
    final = together(*found[:2]) if len(found) > 1 else found[0]
    return Outcome(ProjectFilmState.DONE, views, (), final, None)


def readings_of(session: Session, ids: Iterable[str | None]) -> dict[str, ReadingRow]:
    """Readings by their ids."""
    wanted = [each for each in dict.fromkeys(ids) if each]
    found: dict[str, ReadingRow] = {}
    for start in range(0, len(wanted), _BATCH):
        rows = session.scalars(
            select(ReadingRow).where(ReadingRow.id.in_(wanted[start : start + _BATCH]))
        )
        found |= {row.id: row for row in rows}
    return found


def outcomes(session: Session, project: Project, films: Sequence[Film]) -> dict[str, Outcome]:
    """Where films of a project stand, by film id."""
    decisions = project_decisions(session, project.id, [film.id for film in films])
    readings = readings_of(session, [d.reading_id for chain in decisions.values() for d in chain])
    return {
        film.id: outcome_of(
            project, decisions[film.id], bare_label(film, patient_of(film)), readings
        )
        for film in films
    }


def patient_of(film: Film) -> str:
    """What films of one patient share; a film of nobody known is a patient of its own."""
    return film.patient_key or film.id


def refresh_state(session: Session, project_id: str, film_id: str) -> ProjectFilmState:
    """Bring a film's state in a project up to date after a decision was written.

    Raises
    ------
    LookupError
        If the film is not in the project.
    """
    session.flush()
    project = session.get(Project, project_id)
    film = session.get(Film, film_id)
    row = session.get(ProjectFilm, (project_id, film_id))
    if project is None or film is None or row is None:
        raise LookupError("The film is not in the project.")
    row.state = outcomes(session, project, [film])[film_id].state
    session.flush()
    return row.state


def refresh_all(session: Session, project: Project) -> None:
    """The same for all films of a project: after its readers per film or levels have changed."""
    rows = session.execute(
        select(ProjectFilm, Film)
        .join(Film, Film.id == ProjectFilm.film_id)
        .where(ProjectFilm.project_id == project.id)
    ).all()
    found = outcomes(session, project, [film for _, film in rows])
    for row, film in rows:
        row.state = found[film.id].state
    session.flush()


def visible_decisions(
    session: Session, user: Person, project_id: str, film_id: str
) -> list[Decision]:
    """Decisions on a film that a user may see, oldest first: all, once all readers have decided."""
    project = session.get(Project, project_id)
    if project is None:
        return []
    decisions = project_decisions(session, project_id, [film_id])[film_id]
    if all_have_decided(project, chain_heads(decisions)):
        return decisions
    return [decision for decision in decisions if decision.user_id == user.id]


def all_have_decided(project: Project, heads: Mapping[str, Standing]) -> bool:
    """Nobody's reading can be swayed any more by what others have said."""
    taken = places_taken(heads, project.readers_per_film)
    return len(taken) >= project.readers_per_film or settlement(heads) is not None


def rank_film(session: Session, film_id: str) -> None:
    """Rank a film anew in all its projects, by its newest reading."""
    film = session.get(Film, film_id)
    if film is None:
        return
    reading = session.get(ReadingRow, film.reading_id) if film.reading_id else None
    rank = PENDING if reading is None else doubt_of(reading.body).rank
    session.execute(update(ProjectFilm).where(ProjectFilm.film_id == film_id).values(rank=rank))


def rank_pending(session: Session, project_id: str) -> None:
    """Rank films of a project that have been read since they came in."""
    rows = session.execute(
        select(ProjectFilm, ReadingRow)
        .join(Film, Film.id == ProjectFilm.film_id)
        .join(ReadingRow, ReadingRow.id == Film.reading_id)
        .where(ProjectFilm.project_id == project_id, ProjectFilm.rank >= PENDING)
    ).all()
    for row, reading in rows:
        row.rank = doubt_of(reading.body).rank
    session.flush()


def next_film(
    session: Session, user: Person, project: Project, after: str | None = None
) -> tuple[str | None, int]:
    """The film on which a reader's time is best spent, and how many wait for him.

    The least sure film that he has not decided and that still has a place. Films that others have
    open come last, so that two readers of a project with one reader a film do not meet.

    Parameters
    ----------
    session : Session
    user : Person
    project : Project
    after : str, optional
        A film to pass over: the one that he is at.
    """
    rank_pending(session, project.id)
    waiting = (ProjectFilmState.OPEN, ProjectFilmState.READ_ONCE)
    mine = select(Decision.film_id).where(
        Decision.project_id == project.id, Decision.user_id == user.id
    )
    rows = session.execute(
        select(ProjectFilm.film_id, ProjectFilm.state, ProjectFilm.film_id.in_(mine))
        .where(ProjectFilm.project_id == project.id, ProjectFilm.state.in_(waiting))
        .order_by(ProjectFilm.rank, ProjectFilm.film_id)
    ).all()
    touched = [film_id for film_id, _, own in rows if own]
    decided = _decided_by(session, project.id, user.id, touched)
    left = [(film_id, state) for film_id, state, _ in rows if film_id not in decided]
    busy = set(
        session.scalars(
            select(Presence.film_id).where(
                Presence.user_id != user.id, Presence.seen_at > utc_now() - AWAY_AFTER
            )
        )
    )
    fits = [
        film_id
        for film_id, state in left
        if film_id not in busy or (project.readers_per_film > 1 and state is waiting[0])
    ]
    order = [f for f in (*fits, *(film_id for film_id, _ in left)) if f != after]
    return (order[0] if order else None), len(left)


def _decided_by(
    session: Session, project_id: str, user_id: str, film_ids: Sequence[str]
) -> set[str]:
    """Films on which a decision of the user stands."""
    found = project_decisions(session, project_id, film_ids)
    heads = {film_id: chain_heads(chain).get(user_id) for film_id, chain in found.items()}
    return {film_id for film_id, head in heads.items() if head is not None and head.label}
