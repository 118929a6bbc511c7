"""What the room refuses, as sentences; each kind is one answer of the REST interface."""

from collections.abc import Mapping
from typing import Any


class RoomError(Exception):
    """A refusal.

    Parameters
    ----------
    message : str
        What was expected, what was found, what to do. Never a patient's data.
    more : mapping, optional
        What a program may want to know besides (JSON values).
    """

    def __init__(self, message: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.more: Mapping[str, Any] = more or {}


class NotThereError(RoomError):
    """What was asked for does not exist, or not for this user."""


class NotAllowedError(RoomError):
    """The user may not do what was asked."""


class ConflictError(RoomError):
    """Somebody else was faster, or things are not in the state that this needs."""


class UnfitError(RoomError):
    """What was handed in cannot be used."""


class BusyError(RoomError):
    """It cannot be done just now."""
