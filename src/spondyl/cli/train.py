"""``spondyl train``: networks from films."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import need_extra


def train(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", exists=True, dir_okay=False, help="Settings, YAML.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the run.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run in --out was stopped.")
    ] = False,
) -> None:
    """Train a network.

    [bold]Example[/bold]

    spondyl train finder.yaml --out runs/finder
    """
    need_extra("train", "train")
    from spondyl.train.run import train as run

    run(config, out, resume=resume)
