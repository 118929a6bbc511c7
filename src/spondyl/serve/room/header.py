"""What a film's file says of itself, read without unpacking its picture.

Files that cannot be films are told apart here, before they are kept, and sizes are held against the
limits before anything is decoded. Patients' data are read for the worklist alone.
"""

import struct
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from spondyl.film.checks import MAX_PIXELS, check_file_size, check_size
from spondyl.film.deflated import check_deflated, damaged_header
from spondyl.film.errors import FilmError, Reason
from spondyl.film.load import DICOM_MARK, DICOM_MARK_OFFSET
from spondyl.film.picture import picture_kind
from spondyl.film.picture_headers import PictureKind, jpeg_header, png_header
from spondyl.film.tiff_header import tiff_header
from spondyl.serve.room.taking import clean_text

#: Of a deflated file; films are not larger unpacked, and bombs are.
_MOST_DEFLATED = 300_000_000
_HEADERS = {
    PictureKind.PNG: png_header,
    PictureKind.JPEG: jpeg_header,
    PictureKind.TIFF: tiff_header,
}
_FIRST_YEAR = 1850


@dataclass(frozen=True)
class Patient:
    """Whose film it is, as far as its header says.

    Attributes
    ----------
    id, name, sex : str
        "" if not said. ``sex`` is M, F, O or "".
    birth_year : int or None
    study_date : date or None
    """

    id: str = ""
    name: str = ""
    sex: str = ""
    birth_year: int | None = None
    study_date: date | None = None


@dataclass(frozen=True)
class FilmHeader:
    """A file that may be a film.

    Attributes
    ----------
    kind : str
        dicom, png, jpeg or tiff.
    width_px, height_px : int
        As stored.
    patient : Patient
    """

    kind: str
    width_px: int
    height_px: int
    patient: Patient = Patient()


def film_header(data: bytes, most_pixels: int = MAX_PIXELS) -> FilmHeader:
    """Read the header of a film's file.

    Parameters
    ----------
    data : bytes
    most_pixels : int
        Of the picture, unpacked.

    Raises
    ------
    FilmError
        It is no film; the sentence says why.
    """
    check_file_size(len(data))
    kind = picture_kind(data)
    if kind is not None:
        header = _HEADERS[kind](data)
        _check_picture(header.width_px, header.height_px, most_pixels)
        return FilmHeader(str(kind), header.width_px, header.height_px)
    if data[DICOM_MARK_OFFSET : DICOM_MARK_OFFSET + 4] == DICOM_MARK or _bare_dicom(data):
        return _dicom(data, most_pixels)
    # It is none: have the sentence made that says what it is.
    from spondyl.film.load import film_from_bytes

    film_from_bytes(data)
    raise FilmError(
        Reason.NOT_AN_IMAGE,
        "A DICOM file, PNG, JPEG or TIFF was expected, found other data; hand in the film itself.",
    )


def _check_picture(width_px: int, height_px: int, most_pixels: int) -> None:
    check_size(width_px, height_px)
    if width_px * height_px > most_pixels:
        raise FilmError(
            Reason.TOO_LARGE,
            f"A film may have at most {most_pixels / 1e6:g} megapixels here, found {width_px} x "
            f"{height_px}; hand in a smaller copy.",
        )


def _bare_dicom(data: bytes) -> bool:
    if len(data) < 16:
        return False
    tags = (struct.unpack_from("<HH", data), struct.unpack_from(">HH", data))
    return any(group in (0x0002, 0x0008) and element <= 0x3000 for group, element in tags)


def _dicom(data: bytes, most_pixels: int) -> FilmHeader:
    import pydicom

    from spondyl.film import dicom_header
    from spondyl.film.quiet import quiet_pydicom

    check_deflated(data, _MOST_DEFLATED)
    with quiet_pydicom:
        try:
            header = pydicom.dcmread(BytesIO(data), stop_before_pixels=True, force=True)
            known = any(word in header for word in ("SOPClassUID", "Rows", "Modality"))
        except Exception:  # broken files make pydicom raise nearly anything
            raise damaged_header() from None
        if not known:
            raise FilmError(
                Reason.NOT_AN_IMAGE,
                "A DICOM image was expected, found a file cut off in its header or of another "
                "kind; hand in the film itself.",
            )
        dicom_header.check_class(header)
        height = int(dicom_header.number(header, "Rows", 0.0))
        width = int(dicom_header.number(header, "Columns", 0.0))
        _check_picture(width, height, most_pixels)
        return FilmHeader("dicom", width, height, _patient(header))


def _patient(header: Any) -> Patient:
    birth = _date(_text(header, "PatientBirthDate"))
    study = _date(_text(header, "StudyDate")) or _date(_text(header, "AcquisitionDate"))
    sex = _text(header, "PatientSex").upper()
    return Patient(
        id=clean_text(_text(header, "PatientID"), 64),
        name=clean_text(_name(_text(header, "PatientName")), 200),
        sex=sex if sex in ("M", "F", "O") else "",
        birth_year=None if birth is None else birth.year,
        study_date=study,
    )


def _text(header: Any, keyword: str) -> str:
    try:
        value = header.get(keyword)
    except Exception:  # pydicom converts lazily; what a broken value raises is not documented
        return ""
    return "" if value is None else str(value).strip()


def _name(value: str) -> str:
    """A person's name as people write it: family name, given names.

    Examples
    --------
    >>> _name("Doe^Jane^A^^"), _name("Yamada^Tarou=山田^太郎"), _name("")
    ('Doe, Jane A', 'Yamada, Tarou (山田, 太郎)', '')
    """
    written = []
    for group in value.split("="):
        family, _, rest = group.partition("^")
        given = " ".join(part for part in rest.split("^") if part.strip())
        if family.strip() or given:
            written.append(", ".join(part for part in (family.strip(), given) if part))
    return "" if not written else written[0] + "".join(f" ({each})" for each in written[1:2])


def _date(value: str) -> date | None:
    digits = value.replace("-", "").replace(".", "")[:8]
    if len(digits) != 8 or not digits.isascii() or not digits.isdigit():
        return None
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None
