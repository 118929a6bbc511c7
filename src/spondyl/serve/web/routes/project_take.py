"""A film's bytes, out of a data set into the room."""

from spondyl.serve.projects.bring_in import Take, Taken
from spondyl.serve.room.intake import Bringing
from spondyl.serve.room.taking import Piece, clean_text
from spondyl.serve.store.tables import FilmSource, User
from spondyl.serve.web.reading import reading_of
from spondyl.serve.web.room import Room


def taker(room: Room, user: User) -> Take:
    """What takes films of a data set into the room, in the user's name."""
    reading = reading_of(room)
    bringing = Bringing(FilmSource.PROJECT, reading.settings.site, user.id)

    def take(data: bytes, name: str) -> Taken:
        item = reading.intake.take(Piece(clean_text(name, 300) or "film", data), bringing)
        return Taken(item.film_id, item.taken == "new", item.reason or "")

    return take
