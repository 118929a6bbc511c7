"""``spondyl labels import`` and ``export``: the label formats of other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import say, wrong_use

_FORMATS_HELP = "coco, labelme, cvat, via, labelstudio, buu"


class Side(StrEnum):
    """A side of the picture."""

    LEFT = "left"
    RIGHT = "right"


def import_labels(
    source: Annotated[
        Path, typer.Argument(metavar="PATH", exists=True, help="File or folder of labels.")
    ],
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="NAME", help=f"{_FORMATS_HELP}; or verse for a labelled CT."
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Folder of the data set.")
    ],
    films: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Where the pictures lie; by default beside the labels.",
        ),
    ] = None,
    side: Annotated[
        Side | None,
        typer.Option(help="Posterior side of films whose labels do not say it."),
    ] = None,
    labels_only: Annotated[
        bool, typer.Option("--labels-only", help="Write films.json alone, without pictures.")
    ] = False,
    count: Annotated[
        int, typer.Option(min=1, help="Films made of each CT, in different views (verse).")
    ] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Views and exposures (verse).")] = 0,
) -> None:
    """Bring labels of another program in: films.json, and the pictures beside it.

    What Spondyl has no place for is kept with each film and body, and goes out again by
    [bold]spondyl labels export[/bold].

    [bold]Examples[/bold]

    spondyl labels import project.xml --format cvat --films pictures --out data/north

    spondyl labels import ct-folder --format verse --count 4 --out data/ct
    """
    from spondyl.cli import labels_import

    if form == "verse":
        films_made, remarks = labels_import.from_ct(source, out, count, seed)
        print(f"{films_made} films made of labelled CT, and their labels, are in {out}")
    else:
        if out.joinpath("films.json").exists():
            wrong_use(f"{out} holds a data set already; name another folder.")
        done = labels_import.from_format(
            source, form, out, films, None if side is None else str(side), not labels_only
        )
        remarks = done.remarks
        print(
            f"{done.films} films with {done.bodies} labelled bodies are in {out}"
            + (f"; {done.copied} pictures copied" if done.copied else "")
        )
    for sentence in remarks:
        say(sentence)


def export_labels(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", exists=True, help="Folder with films.json.")
    ],
    form: Annotated[str, typer.Option("--format", metavar="NAME", help=f"{_FORMATS_HELP}.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="PATH", help="File, or folder for one file a film.")
    ],
) -> None:
    """Write a data set's labels for another program.

    [bold]Example[/bold]

    spondyl labels export data/north --format coco --out north.json
    """
    from spondyl.cli.labels_import import to_format

    done = to_format(dataset, form, out)
    print(f"{done.films} films with {done.bodies} labelled bodies are in {out}")
