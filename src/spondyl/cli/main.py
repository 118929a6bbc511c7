"""The program as a whole: its commands, and what becomes of an error."""

import os
import sys
from typing import Annotated

import typer

from spondyl import __version__
from spondyl.cli.calibrate import calibrate
from spondyl.cli.compare import compare
from spondyl.cli.errors import DEBUG_VARIABLE, ExitCode, report
from spondyl.cli.evaluate import evaluate
from spondyl.cli.export import export
from spondyl.cli.info import info
from spondyl.cli.labels import labels
from spondyl.cli.node import node
from spondyl.cli.read import read
from spondyl.cli.room import room
from spondyl.cli.sample_size import sample_size
from spondyl.cli.serve import serve
from spondyl.cli.simulate import simulate
from spondyl.cli.study import study
from spondyl.cli.train import train

_HELP = """Read lateral lumbar spine radiographs: names, heights and fractures of vertebral bodies.

Research software, not a medical device.
"""

app = typer.Typer(
    name="spondyl",
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    read,
    simulate,
    train,
    evaluate,
    calibrate,
    compare,
    study,
    sample_size,
    serve,
    export,
    info,
):
    app.command()(_command)
app.add_typer(labels)
app.add_typer(node)
app.add_typer(room)


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"spondyl {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[
        bool,
        typer.Option("--debug", envvar=DEBUG_VARIABLE, help="Show the traceback of an error."),
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    if debug:
        os.environ[DEBUG_VARIABLE] = "1"


def main() -> None:
    """Run the command line; no traceback reaches a user who did not ask for it."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except Exception as error:  # the last place before the user
        sys.exit(report(error))
