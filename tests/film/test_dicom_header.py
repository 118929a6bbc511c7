"""Spacing, side and tables from headers."""

import numpy as np
import pytest
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from spondyl.film import Spacing, SpacingSource, film_dataset
from spondyl.film.dicom_grey import Window, WindowFunction
from spondyl.film.dicom_header import (
    NOT_LATERAL_WARNING,
    NOT_SQUARE_WARNING,
    SPACING_WARNING,
    UPSIDE_DOWN_WARNING,
    grey_header,
    posterior_side,
    spacing,
)
from tests.film.makers import film_of, phantom, stored_dataset


def header(**attributes: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({}, None),
        ({"ImagerPixelSpacing": [0.14, 0.14]}, Spacing(0.14, 0.14, SpacingSource.DETECTOR)),
        ({"NominalScannedPixelSpacing": [0.1, 0.1]}, Spacing(0.1, 0.1, SpacingSource.DETECTOR)),
        ({"PixelSpacing": [0.14, 0.14]}, Spacing(0.14, 0.14, SpacingSource.DETECTOR)),
        (
            {"PixelSpacing": [0.14, 0.14], "ImagerPixelSpacing": [0.14, 0.14]},
            Spacing(0.14, 0.14, SpacingSource.DETECTOR),
        ),
        (
            {"PixelSpacing": [0.12, 0.12], "ImagerPixelSpacing": [0.14, 0.14]},
            Spacing(0.12, 0.12, SpacingSource.CALIBRATED),
        ),
        (
            {"PixelSpacing": [0.12, 0.12], "PixelSpacingCalibrationType": "FIDUCIAL"},
            Spacing(0.12, 0.12, SpacingSource.CALIBRATED),
        ),
    ],
)
def test_kinds_of_spacing(attributes, wanted):
    assert spacing(header(**attributes), 2000, 1000) == (wanted, ())


@pytest.mark.parametrize(
    ("values", "warning"),
    [
        ([0.1, 0.2], NOT_SQUARE_WARNING),
        ([0, 0], SPACING_WARNING),
        ([-0.14, -0.14], SPACING_WARNING),
        ([50, 50], SPACING_WARNING),
        ([1.9, 1.9], SPACING_WARNING),  # a film of 3.8 m
        ([0.014, 0.014], SPACING_WARNING),  # a film of 14 mm
        ([0.14], SPACING_WARNING),
    ],
)
def test_senseless_spacing_is_left_out(values, warning):
    assert spacing(header(PixelSpacing=values), 2000, 1000) == (None, (warning,))


@pytest.mark.parametrize(
    ("orientation", "wanted"),
    [
        (["A", "F"], ("left", ())),
        (["P", "F"], ("right", ())),
        (["AR", "FP"], ("left", ())),
        (["A", "H"], ("left", (UPSIDE_DOWN_WARNING,))),
        (["L", "F"], (None, (NOT_LATERAL_WARNING,))),
        (["F", "A"], (None, (NOT_LATERAL_WARNING,))),
        (["A", "L"], (None, (NOT_LATERAL_WARNING,))),
        (None, (None, ())),
        ("", (None, ())),
    ],
)
def test_side(orientation, wanted):
    assert posterior_side(header(PatientOrientation=orientation)) == wanted


def test_spacing_side_and_magnification_reach_the_film():
    dataset = film_dataset(
        phantom(640, 480),
        spacing_mm=(0.15, 0.15),
        spacing_tag="PixelSpacing",
        calibrated=True,
        orientation=("P", "F"),
    )
    dataset.EstimatedRadiographicMagnificationFactor = "1.2"
    film = film_of(dataset)
    assert film.spacing == Spacing(0.15, 0.15, SpacingSource.CALIBRATED)
    assert film.header_posterior_side == "right"
    assert film.metadata["EstimatedRadiographicMagnificationFactor"] == "1.2"
    assert film.metadata["Modality"] == "DX"
    assert film.metadata["ViewPosition"] == "LL"


def table_item(descriptor: list[int], data: object, vr: str) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", descriptor)
    item.add_new("LUTData", vr, data)
    return item


@pytest.mark.parametrize(
    ("descriptor", "data", "vr"),
    [
        ([4, 10, 16], [0, 100, 200, 300], "US"),
        ([4, 10, 16], np.array([0, 100, 200, 300], "<u2").tobytes(), "OW"),
    ],
)
def test_tables(descriptor, data, vr):
    found = grey_header(header(VOILUTSequence=Sequence([table_item(descriptor, data, vr)])))
    assert len(found.voi) == 1
    assert found.voi[0](np.array([0.0, 10, 12, 99])).tolist() == [0, 0, 200, 300]


def test_packed_table_of_bytes():
    item = table_item([4, 0, 8], bytes([0, 50, 100, 150]), "OW")
    found = grey_header(header(VOILUTSequence=Sequence([item])))
    assert found.voi[0](np.array([1.0, 3.0])).tolist() == [50, 150]


def test_table_of_65536_entries_is_written_as_zero():
    item = table_item([0, 0, 16], np.arange(65536, dtype="<u2").tobytes(), "OW")
    found = grey_header(header(VOILUTSequence=Sequence([item])))
    assert found.voi[0](np.array([65535.0])).tolist() == [65535]


def test_short_table_is_no_table():
    item = table_item([400, 0, 16], [1, 2, 3], "US")
    assert grey_header(header(VOILUTSequence=Sequence([item]))).voi == ()


@pytest.mark.parametrize("order", ["<", ">"])
def test_voi_table_in_a_file_comes_before_its_window(order):
    syntax = uid.ExplicitVRLittleEndian if order == "<" else uid.ExplicitVRBigEndian
    dataset = film_dataset(phantom(), bits=12, transfer_syntax=syntax)
    falling = np.arange(4096, dtype=f"{order}u2")[::-1]
    dataset.VOILUTSequence = Sequence([table_item([4096, 0, 16], falling.tobytes(), "OW")])
    assert np.abs(film_of(dataset).pixels - (1 - phantom())).max() < 1e-3


def test_of_several_windows_the_first():
    words = header(WindowCenter=[100, 5], WindowWidth=[50, 5], VOILUTFunction="SIGMOID")
    assert grey_header(words).voi == (Window(100, 50, WindowFunction.SIGMOID),)


def test_padding_of_signed_pixels_written_unsigned():
    stored = np.rint(phantom() * 1000).astype(np.int16)
    stored[:5] = -2000
    dataset = stored_dataset(stored, signed=True)
    dataset.add_new("PixelPaddingValue", "US", 65536 - 2000)
    film = film_of(dataset)
    assert (film.pixels[:5] == 0).all()
    assert np.ptp(film.pixels[5:]) > 0.9
