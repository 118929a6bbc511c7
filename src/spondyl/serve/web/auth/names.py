"""Names that users sign in with; they stand in lists, addresses and logs."""

import re

from spondyl.serve.web.settings import RoomError

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"


def checked_name(name: str) -> str:
    """A name that can be one.

    Raises
    ------
    RoomError
    """
    if not re.fullmatch(NAME_PATTERN.strip("^$"), name):
        raise RoomError(
            f"Expected a name of up to 64 letters, digits and . _ @ + -, found {name!r}."
        )
    return name
