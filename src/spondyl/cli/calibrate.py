"""``spondyl calibrate``: a site's own threshold and probabilities."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from spondyl.cli.errors import ExitCode, need_extra, outcome, say, wrong_use
from spondyl.cli.options import Split, Threads, Weights

if TYPE_CHECKING:
    from spondyl.evaluate.calibration_cases import Seen
    from spondyl.evaluate.calibration_target import Target
    from spondyl.labels import Dataset
    from spondyl.read.reader import Reader

#: Where no operating point is asked for.
DEFAULT_FALSE_ALARMS = 0.08


def calibrate(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", exists=True, help="Folder with films.json.")
    ],
    sensitivity: Annotated[
        float | None,
        typer.Option(
            "--target-sensitivity", metavar="SHARE", help="Share of fractures to be called."
        ),
    ] = None,
    specificity: Annotated[
        float | None,
        typer.Option(
            "--target-specificity", metavar="SHARE", help="Share of normals not to be called."
        ),
    ] = None,
    false_alarms: Annotated[
        float | None,
        typer.Option(
            "--target-false-alarms",
            metavar="NUMBER",
            help=f"False alarms per film; {DEFAULT_FALSE_ALARMS} where no target is given.",
        ),
    ] = None,
    level: Annotated[
        Literal["body", "film"],
        typer.Option(help="What sensitivity and specificity are counted in."),
    ] = "body",
    refit: Annotated[
        Literal["auto", "none", "temperature", "isotonic", "logistic"],
        typer.Option(
            help="How probabilities are calibrated: as held-out films choose, not at all, by slope "
            "and offset, by a free rising curve, or by a new fracture model."
        ),
    ] = "auto",
    site: Annotated[
        str, typer.Option(metavar="NAME", help="The site to start from, or its file.")
    ] = "default",
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The new site's; else the folder's.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", dir_okay=False, help="Else NAME.json, here."),
    ] = None,
    split: Split = None,
    weights: Weights = None,
    threads: Threads = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the site file, and nothing else.")
    ] = False,
) -> None:
    """Set threshold and probabilities to your own labelled films.

    Writes a site file for `--site` of the other commands, and says what to expect at its threshold
    on new films of the same source. Give one target; films of normal bodies alone can set a
    specificity or the false alarms per film.

    [bold]Example[/bold]

    spondyl calibrate data/ours --target-sensitivity 0.95 --out ours.json
    """
    need_extra("calibrate", "evaluate")
    from spondyl.cli.compose import open_reader
    from spondyl.evaluate.calibration_fit import Refit
    from spondyl.evaluate.calibration_run import calibrate as fit
    from spondyl.evaluate.run import is_simulated
    from spondyl.labels import load_dataset
    from spondyl.read.site import save_site

    target = _target(sensitivity, specificity, false_alarms, level)
    films = load_dataset(dataset)
    reader = open_reader(site, threads, weights)
    seen, failed = _examine(films, split, reader)
    if not seen:
        which = f' in split "{split}"' if split else ""
        say(f"No film of {dataset}{which} could be read; there is nothing to calibrate on.")
        raise typer.Exit(ExitCode.NOTHING_DONE)
    folder = films.folder.resolve().name
    made = fit(
        seen, reader.site, target, refit=Refit(refit), name=name or folder,
        dataset=folder, model_sha256=reader.model.sha256,
        note="The films are simulated: the figures say nothing of accuracy in patients."
        if is_simulated(films) else "",
    )  # fmt: skip
    file = out or Path(f"{made.name}.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    save_site(made, file)
    if as_json:
        print(file.read_text(encoding="utf-8"), end="")
    else:
        from spondyl.cli.calibration_table import print_calibration

        print_calibration(made, reader.site, file)
    code = outcome(len(seen), failed)
    if code is not ExitCode.DONE:
        raise typer.Exit(code)


def _target(
    sensitivity: float | None, specificity: float | None, false_alarms: float | None, level: str
) -> "Target":
    from spondyl.evaluate.calibration_target import Goal, Target, Unit

    given = {
        goal: value
        for goal, value in (
            (Goal.SENSITIVITY, sensitivity),
            (Goal.SPECIFICITY, specificity),
            (Goal.FALSE_ALARMS, false_alarms),
        )
        if value is not None
    }
    if len(given) > 1:
        wrong_use(
            "A threshold keeps one target; give one of --target-sensitivity, --target-specificity "
            f"and --target-false-alarms, found {len(given)}."
        )
    goal, value = next(iter(given.items()), (Goal.FALSE_ALARMS, DEFAULT_FALSE_ALARMS))
    return Target(goal, value, Unit(level))


def _examine(films: "Dataset", split: str | None, reader: "Reader") -> tuple[Sequence["Seen"], int]:
    """What the networks see on every film; films that cannot be read are named and counted."""
    from spondyl.cli.errors import reason
    from spondyl.cli.progress import progress_bar
    from spondyl.evaluate.calibration_cases import Seen, without_pixels
    from spondyl.film import FilmError

    labels = [label for label in films if split is None or label.split == split]
    seen, failed = [], 0
    with progress_bar("Reading films", len(labels)) as step:
        for label in labels:
            try:
                seen.append(Seen(label, without_pixels(reader.examine(films.path(label)))))
            except (FilmError, ValueError, OSError) as error:
                say(f"{label.name}: {reason(error)}")
                failed += 1
            step()
    return seen, failed
