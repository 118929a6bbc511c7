"""``spondyl room``: the reading room's users and tables, from the console."""

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.errors import ExitCode, need_extra, say, wrong_use

if TYPE_CHECKING:
    from spondyl.serve.store.engine import Database
    from spondyl.serve.web.settings import RoomSettings

room = typer.Typer(
    name="room",
    help="Look after a reading room: its users, its tables.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
user = typer.Typer(
    name="user",
    help="Add, list and change the users of a reading room.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
room.add_typer(user)


class RoleName(StrEnum):
    """Roles, without the database's modules."""

    READER = "reader"
    LABELLER = "labeller"
    ADMIN = "admin"


SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="The room's settings (YAML).")
]
Data = Annotated[
    Path | None, typer.Option("--data", metavar="FOLDER", help="Folder of database and films.")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="SQLite or PostgreSQL; default: in --data."),
]
Name = Annotated[str, typer.Argument(help="Name that the user signs in with.", show_default=False)]


def settings_of(command: str, settings: Path | None, given: dict[str, Any]) -> "RoomSettings":
    """Settings of a file, with options laid over it."""
    need_extra(command, "serve")
    from spondyl.serve.web.settings import load_settings

    said = {
        key: str(each) if isinstance(each, Path) else each
        for key, each in given.items()
        if each is not None
    }
    return load_settings(settings, said)


@contextmanager
def _database(
    settings: Path | None, data: Path | None, database: str | None
) -> "Iterator[tuple[Database, RoomSettings]]":
    found = settings_of("room", settings, {"data": data, "database": database})
    from spondyl.serve.store.engine import Database
    from spondyl.serve.store.errors import StoreError

    try:
        opened = Database(found.database_url)
        opened.migrate()
    except StoreError as error:
        say(str(error))
        raise typer.Exit(ExitCode.NOTHING_DONE) from None
    try:
        yield opened, found
    finally:
        opened.close()


@user.command("add")
def add(
    name: Name,
    role: Annotated[RoleName, typer.Option("--role", help="What the user may do.")] = (
        RoleName.READER
    ),
    full_name: Annotated[str, typer.Option("--full-name", help="Name shown to others.")] = "",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="The user signs in by OpenID Connect alone.")
    ] = False,
    settings: SettingsFile = None,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Add a user; the password is asked for, or read from standard input.

    [bold]Examples[/bold]

    spondyl room user add anna --role admin

    pass show room/anna | spondyl room user add anna --settings room.yaml
    """
    with _database(settings, data, database) as (found, known):
        from spondyl.serve.store.kinds import Role
        from spondyl.serve.web.users import add_user

        add_user(
            found,
            name,
            Role(role.value),
            None if no_password else _new_password(),
            full_name=full_name,
            shortest=known.sessions.shortest_password,
        )
    print(f"{name} may sign in as {role.value}.")


@user.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
    settings: SettingsFile = None,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """List the users, what they may do and how they sign in.

    [bold]Examples[/bold]

    spondyl room user list

    spondyl room user list --json
    """
    with _database(settings, data, database) as (found, _):
        from spondyl.serve.web.users import all_users

        rows = [
            {
                "name": each.name,
                "full_name": each.full_name,
                "role": each.role.value,
                "active": each.active,
                "password": each.password_hash is not None,
                "oidc": each.oidc_subject is not None,
            }
            for each in all_users(found)
        ]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        ways = [way for way in ("password", "oidc") if row[way]] or ["no sign-in"]
        state = "" if row["active"] else "  (disabled)"
        print(f"{row['name']:<24} {row['role']:<9} {' and '.join(ways)}{state}")


@user.command("password")
def password(
    name: Name,
    settings: SettingsFile = None,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Give a user a new password; all browsers of this user are signed out.

    [bold]Examples[/bold]

    spondyl room user password anna
    """
    with _database(settings, data, database) as (found, known):
        from spondyl.serve.web.users import set_password

        set_password(found, name, _new_password(), shortest=known.sessions.shortest_password)
    print(f"{name} has a new password.")


@user.command("disable")
def disable(
    name: Name,
    back: Annotated[bool, typer.Option("--back", help="Let the user in again.")] = False,
    settings: SettingsFile = None,
    data: Data = None,
    database: DatabaseUrl = None,
) -> None:
    """Keep a user out from now on; what the user decided stays.

    [bold]Examples[/bold]

    spondyl room user disable anna

    spondyl room user disable anna --back
    """
    with _database(settings, data, database) as (found, _):
        from spondyl.serve.web.users import set_active

        set_active(found, name, back)
    print(f"{name} may sign in again." if back else f"{name} can no longer sign in.")


@room.command()
def migrate(settings: SettingsFile = None, data: Data = None, database: DatabaseUrl = None) -> None:
    """Bring a room's tables to this version's form, as its start does, too. Back up before.

    [bold]Examples[/bold]

    spondyl room migrate --settings room.yaml
    """
    found = settings_of("room", settings, {"data": data, "database": database})
    from spondyl.serve.store.engine import Database
    from spondyl.serve.store.errors import StoreError

    try:
        opened = Database(found.database_url)
        before, after = opened.migrate()
        opened.close()
    except StoreError as error:
        say(str(error))
        raise typer.Exit(ExitCode.NOTHING_DONE) from None
    if before == after:
        print(f"The tables are of revision {after} already.")
    else:
        print(f"The tables went from {before or 'nothing'} to revision {after}.")


def _new_password() -> str:
    """Asked for twice at a terminal; else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        wrong_use("The two passwords differ.")
    return first
