"""Decisions on films; bodies measured; films compared."""

from functools import lru_cache

from fastapi import APIRouter

from spondyl.read.site import Site, SiteError, load_site
from spondyl.serve.projects.access import check_may_decide, project_film, project_for
from spondyl.serve.projects.progress import refresh_state, visible_decisions
from spondyl.serve.room.chain import in_order, standing
from spondyl.serve.room.comparing import Comparison, compare, millimetres
from spondyl.serve.room.deciding import Decider, chain_of, decide, decisions_out
from spondyl.serve.room.drawn import Drawing, drawing_of_reading
from spondyl.serve.room.errors import ConflictError, UnfitError
from spondyl.serve.room.lookup import film_of
from spondyl.serve.room.measuring import MeasureAnswer, MeasureRequest, check_request, measure
from spondyl.serve.room.names import user_name
from spondyl.serve.room.shapes import DecisionOut, DecisionPage, NewDecision
from spondyl.serve.room.telling import tell_decision
from spondyl.serve.store.tables import Decision, DecisionKind, ReadingRow
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import SignedIn
from spondyl.serve.web.problems import problems
from spondyl.serve.web.reading import film_changed
from spondyl.serve.web.refusing import FilmId, PriorId, ProjectQuery, RefusingRoute
from spondyl.serve.web.room import DbSession, Room, TheRoom

router = APIRouter(tags=["decisions"], route_class=RefusingRoute)


@router.get(
    "/films/{film_id}/decisions",
    response_model=DecisionPage,
    responses=problems(401, 403, 404, 422),
)
def list_decisions(
    film_id: FilmId, user: SignedIn, session: DbSession, project: ProjectQuery = None
) -> object:
    """List all decisions on a film, oldest first; of a project, those that one may see."""
    film_of(session, film_id)
    if project is None:
        found = in_order(chain_of(session, film_id))
    else:
        project_for(session, user, project)
        project_film(session, project, film_id)
        found = visible_decisions(session, user, project, film_id)
    return DecisionPage(items=decisions_out(session, found), total=len(found))


@router.post(
    "/films/{film_id}/decisions",
    response_model=DecisionOut,
    status_code=201,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_decision(
    film_id: FilmId, new: NewDecision, user: SignedIn, session: DbSession, room: TheRoom
) -> object:
    """Decide on a film; refused where somebody else has decided in the meantime."""
    _check_text(new)
    film_of(session, film_id)
    if new.project_id is not None:
        check_may_decide(session, user, new.project_id, film_id, new.kind)
    elif new.kind is DecisionKind.ADJUDICATE:
        raise UnfitError("kind: films are adjudicated in projects, found no project.")
    decision = decide(session, film_id, Decider(user.id, user_name(user)), new)
    if new.project_id is not None:
        refresh_state(session, new.project_id, film_id)
    audit(
        session, user, "decision.add", f"film:{film_id}",
        {"kind": new.kind.value, "decision": decision.id},
    )  # fmt: skip
    answer = decisions_out(session, [decision])[0]
    session.commit()
    room.metrics.decisions.labels(new.kind.value).inc()
    told(room, decision, user_name(user))
    return answer


def told(room: Room, decision: Decision, user: str) -> None:
    """Tell all pages of a decision."""
    if room.reading is None or decision.project_id is not None:
        return  # readers of a project are blind to each other
    tell_decision(room.reading.bus, decision, user)
    film_changed(room, decision.film_id)


def _check_text(new: NewDecision) -> None:
    """PostgreSQL keeps no NUL, and no page shows one."""
    texts = [new.report or "", new.parent_id or "", new.reading_id or "", new.project_id or ""]
    if new.body is not None:
        texts += [new.body.comment, *(each.note for each in new.body.vertebrae)]
    if any("\0" in text for text in texts):
        raise UnfitError("A text without NUL characters was expected; take them out.")


@router.post("/measure", response_model=MeasureAnswer, responses=problems(401, 403, 413, 422))
def measure_bodies(request: MeasureRequest, _user: SignedIn, room: TheRoom) -> object:
    """Measure bodies from their points: heights, losses, grade, and a report in words."""
    wrong = check_request(request)
    if wrong:
        raise UnfitError(wrong)
    return measure(request, _site(room.settings.site))


@lru_cache(maxsize=4)
def _site(name: str) -> Site:
    try:
        return load_site(name)
    except SiteError:
        return Site()  # told by the reading, which needs it more


@router.get(
    "/films/{film_id}/compare/{prior_id}",
    response_model=Comparison,
    responses=problems(401, 404, 409, 422),
)
def compare_films(
    film_id: FilmId, prior_id: PriorId, _user: SignedIn, session: DbSession
) -> object:
    """Compare the bodies of two films of one patient."""
    now, prior = film_of(session, film_id), film_of(session, prior_id)
    if now.id == prior.id:
        raise ConflictError("Two films were expected, found the same one twice.")
    if not now.patient_key or now.patient_key != prior.patient_key:
        raise ConflictError("Two films of one patient were expected; these are not known to be.")
    sides = []
    for film in (now, prior):
        row = session.get(ReadingRow, film.reading_id) if film.reading_id else None
        body = None if row is None else row.body
        stands = standing(chain_of(session, film.id))
        drawing = (
            drawing_of_reading(body) if stands is None else Drawing.model_validate(stands.body)
        )
        sides.append((drawing, millimetres(body)))
    (new, new_mm), (old, old_mm) = sides
    return Comparison(film_id=now.id, prior_id=prior.id, levels=compare(new, old, new_mm, old_mm))
