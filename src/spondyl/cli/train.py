"""``spondyl train``: networks from films."""

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.errors import need_extra, wrong_use


def train(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="CONFIG",
            exists=True,
            dir_okay=False,
            help="One experiment, or a recipe of several stages (YAML).",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the run.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run in --out was stopped.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="STAGE",
            help="Of a recipe, this stage and what it starts from; can be given again.",
        ),
    ] = None,
    start_from: Annotated[
        str | None,
        typer.Option(
            "--start-from",
            metavar="WEIGHTS",
            help="Start from these, not from what CONFIG says: shipped, or a file (.onnx, .ckpt).",
        ),
    ] = None,
    anatomy: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Bone meshes and CT masks that a recipe's simulations mix in.",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that simulate for a recipe; else 2.")
    ] = None,
) -> None:
    """Train a network, or all that a recipe lists.

    [bold]Examples[/bold]

    spondyl train experiments/full.yaml --out runs/full

    spondyl train experiments/retrain.yaml --out runs/ours --resume
    """
    need_extra("train", "train")
    from spondyl.train.recipe import is_recipe, load_recipe

    if is_recipe(config):
        if start_from is not None:
            wrong_use(
                f"--start-from belongs to one experiment, and {config} is a recipe; its stages say "
                "what they start from."
            )
        from spondyl.train.recipe_run import run_recipe

        if not resume and (out / "runs").exists():
            wrong_use(f"{out} holds a run of a recipe already; give --resume, or another folder.")
        weights = run_recipe(load_recipe(config), out, anatomy, only or (), workers or 2)
        print(f"The networks are in {weights}")
        return
    for given, option in ((only, "--only"), (anatomy, "--anatomy"), (workers, "--workers")):
        if given:
            wrong_use(f"{option} belongs to recipes, and {config} is one experiment.")
    from spondyl.train.config import load_experiment, parse_experiment
    from spondyl.train.run import train as run

    experiment = load_experiment(config)
    if start_from is not None:
        values = experiment.model_dump() | {"start_from": start_from}
        experiment = parse_experiment(values, str(config))
    run(experiment, out, resume=resume)
