"""Adjudication: what two readers see differently is settled by a third word."""

from sqlalchemy.orm import Session

from spondyl.serve.projects.access import Person
from spondyl.serve.projects.chains import (
    chain_heads,
    project_decisions,
    settlement,
)
from spondyl.serve.projects.progress import all_have_decided
from spondyl.serve.room.errors import ConflictError
from spondyl.serve.store.tables import Project


def settle_seen(
    session: Session, project: Project, user: Person, film_id: str, seen: str | None
) -> str | None:
    """Refuse an adjudication that comes too early or has not seen the newest one.

    Parameters
    ----------
    session : Session
    project : Project
    user : Person
    film_id : str
    seen : str or None
        The adjudication that the user has seen.

    Returns
    -------
    str or None
        The newest decision of the user's own chain, which his next one follows.

    Raises
    ------
    ConflictError
    """
    heads = chain_heads(project_decisions(session, project.id, [film_id])[film_id])
    if not all_have_decided(project, heads):
        raise ConflictError("Not all of the film's readers have decided; wait for them.")
    settled = settlement(heads)
    if settled is not None and settled.id != seen:
        raise ConflictError(
            "Another adjudicator has settled this film in the meantime; look at it again.",
            {"head": settled.id},
        )
    own = heads.get(user.id)
    return None if own is None else own.last.id
