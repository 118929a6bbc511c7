"""The words that rows of the store are sorted by."""

from enum import StrEnum


class Role(StrEnum):
    """What a user may do; each may do what the ones before it may."""

    READER = "reader"
    LABELLER = "labeller"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """A user of this role may do what ``needed`` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class FilmSource(StrEnum):
    """How a film came in."""

    UPLOAD = "upload"
    FOLDER = "folder"
    NODE = "node"
    PROJECT = "project"


class FilmState(StrEnum):
    """Where a film is on its way to a reading."""

    QUEUED = "queued"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


class FilmStatus(StrEnum):
    """What a reader has made of a film."""

    UNREAD = "unread"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"


class DecisionKind(StrEnum):
    """What a decision does."""

    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT = "reject"
    ADJUDICATE = "adjudicate"
    UNDO = "undo"


class MemberRole(StrEnum):
    """What a user does in a project."""

    LABELLER = "labeller"
    ADJUDICATOR = "adjudicator"


class ProjectFilmState(StrEnum):
    """How far the readers of a project are with a film."""

    OPEN = "open"
    READ_ONCE = "read_once"
    DISAGREED = "disagreed"
    DONE = "done"
