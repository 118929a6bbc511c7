"""One page for people: picture, result, bodies, where it comes from."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2

from spondyl import __version__
from spondyl.deliver.observations import heights_mm
from spondyl.deliver.picture import PictureSettings, draw_overlay, headline
from spondyl.deliver.words import NOTICE, plain
from spondyl.files import write_whole
from spondyl.read.model import Finding, Reading

#: No wider than the film itself: the page has words of its own.
_PICTURE = PictureSettings(height_px=1400, least_width_px=0)
_JPEG_QUALITY = 88
_COLUMNS = ("Level", "Fracture", "Grade, shape", "Ha/Hp", "Hm/Hp", "Height lost", "Name sure")
_MOST_SENTENCES = 14


@dataclass(frozen=True)
class Identity:
    """Who and what a page is about, as far as the film says: label and value, in order."""

    lines: tuple[tuple[str, str], ...] = ()


def identity_of(reading: Reading, header: Any = None) -> Identity:
    """Patient's number and study of a DICOM film, in ASCII; of a picture, its name.

    Parameters
    ----------
    reading : Reading
    header : Dataset, optional
        The film's; read from its file by default.
    """
    film = reading.film
    if film.metadata.get("Format") != "dicom" or film.path is None:
        return Identity((("Film", plain(film.path.name)),) if film.path else ())
    if header is None:
        from spondyl.deliver.dicom.source import source_of

        header = source_of(reading).header
    wanted = (("Patient ID", "PatientID"), ("Born", "PatientBirthDate"),
              ("Accession", "AccessionNumber"), ("Study of", "StudyDate"))  # fmt: skip
    found = ((label, plain(str(header.get(keyword) or ""))) for label, keyword in wanted)
    return Identity(tuple((label, value) for label, value in found if value))


def page(reading: Reading, made_at: datetime | None = None, header: Any = None) -> bytes:
    """A reading as one A4 page, PDF.

    The same reading made at the same time gives the same bytes.

    Parameters
    ----------
    reading : Reading
    made_at : datetime, optional
        Now by default.
    header : Dataset, optional
        The DICOM film's header; read from its file by default.

    Raises
    ------
    DeliverError
        If the film's file is not what was read.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    when = made_at or datetime.now()
    content = BytesIO()
    width, height = A4
    canvas = Canvas(content, pagesize=A4, invariant=1)
    canvas.setTitle("Spondyl reading")
    canvas.setAuthor("Spondyl")
    canvas.setSubject(NOTICE)
    left, right, top = 18 * mm, width - 18 * mm, height - 16 * mm
    y = _head(canvas, reading, identity_of(reading, header), left, right, top)
    y = _picture(canvas, reading, left, right, y, 140 * mm)
    y = _bodies(canvas, reading, left, right - left, y)
    _sentences(canvas, reading, left, right - left, y, 30 * mm)
    _foot(canvas, reading, when, left, right)
    canvas.showPage()
    canvas.save()
    return content.getvalue()


def write_page(reading: Reading, path: Path) -> None:
    """Write ``page`` as a PDF file (whole or not at all)."""
    write_whole(path, page(reading))


def _head(
    canvas: Any, reading: Reading, who: Identity, left: float, right: float, y: float
) -> float:
    result, footing = headline(reading)
    canvas.setFillColorRGB(0.75, 0.25, 0.0)
    canvas.setFont("Helvetica-Bold", 9)
    canvas.drawString(left, y, NOTICE.upper())
    canvas.setFillColorRGB(0, 0, 0)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(left, y - 22, plain(result))
    canvas.setFont("Helvetica", 9)
    canvas.drawString(left, y - 36, plain(footing)[:130])
    lines = [f"{label}: {value}" for label, value in who.lines]
    for number, line in enumerate(lines):
        canvas.drawRightString(right, y - 11 * number, line)
    return y - max(46, 11 * len(lines) + 6)


def _picture(
    canvas: Any, reading: Reading, left: float, right: float, y: float, tall: float
) -> float:
    from reportlab.lib.utils import ImageReader

    picture = draw_overlay(reading, _PICTURE)
    ok, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not ok:
        raise OSError("The picture of the page could not be encoded as JPEG.")
    rows, columns = picture.shape[:2]
    wide = min(right - left, tall * columns / rows)
    tall = wide * rows / columns
    reader = ImageReader(BytesIO(encoded.tobytes()))
    canvas.drawImage(reader, left + (right - left - wide) / 2, y - tall, wide, tall)
    return y - tall - 12


