"""What the database itself refuses: to change or forget a decision, a reading, an audit line.

Code has mistakes, and people have consoles; the rule is therefore the database's own. Readings go
with the film that an administrator deletes, so of them only changes are refused.
"""

#: Table -> what is refused.
_REFUSED = {
    "decisions": ("UPDATE", "DELETE"),
    "audit": ("UPDATE", "DELETE"),
    "readings": ("UPDATE",),
}


def guard_statements(dialect: str) -> list[str]:
    """SQL that sets the guards up.

    Parameters
    ----------
    dialect : str
        ``"sqlite"`` or ``"postgresql"``.
    """
    return _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added'); END"
        for table, refused in _REFUSED.items()
        for what in refused
    ]


def _postgresql() -> list[str]:
    statements = [
        "CREATE OR REPLACE FUNCTION only_ever_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% are only ever added', TG_TABLE_NAME "
        "USING ERRCODE = 'restrict_violation'; END $$"
    ]
    for table, refused in _REFUSED.items():
        statements += [
            f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_ever_added()"
            for what in refused
        ]
        # A row trigger does not see a TRUNCATE, which takes all rows at once.
        statements.append(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_ever_added()"
        )
    return statements
