"""One table in three forms: the same cells, rounded for people and exact in the CSV."""

from html.parser import HTMLParser

import pytest

from spondyl.evaluate.statistics import Figure
from spondyl.study.tables.table import (
    Column,
    Count,
    Row,
    Table,
    p_value,
    share,
    shown,
    to_csv,
    to_html,
)
from tests.study.table_cases import TABLE, rows_of


def test_csv_keeps_every_digit_and_spreads_figures():
    first, second, third = rows_of(to_csv(TABLE))
    assert float(first["Share (95 % interval)"]) == 1 / 3
    assert float(first["Share (95 % interval): low"]) == 0.1
    assert float(first["Share (95 % interval): high"]) == 0.7
    assert first["Share (95 % interval): n"] == "9"
    assert (first["Count"], first["Count: of"]) == ("3", "9")
    assert float(first["p"]) == 0.00002
    assert first["group"] == "First {group}"
    assert second["Share (95 % interval)"] == ""
    assert second["Name_1"] == "[b]"
    assert (third["Share (95 % interval)"], third["Count"]) == ("-0.25", "1865")
    assert third["Words"] == ""


def test_cells_for_people():
    assert shown(Figure(0.92929, 198, 0.88506, 0.95723), "figure") == "0.929 (0.885–0.957)"
    assert shown(Figure(-0.012, 9, -0.02, 0.004), "difference") == "−0.012 (−0.020 to +0.004)"
    assert shown(Figure(0.1515, 9), "number") == "0.15"
    assert shown(Figure(-1.3, 9, -1.72, -0.87), "number") == "−1.30 (−1.72 to −0.87)"
    assert shown(Count(1, 3), "count") == "1 (33.3 %)"
    assert shown(Count(0, 0), "count") == "0"
    assert shown("", "text") == "–"
    assert share(-0.0001, signed=True) == "0.000"
    assert (p_value(0.0009), p_value(0.9996), p_value(0.05)) == ("< 0.001", "> 0.999", "0.050")


class Cells(HTMLParser):
    """Rows of a table as texts; fails where tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def test_html_is_escaped_and_whole():
    parser = Cells()
    text = to_html(TABLE, "Table 4")
    parser.feed(text)
    assert parser.open == []
    assert parser.rows[0] == [column.words for column in TABLE.columns]
    assert parser.rows[1] == ["First {group}"]
    assert parser.rows[2] == ["a & b", "0.333 (0.100–0.700)", "3 (33.3 %)", "< 0.001", "x"]
    assert "<i>" not in text
    assert "<b>Table 4.</b> Odd &amp; 100 % &lt;i&gt;names&lt;/i&gt;" in text


def test_rows_must_fit():
    with pytest.raises(ValueError, match="2 columns, found a row of 1"):
        Table("t", "T", (Column("a"), Column("b")), (Row((1,)),))
