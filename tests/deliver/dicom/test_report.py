"""The Structured Report, read back by highdicom, DCMTK and dicom3tools."""

from dataclasses import replace

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as known

from spondyl.anatomy import Level, codes
from spondyl.deliver.dicom.objects import save
from spondyl.deliver.dicom.report import report, write_report
from spondyl.deliver.observations import heights_mm
from spondyl.film import FilmError, load_film


@pytest.fixture
def read_back(tmp_path):
    """Write, and read by highdicom: the document and its groups by tracking identifier."""

    def read(reading):
        path = tmp_path / "back.dcm"
        write_report(reading, path)
        document = highdicom.sr.srread(path)
        bodies = document.content.get_planar_roi_measurement_groups()
        films = document.content.get_image_measurement_groups()
        return document, {group.tracking_identifier: group for group in (*films, *bodies)}

    return read


def _number(group, code):
    found = {(m.name.value, m.unit.value): m.value for m in group.get_measurements()}
    return {unit: value for (name, unit), value in found.items() if name == code.value}


def _value(group, code):
    found = {e.name.value: e.value.value for e in group.get_qualitative_evaluations()}
    return found.get(code.value)


def test_every_value_comes_back(make_reading, read_back):
    reading = make_reading()
    _, groups = read_back(reading)
    assert set(groups) == {"film", *(str(finding.level) for finding in reading.findings)}
    for finding in reading.findings:
        group = groups[str(finding.level)]
        (site,) = group.finding_sites
        assert site.value.value == codes.level_code(finding.level).value
        expected = codes.INDETERMINATE
        if finding.assessable:
            expected = codes.PRESENT if finding.fractured else codes.ABSENT
        fracture = _value(group, codes.VERTEBRAL_COMPRESSION_FRACTURE)
        assert fracture == (None if finding.level is Level.S1 else expected.value)
        probability = {"1": pytest.approx(finding.fracture_probability, abs=5e-5)}
        assert _number(group, codes.PROBABILITY) == (probability if finding.assessable else {})
        if finding.heights_px is not None:
            height = _number(group, codes.MIDDLE_HEIGHT)
            assert height == {"{pixels}": pytest.approx(finding.heights_px.middle, abs=5e-3)}
            ratio = _number(group, codes.ANTERIOR_RATIO)["{ratio}"]
            assert ratio == pytest.approx(finding.heights_px.anterior_posterior, abs=5e-5)
        grade = finding.genant_grade
        assert _value(group, codes.GENANT_GRADE) == (
            None if grade is None else codes.GRADE_CODES[grade].value
        )
    fractured = groups["L2"]
    assert _value(fractured, codes.GENANT_GRADE) == "6736007"  # Moderate
    assert _value(fractured, codes.DEFORMITY_SHAPE) == "WEDGE"
    assert _number(fractured, codes.HEIGHT_LOSS) == {"%": 31.0}


def test_the_film_has_a_group_of_its_own(make_reading, read_back):
    reading = make_reading()
    document, groups = read_back(reading)
    film = groups["film"]
    assert _number(film, codes.PROBABILITY)["1"] == 0.9123
    assert _number(film, codes.THRESHOLD)["1"] == reading.threshold
    assert _number(film, codes.NUMBERING_CONFIDENCE)["1"] == reading.numbering.confidence
    assert _value(film, codes.VERTEBRAL_COMPRESSION_FRACTURE) == codes.PRESENT.value
    comments = [
        item.TextValue
        for item in film[0].ContentSequence
        if item.ConceptNameCodeSequence[0].CodeValue == codes.COMMENT.value
    ]
    assert comments[0] == "Research use only. Not for diagnosis."
    assert "A warning." in comments
    assert reading.numbering.assumption in comments
    assert document.CompletionFlag == "COMPLETE"
    assert document.VerificationFlag == "UNVERIFIED"
    assert document.PreliminaryFlag == "PRELIMINARY"


def test_outlines_are_in_the_pixels_of_the_film(make_reading, read_back):
    reading = make_reading()
    _, groups = read_back(reading)
    finding = reading.findings[1]
    region = groups["L2"].roi
    assert region.GraphicType == "POLYLINE"
    line = region.value
    np.testing.assert_array_equal(line[0], line[-1])
    corners = line[[0, 2, 3, 5]]
    # DICOM counts from the corner of the first pixel, Spondyl from its centre.
    np.testing.assert_allclose(corners, finding.corners_px + 0.5, atol=1e-3)
    np.testing.assert_allclose(line[[1, 4]], finding.mid_endplates_px + 0.5, atol=1e-3)
    (image,) = groups["L2"][0].ContentSequence[-1].ContentSequence
    assert image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == (
        report(reading)
        .CurrentRequestedProcedureEvidenceSequence[0]
        .ReferencedSeriesSequence[0]
        .ReferencedSOPSequence[0]
        .ReferencedSOPInstanceUID
    )


def test_a_cut_off_body_ends_at_the_edge(make_reading, read_back):
    reading = make_reading()
    outside = replace(reading.findings[0], corners_px=reading.findings[0].corners_px - [250, 70])
    _, groups = read_back(replace(reading, findings=(outside, *reading.findings[1:])))
    line = groups["L1"].roi.value
    assert line.min() == 0
    assert (line <= reading.film.size_px).all()


