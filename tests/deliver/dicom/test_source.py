from dataclasses import replace
from io import BytesIO

import pydicom
import pytest
from pydicom.uid import ImplicitVRLittleEndian

from spondyl.deliver import DeliverError
from spondyl.deliver.dicom.capture import capture
from spondyl.deliver.dicom.objects import save
from spondyl.deliver.dicom.report import report
from spondyl.deliver.dicom.source import source_of

NAMES = {
    "latin": ("ISO_IR 100", "Müller^Jürgen^^Dr."),
    "utf-8": ("ISO_IR 192", "Wang^XiaoDong=王^小东="),
    "japanese": (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
    "korean": (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동"),
    "cyrillic": ("ISO_IR 144", "Люкceмбypг"),
    "greek": ("ISO_IR 126", "Διονυσιος"),
}


@pytest.fixture(params=NAMES)
def script(request):
    return NAMES[request.param]


def _set_name(script):
    def change(dataset):
        dataset.SpecificCharacterSet, dataset.PatientName = script
        dataset.PatientID = "4711"
        dataset.StudyDescription = "LWS seitlich"
        dataset.PatientBirthDate = "19340207"
        dataset.PatientSex = "F"
        dataset.AccessionNumber = "A-1"
        dataset.PatientAge = "092Y"

    return change


def _raw(dataset, keyword):
    out = BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    out.seek(0)
    element = pydicom.dcmread(out, stop_before_pixels=True).get_item(keyword)
    return element.VR, element.value


@pytest.mark.parametrize("make", [report, capture])
def test_names_of_any_script_go_over_byte_for_byte(make_reading, script, make):
    reading = make_reading(_set_name(script))
    result = make(reading)
    film = pydicom.dcmread(reading.film.path)
    for keyword in ("SpecificCharacterSet", "PatientName", "PatientID", "StudyDescription",
                    "PatientBirthDate", "PatientSex", "PatientAge", "AccessionNumber",
                    "StudyInstanceUID"):  # fmt: skip
        assert _raw(result, keyword) == _raw(film, keyword), keyword


def test_other_programs_read_the_same_name(make_reading, script, tmp_path, program):
    reading = make_reading(_set_name(script))
    save(report(reading), tmp_path / "sr.dcm")

    def name(path):
        return program("dcmdump", "+P", "PatientName", "+P", "SpecificCharacterSet", path).stdout

    assert name(tmp_path / "sr.dcm") == name(reading.film.path) != ""


def test_values_that_break_the_standard_go_over_unread(make_reading):
    def change(dataset):
        dataset.PatientName = "Plain"

    # The header says ASCII and holds Latin-1: what scanners with wrong settings write.
    reading = make_reading(change)
    content = reading.film.path.read_bytes().replace(b"Plain ", b"Pl\xe4in ")
    assert b"Pl\xe4in " in content
    reading.film.path.write_bytes(content)
    reading = replace(reading, film=replace(reading.film, sha256=""))
    result = report(reading)
    assert _raw(result, "PatientName")[1] == b"Pl\xe4in "


def test_implicit_films_and_missing_attributes(make_reading):
    def change(dataset):
        del dataset.PatientBirthDate
        dataset.StudyDescription = "odd"

    reading = make_reading(change, transfer_syntax=ImplicitVRLittleEndian)
    result = report(reading)
    assert result.PatientBirthDate == ""
    assert _raw(result, "StudyDescription") == ("LO", b"odd ")


def test_a_picture_is_refused_with_what_to_do(reading):
    with pytest.raises(DeliverError, match=r"a film\.png is a picture.*choose json"):
        source_of(reading)


def test_a_film_that_changed_is_refused(make_reading):
    reading = make_reading()
    reading.film.path.write_bytes(reading.film.path.read_bytes() + b"\0\0")
    with pytest.raises(DeliverError, match="has changed since"):
        source_of(reading)


def test_a_film_that_is_gone_is_refused(make_reading):
    reading = make_reading()
    reading.film.path.unlink()
    with pytest.raises(DeliverError, match="cannot be opened"):
        source_of(reading)


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_a_film_of_no_study_is_refused(make_reading, keyword):
    reading = make_reading(lambda dataset: dataset.pop(keyword))
    with pytest.raises(DeliverError, match=f"no valid {keyword}"):
        source_of(reading)
