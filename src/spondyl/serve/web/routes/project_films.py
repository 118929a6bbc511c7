"""Films of a project: the least sure first, the next one, what two readers make of them."""

from collections import Counter
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from spondyl.serve.projects.access import (
    member_role,
    project_film,
    project_for,
)
from spondyl.serve.projects.chains import chain_heads, project_decisions
from spondyl.serve.projects.doubt import PENDING, doubt_of
from spondyl.serve.projects.kappa import Weights
from spondyl.serve.projects.pairs import project_agreement
from spondyl.serve.projects.progress import (
    Outcome,
    next_film,
    outcomes,
    refresh_state,
    visible_decisions,
)
from spondyl.serve.projects.settling import settle_seen
from spondyl.serve.room.deciding import Decider, decide, decision_out, decisions_out
from spondyl.serve.room.names import user_name, user_names
from spondyl.serve.room.shapes import DecisionOut, NewDecision
from spondyl.serve.store.tables import (
    Decision,
    DecisionKind,
    Film,
    MemberRole,
    ProjectFilm,
    ProjectFilmState,
    ReadingRow,
    User,
)
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import SignedIn
from spondyl.serve.web.pages import cursor_of
from spondyl.serve.web.problems import Problem, problems
from spondyl.serve.web.room import DbSession
from spondyl.serve.web.routes.project_agreement import agreement_out
from spondyl.serve.web.routes.project_parts import (
    Cursor,
    FilmId,
    Limit,
    ProjectId,
    place_from,
    refusals,
)
from spondyl.serve.web.routes.project_shapes import (
    AgreementOut,
    DoubtOut,
    NextFilm,
    ProjectFilmDetail,
    ProjectFilmItem,
    ProjectFilmPage,
    Settle,
)

router = APIRouter()


