"""The Secondary Capture, read back by dicom3tools, DCMTK and pydicom."""

import cv2
import numpy as np
import pydicom
import pytest

from spondyl.deliver.dicom.capture import HEIGHT_PX, capture, write_capture, write_grey_capture
from spondyl.deliver.picture import COLOURS, GREYS, PictureSettings, draw_overlay
from spondyl.film import FilmError, load_film

BOTH = pytest.mark.parametrize("write", [write_capture, write_grey_capture])


@BOTH
def test_dicom3tools_finds_no_error(make_reading, tmp_path, errors_of, write):
    for number, settings in enumerate(
        ({}, {"orientation": ("A", "F")}, {"transfer_syntax": "1.2.840.10008.1.2.4.91"})
    ):
        path = tmp_path / f"{number}-sc.dcm"
        write(make_reading(name=f"film-{number}.dcm", **settings), path)
        assert errors_of(path) == []


@pytest.mark.parametrize("grey", [False, True])
def test_the_pixels_are_the_picture(make_reading, grey):
    reading = make_reading()
    palette = GREYS if grey else COLOURS
    picture = draw_overlay(reading, PictureSettings(height_px=HEIGHT_PX, palette=palette))
    expected = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY if grey else cv2.COLOR_BGR2RGB)
    result = capture(reading, grey=grey)
    np.testing.assert_array_equal(result.pixel_array, expected)
    assert result.PhotometricInterpretation == ("MONOCHROME2" if grey else "RGB")


def test_grey_tells_the_fractured_body_by_brightness(make_reading):
    reading = make_reading()
    pixels = capture(reading, grey=True).pixel_array
    film_top = 96  # the band over the film, scaled
    scale = HEIGHT_PX / 700
    margin = (pixels.shape[1] - round(460 * scale)) // 2

    def brightest(finding):
        x, y = finding.corners_px[[0, 3]].mean(axis=0)
        row, column = round((y + 0.5) * scale) + film_top, round((x + 0.5) * scale) + margin
        return pixels[row - 30 : row + 31, column - 6 : column + 7].max()

    fractured, normal = reading.findings[1], reading.findings[3]
    assert brightest(fractured) == 255
    assert brightest(normal) < 230


@BOTH
def test_dcmtk_decodes_it(make_reading, tmp_path, program, write):
    write(make_reading(), tmp_path / "sc.dcm")
    program("dcm2pnm", "+on", tmp_path / "sc.dcm", tmp_path / "sc.png")
    shown = cv2.imread(str(tmp_path / "sc.png"), cv2.IMREAD_UNCHANGED)
    stored = pydicom.dcmread(tmp_path / "sc.dcm").pixel_array
    assert shown.shape[:2] == stored.shape[:2]
    shown = shown[..., ::-1] if stored.ndim == 3 else shown
    assert np.abs(shown.astype(int) - stored).mean() < 1


def test_where_it_comes_from(make_reading):
    reading = make_reading(transfer_syntax="1.2.840.10008.1.2.4.91", orientation=("A", "F"))
    film, result = pydicom.dcmread(reading.film.path), capture(reading)
    (source,) = result.SourceImageSequence
    assert source.ReferencedSOPInstanceUID == film.SOPInstanceUID
    assert result.LossyImageCompression == "01"
    assert list(result.PatientOrientation) == ["A", "F"]
    assert result.ImageType == ["DERIVED", "SECONDARY"]
    assert "Not for diagnosis" in result.DerivationDescription
    assert result.SeriesInstanceUID != film.SeriesInstanceUID
    assert result.StudyInstanceUID == film.StudyInstanceUID


def test_a_drawing_is_not_read_as_a_film(make_reading, tmp_path):
    write_capture(make_reading(), tmp_path / "sc.dcm")
    with pytest.raises(FilmError, match="a result that Spondyl made"):
        load_film(tmp_path / "sc.dcm")
