"""``spondyl serve``: services that stay up."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import ExitCode, need_extra, say, wrong_use
from spondyl.cli.room import Data, DatabaseUrl, SettingsFile, settings_of


def serve(
    dicom: Annotated[
        Path | None,
        typer.Option(
            "--dicom",
            metavar="CONFIG.yaml",
            help="Be a DICOM node: take films by C-STORE, send results on.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the configuration, and leave.")
    ] = False,
    host: Annotated[
        str | None,
        typer.Option("--host", help="Address to bind; default 127.0.0.1. Others need sign-in."),
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="TCP port; default 8750.")
    ] = None,
    data: Data = None,
    database: DatabaseUrl = None,
    films: Annotated[
        str | None,
        typer.Option("--films", metavar="URL", help="Folder or s3://bucket; default: in --data."),
    ] = None,
    settings: SettingsFile = None,
    sign_in: Annotated[
        bool | None,
        typer.Option("--sign-in/--no-sign-in", help="People sign in; default: nobody has to."),
    ] = None,
    open_page: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open the page; default: at a terminal."),
    ] = None,
) -> None:
    """Open the reading room: a page where films are read, checked and drawn on; until SIGTERM.

    With --dicom, be a DICOM node instead: take films from a network, read them, and send the
    results on. A film that was answered with success is on the disk. SIGTERM drains: what is being
    received, read and sent is finished, the rest waits for the next start. Logs are JSON lines on
    standard error.

    [bold]Exit codes[/bold]

    0 drained and ended · 2 the configuration cannot be used · 3 the service could not run

    [bold]Examples[/bold]

    spondyl serve

    spondyl serve --settings room.yaml --no-open

    spondyl serve --dicom node.yaml --check

    spondyl serve --dicom node.yaml
    """
    of_room: dict[str, object] = {
        "host": host,
        "port": port,
        "data": data,
        "database": database,
        "films": films,
        "sign_in": sign_in,
    }
    if dicom is None:
        _serve_room(settings, of_room, check, open_page)
        return
    if settings is not None or any(each is not None for each in of_room.values()):
        wrong_use("With --dicom everything stands in CONFIG.yaml; give no options of the room.")
    _serve_node(dicom, check)


def _serve_room(
    settings: Path | None, given: dict[str, object], check: bool, open_page: bool | None
) -> None:
    found = settings_of("serve", settings, given)
    if check:
        print(f"{settings or 'settings'}: the room would listen at {found.host}:{found.port}.")
        return
    from spondyl.serve.store.errors import StoreError
    from spondyl.serve.web.run import run

    try:
        run(found, open_page=sys.stdout.isatty() if open_page is None else open_page)
    except StoreError as error:
        say(str(error))
        raise typer.Exit(ExitCode.NOTHING_DONE) from None


def _serve_node(dicom: Path, check: bool) -> None:
    need_extra("serve", "serve")
    need_extra("serve", "dicom")
    from spondyl.serve.dicom.errors import NodeError
    from spondyl.serve.dicom.settings_load import load_config
    from spondyl.serve.logs import start_logging

    config = load_config(dicom)
    if check:
        print(f"{dicom}: {len(config.destinations)} destinations, {len(config.allow)} callers.")
        return
    from spondyl.serve.dicom.node import Node

    start_logging()
    try:
        Node(config).run()
    except NodeError as error:
        say(str(error))
        raise typer.Exit(ExitCode.NOTHING_DONE) from None
