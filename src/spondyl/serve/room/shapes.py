"""What the room says of films, as it is sent."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, Field

from spondyl.serve.room.drawn import Drawing
from spondyl.serve.store.kinds import DecisionKind, FilmSource, FilmState, FilmStatus


class FilmSort(StrEnum):
    """What a worklist is sorted by; the most pressing first."""

    SUSPICION = "suspicion"
    RECEIVED = "received"
    DATE = "date"
    NAME = "name"


class FilmFilter(StrEnum):
    """Which films a worklist shows."""

    ALL = "all"
    FRACTURED = "fractured"
    UNSURE = "unsure"
    NOT_ASSESSABLE = "not_assessable"
    UNREAD = "unread"
    FAILED = "failed"
    READING = "reading"


class FilmItem(BaseModel):
    """A line of the worklist."""

    id: str
    name: str
    patient_id: str
    patient_name: str
    sex: str
    age: int | None = Field(description="At the study, in years; by the years alone.")
    study_date: date | None
    site: str
    source: FilmSource
    state: FilmState
    reason: str | None = Field(description="Why it could not be read.")
    suspicion: float | None = Field(description="Probability of a fracture, as the model sees it.")
    fractured: bool = Field(
        description="As the reader left it, else as the model sees it; never of a rejected reading."
    )
    unsure: bool = Field(description="The model is near its threshold, and no reader has decided.")
    assessable: bool | None = Field(description="As the reader left it, else as the model sees it.")
    status: FilmStatus
    decided_by: str | None = Field(description="Name of who decided last.")
    decided_at: datetime | None
    received_at: datetime
    levels: list[str] = Field(
        description="Fractured levels: as the reader left them, else as the model sees them."
    )
    prior_id: str | None = Field(description="The newest earlier film of this patient.")


class FilmPage(BaseModel):
    """A page of the worklist."""

    items: list[FilmItem]
    next: str | None
    total: int


class FilmCounts(BaseModel):
    """Films by filter."""

    all: int = 0
    fractured: int = 0
    unsure: int = 0
    not_assessable: int = 0
    unread: int = 0
    failed: int = 0
    reading: int = 0


class Watcher(BaseModel):
    """Somebody who has the film open."""

    user: str
    since: datetime
    tab: str


class Watchers(BaseModel):
    """Others who have the film open."""

    others: list[Watcher]


class Neighbours(BaseModel):
    """The films before and after in order of suspicion."""

    previous: str | None
    next: str | None


class DecisionOut(BaseModel):
    """A decision as it was kept."""

    id: str
    film_id: str
    project_id: str | None
    user_id: str
    user: str
    at: datetime
    kind: DecisionKind
    parent_id: str | None
    reading_id: str | None
    body: dict[str, Any] = Field(
        description="The film after it, as in a new decision; imported labels may lack points."
    )
    report: str | None


class DecisionPage(BaseModel):
    """All decisions on a film, oldest first."""

    items: list[DecisionOut]
    next: str | None = None
    total: int


class NewDecision(BaseModel):
    """What a reader decides.

    Without a body, accepting and rejecting keep what the model said; undoing needs none.
    """

    kind: DecisionKind
    parent_id: str | None = Field(
        default=None, max_length=36, description="The decision that the reader saw; null: none yet."
    )
    reading_id: str | None = Field(
        default=None, max_length=36, description="The reading that the reader saw."
    )
    body: Drawing | None = None
    report: str | None = Field(default=None, max_length=20_000)
    project_id: str | None = Field(default=None, max_length=36)


class FilmDetail(FilmItem):
    """A film with all that the viewer needs."""

    width: int
    height: int
    reading: dict[str, Any] | None = Field(description="A spondyl.reading/1.")
    reading_id: str | None
    decision: DecisionOut | None = Field(description="The newest one.")
    others: list[Watcher]
    spacing_mm: tuple[float, float] | None
    spacing_source: Literal["calibrated", "detector"] | None
    neighbours: Neighbours


class TakenItem(BaseModel):
    """What became of one file."""

    film_id: str | None
    name: str
    taken: Literal["new", "duplicate", "refused"]
    reason: str | None


class TakenList(BaseModel):
    """What became of an upload's files, those inside archives one by one."""

    items: list[TakenItem]
