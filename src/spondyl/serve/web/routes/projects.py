"""Labelling projects: made, changed, their members."""

from fastapi import APIRouter
from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from spondyl.anatomy import Level
from spondyl.serve.projects.access import project_for, project_to_manage
from spondyl.serve.projects.contents import plain
from spondyl.serve.projects.progress import refresh_all
from spondyl.serve.store.tables import MemberRole, Project, ProjectMember, Role, User
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import Labeller, SignedIn
from spondyl.serve.web.pages import cursor_of
from spondyl.serve.web.problems import Problem, problems
from spondyl.serve.web.room import DbSession
from spondyl.serve.web.routes import project_data, project_films
from spondyl.serve.web.routes.project_parts import (
    Cursor,
    Limit,
    ProjectId,
    clean,
    place_from,
    projects_out,
    refusals,
)
from spondyl.serve.web.routes.project_shapes import (
    NewMembers,
    NewProject,
    People,
    PersonOut,
    ProjectChange,
    ProjectOut,
    ProjectPage,
)

router = APIRouter(tags=["projects"])
router.include_router(project_films.router)
router.include_router(project_data.router)


@router.get("/projects", response_model=ProjectPage, responses=problems(400, 401, 422))
def list_projects(
    user: SignedIn, session: DbSession, cursor: Cursor = None, limit: Limit = 100
) -> object:
    """List the projects that one is a member of, by name; administrators see all."""
    wanted, counted = select(Project), select(func.count()).select_from(Project)
    if user.role is not Role.ADMIN:
        mine = or_(
            Project.created_by == user.id,
            Project.id.in_(
                select(ProjectMember.project_id).where(ProjectMember.user_id == user.id)
            ),
        )
        wanted, counted = wanted.where(mine), counted.where(mine)
    if cursor is not None:
        (name,) = place_from(cursor, str)
        wanted = wanted.where(Project.name > name)
    rows = list(session.scalars(wanted.order_by(Project.name).limit(limit + 1)))
    return ProjectPage(
        items=projects_out(session, user, rows[:limit]),
        next=cursor_of(rows[limit - 1].name) if len(rows) > limit else None,
        total=session.scalar(counted) or 0,
    )


@router.post(
    "/projects",
    response_model=ProjectOut,
    status_code=201,
    responses=problems(401, 403, 409, 413, 422),
)
def add_project(given: NewProject, user: Labeller, session: DbSession) -> object:
    """Make a project; whoever makes it manages it and is its first member."""
    project = Project(
        name=clean(given.name, 200, "name"),
        description=plain(given.description),
        created_by=user.id,
        readers_per_film=given.readers_per_film,
        levels=_in_order(given.levels),
    )
    session.add(project)
    _unique(session, project.name)
    session.add(ProjectMember(project_id=project.id, user_id=user.id, role=MemberRole.ADJUDICATOR))
    audit(session, user, "project.add", f"project:{project.id}")
    session.commit()
    return projects_out(session, user, [project])[0]


@router.get("/projects/{project_id}", response_model=ProjectOut, responses=problems(401, 404, 422))
def get_project(project_id: ProjectId, user: SignedIn, session: DbSession) -> object:
    """Get a project with its members and counts."""
    with refusals():
        project = project_for(session, user, project_id)
    return projects_out(session, user, [project])[0]


@router.patch(
    "/projects/{project_id}",
    response_model=ProjectOut,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def change_project(
    project_id: ProjectId, given: ProjectChange, user: SignedIn, session: DbSession
) -> object:
    """Change a project; films are held against each other anew where readers or levels change."""
    with refusals():
        project = project_to_manage(session, user, project_id)
    if given.name is not None:
        project.name = clean(given.name, 200, "name")
        _unique(session, project.name)
    if given.description is not None:
        project.description = plain(given.description)
    if given.closed is not None:
        project.closed = given.closed
    anew = False
    if given.readers_per_film is not None and given.readers_per_film != project.readers_per_film:
        project.readers_per_film, anew = given.readers_per_film, True
    if given.levels is not None and _in_order(given.levels) != project.levels:
        project.levels, anew = _in_order(given.levels), True
    if anew:
        refresh_all(session, project)
    changed = sorted(given.model_dump(exclude_none=True))
    audit(session, user, "project.change", f"project:{project.id}", {"changed": changed})
    session.commit()
    return projects_out(session, user, [project])[0]


@router.put(
    "/projects/{project_id}/members",
    response_model=ProjectOut,
    responses=problems(401, 403, 404, 413, 422),
)
def set_project_members(
    project_id: ProjectId, given: NewMembers, user: SignedIn, session: DbSession
) -> object:
    """Say who the members are; decisions of former ones stay."""
    with refusals():
        project = project_to_manage(session, user, project_id)
    roles = {member.user_id: member.role for member in given.members}
    found = set(
        session.scalars(select(User.id).where(User.id.in_(list(roles)), User.active.is_(True)))
    )
    if found != set(roles):
        raise Problem(422, "members: one of them is no active user of this room.")
    session.execute(delete(ProjectMember).where(ProjectMember.project_id == project.id))
    session.add_all(
        ProjectMember(project_id=project.id, user_id=user_id, role=role)
        for user_id, role in roles.items()
    )
    said = {user_id: role.value for user_id, role in sorted(roles.items())}
    audit(session, user, "project.members", f"project:{project.id}", said)
    session.commit()
    return projects_out(session, user, [project])[0]


@router.get(
    "/projects/{project_id}/users", response_model=People, responses=problems(401, 403, 404, 422)
)
def list_project_users(project_id: ProjectId, user: SignedIn, session: DbSession) -> object:
    """List whom one could make a member, by name."""
    with refusals():
        project_to_manage(session, user, project_id)
    rows = session.scalars(
        select(User).where(User.active.is_(True)).order_by(User.name).limit(1000)
    )
    return People(
        items=[PersonOut(id=row.id, name=row.name, full_name=row.full_name) for row in rows]
    )


def _in_order(levels: list[Level]) -> list[str]:
    return [str(level) for level in Level if level in levels]


def _unique(session: DbSession, name: str) -> None:
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Problem(409, f"There is a project {name!r} already; give another name.") from None
