"""``spondyl serve``: services that stay up."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import ExitCode, need_extra, say, wrong_use


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
) -> None:
    """Take films from a network, read them, and send the results on; until SIGTERM.

    A film that was answered with success is on the disk. SIGTERM drains: what is being received,
    read and sent is finished, the rest waits for the next start. Logs are JSON lines on standard
    error.

    [bold]Exit codes[/bold]

    0 drained and ended · 2 the configuration cannot be used · 3 the node could not run

    [bold]Examples[/bold]

    spondyl serve --dicom node.yaml --check

    spondyl serve --dicom node.yaml
    """
    if dicom is None:
        wrong_use("Say what to serve: spondyl serve --dicom CONFIG.yaml")
    need_extra("serve", "serve")
    need_extra("serve", "dicom")
    from spondyl.serve.dicom.errors import NodeError
    from spondyl.serve.dicom.logs import start_logging
    from spondyl.serve.dicom.settings_load import load_config

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
