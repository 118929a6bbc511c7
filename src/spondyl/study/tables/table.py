"""Tables of the study page: rows of cells, and what they are on the page and as CSV.

A cell is a word, a number, a :class:`~spondyl.evaluate.statistics.Figure`, a :class:`Count` or
nothing. What people read (page and LaTeX) is rounded by :func:`shown`; the CSV keeps every digit:
a column of figures becomes four there (value, low, high, n), a column of counts two.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from spondyl.evaluate.statistics import Figure


@dataclass(frozen=True)
class Count:
    """So many of so many; the CSV has both."""

    count: int
    of: int


#: What stands in a cell.
Value = str | int | float | Figure | Count | None

#: Kinds of columns. "text", "count", "share" (0..1, three decimals as in the paper), "difference"
#: (of shares, signed), "p", "number" (two decimals), "figure" (a share with its interval).
KINDS = ("text", "count", "share", "difference", "p", "number", "figure")
NOTHING = "–"
#: Rows of a table that is not broken between pages.
_ONE_PAGE = 26
MINUS = "−"


@dataclass(frozen=True)
class Column:
    """Head of a column.

    Attributes
    ----------
    words : str
    kind : str
        One of :data:`KINDS`.
    wide : bool
        Running text that may be broken into lines.
    """

    words: str
    kind: str = "text"
    wide: bool = False


@dataclass(frozen=True)
class Row:
    """Cells of one row, as many as columns; rows of one ``group`` stand under its name."""

    cells: tuple[Value, ...]
    group: str = ""
    kind: str | None = None


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    key : str
        Its file name without ending, and its name in LaTeX references.
    title : str
    columns : tuple of Column
    rows : tuple of Row
    notes : tuple of str
        Sentences under it.

    Raises
    ------
    ValueError
        If a row has not as many cells as the table has columns.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"Table {self.key!r} has {len(self.columns)} columns, found a row of "
                    f"{len(row.cells)} cells: {row.cells!r}."
                )

    def grouped(self) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Runs of rows with the name of their group."""
        run: list[Row] = []
        for row in self.rows:
            if run and row.group != run[0].group:
                yield run[0].group, tuple(run)
                run = []
            run.append(row)
        if run:
            yield run[0].group, tuple(run)


def share(value: float, signed: bool = False) -> str:
    """Three decimals, as the paper prints them.

    Examples
    --------
    >>> share(0.9288), share(-0.012, signed=True), share(0.02, signed=True)
    ('0.929', '−0.012', '+0.020')
    """
    text = f"{abs(value):.3f}"
    if signed and text != "0.000":
        return (MINUS if value < 0 else "+") + text
    return (MINUS if value < 0 and text != "0.000" else "") + text


def p_value(value: float) -> str:
    """A p-value: three decimals, never 0 and never 1 unless it is.

    Examples
    --------
    >>> p_value(0.0312), p_value(0.00001), p_value(0.9999), p_value(1.0)
    ('0.031', '< 0.001', '> 0.999', '1.000')
    """
    if value < 0.001:
        return "< 0.001"
    return "> 0.999" if 0.9995 <= value < 1 else f"{value:.3f}"


