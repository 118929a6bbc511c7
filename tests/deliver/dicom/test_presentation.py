"""The presentation state, read back by dicom3tools and DCMTK."""

from dataclasses import replace

import cv2
import numpy as np
import pydicom
import pytest
from pydicom.sequence import Sequence

from spondyl.deliver import FORMATS, DeliverError
from spondyl.deliver.dicom.presentation import LAYERS, layer_of, presentation, write_presentation
from spondyl.deliver.dicom.source import source_of
from spondyl.film import load_film


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("modality", ["CR", "DX"])
def test_other_programs_find_no_error(
    make_reading, tmp_path, errors_of, program, photometric, modality
):
    reading = make_reading(photometric=photometric, modality=modality)
    path = tmp_path / "ps.dcm"
    write_presentation(reading, path)
    assert errors_of(path) == []
    checked = program("dcmpschk", path)
    assert "Test passed" in checked.stdout + checked.stderr


def test_dcmtk_shows_the_film_the_same_however_it_is_stored(make_reading, tmp_path, program):
    shown = []
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        reading = make_reading(photometric=photometric, modality="DX")
        write_presentation(reading, tmp_path / "ps.dcm")
        picture = tmp_path / f"{photometric}.pgm"
        program("dcmp2pgm", "-p", tmp_path / "ps.dcm", reading.film.path, picture)
        shown.append(cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE).astype(int))
    assert shown[0].shape == reading.film.pixels.shape
    assert np.abs(shown[0] - shown[1]).max() <= 3
    assert np.corrcoef(shown[0].ravel(), reading.film.pixels.ravel())[0, 1] > 0.95


def test_an_inverted_film_stays_as_it_is_shown(make_reading):
    assert presentation(make_reading(photometric="MONOCHROME1")).PresentationLUTShape == "INVERSE"
    assert presentation(make_reading()).PresentationLUTShape == "IDENTITY"


def test_grey_values_are_those_of_the_film(make_reading):
    film_reading = make_reading(modality="DX")
    film, state = pydicom.dcmread(film_reading.film.path), presentation(film_reading)
    (voi,) = state.SoftcopyVOILUTSequence
    assert (voi.WindowCenter, voi.WindowWidth) == (film.WindowCenter, film.WindowWidth)
    assert (state.RescaleSlope, state.RescaleIntercept) == (1, 0)


def test_every_body_is_in_its_layer(make_reading):
    reading = make_reading()
    state = presentation(reading)
    by_layer = {item.GraphicLayer: item for item in state.GraphicAnnotationSequence}
    assert set(by_layer) == {item.GraphicLayer for item in state.GraphicLayerSequence}
    for name, _, _ in LAYERS[:3]:
        bodies = [finding for finding in reading.findings if layer_of(finding) == name]
        drawn = by_layer[name].GraphicObjectSequence
        assert len(drawn) == len(bodies)
        for item, finding in zip(drawn, bodies, strict=True):
            points = np.reshape(item.GraphicData, (-1, 2))
            assert item.NumberOfGraphicPoints == len(points)
            np.testing.assert_allclose(points[0], finding.corners_px[0] + 0.5, atol=1e-3)
    (text,) = by_layer["FRACTURES"].TextObjectSequence
    assert text.UnformattedTextValue == "L2 fracture 91% grade 2"
    (notice,) = by_layer["NOTICE"].TextObjectSequence
    assert "Not for diagnosis" in notice.UnformattedTextValue


def test_it_refers_to_the_film(make_reading):
    reading = make_reading()
    film, state = pydicom.dcmread(reading.film.path), presentation(reading)
    (series,) = state.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == film.SeriesInstanceUID
    assert series.ReferencedImageSequence[0].ReferencedSOPInstanceUID == film.SOPInstanceUID
    area = state.DisplayedAreaSelectionSequence[0]
    assert list(area.DisplayedAreaBottomRightHandCorner) == [film.Columns, film.Rows]


def test_a_film_without_bodies_says_what_it_is_not_for(make_reading, tmp_path, errors_of):
    reading = replace(make_reading(), findings=())
    write_presentation(reading, tmp_path / "ps.dcm")
    assert len(presentation(reading).GraphicLayerSequence) == 1
    assert errors_of(tmp_path / "ps.dcm") == []


def test_tables_of_the_film_are_kept(make_reading):
    def change(dataset):
        table = pydicom.Dataset()
        table.LUTDescriptor = [4096, 0, 12]
        table.LUTData = np.arange(4096, dtype="<u2").tobytes()
        table["LUTData"].VR = "OW"
        dataset.VOILUTSequence = Sequence([table])

    state = presentation(make_reading(change))
    assert len(state.SoftcopyVOILUTSequence[0].VOILUTSequence[0].LUTData) == 8192


def test_a_film_in_colour_is_refused(make_reading):
    reading = make_reading()
    source = source_of(reading)
    source.header.SamplesPerPixel = 3
    with pytest.raises(DeliverError, match="needs a grey film"):
        presentation(reading, source)


def test_a_damaged_table_of_grey_values_is_told(make_reading, tmp_path):
    """pydicom decodes it when it is asked for, and raises what a failing disk raises, too."""
    reading = make_reading()
    path = reading.film.path
    header, pixels, rest = path.read_bytes().partition(b"\xe0\x7f\x10\x00")
    item = b"\xfe\xff\x00\xe0\xff\xff"
    length = len(item).to_bytes(4, "little")
    path.write_bytes(header + b"\x28\x00\x00\x30SQ\0\0" + length + item + pixels + rest)
    damaged = replace(reading, film=load_film(path))
    with pytest.raises(DeliverError, match=r"damaged in a part that gsps needs .* export the film"):
        FORMATS["gsps"].write(damaged, tmp_path / "gsps.dcm")
    assert not (tmp_path / "gsps.dcm").exists()
