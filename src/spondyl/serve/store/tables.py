"""The rows of the reading room.

Ids are random UUIDs as text. Times are UTC. What a worklist shows and sorts by is kept in the
film's row itself, so that a page of it is one look into one index, whatever the number of films.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    func,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column

from spondyl.serve.store.base import Base, new_id, utc_now, word
from spondyl.serve.store.kinds import (
    DecisionKind,
    FilmSource,
    FilmState,
    FilmStatus,
    MemberRole,
    ProjectFilmState,
    Role,
)

__all__ = [
    "Audit",
    "Base",
    "Decision",
    "DecisionKind",
    "Film",
    "FilmSource",
    "FilmState",
    "FilmStatus",
    "MemberRole",
    "Presence",
    "Project",
    "ProjectFilm",
    "ProjectFilmState",
    "ProjectMember",
    "ReadingRow",
    "Role",
    "Setting",
    "SignIn",
    "User",
    "new_id",
    "suspicion_order",
    "utc_now",
]

_Id = String(36)


class User(Base):
    """Somebody who may sign in. Never deleted, only made inactive: decisions name users."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    full_name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[Role] = mapped_column(word(Role), default=Role.READER)
    password_hash: Mapped[str | None] = mapped_column(String(300))
    oidc_subject: Mapped[str | None] = mapped_column(String(600), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class SignIn(Base):
    """A browser that a user has signed in with; of its token only the hash is kept."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)


class Film(Base):
    """A film, how far its reading is, and what the worklist shows of it."""

    __tablename__ = "films"

    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(20))
    patient_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    patient_id: Mapped[str] = mapped_column(String(200), default="")
    patient_name: Mapped[str] = mapped_column(String(400), default="")
    sex: Mapped[str] = mapped_column(String(10), default="")
    birth_year: Mapped[int | None]
    study_date: Mapped[date | None]
    site: Mapped[str] = mapped_column(String(100), default="default", index=True)
    source: Mapped[FilmSource] = mapped_column(word(FilmSource), default=FilmSource.UPLOAD)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    size_bytes: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(300), default="")
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    received_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))

    state: Mapped[FilmState] = mapped_column(word(FilmState), default=FilmState.QUEUED)
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]

    # What the newest reading says, whatever readers make of it.
    suspicion: Mapped[float | None]
    fractured: Mapped[bool] = mapped_column(default=False)
    unsure: Mapped[bool] = mapped_column(default=False)
    assessable: Mapped[bool | None]
    # What the decision that stands says; None where there is none.
    reader_fractured: Mapped[bool | None]
    reader_assessable: Mapped[bool | None]
    status: Mapped[FilmStatus] = mapped_column(word(FilmStatus), default=FilmStatus.UNREAD)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    #: The newest reading; no foreign key, since readings point here.
    reading_id: Mapped[str | None] = mapped_column(_Id)


def suspicion_order() -> Any:
    """What films are sorted by, most suspicious first when descending; never NULL.

    Films without a probability (queued, failed, not assessable) count as -1. The constant is
    written out, since an index on an expression is only used for exactly that expression.
    """
    return func.coalesce(Film.suspicion, literal_column("-1.0"))


Index("ix_films_suspicion", suspicion_order().desc(), Film.id)
Index("ix_films_received_at", Film.received_at.desc(), Film.id)
Index("ix_films_study_date_id", Film.study_date, Film.id)
Index("ix_films_name_id", Film.name, Film.id)
Index("ix_films_status", Film.status, Film.id)
Index("ix_films_state", Film.state, Film.received_at)


class ReadingRow(Base):
    """What the networks said of a film: a ``spondyl.reading/1`` as it was made; never changed."""

    __tablename__ = "readings"

    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    film_id: Mapped[str] = mapped_column(ForeignKey("films.id", ondelete="CASCADE"), index=True)
    model: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(40))
    site: Mapped[str] = mapped_column(String(100), default="default")
    made_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    body: Mapped[dict[str, Any]]
    suspicion: Mapped[float | None]


class Decision(Base):
    """What a reader decided of a film; only ever added, see :mod:`spondyl.serve.store.guard`.

    ``parent_id`` is the decision that the reader saw. Of two who saw the same one, the database
    takes the first (``uq_decisions_parent``); in a project each reader has a chain of his own.
    """

    __tablename__ = "decisions"

    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    #: No foreign key: a decision outlives the film that an administrator deletes.
    film_id: Mapped[str] = mapped_column(_Id)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    kind: Mapped[DecisionKind] = mapped_column(word(DecisionKind))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("decisions.id"))
    #: What the model had said; no foreign key, as for the film.
    reading_id: Mapped[str | None] = mapped_column(_Id)
    body: Mapped[dict[str, Any]]
    report: Mapped[str | None] = mapped_column(Text)


Index("ix_decisions_film_id", Decision.film_id, Decision.at)
# NULLs differ from each other in a unique index, so they are written as words.
Index(
    "uq_decisions_parent",
    Decision.film_id,
    func.coalesce(Decision.project_id, literal_column("''")),
    literal_column("(CASE WHEN project_id IS NULL THEN '' ELSE user_id END)"),
    func.coalesce(Decision.parent_id, literal_column("''")),
    unique=True,
)


class Project(Base):
    """A data set that is being labelled."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    readers_per_film: Mapped[int] = mapped_column(default=1)
    levels: Mapped[list[str]] = mapped_column(default=list)
    closed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (CheckConstraint("readers_per_film IN (1, 2)", name="readers"),)


class ProjectMember(Base):
    """A user who labels in a project, or settles what two labellers see differently."""

    __tablename__ = "project_members"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    role: Mapped[MemberRole] = mapped_column(word(MemberRole), default=MemberRole.LABELLER)


class ProjectFilm(Base):
    """A film of a project; the least sure have the smallest rank."""

    __tablename__ = "project_films"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    film_id: Mapped[str] = mapped_column(
        ForeignKey("films.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    rank: Mapped[float] = mapped_column(default=0.0)
    state: Mapped[ProjectFilmState] = mapped_column(
        word(ProjectFilmState), default=ProjectFilmState.OPEN
    )
    report_text: Mapped[str | None] = mapped_column(Text)
    report_words: Mapped[dict[str, Any] | None]

    __table_args__ = (Index("ix_project_films_rank", "project_id", "rank", "film_id"),)


class Audit(Base):
    """Who did what to which object; only ever added, and never with a patient's name."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    action: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Presence(Base):
    """A browser tab in which a user has a film open."""

    __tablename__ = "presence"

    film_id: Mapped[str] = mapped_column(
        ForeignKey("films.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    tab: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class Setting(Base):
    """Something that the room remembers of itself, such as an accepted site file."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[dict[str, Any]]
