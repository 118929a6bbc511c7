"""A film's bytes, out of a data set into the room."""

from spondyl.serve.projects.bring_in import Take
from spondyl.serve.store.tables import User
from spondyl.serve.web.room import Room


def taker(room: Room, user: User) -> Take:
    """What takes films of a data set into the room, in the user's name."""
    raise NotImplementedError