def _bodies(canvas: Any, reading: Reading, left: float, wide: float, y: float) -> float:
    """The table of bodies; returns where it ends."""
    from reportlab.platypus import Table, TableStyle

    rows = [_row(reading, finding) for finding in reading.findings]
    if not rows:
        return y
    columns = list(_COLUMNS)
    if any(heights_mm(reading, finding) for finding in reading.findings):
        columns.append("Ha, Hm, Hp (mm)")
        rows = [
            (*row, _millimetres(reading, finding))
            for row, finding in zip(rows, reading.findings, strict=True)
        ]
    style = [
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 8),
        ("FONT", (0, 1), (-1, -1), "Helvetica", 8),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, (0, 0, 0)),
    ]
    style += [
        ("FONT", (0, number), (-1, number), "Helvetica-Bold", 8)
        for number, finding in enumerate(reading.findings, 1)
        if finding.fractured
    ]
    table = Table([columns, *rows], colWidths=wide / len(columns), style=TableStyle(style))
    _, tall = table.wrapOn(canvas, wide, y)
    table.drawOn(canvas, left, y - tall)
    return y - tall - 12


def _row(reading: Reading, finding: Finding) -> tuple[str, ...]:
    fracture = f"{finding.fracture_probability:.0%}" if finding.assessable else "not assessable"
    kind = ""
    if finding.fractured and finding.genant_grade is not None:
        kind = f"{int(finding.genant_grade)} {finding.shape or ''}".strip()
    size = finding.heights_px
    ratios = ("", "")
    if size is not None and size.posterior > 0:
        ratios = (f"{size.anterior_posterior:.2f}", f"{size.middle_posterior:.2f}")
    lost = "" if finding.height_loss is None else f"{finding.height_loss:.0%}"
    return (str(finding.level), fracture, kind, *ratios, lost, f"{finding.level_confidence:.0%}")


def _millimetres(reading: Reading, finding: Finding) -> str:
    size = heights_mm(reading, finding)
    if size is None:
        return ""
    return f"{size.anterior:.1f}, {size.middle:.1f}, {size.posterior:.1f}"


def _sentences(
    canvas: Any, reading: Reading, left: float, wide: float, y: float, lowest: float
) -> None:
    """Assumption, warnings and why bodies were not judged, as far as the page goes."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle("small", fontName="Helvetica", fontSize=8, leading=9.6)
    said = [reading.numbering.assumption, *reading.reasons, *reading.warnings]
    said += [f"{f.level}: {' '.join(f.reasons)}" for f in reading.findings if f.reasons]
    said = [sentence for sentence in said if sentence]
    for number, sentence in enumerate(said):
        left_over = len(said) - number
        words = plain(sentence).replace("&", "&amp;").replace("<", "&lt;")
        paragraph = Paragraph(words, style)
        _, tall = paragraph.wrap(wide, y)
        if y - tall < lowest or (number >= _MOST_SENTENCES and left_over > 1):
            paragraph = Paragraph(f"And {left_over} more: see the reading itself.", style)
            paragraph.wrap(wide, y)
            paragraph.drawOn(canvas, left, y - 9.6)
            return
        paragraph.drawOn(canvas, left, y - tall)
        y -= tall + 2


def _foot(canvas: Any, reading: Reading, when: datetime, left: float, right: float) -> None:
    canvas.setFont("Helvetica", 7)
    canvas.setFillColorRGB(0.25, 0.25, 0.25)
    lines = (
        f"Spondyl {__version__}; networks {reading.model.name} {reading.model.version}, "
        f"sha256 {reading.model.sha256}",
        f"Site {reading.site}; threshold {reading.threshold:.4f}; film sha256 "
        f"{reading.film.sha256 or 'unknown'}; made {when:%Y-%m-%d %H:%M}",
        "A fracture's age cannot be told from a radiograph. Not a medical device. " + NOTICE,
    )
    for number, line in enumerate(lines):
        canvas.drawString(left, 40 - 10 * number, plain(line))
    canvas.line(left, 52, right, 52)
