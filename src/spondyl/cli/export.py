"""``spondyl export``: a trained run to ONNX."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from spondyl.cli.errors import need_extra


def export(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", exists=True, file_okay=False, help="Folder of a run.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The ONNX file to write.")],
    checkpoint: Annotated[
        Literal["best", "last"], typer.Option(help="Best on its validation films, or last.")
    ] = "best",
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the training's log, too: figures by step (.csv), facts beside it (.json).",
        ),
    ] = None,
    after: Annotated[
        list[Path] | None,
        typer.Option(
            "--after",
            metavar="RUN",
            exists=True,
            file_okay=False,
            help="For the log: a run that this one started from, the first one first.",
        ),
    ] = None,
) -> None:
    """Write the weights of a run as ONNX, with their card inside.

    [bold]Example[/bold]

    spondyl export runs/finder --out finder.onnx
    """
    need_extra("export", "train")
    from spondyl.train.log import write_log
    from spondyl.train.run import export as write

    write(run, out, checkpoint)
    print(f"The network is in {out}")
    if log is not None:
        write_log([*(after or ()), run], log)
        print(f"Its training's log is in {log}")
