"""Compressed Secondary Captures, read back by dicom3tools, DCMTK, GDCM and pydicom."""

import numpy as np
import pydicom
import pytest
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

from spondyl.deliver import FORMATS, FormatError, choose_compression
from spondyl.deliver.dicom.capture import capture
from spondyl.deliver.dicom.compress import SYNTAXES, Compression, decompress
from spondyl.deliver.formats import COMPRESSIONS

ALL = pytest.mark.parametrize("how", list(SYNTAXES))
BOTH = pytest.mark.parametrize("name", ["sc", "sc-grey"])


@pytest.fixture
def write(make_reading, tmp_path):
    """Write a compressed capture; its path, and the pixels as they were."""

    def written(name, how):
        reading = make_reading()
        path = tmp_path / f"{name}-{how}.dcm"
        FORMATS[name].write(reading, path, how)
        return path, capture(reading, grey=name == "sc-grey")

    return written


def test_names_are_those_of_the_formats():
    assert tuple(Compression) == COMPRESSIONS
    assert choose_compression(" JPEG-LS ") == "jpeg-ls"
    with pytest.raises(FormatError, match="'jpeg' is not known; choose among none, rle"):
        choose_compression("jpeg")


@BOTH
@ALL
def test_pixels_and_uids_stay(write, name, how):
    path, plain = write(name, how)
    back = pydicom.dcmread(path)
    assert back.file_meta.TransferSyntaxUID == SYNTAXES[how]
    assert path.stat().st_size < 0.9 * len(plain.PixelData)
    np.testing.assert_array_equal(back.pixel_array, plain.pixel_array)
    assert back.SOPInstanceUID == plain.SOPInstanceUID
    assert "LossyImageCompression" not in back
    decompress(back)
    assert back.PixelData == plain.PixelData
    assert back.PhotometricInterpretation == plain.PhotometricInterpretation
    assert back.SOPInstanceUID == plain.SOPInstanceUID


@BOTH
@ALL
def test_dicom3tools_finds_no_error(write, errors_of, name, how):
    path, _ = write(name, how)
    assert errors_of(path) == []


@BOTH
@pytest.mark.parametrize(
    ("how", "decoder"), [(Compression.RLE, "dcmdrle"), (Compression.JPEG_LS, "dcmdjpls")]
)
def test_dcmtk_gives_the_same_pixels(write, program, tmp_path, name, how, decoder):
    path, plain = write(name, how)
    program(decoder, path, tmp_path / "plain.dcm")
    back = pydicom.dcmread(tmp_path / "plain.dcm")
    assert back.file_meta.TransferSyntaxUID not in (RLELossless, JPEGLSLossless, JPEG2000Lossless)
    np.testing.assert_array_equal(back.pixel_array, plain.pixel_array)


@BOTH
@ALL
def test_gdcm_gives_the_same_pixels(write, name, how):
    gdcm = pytest.importorskip("gdcm")
    path, plain = write(name, how)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    assert reader.Read()
    image = reader.GetImage()
    expected = plain.pixel_array
    got = np.frombuffer(
        image.GetBuffer().encode("utf-8", errors="surrogateescape"), np.uint8, expected.size
    )
    if image.GetPlanarConfiguration() == 1:
        got = got.reshape(3, *expected.shape[:2]).transpose(1, 2, 0)
    np.testing.assert_array_equal(got.reshape(expected.shape), expected)
