"""The first form of the tables, with their guards."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from spondyl.serve.store.base import UtcTime
from spondyl.serve.store.guard import guard_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(36)
WORD = sa.String(20)
TIME = UtcTime()
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Make all tables."""
    _people()
    _films()
    _projects()
    _decisions()
    for statement in guard_statements(op.get_bind().dialect.name):
        op.execute(statement)


def _full(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _open(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _people() -> None:
    op.create_table(
        "settings",
        _full("key", sa.String(100)),
        _full("value", JSON),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
    op.create_table(
        "users",
        _full("id", ID),
        _full("name", sa.String(64)),
        _full("full_name", sa.String(200)),
        _full("role", WORD),
        _open("password_hash", sa.String(300)),
        _open("oidc_subject", sa.String(600)),
        _full("active", sa.Boolean()),
        _full("created_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
        sa.UniqueConstraint("oidc_subject", name="uq_users_oidc_subject"),
    )
    op.create_table(
        "sign_ins",
        _full("token_hash", sa.String(64)),
        _full("user_id", ID),
        _full("csrf", sa.String(64)),
        _full("created_at", TIME),
        _full("expires_at", TIME),
        _full("seen_at", TIME),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_ins_user_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"])
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])
    op.create_table(
        "audit",
        _full("id", sa.Integer()),
        _full("at", TIME),
        _open("user_id", ID),
        _full("action", sa.String(60)),
        _full("object", sa.String(200)),
        _full("detail", JSON),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_audit_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_user_id", "audit", ["user_id"])


def _films() -> None:
    op.create_table(
        "films",
        _full("id", ID),
        _full("sha256", sa.String(64)),
        _full("name", sa.String(300)),
        _full("kind", sa.String(20)),
        _full("patient_key", sa.String(200)),
        _full("patient_id", sa.String(200)),
        _full("patient_name", sa.String(400)),
        _full("sex", sa.String(10)),
        _open("birth_year", sa.Integer()),
        _open("study_date", sa.Date()),
        _full("site", sa.String(100)),
        _full("source", WORD),
        _full("width", sa.Integer()),
        _full("height", sa.Integer()),
        _full("size_bytes", sa.Integer()),
        _full("key", sa.String(300)),
        _full("received_at", TIME),
        _open("received_by", ID),
        _full("state", WORD),
        _open("reason", sa.Text()),
        _full("attempts", sa.Integer()),
        _open("started_at", TIME),
        _open("suspicion", sa.Double()),
        _full("fractured", sa.Boolean()),
        _full("unsure", sa.Boolean()),
        _open("assessable", sa.Boolean()),
        _full("status", WORD),
        _open("decided_by", ID),
        _open("decided_at", TIME),
        _open("reading_id", ID),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name="fk_films_decided_by"),
        sa.ForeignKeyConstraint(["received_by"], ["users.id"], name="fk_films_received_by"),
        sa.PrimaryKeyConstraint("id", name="pk_films"),
        sa.UniqueConstraint("sha256", name="uq_films_sha256"),
    )
    op.create_index("ix_films_name_id", "films", ["name", "id"])
    op.create_index("ix_films_patient_key", "films", ["patient_key"])
    op.create_index("ix_films_received_at", "films", [sa.text("received_at DESC"), "id"])
    op.create_index(
        "ix_films_suspicion", "films", [sa.text("coalesce(suspicion, -1.0) DESC"), "id"]
    )
    op.create_index("ix_films_site", "films", ["site"])
    op.create_index("ix_films_state", "films", ["state", "received_at"])
    op.create_index("ix_films_status", "films", ["status", "id"])
    op.create_index("ix_films_study_date_id", "films", ["study_date", "id"])
    op.create_table(
        "readings",
        _full("id", ID),
        _full("film_id", ID),
        _full("model", sa.String(64)),
        _full("version", sa.String(40)),
        _full("site", sa.String(100)),
        _full("made_at", TIME),
        _full("body", JSON),
        _open("suspicion", sa.Double()),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name="fk_readings_film_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
    )
    op.create_index("ix_readings_film_id", "readings", ["film_id"])
    op.create_index("ix_readings_made_at", "readings", ["made_at"])
    op.create_table(
        "presence",
        _full("film_id", ID),
        _full("user_id", ID),
        _full("tab", sa.String(64)),
        _full("since", TIME),
        _full("seen_at", TIME),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name="fk_presence_film_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_presence_user_id"),
        sa.PrimaryKeyConstraint("film_id", "user_id", "tab", name="pk_presence"),
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])


def _projects() -> None:
    op.create_table(
        "projects",
        _full("id", ID),
        _full("name", sa.String(200)),
        _full("description", sa.Text()),
        _full("created_by", ID),
        _full("created_at", TIME),
        _full("readers_per_film", sa.Integer()),
        _full("levels", JSON),
        _full("closed", sa.Boolean()),
        sa.CheckConstraint("readers_per_film IN (1, 2)", name="ck_projects_readers"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name="fk_projects_created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("name", name="uq_projects_name"),
    )
    op.create_table(
        "project_members",
        _full("project_id", ID),
        _full("user_id", ID),
        _full("role", WORD),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_project_members_project_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_project_members_user_id"),
        sa.PrimaryKeyConstraint("project_id", "user_id", name="pk_project_members"),
    )
    op.create_index("ix_project_members_user_id", "project_members", ["user_id"])
    op.create_table(
        "project_films",
        _full("project_id", ID),
        _full("film_id", ID),
        _full("rank", sa.Double()),
        _full("state", WORD),
        _open("report_text", sa.Text()),
        _open("report_words", JSON),
        sa.ForeignKeyConstraint(
            ["film_id"], ["films.id"], name="fk_project_films_film_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_project_films_project_id"
        ),
        sa.PrimaryKeyConstraint("project_id", "film_id", name="pk_project_films"),
    )
    op.create_index("ix_project_films_film_id", "project_films", ["film_id"])
    op.create_index("ix_project_films_rank", "project_films", ["project_id", "rank", "film_id"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        _full("id", ID),
        _full("film_id", ID),
        _open("project_id", ID),
        _full("user_id", ID),
        _full("at", TIME),
        _full("kind", WORD),
        _open("parent_id", ID),
        _open("reading_id", ID),
        _full("body", JSON),
        _open("report", sa.Text()),
        sa.ForeignKeyConstraint(["parent_id"], ["decisions.id"], name="fk_decisions_parent_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_decisions_project_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_decisions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_at", "decisions", ["at"])
    op.create_index("ix_decisions_film_id", "decisions", ["film_id", "at"])
    op.create_index("ix_decisions_project_id", "decisions", ["project_id"])
    op.create_index("ix_decisions_user_id", "decisions", ["user_id"])
    op.create_index(
        "uq_decisions_parent",
        "decisions",
        [
            "film_id",
            sa.text("coalesce(project_id, '')"),
            sa.text("(CASE WHEN project_id IS NULL THEN '' ELSE user_id END)"),
            sa.text("coalesce(parent_id, '')"),
        ],
        unique=True,
    )
