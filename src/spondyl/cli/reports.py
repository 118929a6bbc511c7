"""Reports in, labels out: what ``spondyl labels from-reports`` does."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.cli.errors import reason

if TYPE_CHECKING:
    from spondyl.labels import FilmLabel
    from spondyl.labels.reports import ReportLabels
    from spondyl.labels.reports.films import FilmFacts
    from spondyl.labels.reports.review import Reviewed
    from spondyl.labels.reports.sources import SourceReport


_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")


@dataclass
class Labelled:
    """What became of the reports.

    Attributes
    ----------
    labelled : int
    failures : list of str
        Sentences with file and line.
    """

    labelled: int = 0
    failures: list[str] = field(default_factory=list)


def label_reports(
    source: Path, *, out: Path | None, review: Path | None, films: Path | None, as_json: bool
) -> Labelled:
    """Label every report, then write; nothing is written if the source as a whole is not right.

    Raises
    ------
    ReportsError, DatasetError
    """
    from spondyl.labels import load_dataset, save_dataset
    from spondyl.labels.dataset import FILE_NAME
    from spondyl.labels.reports import read_report
    from spondyl.labels.reports.films import label_film
    from spondyl.labels.reports.review import Reviewed, write_review
    from spondyl.labels.reports.sources import Failure, read_sources

    known = load_dataset(out) if out is not None and (out / FILE_NAME).is_file() else None
    labels: dict[str, FilmLabel] = {film.name: film for film in known} if known else {}
    folders = [films] if films else [f for f in (out, _folder(source)) if f is not None]
    done = Labelled()
    reviewed: list[Reviewed] = []
    for report in read_sources(source):
        if isinstance(report, Failure):
            done.failures.append(report.sentence)
            continue
        try:
            facts = _facts(report, folders, set(labels), needed=films is not None)
        except ValueError as error:
            done.failures.append(f"{report.where}: {reason(error)}")
            continue
        read = read_report(report.text)
        labels[facts.name] = label_film(report, read, facts, labels.get(facts.name))
        reviewed.append(Reviewed(facts.name, read))
        done.labelled += 1
        if as_json:
            print(json.dumps(_line(report, facts.name, read)))
    if done.labelled and out is not None:
        note = known.note if known else "Labels from reports."
        save_dataset(out, labels.values(), note, known.extra if known else None)
    if done.labelled and review is not None:
        write_review(reviewed, review)
    if not as_json and reviewed:
        _print(reviewed)
    return done


def _folder(source: Path) -> Path:
    return source if source.is_dir() else source.parent


def _line(report: "SourceReport", film: str, read: "ReportLabels") -> dict[str, object]:
    return {
        "film": film,
        "source": report.where,
        "levels": read.to_json(),
        "doubts": list(read.doubts),
    }


def _facts(
    report: "SourceReport", folders: list[Path], known: set[str], needed: bool
) -> "FilmFacts":
    """Name, size and side of a report's film, by its file where there is one."""
    from spondyl.labels.reports.films import FilmFacts

    for folder in folders:
        for path in _candidates(folder, report):
            if path.is_file():
                return _measured(path, path.relative_to(folder).as_posix())
    if needed:
        raise ValueError(f"its film {report.film!r} is not in {folders[0]}.")
    if not report.exact:
        for name in sorted(known):
            if Path(name).with_suffix("").as_posix() == report.film:
                return FilmFacts(name)
    return FilmFacts(report.film)


def _candidates(folder: Path, report: "SourceReport") -> list[Path]:
    from spondyl.cli.films import SUFFIXES
    from spondyl.labels.reports.structured import is_structured_report

    given = folder / report.film
    if not given.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"the film's name {report.film!r} leads out of its folder.")
    if report.exact:
        return [given]
    near = [given, *(given.with_name(given.name + suffix) for suffix in sorted(SUFFIXES))]
    films = [path for path in near if path.is_file()]
    # The report may be a DICOM object beside its film, with the film's name.
    return [p for p in films if p.suffix.lower() in _PICTURES or not is_structured_report(p)]


def _measured(path: Path, name: str) -> "FilmFacts":
    """Size by the pixels; the side by the header, or else by the view network."""
    from spondyl.film import FilmError, load_film
    from spondyl.labels.reports.films import FilmFacts

    try:
        film = load_film(path)
    except FilmError as error:
        raise ValueError(f"its film cannot be read: {reason(error)}") from None
    side = film.header_posterior_side
    if side is None:
        from spondyl.read.engine import Engine
        from spondyl.read.orient import look_at

        view = look_at(film.pixels, Engine(threads=1))
        side = "right" if view.posterior_right > 0 else "left"
    return FilmFacts(name, film.size_px, side)


def _print(reviewed: "list[Reviewed]") -> None:
    from rich.table import Table
    from rich.text import Text

    from spondyl.anatomy import Status
    from spondyl.cli.tables import console

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Film", "Fractured", "Suspected", "Normal", "Unknown", "Look again"):
        table.add_column(heading, overflow="fold")
    for item in reviewed:
        levels = item.labels.levels
        columns = (
            [
                f"{level}{' (old)' if label.old else ''}{' (treated)' if label.treated else ''}"
                for level, label in levels.items() if label.status is Status.FRACTURED
            ],
            [str(level) for level, label in levels.items() if label.suspected],
            [str(level) for level, label in levels.items() if label.status is Status.NORMAL],
            [
                str(level) for level, label in levels.items()
                if label.status is Status.UNKNOWN and not label.suspected
            ],
        )  # fmt: skip
        table.add_row(
            Text(item.film), *(Text(", ".join(column)) for column in columns),
            Text("\n".join(item.labels.doubts)),
        )  # fmt: skip
    screen = console()
    screen.print(table)
    doubtful = sum(bool(item.labels.doubts) for item in reviewed)
    screen.print(
        f"{len(reviewed)} reports, {doubtful} to look at again. Research software, not a medical "
        "device.", style="dim",
    )  # fmt: skip
