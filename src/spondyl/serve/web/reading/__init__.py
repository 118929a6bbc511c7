"""Films read in the background."""

from typing import Any


def start_reading(room: Any) -> Any:
    """Begin to read the films that wait; None while nothing does."""
    return None
