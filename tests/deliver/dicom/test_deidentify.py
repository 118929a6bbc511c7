"""Nothing of the patient is left in an export."""

from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from spondyl.deliver import FORMATS, DeliverError
from spondyl.deliver.dicom.deidentify import Deidentifier
from spondyl.film import load_film

#: Each is in the film's header once or more, and nowhere in what leaves.
SECRETS = (
    "Lovelace", "PID-4711", "ACC-99", "Babbage", "Charity Hospital", "1.2.3.4.5", "18151210",
    "STATION-7", "PRIVATE-NOTE", "Somerville", "remark of the day",
)  # fmt: skip


def _patient(dataset):
    dataset.PatientName, dataset.PatientID = "Lovelace^Ada", "PID-4711"
    dataset.PatientBirthDate, dataset.StudyDate = "18151210", "18521127"
    dataset.AccessionNumber, dataset.ReferringPhysicianName = "ACC-99", "Babbage^Charles"
    dataset.InstitutionName, dataset.StationName = "Charity Hospital", "STATION-7"
    dataset.StudyInstanceUID = "1.2.3.4.5"
    dataset.PatientComments = "remark of the day"
    dataset.add_new((0x0009, 0x0010), "LO", "OTHER VENDOR")
    dataset.add_new((0x0009, 0x1001), "LO", "PRIVATE-NOTE")
    inner = Dataset()
    inner.PerformingPhysicianName = "Somerville^Mary"
    inner.PatientID = "PID-4711"
    inner.ReferencedSOPInstanceUID = "1.2.3.4.5"
    inner.ReferencedSOPClassUID = dataset.SOPClassUID
    dataset.SourceImageSequence = Sequence([inner])
    dataset.file_meta.SourceApplicationEntityTitle = "STATION-7"


@pytest.mark.parametrize("name", FORMATS)
def test_no_secret_is_in_any_result(make_reading, tmp_path, name):
    reading = make_reading(_patient, name="Lovelace.dcm")
    out = tmp_path / "out"
    out.mkdir()
    cleaned = Deidentifier().reading(reading, out / "film.dcm")
    FORMATS[name].write(cleaned, out / FORMATS[name].file_name)
    for path in out.iterdir():
        content = path.read_bytes()
        found = [word for word in SECRETS if word.encode() in content]
        assert found == [], path.name


def test_the_film_is_the_same_film_without_its_patient(make_reading, tmp_path, errors_of):
    reading = make_reading(_patient)
    cleaned = Deidentifier().reading(reading, tmp_path / "clean.dcm")
    np.testing.assert_array_equal(load_film(tmp_path / "clean.dcm").pixels, reading.film.pixels)
    film = pydicom.dcmread(tmp_path / "clean.dcm")
    assert film.PatientIdentityRemoved == "YES"
    assert film.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert film.file_meta.MediaStorageSOPInstanceUID == film.SOPInstanceUID
    assert cleaned.findings == reading.findings
    FORMATS["sr"].write(cleaned, tmp_path / "sr.dcm")
    assert pydicom.dcmread(tmp_path / "sr.dcm").StudyInstanceUID == film.StudyInstanceUID
    assert errors_of(tmp_path / "sr.dcm") == []


def test_one_patient_keeps_one_pseudonym_in_one_export_only(make_reading, tmp_path):
    def other(dataset):
        _patient(dataset)
        dataset.PatientID = "PID-4712"

    def id_of(deidentifier, reading):
        deidentifier.reading(reading, tmp_path / "x.dcm")
        return pydicom.dcmread(tmp_path / "x.dcm").PatientID

    export = Deidentifier()
    one, again = (make_reading(_patient, name=name) for name in ("1.dcm", "2.dcm"))
    two = make_reading(other, name="3.dcm")
    assert id_of(export, one) == id_of(export, again) != id_of(export, two)
    assert id_of(Deidentifier(), one) != id_of(export, one)


def test_letters_that_name_the_patient_are_refused(make_reading, tmp_path):
    def change(dataset):
        dataset.BurnedInAnnotation = "YES"

    with pytest.raises(DeliverError, match="blacken them first"):
        Deidentifier().reading(make_reading(change), tmp_path / "x.dcm")
    assert not (tmp_path / "x.dcm").exists()


def test_of_a_picture_path_and_checksum_go(reading, tmp_path):
    cleaned = Deidentifier().reading(reading, tmp_path / "x.dcm")
    assert (cleaned.film.path, cleaned.film.sha256) == (None, "")
    assert cleaned == replace(reading, film=cleaned.film)
