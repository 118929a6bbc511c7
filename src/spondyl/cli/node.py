"""``spondyl node``: look at a DICOM node's queue, and give dead letters another chance."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.errors import ExitCode, need_extra, say, wrong_use

if TYPE_CHECKING:
    from spondyl.serve.dicom.queue import FilmQueue

node = typer.Typer(
    name="node",
    help="Look at a DICOM node: its queue, its dead letters.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Config = Annotated[
    Path,
    typer.Argument(metavar="CONFIG.yaml", help="The node's configuration.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]


@contextmanager
def _queue(config: Path) -> "Iterator[FilmQueue]":
    need_extra("node", "serve")
    from spondyl.serve.dicom.errors import NodeError
    from spondyl.serve.dicom.settings_load import load_config
    from spondyl.serve.dicom.status import open_queue

    try:
        queue = open_queue(load_config(config).queue.folder)
    except NodeError as error:
        say(str(error))
        raise typer.Exit(ExitCode.NOTHING_DONE) from None
    try:
        yield queue
    finally:
        queue.close()


@node.command()
def status(config: Config, as_json: AsJson = False) -> None:
    """Say how many films wait, were delivered or are dead, and how each destination does.

    [bold]Examples[/bold]

    spondyl node status node.yaml

    spondyl node status node.yaml --json
    """
    with _queue(config) as queue:
        from spondyl.serve.dicom.node import running
        from spondyl.serve.dicom.status import node_status

        found = node_status(queue, running(queue.folder))
    if as_json:
        print(json.dumps(found.to_json()))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    words = "runs" if found.running else "does not run"
    since = f"; the oldest came in at {found.oldest_waiting}" if found.oldest_waiting else ""
    console.print(f"The node {words}. {found.folder}: {found.free_mb:.0f} MB free{since}.")
    films = Table("films", *found.films, title_justify="left")
    films.add_row("", *(str(count) for count in found.films.values()))
    console.print(films)
    if found.destinations:
        table = Table("destination", "pending", "sent", "done", "dead", "last reason")
        for each in found.destinations:
            counts = (each.pending, each.sent, each.done, each.dead)
            table.add_row(each.name, *(str(count) for count in counts), each.last_reason)
        console.print(table)


@node.command("dead-letters")
def dead_letters(config: Config, as_json: AsJson = False) -> None:
    """List the films that will not go on by themselves, with the reason of each.

    The list names SOP Instance UIDs, by which the archive finds the film.

    [bold]Examples[/bold]

    spondyl node dead-letters node.yaml
    """
    with _queue(config) as queue:
        from spondyl.serve.dicom.status import letter_to_json

        letters = [letter_to_json(letter) for letter in queue.dead_letters()]
    if as_json:
        for letter in letters:
            print(json.dumps(letter))
        return
    if not letters:
        print("There are no dead letters.")
        return
    for letter in letters:
        # Not a table: a UID that is cut or folded cannot be searched for.
        where = ", ".join(letter["destinations"])
        print(f"film {letter['film']}  {letter['received_at']}  from {letter['sender']}")
        print(f"    {letter['reason']}" + (f" (not delivered to {where})" if where else ""))
        print(f"    SOP Instance UID {letter['sop_instance_uid']}")


@node.command()
def requeue(
    config: Config,
    films: Annotated[
        list[int] | None,
        typer.Argument(metavar="FILM...", help="Numbers of dead letters.", show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
) -> None:
    """Give dead letters another chance: read again, or send again what was refused.

    Works while the node runs, and when it does not.

    [bold]Exit codes[/bold]

    0 all were requeued · 1 some were no dead letters · 2 wrong use · 3 none was

    [bold]Examples[/bold]

    spondyl node requeue node.yaml 17 18

    spondyl node requeue node.yaml --all
    """
    if bool(films) == everything:
        wrong_use("Name films by their numbers, or say --all.")
    with _queue(config) as queue:
        wanted = [each.film.id for each in queue.dead_letters()] if everything else films or []
        refused = [number for number in wanted if not queue.requeue(number)]
    for number in refused:
        say(f"Film {number} is no dead letter.")
    done = len(wanted) - len(refused)
    print(f"{done} requeued.")
    if refused:
        raise typer.Exit(ExitCode.SOME_FAILED if done else ExitCode.NOTHING_DONE)