@router.get(
    "/projects/{project_id}/films",
    response_model=ProjectFilmPage,
    responses=problems(400, 401, 404, 422),
)
def list_project_films(
    project_id: ProjectId,
    user: SignedIn,
    session: DbSession,
    state: ProjectFilmState | None = None,
    mine: Annotated[bool | None, Query(description="Only films that I have (not) decided.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> object:
    """List films of a project, those of which the model is least sure first."""
    with refusals():
        project = project_for(session, user, project_id)
    wanted = (
        select(ProjectFilm, Film)
        .join(Film, Film.id == ProjectFilm.film_id)
        .where(ProjectFilm.project_id == project.id)
    )
    if state is not None:
        wanted = wanted.where(ProjectFilm.state == state)
    if mine is not None:
        own = _decided(session, project.id, user.id)
        wanted = wanted.where(own if mine else ~own)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if cursor is not None:
        rank, film_id = place_from(cursor, float, str)
        wanted = wanted.where(
            or_(
                ProjectFilm.rank > rank,
                and_(ProjectFilm.rank == rank, ProjectFilm.film_id > film_id),
            )
        )
    rows = session.execute(
        wanted.order_by(ProjectFilm.rank, ProjectFilm.film_id).limit(limit + 1)
    ).all()
    more, shown = len(rows) > limit, rows[:limit]
    found = outcomes(session, project, [film for _, film in shown])
    return ProjectFilmPage(
        items=[ProjectFilmItem(**_item(row, film, found[film.id], user)) for row, film in shown],
        next=cursor_of(shown[-1][0].rank, shown[-1][0].film_id) if more else None,
        total=total,
    )


@router.get(
    "/projects/{project_id}/films/{film_id}",
    response_model=ProjectFilmDetail,
    responses=problems(401, 404, 422),
)
def get_project_film(
    project_id: ProjectId, film_id: FilmId, user: SignedIn, session: DbSession
) -> object:
    """Get a film of a project with its report, and the decisions that one may see."""
    with refusals():
        project = project_for(session, user, project_id)
        row = project_film(session, project.id, film_id)
    film = session.get_one(Film, film_id)
    outcome = outcomes(session, project, [film])[film_id]
    seen = visible_decisions(session, user, project.id, film_id)
    reading = session.get(ReadingRow, film.reading_id) if film.reading_id else None
    doubts = None if reading is None else doubt_of(reading.body)
    return ProjectFilmDetail(
        **_item(row, film, outcome, user),
        report_text=row.report_text,
        report_words=row.report_words,
        doubts=None
        if doubts is None
        else DoubtOut(
            fracture=doubts.fracture,
            numbering=doubts.numbering,
            finding=doubts.finding,
            total=doubts.total,
        ),
        decisions=decisions_out(session, seen),
        settled=None if outcome.settled is None else decisions_out(session, [outcome.settled])[0],
    )


@router.get(
    "/projects/{project_id}/next",
    response_model=NextFilm,
    responses=problems(401, 403, 404, 422),
)
def next_project_film(
    project_id: ProjectId,
    user: SignedIn,
    session: DbSession,
    after: Annotated[str | None, Query(max_length=36, description="A film to pass over.")] = None,
) -> object:
    """Get the film that one should label next: the least sure one that waits for this reader."""
    with refusals():
        project = project_for(session, user, project_id)
    if member_role(session, user, project.id) is None:
        raise Problem(403, "Only members of a project label its films.")
    if project.closed:
        return NextFilm(film_id=None, left=0)
    film_id, left = next_film(session, user, project, after)
    return NextFilm(film_id=film_id, left=left)


@router.post(
    "/projects/{project_id}/films/{film_id}/adjudicate",
    response_model=DecisionOut,
    status_code=201,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def adjudicate_film(
    project_id: ProjectId, film_id: FilmId, given: Settle, user: SignedIn, session: DbSession
) -> object:
    """Settle what readers see differently; all of a film's readers must have decided."""
    if "\\u0000" in given.model_dump_json():
        raise Problem(422, "A text without NUL characters was expected; take them out.")
    with refusals():
        project = project_for(session, user, project_id)
        project_film(session, project.id, film_id)
        if member_role(session, user, project.id) is not MemberRole.ADJUDICATOR:
            raise Problem(403, "Only adjudicators of a project settle its films.")
        if project.closed:
            raise Problem(409, "The project is closed: its labels stay as they are.")
        head = settle_seen(session, project, user, film_id, given.parent_id)
        decision = decide(
            session,
            film_id,
            Decider(user.id, user_name(user)),
            NewDecision(
                kind=DecisionKind.ADJUDICATE,
                parent_id=head,
                reading_id=given.reading_id,
                body=given.body,
                report=given.report,
                project_id=project.id,
            ),
        )
        refresh_state(session, project.id, film_id)
    audit(session, user, "project.adjudicate", f"film:{film_id}", {"project": project.id})
    session.commit()
    return decision_out(decision, user_name(user))


@router.get(
    "/projects/{project_id}/agreement",
    response_model=AgreementOut,
    responses=problems(401, 404, 422),
)
def get_agreement(
    project_id: ProjectId,
    user: SignedIn,
    session: DbSession,
    weights: Annotated[Weights, Query(description="Of grades.")] = Weights.QUADRATIC,
    unit: Annotated[Literal["percent", "mm"], Query(description="Of heights.")] = "percent",
) -> object:
    """Get how far two readers agree: kappa, corner distances, Bland and Altman's limits."""
    with refusals():
        project = project_for(session, user, project_id)
    pairs, found = project_agreement(session, project, weights, unit == "mm")
    readers = Counter(reader for pair in pairs for reader in pair.readers)
    names = user_names(session, list(readers))
    return agreement_out(found, readers, names)


def _item(row: ProjectFilm, film: Film, outcome: Outcome, user: User) -> dict[str, Any]:
    return {
        "film_id": film.id,
        "name": film.name,
        "rank": row.rank,
        "doubt": None if row.rank >= PENDING else 1 - row.rank,
        "state": row.state,
        "film_state": film.state,
        "suspicion": film.suspicion,
        "mine": user.id in outcome.views,
        "readers": len(outcome.views),
        "has_report": row.report_text is not None,
        "differences": [difference.sentence for difference in outcome.differences],
    }


def _decided(session: Session, project_id: str, user_id: str) -> ColumnElement[bool]:
    """A condition: films on which a decision of the user stands."""
    of_mine = (Decision.project_id == project_id, Decision.user_id == user_id)
    undone = set(
        session.scalars(
            select(Decision.film_id).where(*of_mine, Decision.kind == DecisionKind.UNDO)
        )
    )
    chains = project_decisions(session, project_id, undone)
    open_again = [
        film_id
        for film_id, chain in chains.items()
        if (head := chain_heads(chain).get(user_id)) is None or head.label is None
    ]
    touched = select(Decision.film_id).where(
        *of_mine, Decision.kind.not_in((DecisionKind.UNDO, DecisionKind.ADJUDICATE))
    )
    return and_(ProjectFilm.film_id.in_(touched), ProjectFilm.film_id.not_in(open_again))
