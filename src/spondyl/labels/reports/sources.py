"""Where reports come from: a table, text files, DICOM structured reports."""

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spondyl.labels.reports.errors import ReportsError
from spondyl.labels.reports.structured import is_structured_report, read_structured_report

#: Names of the columns, the first of each is the one that texts speak of.
FILM_COLUMN = "film"
TEXT_COLUMN = "text"
_TABLES = (".csv", ".tsv")
_TEXTS = (".txt", ".text", ".md", ".rpt")
_DICOM = (".dcm", ".dicom", ".dic", "")


@dataclass(frozen=True)
class SourceReport:
    """One report and the film it is of.

    Attributes
    ----------
    film : str
        The film's name; of a text file or an SR object its own name without the ending.
    text : str
    where : str
        File, and line in a table: for messages.
    extra : mapping
        Other columns of a table, as they stand; of an SR object what it refers to.
    exact : bool
        The film's name is given, with its ending.
    """

    film: str
    text: str
    where: str
    extra: Mapping[str, str] = field(default_factory=dict)
    exact: bool = True


@dataclass(frozen=True)
class Failure:
    """A report that could not be used, as a sentence with file and line."""

    where: str
    sentence: str


def read_sources(source: Path) -> Iterator[SourceReport | Failure]:
    """Every report of a table, a folder or a file, in order.

    Raises
    ------
    ReportsError
        If the source as a whole cannot be read: no such columns, not text, cut in half, empty.
    """
    if source.is_dir():
        return _checked(source, _from_folder(source))
    suffix = source.suffix.lower()
    if suffix in _TABLES:
        return _checked(source, _from_table(source))
    if suffix in _TEXTS:
        return _checked(source, [_from_text(source, source.name)])
    if suffix in _DICOM:
        return _checked(source, [_from_structured(source, source.name)])
    raise ReportsError(
        f"{source}: expected a table (.csv, .tsv), a text file (.txt), a DICOM structured report "
        f"(.dcm) or a folder of these."
    )


def _checked(
    source: Path, reports: Sequence[SourceReport | Failure]
) -> Iterator[SourceReport | Failure]:
    """Empty reports and second reports of one film are failures; none at all is an error."""
    if not reports:
        raise ReportsError(f"{source} holds no report.")
    seen: dict[str, str] = {}
    checked: list[SourceReport | Failure] = []
    for report in reports:
        if isinstance(report, Failure):
            checked.append(report)
        elif not report.film:
            checked.append(Failure(report.where, f"{report.where}: no film is named."))
        elif not report.text.strip():
            checked.append(
                Failure(report.where, f"{report.where}: the report of {report.film!r} is empty.")
            )
        elif report.film in seen:
            checked.append(
                Failure(
                    report.where,
                    f"{report.where}: {report.film!r} has a report already ({seen[report.film]}); "
                    "one report a film.",
                )
            )
        else:
            seen[report.film] = report.where
            checked.append(report)
    return iter(checked)


def _decode(path: Path, data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ReportsError(
            f"{path}, line {line}: not UTF-8 text (byte {data[error.start]:#04x}); save it as "
            "UTF-8."
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ReportsError(f"{path}, line {line}: holds a null character; this is not a text file.")
    return text


def _from_table(path: Path) -> list[SourceReport | Failure]:
    text = _decode(path, path.read_bytes())
    first = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    reports: list[SourceReport | Failure] = []
    line = 1
    try:
        for row in rows:
            begins, line = line, rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = _header(path, row)
                continue
            where = f"{path}, line {begins}"
            if len(row) != len(header):
                reports.append(
                    Failure(
                        where,
                        f"{where}: expected {len(header)} columns, found {len(row)}; put quotes "
                        "around text that holds the separator.",
                    )
                )
                continue
            cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
            film, words = cells.pop(FILM_COLUMN), cells.pop(TEXT_COLUMN)
            extra = {name: cell for name, cell in cells.items() if name and cell}
            reports.append(SourceReport(film, words, where, extra))
    except csv.Error as error:
        raise ReportsError(
            f"{path}, line {line}: the table breaks off or is malformed ({error}); is a quotation "
            "mark missing?"
        ) from None
    if header is None:
        raise ReportsError(f"{path} is empty; expected a table with the columns film, text.")
    return reports


def _header(path: Path, row: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in row]
    lower = [name.lower() for name in names]
    for needed in (FILM_COLUMN, TEXT_COLUMN):
        if lower.count(needed) != 1:
            raise ReportsError(
                f"{path}, line 1: expected the columns {FILM_COLUMN} and {TEXT_COLUMN} (once "
                f"each), found {', '.join(names)}."
            )
    return [
        low if low in (FILM_COLUMN, TEXT_COLUMN) else name
        for low, name in zip(lower, names, strict=True)
    ]


def _from_folder(folder: Path) -> list[SourceReport | Failure]:
    reports: list[SourceReport | Failure] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not path.is_file() or any(part.startswith(".") for part in name.parts):
            continue
        if path.suffix.lower() in _TEXTS:
            reports.append(_from_text(path, name.as_posix()))
        elif path.suffix.lower() in _DICOM and is_structured_report(path):
            reports.append(_from_structured(path, name.as_posix()))
    return reports


def _without_ending(name: str) -> str:
    return Path(name).with_suffix("").as_posix()


def _from_text(path: Path, name: str) -> SourceReport | Failure:
    try:
        text = _decode(path, path.read_bytes())
    except ReportsError as error:
        return Failure(str(path), str(error))
    return SourceReport(_without_ending(name), text, str(path), exact=False)


def _from_structured(path: Path, name: str) -> SourceReport | Failure:
    try:
        text, extra = read_structured_report(path)
    except ReportsError as error:
        return Failure(str(path), str(error))
    return SourceReport(_without_ending(name), text, str(path), extra, exact=False)