@pytest.mark.parametrize(
    ("tag", "calibrated", "given"),
    [("PixelSpacing", True, True), ("PixelSpacing", False, False),
     ("ImagerPixelSpacing", False, False)],
)  # fmt: skip
def test_millimetres_only_where_calibrated(make_reading, read_back, tag, calibrated, given):
    reading = make_reading(spacing_tag=tag, calibrated=calibrated, spacing_mm=(0.2, 0.2))
    _, groups = read_back(reading)
    height = _number(groups["L2"], codes.ANTERIOR_HEIGHT)
    assert ("mm" in height) is given
    if given:
        assert height["mm"] == pytest.approx(0.2 * height["{pixels}"], abs=0.01)
        assert heights_mm(reading, reading.findings[1]).anterior == pytest.approx(
            height["mm"], 1e-3
        )


def test_who_observed_by_what(make_reading, read_back):
    reading = make_reading()
    document, groups = read_back(reading)
    (context,) = document.content.get_observer_contexts(known.DCM.Device)
    device = context.observer_identifying_attributes
    assert device.name == "Spondyl"
    assert device.serial_number == reading.model.sha256
    words = [
        item.TextValue
        for item in groups["L2"][0].ContentSequence
        if item.ConceptNameCodeSequence[0].CodeMeaning == "Algorithm Parameters"
    ]
    assert f"networks sha256 {reading.model.sha256}" in words
    assert any("5" * 64 in word for word in words)
    equipment = document.ContributingEquipmentSequence[0]
    assert equipment.DeviceSerialNumber == reading.model.sha256
    assert "Not for diagnosis" in equipment.ContributionDescription


def test_highdicoms_own_document_is_the_same(make_reading, when):
    """It checks content and evidence, and takes five times as long."""
    reading = make_reading()
    ours = report(reading, made_at=when)
    content = Dataset()
    for keyword in ("ValueType", "ConceptNameCodeSequence", "ContinuityOfContent",
                    "ContentTemplateSequence", "ContentSequence"):  # fmt: skip
        content[keyword] = ours[keyword]
    film = pydicom.dcmread(reading.film.path)
    theirs = highdicom.sr.ComprehensiveSR(
        evidence=[film], content=content, is_complete=True, series_number=1, instance_number=1,
        series_instance_uid=ours.SeriesInstanceUID, sop_instance_uid=ours.SOPInstanceUID,
        manufacturer="Spondyl",
    )  # fmt: skip
    # Who made it, when, in which series: as in all our objects.
    own = {"InstanceCreationDate", "InstanceCreationTime", "ContentDate", "ContentTime",
           "SeriesNumber", "ContributingEquipmentSequence"}  # fmt: skip
    for element in theirs:
        if element.keyword not in own:
            assert ours[element.tag].value == element.value, element.keyword


def test_the_same_film_gives_the_same_document(make_reading, when):
    reading = make_reading()
    assert report(reading, made_at=when) == report(reading, made_at=when)


def test_a_new_series_of_the_same_study(make_reading):
    reading = make_reading()
    result, film = report(reading), load_film(reading.film.path)
    assert film.metadata["SOPClassUID"] != result.SOPClassUID
    assert result.Modality == "SR"
    assert result.SeriesNumber == 9901
    reference = result.CurrentRequestedProcedureEvidenceSequence[0]
    assert reference.StudyInstanceUID == result.StudyInstanceUID
    assert reference.ReferencedSeriesSequence[0].SeriesInstanceUID != result.SeriesInstanceUID


def test_without_findings(make_reading, read_back):
    reading = replace(
        make_reading(), findings=(), assessable=False, fractured=False, reasons=("Frontal film.",),
    )  # fmt: skip
    _, groups = read_back(reading)
    assert set(groups) == {"film"}
    assert _value(groups["film"], codes.VERTEBRAL_COMPRESSION_FRACTURE) == codes.INDETERMINATE.value
    assert _value(groups["film"], codes.ASSESSABLE) == codes.NO.value


def test_a_level_without_a_standard_code(make_reading, read_back):
    reading = make_reading()
    sixth = replace(reading.findings[3], level=Level.L6)
    document, groups = read_back(replace(reading, findings=(sixth,)))
    (site,) = groups["L6"].finding_sites
    assert site.value.scheme_designator == codes.PRIVATE_SCHEME.designator
    (scheme,) = document.CodingSchemeIdentificationSequence
    assert scheme.CodingSchemeDesignator == codes.PRIVATE_SCHEME.designator


def test_dicom3tools_finds_no_error(make_reading, tmp_path, errors_of):
    for number, settings in enumerate(
        ({}, {"spacing_tag": "PixelSpacing", "calibrated": True}, {"modality": "SC"})
    ):
        path = tmp_path / f"{number}.dcm"
        write_report(make_reading(name=f"film-{number}.dcm", **settings), path)
        assert errors_of(path) == []


def test_dcmtk_renders_it(make_reading, tmp_path, program):
    path = tmp_path / "sr.dcm"
    save(report(make_reading()), path)
    shown = program("dsrdump", path).stdout
    assert shown.startswith("Comprehensive SR Document")
    assert shown.count('"Measurement Group"') == 6
    assert '"Finding Site")=(14293000,SCT,"L2 vertebra")' in shown
    assert 'TEXT:(,,"Comment")="Research use only' in shown
    checked = program("dsr2xml", path).stdout
    assert "POLYLINE" in checked


def test_spondyl_does_not_read_its_own_results(make_reading, tmp_path):
    write_report(make_reading(), tmp_path / "sr.dcm")
    with pytest.raises(FilmError, match="projection radiograph"):
        load_film(tmp_path / "sr.dcm")
