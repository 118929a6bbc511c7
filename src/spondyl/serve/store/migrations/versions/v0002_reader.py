"""What a reader decided of a film, in the film's row beside what the model said.

Films that were decided before get it from their decisions. The rules are written out here: a later
program may read decisions otherwise, and this step has to go on doing what it did.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 500

_FILMS = sa.table(
    "films",
    sa.column("id", sa.String),
    sa.column("decided_at", sa.DateTime),
    sa.column("reader_fractured", sa.Boolean),
    sa.column("reader_assessable", sa.Boolean),
)
_DECISIONS = sa.table(
    "decisions",
    sa.column("id", sa.String),
    sa.column("film_id", sa.String),
    sa.column("project_id", sa.String),
    sa.column("kind", sa.String),
    sa.column("parent_id", sa.String),
    sa.column("body", sa.JSON),
)


def upgrade() -> None:
    """Add both columns, and fill them in."""
    op.add_column("films", sa.Column("reader_fractured", sa.Boolean(), nullable=True))
    op.add_column("films", sa.Column("reader_assessable", sa.Boolean(), nullable=True))
    connection = op.get_bind()
    decided = sa.select(_FILMS.c.id).where(_FILMS.c.decided_at.is_not(None))
    ids = list(connection.scalars(decided.order_by(_FILMS.c.id)))
    for start in range(0, len(ids), _BATCH):
        for film_id, kind, body in _standing(connection, ids[start : start + _BATCH]):
            connection.execute(
                sa.update(_FILMS)
                .where(_FILMS.c.id == film_id)
                .values(
                    reader_fractured=kind != "reject" and _fractured(body),
                    reader_assessable=body.get("assessable") is not False,
                )
            )


def _standing(connection: sa.Connection, ids: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    """Film, kind and body of the decisions that stand; each undo takes one back."""
    rows = connection.execute(
        sa.select(_DECISIONS).where(
            _DECISIONS.c.film_id.in_(ids), _DECISIONS.c.project_id.is_(None)
        )
    )
    following = {(row.film_id, row.parent_id): row for row in rows}
    for film_id in ids:
        stack: list[Any] = []
        row = following.get((film_id, None))
        while row is not None:
            if row.kind != "undo":
                stack.append(row)
            elif stack:
                stack.pop()
            row = following.get((film_id, row.id))
        if stack:
            yield film_id, stack[-1].kind, stack[-1].body


def _fractured(body: Any) -> bool:
    return any(each.get("status") == "fractured" for each in body.get("vertebrae", ()))
