"""One table in three forms: the same cells, rounded for people and exact in the CSV."""

import csv
import io
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from spondyl.evaluate.statistics import Figure
from spondyl.study.tables import (
    Column,
    Count,
    Row,
    Table,
    p_value,
    share,
    shown,
    to_csv,
    to_html,
    write_tables,
)
from spondyl.study.tables_latex import escape, to_latex

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


def structure(text: str) -> None:
    """What TeX would stumble over: braces, environments, cells per line, bare specials."""
    bare = re.sub(r"\\[\\&%$#_{}]", "", text.split("\n", 1)[1])
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert "#" not in bare
    assert "%" not in bare
    assert bare.isascii() or not re.search("[–—−×≥≤“”‘’…]", bare)
    begun, ended = (re.findall(rf"\\{word}{{(\w+)}}", text) for word in ("begin", "end"))
    assert sorted(begun) == sorted(ended)
    assert text.count(r"\begingroup") == text.count(r"\endgroup") == 1
    for rule in ("toprule", "midrule", "bottomrule"):
        assert rf"\{rule}" in text


def test_latex_is_balanced_and_escaped():
    text = to_latex(TABLE)
    structure(text)
    lines = [
        line for line in text.split("\n") if line.endswith(r" \\") and "multicolumn" not in line
    ]
    bare = [re.sub(r"\\&", "", line).count("&") for line in lines]
    assert bare == [4] * 5, "head twice, three rows"
    assert r"\shortstack[r]{Share (95 \%\\interval)}" in text
    assert r"\caption{Odd \& 100 \% $<$i$>$names$<$/i$>$}\label{tab:odd-table}" in text
    assert r"{}[b] & -- & 0 & -- & 50 \% of \$5, \#1 \textasciitilde{} \textbackslash{}x" in text
    assert escape("−1 ≥ {x}") == r"$-$1 $\geq$ \{x\}"


def test_files_and_their_names(tmp_path):
    written = write_tables([TABLE], tmp_path / "tables")
    assert sorted(path.name for path in written) == ["odd_table.csv", "odd_table.tex", "tables.tex"]
    assert rows_of((tmp_path / "tables/odd_table.csv").read_text(encoding="utf-8"))
    assert r"\input{odd_table.tex}" in (tmp_path / "tables/tables.tex").read_text()
    with pytest.raises(ValueError, match="key of its own"):
        write_tables([TABLE, TABLE], tmp_path)


def test_rows_must_fit():
    with pytest.raises(ValueError, match="2 columns, found a row of 1"):
        Table("t", "T", (Column("a"), Column("b")), (Row((1,)),))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX at hand")
def test_latex_compiles(tmp_path):
    write_tables([TABLE], tmp_path)
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "tables.tex"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-2000:]
    assert (tmp_path / "tables.pdf").stat().st_size > 1000
