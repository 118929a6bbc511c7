"""Options that several commands take, each defined once."""

from pathlib import Path
from typing import Annotated

import typer

Weights = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Folder of other networks, as `spondyl export` writes them.",
    ),
]
Split = Annotated[str | None, typer.Option(metavar="NAME", help="Only the films of this split.")]
Threads = Annotated[int, typer.Option(min=0, help="Threads for one film; 0 takes every core.")]
