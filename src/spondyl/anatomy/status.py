"""What is known of a labelled body."""

from enum import StrEnum


class Status(StrEnum):
    """Status of a labelled body; ``UNKNOWN`` gives no training signal for fracture."""

    NORMAL = "normal"
    FRACTURED = "fractured"
    UNKNOWN = "unknown"
