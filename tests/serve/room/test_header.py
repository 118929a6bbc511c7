import contextlib
import io
import struct
import zlib
from datetime import date

import pydicom
import pytest

from spondyl.film.errors import FilmError, Reason
from spondyl.serve.room import header
from spondyl.serve.room.header import film_header
from tests.serve.room.kit import dicom_with, example


def test_a_dicom_film_says_whose_it_is() -> None:
    content = dicom_with(
        example("normal.dcm"), PatientName="Doe^Jane^A", PatientID="17", PatientSex="F",
        PatientBirthDate="19500203", StudyDate="20250704",
    )  # fmt: skip
    found = film_header(content)
    assert (found.kind, found.width_px, found.height_px) == ("dicom", 729, 1100)
    assert found.patient.name == "Doe, Jane A"
    assert (found.patient.id, found.patient.sex, found.patient.birth_year) == ("17", "F", 1950)
    assert found.patient.study_date == date(2025, 7, 4)


def test_values_that_make_no_sense_are_left_out() -> None:
    content = dicom_with(
        example("normal.dcm"), PatientName="", PatientID="a\x07b" * 40, PatientSex="Q",
        PatientBirthDate="19501399", StudyDate="00000101",
        AcquisitionDate="",
    )  # fmt: skip
    patient = film_header(content).patient
    assert (patient.name, patient.sex, patient.birth_year, patient.study_date) == (
        "",
        "",
        None,
        None,
    )
    assert len(patient.id) <= 64
    assert "\x07" not in patient.id


def test_a_picture_has_a_size_and_no_patient() -> None:
    found = film_header(example("normal.png"))
    assert (found.kind, found.width_px, found.height_px) == ("png", 729, 1100)
    assert found.patient.id == ""


def test_a_picture_that_claims_to_be_huge_is_refused_unopened() -> None:
    content = bytearray(example("normal.png"))
    struct.pack_into(">II", content, 16, 60_000, 60_000)
    with pytest.raises(FilmError) as caught:
        film_header(bytes(content))
    assert caught.value.reason is Reason.TOO_LARGE
    with pytest.raises(FilmError, match=r"0\.5 megapixels here"):
        film_header(example("normal.png"), most_pixels=500_000)


def test_a_dicom_film_that_claims_to_be_huge_is_refused_unopened() -> None:
    with pytest.raises(FilmError) as caught:
        film_header(dicom_with(example("normal.dcm"), Rows=60_000, Columns=60_000))
    assert caught.value.reason is Reason.TOO_LARGE


def test_other_dicom_objects_are_refused() -> None:
    content = dicom_with(example("normal.dcm"), SOPClassUID=pydicom.uid.CTImageStorage)
    with pytest.raises(FilmError) as caught:
        film_header(content)
    assert caught.value.reason is Reason.NOT_A_RADIOGRAPH


@pytest.mark.parametrize("content", [b"hello, world", b"%PDF-1.7 abc", b"", b"\0" * 400])
def test_other_files_are_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(FilmError, match="expected"):
        film_header(content)


def test_a_deflated_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header, "_MOST_DEFLATED", 5_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(packer.compress(b"\0" * 10_000_000) for _ in range(2)) + packer.flush()
    syntax = b"1.2.840.10008.1.2.1.99"
    meta = b"\x02\0\x10\0UI" + struct.pack("<H", len(syntax)) + syntax
    head = b"\0" * 128 + b"DICM" + b"\x02\0\0\0UL\x04\0" + struct.pack("<I", len(meta)) + meta
    with pytest.raises(FilmError) as caught:
        film_header(head + body)
    assert caught.value.reason is Reason.TOO_LARGE


def test_cut_and_mutated_headers_are_refused_or_read_but_never_crash() -> None:
    content = example("normal.dcm")[:2500]
    cut = [content[:end] for end in range(0, 2000, 190)]
    mutated = [
        content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :] for at in range(0, 1500, 61)
    ]
    refused = 0
    for each in (*cut, *mutated):
        with contextlib.suppress(FilmError):
            film_header(each)
            continue
        refused += 1
    assert refused >= 5


def test_a_bare_data_set_is_read() -> None:
    dataset = pydicom.dcmread(io.BytesIO(example("one-fracture.dcm")), stop_before_pixels=True)
    del dataset.file_meta
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, implicit_vr=True, little_endian=True, force_encoding=True)
    assert film_header(buffer.getvalue()).width_px == 1155
