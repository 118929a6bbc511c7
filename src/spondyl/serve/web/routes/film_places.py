"""Cursors of the worklist, read and checked."""

from spondyl.serve.room.shapes import FilmSort
from spondyl.serve.room.worklist import FilmQuery, Place, page_query
from spondyl.serve.web.pages import cursor_from
from spondyl.serve.web.problems import Problem


def place_from(cursor: str, sort: FilmSort) -> Place:
    """Where a page begins.

    Raises
    ------
    Problem
        400 if the cursor is none of this sort.
    """
    kinds = (float, str) if sort is FilmSort.SUSPICION else (str, str)
    try:
        value, film_id = cursor_from(cursor, *kinds)
    except Problem:
        if sort is not FilmSort.DATE:
            raise
        # Films without a date come last, and have none in their place.
        value, film_id = cursor_from(cursor, type(None), str)
    place: Place = (value, film_id)
    try:
        page_query(FilmQuery(), sort, place, 1)
    except (ValueError, OverflowError):
        raise Problem(400, "The cursor is none that this list gave out.") from None
    return place
