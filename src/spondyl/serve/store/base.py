"""What all tables share: ids, times, words, JSON."""

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator


def new_id() -> str:
    """A new row's id: a random UUID, 36 characters, which nobody can guess."""
    return str(uuid.uuid4())


def utc_now() -> datetime:
    """Now, with its zone."""
    return datetime.now(UTC)


class UtcTime(TypeDecorator[datetime]):
    """A time with its zone, kept as UTC; SQLite's columns know no zone, so it is put back."""

    impl = DateTime(timezone=True)
    #: A statement with such a column may be compiled once.
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database.

        Raises
        ------
        ValueError
            If the time has no zone: whose clock would it be?
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("Expected a time with its zone, found one without; use utc_now().")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(kind: type[StrEnum]) -> Enum:
    """A column for one of an enumeration's words, kept as text."""
    return Enum(
        kind,
        native_enum=False,
        values_callable=lambda members: [each.value for each in members],
        length=20,
        validate_strings=True,
    )


class Base(DeclarativeBase):
    """All tables."""

    #: Tables and the names of their indexes and constraints, the same in every database.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # JSON and not PostgreSQL's JSONB: a reading comes back as it was written, keys in order.
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcTime(),
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
        str: String(),
    }
