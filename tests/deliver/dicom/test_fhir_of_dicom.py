from spondyl.deliver.fhir.bundle import fhir_bundle


def test_patient_and_study_are_named_by_their_identifiers(make_reading):
    def change(dataset):
        dataset.PatientID = "4711"
        dataset.StudyInstanceUID = "1.2.3.4"

    report = fhir_bundle(make_reading(change))["entry"][0]["resource"]
    assert report["subject"]["identifier"] == {"value": "4711"}
    assert report["imagingStudy"][0]["identifier"] == {
        "system": "urn:dicom:uid", "value": "urn:oid:1.2.3.4",
    }  # fmt: skip
