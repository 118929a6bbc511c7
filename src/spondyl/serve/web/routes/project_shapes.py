"""Shapes of projects as they are asked for and sent."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from spondyl.anatomy import Level
from spondyl.serve.projects.contents import LONGEST_REPORT
from spondyl.serve.projects.kappa import Weights
from spondyl.serve.room.shapes import DecisionOut, NewDecision
from spondyl.serve.store.kinds import FilmState, MemberRole, ProjectFilmState

MOST_FILMS = 10_000
MOST_MEMBERS = 200


class NewProject(BaseModel):
    """A project to be."""

    name: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=5000)
    readers_per_film: Literal[1, 2] = 1
    levels: list[Level] = Field(
        default_factory=list, max_length=len(Level), description="None: T11 to L5."
    )


class ProjectChange(BaseModel):
    """What changes; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=5000)
    readers_per_film: Literal[1, 2] | None = None
    levels: list[Level] | None = Field(default=None, max_length=len(Level))
    closed: bool | None = None


class NewMember(BaseModel):
    """Somebody who is to label, or to settle what two labellers see differently."""

    user_id: str = Field(pattern=r"^[0-9A-Za-z-]{1,36}$")
    role: MemberRole = MemberRole.LABELLER


class NewMembers(BaseModel):
    """All members of a project; who is not named is none any more."""

    members: list[NewMember] = Field(max_length=MOST_MEMBERS)


class MemberOut(BaseModel):
    """A member."""

    user_id: str
    name: str
    full_name: str
    role: MemberRole


class ProjectCounts(BaseModel):
    """Films by state."""

    open: int = 0
    read_once: int = 0
    disagreed: int = 0
    done: int = 0
    all: int = 0


class ProjectOut(BaseModel):
    """A project."""

    id: str
    name: str
    description: str
    created_by: str
    created_at: datetime
    readers_per_film: int
    levels: list[str]
    closed: bool
    members: list[MemberOut]
    my_role: MemberRole | None = Field(description="null: no member, but may manage it.")
    may_manage: bool
    counts: ProjectCounts


class ProjectPage(BaseModel):
    """A page of projects, by name."""

    items: list[ProjectOut]
    next: str | None
    total: int


class PersonOut(BaseModel):
    """Somebody who can be made a member."""

    id: str
    name: str
    full_name: str


class People(BaseModel):
    """Who can be made a member."""

    items: list[PersonOut]


class AddFilms(BaseModel):
    """Films of the room that go into a project, with their reports where there are any."""

    model_config = ConfigDict(extra="forbid")

    film_ids: list[str] = Field(max_length=MOST_FILMS)
    reports: dict[str, str] = Field(
        default_factory=dict,
        max_length=MOST_FILMS,
        description=f"Report by film id, at most {LONGEST_REPORT} letters each.",
    )


class RefusedFilm(BaseModel):
    """A film that did not come in."""

    name: str
    reason: str


class AddedFilms(BaseModel):
    """What came of bringing films in."""

    added: int
    already: int = Field(description="Were in the project before.")
    labelled: int = Field(description="Their labels became decisions.")
    refused: list[RefusedFilm]


class ProjectFilmItem(BaseModel):
    """A film of a project."""

    film_id: str
    name: str
    rank: float = Field(description="The least sure have the smallest.")
    doubt: float | None = Field(description="0..1; null: not read yet.")
    state: ProjectFilmState
    film_state: FilmState
    suspicion: float | None
    mine: bool = Field(description="I have decided.")
    readers: int = Field(description="How many have decided.")
    has_report: bool
    differences: list[str] = Field(description="What two readers see differently.")


class ProjectFilmPage(BaseModel):
    """A page of a project's films, the least sure first."""

    items: list[ProjectFilmItem]
    next: str | None
    total: int


class DoubtOut(BaseModel):
    """How unsure the model is, each 0..1."""

    fracture: float
    numbering: float
    finding: float
    total: float


class ProjectFilmDetail(ProjectFilmItem):
    """A film of a project with its report and the decisions that one may see."""

    report_text: str | None
    report_words: dict[str, Any] | None = Field(
        description="By level: status, and the words that say so."
    )
    doubts: DoubtOut | None
    decisions: list[DecisionOut] = Field(
        description="One's own, until all readers have decided; then all."
    )
    settled: DecisionOut | None = Field(description="An adjudicator's.")


class NextFilm(BaseModel):
    """The film on which a reader's time is best spent."""

    film_id: str | None
    left: int = Field(description="Films that wait for this reader.")


class Settle(NewDecision):
    """An adjudicator's word on a film.

    ``parent_id`` is the adjudication that he has seen, if there was one.
    """

    kind: Literal["adjudicate"] = "adjudicate"  # type: ignore[assignment]


class KappaOut(BaseModel):
    """Cohen's kappa; null where it does not exist."""

    kappa: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    method: str | None
    n: int
    observed: float | None
    expected: float | None
    positive_agreement: float | None
    negative_agreement: float | None
    labels: list[str]
    table: list[list[int]] = Field(description="Rows: the first reader's.")


class CornersOut(BaseModel):
    """Distances of corners in percent of the posterior height."""

    n: int
    median: float | None
    low: float | None
    high: float | None
    p90: float | None
    values: list[float]


class HeightsAgreementOut(BaseModel):
    """Bland and Altman's limits of one height; second reader minus first."""

    height: Literal["anterior", "middle", "posterior"]
    unit: Literal["percent", "mm"]
    mean_unit: Literal["px", "mm"]
    n: int
    mean: list[float]
    difference: list[float]
    level: list[str]
    film_id: list[str]
    bias: float | None
    bias_low: float | None
    bias_high: float | None
    sd: float | None
    lower: float | None
    lower_low: float | None
    lower_high: float | None
    upper: float | None
    upper_low: float | None
    upper_high: float | None


class ReaderCount(BaseModel):
    """A reader and how many of the films he has decided."""

    user_id: str
    name: str
    films: int


class AgreementOut(BaseModel):
    """How far two readers agree."""

    films: int
    patients: int
    turned_down: int
    readers: list[ReaderCount]
    weights: Weights
    fracture: KappaOut
    grade: KappaOut
    corners: CornersOut
    heights: list[HeightsAgreementOut]
    notes: list[str]
