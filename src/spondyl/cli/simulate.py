"""``spondyl simulate``: films with known labels."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import need_extra, say, wrong_use


def simulate(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the data set.")],
    count: Annotated[int, typer.Option(min=1, help="How many films.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same films.")] = 0,
    size: Annotated[
        int | None,
        typer.Option(min=256, metavar="ROWS", help="Rows of a film; its width follows the view."),
    ] = None,
    site: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="One imaging chain; by default films come from all."),
    ] = None,
    anatomy: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Bone meshes and CT masks, mixed with the built-in shapes (names: x_L3.ply).",
        ),
    ] = None,
    dicom: Annotated[bool, typer.Option("--dicom", help="Write DICOM beside each PNG.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Simulate lateral lumbar films whose corners, fractures and grades are known.

    A run that was stopped goes on where it was; a larger count adds to it.

    [bold]Example[/bold]

    spondyl simulate --count 200 --seed 7 --out data/simulated
    """
    need_extra("simulate", "simulate")
    from spondyl.simulate.film import FilmSettings
    from spondyl.simulate.finish import FinishSettings
    from spondyl.simulate.settings import SceneSettings
    from spondyl.simulate.write import WriteSettings, write_dataset

    film = FilmSettings(
        scene=SceneSettings(height_px=size),
        finish=FinishSettings(height_px=None if size is None else (size, size)),
        site=site,
    )
    library = None if anatomy is None else _import_bones(anatomy, out / "bones")
    settings = WriteSettings(film=film, dicom=dicom, library=library)
    films = write_dataset(out, count, seed, settings, workers)
    print(f"{len(films)} films and their labels are in {out}")


def _import_bones(folder: Path, kept: Path) -> Path:
    """Read bones once, keep them beside the films; the file that every process loads."""
    from spondyl.simulate.shapes.library import ShapeLibrary

    kept.mkdir(parents=True, exist_ok=True)
    library = ShapeLibrary.from_folder(folder, cache=kept)
    for sentence in library.skipped:
        say(sentence)
    if not (library.vertebrae or library.sacra):
        wrong_use(f"{folder} holds no bones that can be used; --anatomy takes files like x_L3.ply.")
    file = (kept / "library.npz").resolve()
    library.save(file)
    return file
