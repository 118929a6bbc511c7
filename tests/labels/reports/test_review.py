"""The page and the table for a reader to check."""

import csv
import io
import re

import pytest

pytest.importorskip("negspacy", reason="needs the extra [reports]")

from spondyl.anatomy import Level, Status
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.labels.reports import read_report
from spondyl.labels.reports.films import FilmFacts, label_film
from spondyl.labels.reports.review import Reviewed, review_csv, review_html
from spondyl.labels.reports.sources import SourceReport

REPORTS = {
    "plain.png": "Compression fracture of L1. Remaining bodies intact.",
    "<b>doubt</b>.png": "Possible fracture of L2 <script>alert(1)</script> & more.",
}


@pytest.fixture(scope="module")
def reviewed():
    return [Reviewed(film, read_report(text)) for film, text in REPORTS.items()]


def test_the_doubtful_come_first_and_text_is_escaped(reviewed):
    page = review_html(reviewed)
    films = re.findall(r"<h2>(.*?)</h2>", page)
    assert films == ["&lt;b&gt;doubt&lt;/b&gt;.png", "plain.png"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    assert '<mark class="fractured" title="L1">Compression fracture of L1</mark>' in page


def test_pieces_are_the_whole_report(reviewed):
    for item in reviewed:
        assert "".join(text for text, _, _ in item.pieces) == item.labels.text.original


def test_table(reviewed):
    rows = list(csv.DictReader(io.StringIO(review_csv(reviewed))))
    assert len(rows) == 14
    assert rows[0]["film"] == "<b>doubt</b>.png"
    suspected = next(row for row in rows if row["suspected"])
    assert (suspected["level"], suspected["status"]) == ("L2", "unknown")


def test_no_cell_is_a_formula():
    rows = review_csv([Reviewed("=1+1", read_report("No fracture."))])
    assert "'=1+1" in rows
    assert "\n=1+1" not in rows


def test_a_known_film_keeps_what_it_has():
    known = FilmLabel(
        "a.png", (10, 20), "right",
        {
            Level.L1: VertebraLabel(Level.L1, genant_grade=2, extra={"mine": 1}),
            Level.L4: VertebraLabel(Level.L4, status=Status.FRACTURED),
            Level.S1: VertebraLabel(Level.S1),
        },
        patient="p", extra={"age": 70},
    )  # fmt: skip
    report = SourceReport("a.png", "Old wedge fracture of L1.", "", {"site": "north", "kv": "80"})
    label = label_film(report, read_report(report.text), FilmFacts("a.png"), known)
    assert (label.size_px, label.posterior_side) == ((10, 20), "right")
    assert (label.patient, label.site) == ("p", "north")
    assert label.extra == {"age": 70, "kv": "80"}
    assert label.vertebrae[Level.L1].status is Status.FRACTURED
    assert label.vertebrae[Level.L1].genant_grade == 2
    assert label.vertebrae[Level.L1].extra["old"] is True
    assert label.vertebrae[Level.L1].extra["mine"] == 1
    # The report is silent on L4: what was known stays.
    assert label.vertebrae[Level.L4].status is Status.FRACTURED
    assert list(label.vertebrae)[-1] is Level.S1
