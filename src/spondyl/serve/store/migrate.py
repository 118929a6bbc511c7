"""Alembic run from inside the package: no configuration file, no command of its own."""

from pathlib import Path
from typing import TYPE_CHECKING

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from spondyl.serve.store.errors import StoreError
from spondyl.serve.store.tables import Base

if TYPE_CHECKING:
    from spondyl.serve.store.engine import Database

#: Any number that other programs of the same database do not lock.
_LOCK = 7_306_861


def scripts() -> ScriptDirectory:
    """The package's migrations."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)


def migrate(database: "Database", target: str = "head") -> tuple[str | None, str]:
    """Bring a database's tables to a revision; of two programs that start at once, one waits.

    Returns
    -------
    before, after : str or None
        Revisions.

    Raises
    ------
    StoreError
        If the database is of a newer program.
    """
    script = scripts()
    with database.begin_write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = revision(connection)
        known = {each.revision for each in script.walk_revisions()}
        if before is not None and before not in known:
            raise StoreError(
                f"The database {database.shown()} was made by a newer Spondyl (revision "
                f"{before}); install that version, or restore a back-up."
            )
        _run(connection, script, target)
        after = revision(connection)
    assert after is not None
    return before, after


def revision(connection: Connection) -> str | None:
    """The revision of a database; None if it has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def _run(connection: Connection, script: ScriptDirectory, target: str) -> None:
    environment = EnvironmentContext(
        Config(),
        script,
        fn=lambda found, _context: script._upgrade_revs(target, found),
        destination_rev=target,
    )
    with environment:
        environment.configure(
            connection=connection,
            target_metadata=Base.metadata,
            # The caller's transaction holds all steps together: all of them, or none.
            transactional_ddl=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()
