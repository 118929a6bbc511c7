"""The page for people."""

import re
import zlib
from base64 import a85decode
from dataclasses import replace
from datetime import datetime

import pytest

from spondyl.deliver.page_pdf import identity_of, page
from spondyl.film.model import SpacingSource

pytest.importorskip("reportlab", reason="the extra [dicom] is not installed")

WHEN = datetime(2026, 11, 23, 14, 5)


def _words(content: bytes) -> str:
    """Text of the page's content stream, the only one that is not a picture."""
    head = rb"/ASCII85Decode /FlateDecode \](?:(?!stream).)*stream\r?\n(.*?)endstream"
    (stream,) = re.findall(head, content, re.DOTALL)
    page = zlib.decompress(a85decode(b"<~" + stream.strip(), adobe=True))
    return " ".join(re.findall(r"\((.*?)\) Tj", page.decode("latin-1")))


def test_one_page_that_says_it_all(reading):
    content = page(reading, WHEN)
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") <= 1
    words = _words(content)
    assert "RESEARCH USE ONLY. NOT FOR DIAGNOSIS." in words
    assert "Fracture suspected: L2" in words
    assert "2 wedge" in words
    assert "not assessable" in words
    assert reading.model.sha256 in words
    assert "L1: Cut off." in words


def test_millimetres_only_where_calibrated(reading):
    spacing = replace(reading.film.spacing, source=SpacingSource.CALIBRATED)
    calibrated = replace(reading, film=replace(reading.film, spacing=spacing))
    assert "\\(mm\\)" in _words(page(calibrated, WHEN))
    assert "\\(mm\\)" not in _words(page(reading, WHEN))


def test_the_same_page_again(reading):
    assert page(reading, WHEN) == page(reading, WHEN)


def test_much_to_say_stays_on_one_page(reading):
    many = replace(reading, warnings=tuple(f"Warning {k}. " * 12 for k in range(60)))
    words = _words(page(many, WHEN))
    assert re.search(r"And \d+ more", words)


def test_a_reading_without_bodies(reading):
    none = replace(reading, findings=(), assessable=False, reasons=("A frontal film.",))
    assert "A frontal film." in _words(page(none, WHEN))


def test_of_a_picture_its_name(reading):
    assert identity_of(reading).lines == (("Film", "a film.png"),)
    nameless = replace(reading, film=replace(reading.film, path=None))
    assert identity_of(nameless).lines == ()
