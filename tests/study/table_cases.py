"""One table with all that is hard to write, for tests of its forms."""

import csv
import io

from spondyl.evaluate.statistics import Figure
from spondyl.study.tables.table import Column, Count, Row, Table

TABLE = Table(
    key="odd_table",
    title="Odd & 100 % <i>names</i>",
    columns=(
        Column("Name_1"),
        Column("Share (95 % interval)", "figure"),
        Column("Count", "count"),
        Column("p", "p"),
        Column("Words", wide=True),
    ),
    rows=(
        Row(("a & b", Figure(1 / 3, 9, 0.1, 0.7), Count(3, 9), 0.00002, "x"), "First {group}"),
        Row(("[b]", Figure(None, 0), Count(0, 0), None, "50 % of $5, #1 ~ \\x"), "First {group}"),
        Row(("c", -0.25, 1865, 1.0, None), "Second"),
    ),
    notes=("See “x” – 1 < 2.",),
)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
