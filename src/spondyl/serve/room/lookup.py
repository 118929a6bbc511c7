"""Films by their ids."""

from sqlalchemy.orm import Session

from spondyl.serve.room.errors import NotThereError
from spondyl.serve.store.tables import Film


def film_of(session: Session, film_id: str) -> Film:
    """A film.

    Raises
    ------
    NotThereError
        If there is none.
    """
    film = session.get(Film, film_id)
    if film is None:
        raise NotThereError("There is no such film.")
    return film
