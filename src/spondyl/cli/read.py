"""``spondyl read``: films in, readings out."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.errors import outcome, reason, say, wrong_use
from spondyl.cli.options import Threads, Weights
from spondyl.cli.progress import progress_bar

if TYPE_CHECKING:
    from spondyl.cli.films import FilmFile
    from spondyl.read.model import Reading

DEFAULT_FORMATS = "json,png"


def read(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Films (DICOM, PNG, JPEG, TIFF) or folders of films."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            file_okay=False,
            help="Write DIR/FILM/reading.json and overlay.png for each film.",
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one reading a line as JSON, and nothing else."),
    ] = False,
    formats: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="What --out writes, separated by commas: json, png, pdf, fhir, and of DICOM films "
            "sr, sc, sc-grey, gsps, dcmpdf.",
            show_default=DEFAULT_FORMATS,
        ),
    ] = None,
    deidentify: Annotated[
        bool,
        typer.Option(
            "--deidentify",
            help="Leave the patient out of what --out writes: PS3.15 Basic Profile for headers. "
            "Letters in the picture stay.",
        ),
    ] = False,
    compression: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Of the pixels of sc and sc-grey, without loss: none, rle, jpeg-ls, jpeg2000.",
            show_default="none",
        ),
    ] = None,
    site: Annotated[
        str, typer.Option(metavar="NAME", help="Whose thresholds are used; or a site file.")
    ] = "default",
    weights: Weights = None,
    threads: Threads = 0,
) -> None:
    """Read films: name the bodies, measure them, say which look fractured.

    A film that was read and found not assessable counts as read.

    [bold]Exit codes[/bold]

    0 all films were read · 1 some could not be read or a format not be written, each is named with
    its reason · 2 wrong use · 3 nothing could be read

    [bold]Examples[/bold]

    spondyl read film.dcm

    spondyl read films/ --out readings/

    spondyl read films/ --out results/ --formats json,sr,sc

    spondyl read films/ --json > readings.jsonl
    """
    from spondyl.cli.films import find_films
    from spondyl.cli.outputs import Outputs, need_extras
    from spondyl.cli.tables import print_readings, reading_row
    from spondyl.deliver import FormatError, choose_compression, choose_formats

    if formats is not None and out is None:
        wrong_use("--formats says what --out writes; give --out DIR, too.")
    try:
        chosen = choose_formats(formats or DEFAULT_FORMATS)
        how = choose_compression(compression or "none")
    except FormatError as error:
        wrong_use(str(error))
    if deidentify and out is None:
        wrong_use("--deidentify is about what --out writes; give --out DIR, too.")
    if compression is not None and not any(form.compressible for form in chosen):
        wrong_use("--compression is about sc and sc-grey; name one of them in --formats.")
    need_extras(chosen, deidentify)
    films = find_films(paths)
    if not films:
        say(f"No film lies in {', '.join(map(str, paths))}; DICOM, PNG, JPEG and TIFF are read.")
        raise typer.Exit(outcome(0, 0))

    outputs = Outputs(out, chosen, deidentify, how) if out is not None else None
    rows: list[tuple[str, ...]] = []
    failures: list[str] = []
    refused: list[str] = []
    for film, result in _read_all(films, site, threads, weights):
        if isinstance(result, Exception):
            failures.append(f"{film.path}: {reason(result)}")
            continue
        if outputs is not None:
            refused += [f"{film.path}: {why}" for why in outputs.write(result, film.name)]
        if as_json:
            _print_line(result)
        else:
            rows.append(reading_row(film.name, result))
    if rows:
        print_readings(rows)
    for sentence in failures + refused:
        say(sentence)
    if deidentify and len(failures) < len(films):
        say(
            "Only headers were cleaned. Letters in a picture stay in it: look at each film before "
            "it leaves the house."
        )
    raise typer.Exit(outcome(len(films) - len(failures), len(failures) + len(refused)))


def _read_all(
    films: "list[FilmFile]", site: str, threads: int, weights: Path | None
) -> "Iterator[tuple[FilmFile, Reading | Exception]]":
    """Each film with its reading, or with why there is none."""
    from spondyl.cli.compose import open_reader
    from spondyl.read.weights import WeightsError

    reader = open_reader(site, threads, weights)
    with progress_bar("Reading films", len(films)) as step:
        for film in films:
            result: Reading | Exception
            try:
                result = reader.read(film.path)
            except WeightsError:
                raise
            except Exception as error:  # one bad film must not end a run over thousands
                result = error
            yield film, result
            step()


def _print_line(reading: "Reading") -> None:
    import json

    from spondyl.deliver import reading_to_json

    print(json.dumps(reading_to_json(reading), separators=(",", ":"), allow_nan=False), flush=True)
