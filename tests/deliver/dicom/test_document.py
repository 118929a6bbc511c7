import pydicom

from spondyl.deliver.dicom.document import document, write_document
from spondyl.deliver.page_pdf import page


def test_other_programs_take_it_out_again(make_reading, tmp_path, errors_of, program):
    reading = make_reading()
    write_document(reading, tmp_path / "page.dcm")
    assert errors_of(tmp_path / "page.dcm") == []
    program("dcm2pdf", tmp_path / "page.dcm", tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


def test_the_page_is_inside(make_reading, when):
    reading = make_reading()
    found = document(reading, made_at=when)
    expected = page(reading, when)
    assert found.EncapsulatedDocument[: found.EncapsulatedDocumentLength] == expected
    assert found.MIMETypeOfEncapsulatedDocument == "application/pdf"
    film = pydicom.dcmread(reading.film.path)
    assert found.SourceInstanceSequence[0].ReferencedSOPInstanceUID == film.SOPInstanceUID
    assert found.PatientID == film.PatientID
