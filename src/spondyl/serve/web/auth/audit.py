"""The trail of who did what: lines in the same transaction as what was done."""

from typing import Any

from sqlalchemy.orm import Session

from spondyl.serve.store.tables import Audit, User


def audit(
    session: Session,
    user: User | None,
    action: str,
    object: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Add a line; it is kept when the session commits, and then for ever.

    Parameters
    ----------
    session : Session
    user : User or None
        None for the program itself, or a failed sign-in.
    action : str
        A verb and its kind, as ``"film.delete"``.
    object : str
        Kind and id, as ``"film:7f0c..."``.
    detail : dict, optional
        Plain values; no patient's name, number or date.
    """
    session.add(
        Audit(
            user_id=user.id if user else None,
            action=action,
            object=object,
            detail=detail or {},
        )
    )