def shown(value: Value, kind: str) -> str:
    """A cell as people read it.

    Examples
    --------
    >>> shown(Figure(0.9288, 198, 0.8849, 0.9572), "figure")
    '0.929 (0.885–0.957)'
    >>> shown(1865, "count"), shown(None, "count"), shown(Figure(None, 0), "figure")
    ('1,865', '–', '–')
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Figure):
        return _figure(value, kind)
    if isinstance(value, Count):
        part = f" ({100 * value.count / value.of:.1f} %)" if value.of else ""
        return f"{value.count:,}{part}"
    if isinstance(value, str):
        return value
    if kind == "p":
        return p_value(value)
    if kind in ("share", "figure", "difference"):
        return share(value, kind == "difference")
    if kind == "number":
        return f"{value:,.2f}".replace("-", MINUS)
    return f"{value:,}".replace("-", MINUS) if isinstance(value, int) else f"{value:,.3g}"


def _figure(figure: Figure, kind: str) -> str:
    if figure.value is None:
        return NOTHING
    signed = kind == "difference"

    def words(value: float) -> str:
        return f"{value:.2f}".replace("-", MINUS) if kind == "number" else share(value, signed)

    if figure.low is None or figure.high is None:
        return words(figure.value)
    # a dash between signed ends would read as one more minus
    between = " to " if min(figure.low, figure.value) < 0 or signed else "–"
    return f"{words(figure.value)} ({words(figure.low)}{between}{words(figure.high)})"


def kind_of(table: Table, row: Row, place: int) -> str:
    """How a cell is shown: a row may have its own way, which its first column never takes."""
    return row.kind if row.kind and place else table.columns[place].kind


def to_html(table: Table, number: str = "") -> str:
    """The table as HTML, escaped; ``number`` ("Table 2") stands before its title."""
    head = "".join(
        f'<th scope="col" class="{_class(column)}">{escape(column.words)}</th>'
        for column in table.columns
    )
    label = f"<b>{escape(number)}.</b> " if number else ""
    # a short table is printed on one page
    kind = "table short" if len(table.rows) <= _ONE_PAGE else "table"
    parts = [
        f'<figure class="{kind}" id="table-{escape(table.key)}">'
        f"<figcaption>{label}{escape(table.title)}</figcaption>"
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
    ]
    for group, rows in table.grouped():
        parts.append("<tbody>")
        if group:
            width = f'colspan="{len(table.columns)}"'
            parts.append(
                f'<tr class="group"><th scope="rowgroup" {width}>{escape(group)}</th></tr>'
            )
        for row in rows:
            first, *rest = (
                escape(shown(cell, kind_of(table, row, i))) for i, cell in enumerate(row.cells)
            )
            cells = "".join(
                f'<td class="{_class(column)}">{text}</td>'
                for column, text in zip(table.columns[1:], rest, strict=True)
            )
            parts.append(
                f'<tr><th scope="row" class="{_class(table.columns[0])}">{first}</th>{cells}</tr>'
            )
        parts.append("</tbody>")
    parts.append("</table></div>")
    parts += [f'<p class="note">{escape(note)}</p>' for note in table.notes]
    return "".join([*parts, "</figure>"])


def _class(column: Column) -> str:
    if column.wide:
        return "wide"
    return "text" if column.kind == "text" else "digits"


def to_csv(table: Table) -> str:
    """The table as CSV (RFC 4180), every digit kept; figures fill four columns, counts two."""
    grouped = any(row.group for row in table.rows)
    tails = [_tails([row.cells[i] for row in table.rows]) for i in range(len(table.columns))]
    head = ["group"] if grouped else []
    for column, tail in zip(table.columns, tails, strict=True):
        name = column.words or "item"
        head += [name, *(f"{name}: {word}" for word in tail)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in table.rows:
        line: list[object] = [row.group] if grouped else []
        for cell, tail in zip(row.cells, tails, strict=True):
            line += _exact(cell, tail)
        writer.writerow(line)
    return out.getvalue()


def _tails(cells: Sequence[Value]) -> tuple[str, ...]:
    """What the columns behind the value are called."""
    if any(isinstance(cell, Figure) for cell in cells):
        return ("low", "high", "n")
    return ("of",) if any(isinstance(cell, Count) for cell in cells) else ()


def _exact(cell: Value, tail: Sequence[str]) -> list[object]:
    known: dict[str, object] = {}
    value: object = cell
    if isinstance(cell, Figure):
        value = cell.value
        known = {"low": cell.low, "high": cell.high, "n": cell.n}
    elif isinstance(cell, Count):
        value, known = cell.count, {"of": cell.of, "n": cell.of}
    return ["" if one is None else one for one in (value, *(known.get(word) for word in tail))]
