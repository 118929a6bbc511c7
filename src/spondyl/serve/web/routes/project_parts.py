"""What the routes of projects share: ids, refusals, a project as it is sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Path, Query
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spondyl.labels.formats import FormatError
from spondyl.serve.projects.access import Person, may_manage
from spondyl.serve.projects.archive import ArchiveError
from spondyl.serve.room.errors import RoomError
from spondyl.serve.room.taking import clean_text
from spondyl.serve.store.tables import Project, ProjectFilm, ProjectMember, User
from spondyl.serve.web.pages import cursor_from
from spondyl.serve.web.problems import Problem
from spondyl.serve.web.refusing import as_problem
from spondyl.serve.web.routes.project_shapes import (
    MemberOut,
    ProjectCounts,
    ProjectOut,
)

_ID = r"^[0-9A-Za-z-]{1,36}$"
ProjectId = Annotated[str, Path(pattern=_ID)]
FilmId = Annotated[str, Path(pattern=_ID)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=400)]


@contextmanager
def refusals() -> Iterator[None]:
    """Refusals of the rooms below, as problems."""
    try:
        yield
    except RoomError as error:
        raise as_problem(error) from None
    except (ArchiveError, FormatError) as error:
        raise Problem(422, str(error)) from None


def place_from(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """A cursor's values; see :func:`spondyl.serve.web.pages.cursor_from`.

    Raises
    ------
    Problem
        400 if it is none of ours, or holds letters that no database does.
    """
    found = cursor_from(cursor, *kinds)
    try:
        "".join(value for value in found if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        raise Problem(400, "The cursor is none that this list gave out.") from None
    return found


def clean(text: str, most: int, what: str) -> str:
    """A text without characters that no database or list shows.

    Raises
    ------
    Problem
        422 if nothing is left of it.
    """
    found = clean_text(text, most)
    if not found:
        raise Problem(422, f"{what}: expected some letters, found none.")
    return found


def projects_out(session: Session, user: Person, rows: Sequence[Project]) -> list[ProjectOut]:
    """Projects as they are sent, with members and counts, in their order."""
    ids = [row.id for row in rows]
    counts = {project_id: ProjectCounts() for project_id in ids}
    for project_id, state, number in session.execute(
        select(ProjectFilm.project_id, ProjectFilm.state, func.count())
        .where(ProjectFilm.project_id.in_(ids))
        .group_by(ProjectFilm.project_id, ProjectFilm.state)
    ):
        setattr(counts[project_id], state.value, int(number))
        counts[project_id].all += int(number)
    members: dict[str, list[MemberOut]] = {project_id: [] for project_id in ids}
    for member, who in session.execute(
        select(ProjectMember, User)
        .join(User, User.id == ProjectMember.user_id)
        .where(ProjectMember.project_id.in_(ids))
        .order_by(User.name)
    ):
        members[member.project_id].append(
            MemberOut(user_id=who.id, name=who.name, full_name=who.full_name, role=member.role)
        )
    return [
        ProjectOut(
            id=row.id,
            name=row.name,
            description=row.description,
            created_by=row.created_by,
            created_at=row.created_at,
            readers_per_film=row.readers_per_film,
            levels=list(row.levels),
            closed=row.closed,
            members=members[row.id],
            my_role=next((m.role for m in members[row.id] if m.user_id == user.id), None),
            may_manage=may_manage(user, row),
            counts=counts[row.id],
        )
        for row in rows
    ]
