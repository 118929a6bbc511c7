"""What a zipped data set says: its films' labels and reports, each fault with its film."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from spondyl.labels import FILE_NAME, FilmLabel
from spondyl.labels.dataset import SCHEMA, DatasetError, film_from_json
from spondyl.labels.reports.errors import ReportsError
from spondyl.labels.reports.sources import Failure, read_sources
from spondyl.serve.projects.archive import Archive, ArchiveError

REPORTS_FILE = "reports.csv"
#: A report is a page or two.
LONGEST_REPORT = 50_000
_WORDS = ("patient", "split", "site", "report")


@dataclass(frozen=True)
class Contents:
    """What a zipped data set says.

    Attributes
    ----------
    folder : str
        Where its films lie in the zip, with a slash at its end, or "".
    films : tuple of FilmLabel
        Those that follow the form and have a picture; with their reports.
    refused : tuple of (str, str)
        Names of the others, and why.
    """

    folder: str
    films: tuple[FilmLabel, ...]
    refused: tuple[tuple[str, str], ...] = field(default=())


def read_contents(archive: Archive) -> Contents:
    """Labels and reports of a zipped data set.

    Raises
    ------
    ArchiveError
        If there is no ``films.json``, or it is none.
    """
    folder = archive.root
    films: list[FilmLabel] = []
    refused: list[tuple[str, str]] = []
    for name, value in _films(archive.read(folder + FILE_NAME)).items():
        try:
            label = _film(name, value)
        except DatasetError as error:
            refused.append((name, str(error).partition(": ")[2] or str(error)))
            continue
        if folder + name not in archive:
            refused.append((name, "Its picture is not in the zip."))
        elif label.report is not None and len(label.report) > LONGEST_REPORT:
            refused.append((name, f"Its report has more than {LONGEST_REPORT} letters."))
        else:
            films.append(label)
    if folder + REPORTS_FILE in archive:
        reports, faults = _reports(archive.read(folder + REPORTS_FILE))
        refused += faults
        films = [replace(f, report=reports.get(f.name, f.report)) for f in films]
    return Contents(folder, tuple(films), tuple(refused))


def _films(data: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        said = type(error).__name__ if isinstance(error, RecursionError) else error
        raise ArchiveError(f"{FILE_NAME} is not valid JSON ({said}).") from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ArchiveError(f'{FILE_NAME}: expected an object with "schema": "{SCHEMA}".')
    films = content.get("films")
    if not isinstance(films, dict):
        raise ArchiveError(f'{FILE_NAME}: expected an object "films" of file name to label.')
    return films


def _film(name: str, value: Any) -> FilmLabel:
    """A film's label, however odd its values are.

    Raises
    ------
    DatasetError
    """
    try:
        json.dumps([name, value], ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DatasetError(f"{FILE_NAME}: its text holds letters that are none.") from None
    if isinstance(value, dict):
        for key in _WORDS:
            if value.get(key) is not None and not isinstance(value[key], str):
                raise DatasetError(f'{FILE_NAME}: expected text as "{key}".')
        if not isinstance(value.get("vertebrae", {}), dict):
            raise DatasetError(f'{FILE_NAME}: expected an object "vertebrae".')
    try:
        return film_from_json(FILE_NAME, name, value)
    except (ArithmeticError, AttributeError, TypeError, RecursionError) as error:
        raise DatasetError(f"{FILE_NAME}: the label follows no form ({error}).") from None


def _reports(data: bytes) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Texts by film, and what was wrong with the others."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / REPORTS_FILE
        path.write_bytes(data)
        try:
            sources = list(read_sources(path))
        except ReportsError as error:
            return {}, [(REPORTS_FILE, str(error).replace(f"{path}", REPORTS_FILE))]
    texts: dict[str, str] = {}
    faults = []
    for source in sources:
        if isinstance(source, Failure):
            faults.append((REPORTS_FILE, source.sentence.replace(str(path), REPORTS_FILE)))
        elif len(source.text) > LONGEST_REPORT:
            faults.append((source.film, f"Its report has more than {LONGEST_REPORT} letters."))
        else:
            texts[source.film] = source.text
    return texts, faults


def plain(text: str) -> str:
    """Text of several lines without control characters, which not every database holds."""
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 32).strip()


def words_of(text: str) -> dict[str, Any] | None:
    """What a report says of each level, with the words that say so; None where it cannot be read.

    Levels of which it says nothing are left out. Needs the extra ``[reports]``; without it the text
    stands beside the film as it is.
    """
    try:
        from spondyl.labels.reports.report import read_report

        said = read_report(text)
    except (ImportError, ReportsError):
        return None
    found: dict[str, Any] = {}
    for level, value in said.to_json().items():
        if value["status"] != "unknown" or len(value) > 1:
            words = value.get("evidence", {}).get("words")
            found[level] = {**value, **({"text": words} if words else {})}
    return found
