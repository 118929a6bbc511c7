"""Why a file did not become a film."""

from enum import StrEnum


class Reason(StrEnum):
    """What kept a file from becoming a film; stable words for programs to act on."""

    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    UNREADABLE = "unreadable"
    NOT_AN_IMAGE = "not_an_image"
    NOT_A_RADIOGRAPH = "not_a_radiograph"
    TRUNCATED = "truncated"
    COLOUR = "colour"
    MULTI_FRAME = "multi_frame"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    NO_DECODER = "no_decoder"
    UNSUPPORTED = "unsupported"


class FilmError(Exception):
    """A file that cannot be read as one radiograph.

    Attributes
    ----------
    reason : Reason
    message : str
        A sentence: what was expected, what was found, what to do next. It never quotes values
        that could name a patient, nor the path (file names often hold names); the caller knows it.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message

    def __reduce__(self) -> tuple[type["FilmError"], tuple[Reason, str]]:
        # Exception pickles only ``args``; worker processes need both.
        return (type(self), (self.reason, self.message))
