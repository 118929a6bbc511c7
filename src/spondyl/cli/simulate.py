"""``spondyl simulate``: films with known labels."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import need_extra, say, wrong_use

_INTO = "Fractures in films of your own"


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
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="DATASET",
            exists=True,
            help="Warp fractures into these labelled films of normal spines instead.",
            rich_help_panel=_INTO,
        ),
    ] = None,
    losses: Annotated[
        str,
        typer.Option(
            metavar="SHARES", help="Lost shares of a body's own height.", rich_help_panel=_INTO
        ),
    ] = "0.25,0.35,0.5",
    shapes: Annotated[
        str, typer.Option(metavar="NAMES", help="Of the fractures.", rich_help_panel=_INTO)
    ] = "wedge,biconcave,crush",
    bodies: Annotated[
        int, typer.Option(min=1, help="Fractures in one film.", rich_help_panel=_INTO)
    ] = 1,
) -> None:
    """Simulate lateral lumbar films whose corners, fractures and grades are known.

    A run that was stopped goes on where it was; a larger count adds to it.

    With --into, fractures are warped into your own films: every film once for each shape and loss,
    its labels moved along. They are made, not real, and the data set says so.

    [bold]Examples[/bold]

    spondyl simulate --count 200 --seed 7 --out data/simulated

    spondyl simulate --into data/normals --losses 0.25,0.4 --shapes wedge,crush --out data/made
    """
    if into is not None:
        if size or site or anatomy or dicom:
            wrong_use("--size, --site, --anatomy and --dicom are for simulated films, not --into.")
        _warp_into(into, out, losses, shapes, bodies, seed)
        return
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


def _warp_into(into: Path, out: Path, losses: str, shapes: str, bodies: int, seed: int) -> None:
    from spondyl.anatomy import Shape
    from spondyl.cli.progress import progress_bar
    from spondyl.labels import load_dataset
    from spondyl.simulate.collapse_write import CollapseSettings, write_collapsed

    try:
        settings = CollapseSettings(
            losses=tuple(float(part) for part in losses.split(",")),
            shapes=tuple(Shape(part.strip()) for part in shapes.split(",")),
            bodies=bodies,
            seed=seed,
        )
    except ValueError as error:
        wrong_use(f"--losses {losses} --shapes {shapes}: {error}")
    count = len(load_dataset(into))
    films, left_out = write_collapsed(into, out, settings, progress_bar("Warping films", count))
    for sentence in left_out:
        say(sentence)
    print(f"{len(films)} films with made fractures and their labels are in {out}")


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
