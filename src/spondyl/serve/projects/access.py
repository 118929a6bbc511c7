"""Who may see a project and do what in it.

A project is there for its members and for administrators; to anyone else it does not exist, so that
a guessed id tells nothing. It is managed by whoever made it and by administrators.
"""

from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spondyl.serve.projects.chains import (
    chain_heads,
    places_taken,
    project_decisions,
    settlement,
)
from spondyl.serve.room.errors import ConflictError, NotAllowedError, NotThereError
from spondyl.serve.store.tables import (
    DecisionKind,
    MemberRole,
    Project,
    ProjectFilm,
    ProjectMember,
    Role,
)


class Person(Protocol):
    """Who asks."""

    @property
    def id(self) -> str:
        """The user's id."""

    @property
    def role(self) -> Role:
        """What the user may do in the room."""


def member_role(session: Session, user: Person, project_id: str) -> MemberRole | None:
    """What a user does in a project; None where he is no member."""
    row = session.get(ProjectMember, (project_id, user.id))
    return None if row is None else row.role


def may_manage(user: Person, project: Project) -> bool:
    """Whether a user may change the project, its members and its films."""
    return user.role is Role.ADMIN or (
        project.created_by == user.id and user.role.covers(Role.LABELLER)
    )


def project_for(session: Session, user: Person, project_id: str) -> Project:
    """A project that the user may see.

    Raises
    ------
    NotThereError
        If there is none, or none for this user.
    """
    project = session.get(Project, project_id)
    if project is not None and (
        may_manage(user, project) or member_role(session, user, project_id) is not None
    ):
        return project
    raise NotThereError("There is no such project, or you are not a member of it.")


def project_to_manage(session: Session, user: Person, project_id: str) -> Project:
    """A project that the user may change.

    Raises
    ------
    NotThereError
        If it is not there for this user.
    NotAllowedError
        If another manages it.
    """
    project = project_for(session, user, project_id)
    if not may_manage(user, project):
        raise NotAllowedError(
            "Only an administrator, or whoever made the project, may change it. Ask one."
        )
    return project


def project_film(session: Session, project_id: str, film_id: str) -> ProjectFilm:
    """A film's row in a project.

    Raises
    ------
    NotThereError
        If the film is not in it.
    """
    row = session.get(ProjectFilm, (project_id, film_id))
    if row is None:
        raise NotThereError("This film is not in the project.")
    return row


def check_may_decide(
    session: Session, user: Person, project_id: str, film_id: str, kind: DecisionKind
) -> None:
    """Refuse a decision on a project's film that the user may not make.

    Raises
    ------
    NotThereError
        If project or film is not there for the user.
    NotAllowedError
        If he is no member of the project.
    ConflictError
        If the project is closed, the film is settled, all its readers have decided, or others have
        taken all its places.
    """
    project = project_for(session, user, project_id)
    project_film(session, project_id, film_id)
    if member_role(session, user, project_id) is None:
        raise NotAllowedError(
            "Only members of a project label its films. Add yourself to its members first."
        )
    if project.closed:
        raise ConflictError("The project is closed: its labels stay as they are.")
    if kind is DecisionKind.ADJUDICATE:
        raise ConflictError("A film is settled by a request of its own (adjudicate).")
    heads = chain_heads(project_decisions(session, project_id, [film_id])[film_id])
    if settlement(heads) is not None:
        raise ConflictError("An adjudicator has settled the film; its labels are final.")
    taken = places_taken(heads, project.readers_per_film)
    if len(taken) < project.readers_per_film:
        return
    if user.id not in taken:
        raise ConflictError("Other readers have decided this film already. Go on with the next.")
    if project.readers_per_film > 1:
        # Both can see each other's labels now: a change would no longer be a reading of one's own.
        raise ConflictError(
            "Both readers have decided, and neither is blind any more; an adjudicator settles what "
            "they see differently."
        )


def counted(session: Session, project_id: str) -> dict[str, int]:
    """Films of a project by state."""
    rows = session.execute(
        select(ProjectFilm.state, func.count())
        .where(ProjectFilm.project_id == project_id)
        .group_by(ProjectFilm.state)
    )
    return {str(state): int(count) for state, count in rows}
