"""``spondyl export``: a trained run to ONNX."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import need_extra


def export(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", exists=True, file_okay=False, help="Folder of a run.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The ONNX file to write.")],
) -> None:
    """Write the weights of a run as ONNX, with their card inside.

    [bold]Example[/bold]

    spondyl export runs/finder --out finder.onnx
    """
    need_extra("export", "train")
    from spondyl.train.run import export as write

    write(run, out)
    print(f"The network is in {out}")
