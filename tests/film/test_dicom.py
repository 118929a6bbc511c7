"""DICOM files: classes, transfer syntaxes, grey values, refusals."""

import re
import struct
import subprocess
import sys
import zlib
from functools import partial
from io import BytesIO

import cv2
import numpy as np
import pydicom
import pytest
from pydicom import uid
from pydicom.data import get_testdata_file

from spondyl.film import Film, FilmError, Reason, film_dataset, film_from_bytes, load_film
from spondyl.film.deflated import check_deflated
from spondyl.film.dicom_grey import CONTRADICTION_WARNING, UNPROCESSED_WARNING
from spondyl.film.dicom_header import FLUOROSCOPY_WARNING, NO_CLASS_WARNING, RF, XA
from tests.film.makers import (
    STREAMS,
    encapsulated_dataset,
    encoded,
    file_bytes,
    film_of,
    phantom,
    stored_dataset,
    stream_phantom,
)

LOSSLESS = [
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.RLELossless,
    uid.JPEGLSLossless,
    uid.JPEG2000Lossless,
]
LOSSY = [uid.JPEG2000, uid.JPEGLSNearLossless]


def refusal(data: bytes) -> Reason:
    with pytest.raises(FilmError) as caught:
        film_from_bytes(data)
    assert re.fullmatch(r".+, found .+; .+\.", caught.value.message)
    return caught.value.reason


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: syntax.keyword)
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("signed", [False, True])
def test_lossless_syntaxes_give_the_stored_values_back(syntax, bits, signed):
    wanted = phantom()
    film = film_of(film_dataset(wanted, bits=bits, signed=signed, transfer_syntax=syntax))
    assert film.pixels.dtype == np.float32
    assert np.abs(film.pixels - wanted).max() <= 0.51 / (2**bits - 1)
    assert film.metadata["TransferSyntaxUID"] == syntax
    assert film.metadata["BitsStored"] == str(bits)
    assert film.warnings == ()


@pytest.mark.parametrize("syntax", LOSSY, ids=lambda syntax: syntax.keyword)
def test_lossy_syntaxes_come_close(syntax):
    wanted = phantom()
    film = film_of(film_dataset(wanted, transfer_syntax=syntax))
    assert np.abs(film.pixels - wanted).mean() < 0.005


@pytest.mark.parametrize(
    ("name", "syntax", "grey_levels"),
    [
        ("htj2k_lossless.j2c", uid.HTJ2KLossless, 0.01),
        ("htj2k_lossless.j2c", uid.HTJ2K, 0.01),
        ("jpeg_lossless.jpg", uid.JPEGLossless, 0.01),
        ("jpeg_extended.jpg", uid.JPEGExtended12Bit, 12),
    ],
)
def test_syntaxes_without_an_encoder_at_hand(name, syntax, grey_levels):
    film = film_of(encapsulated_dataset((STREAMS / name).read_bytes(), syntax))
    assert np.abs(film.pixels * 4095 - stream_phantom()).max() <= grey_levels


def test_jpeg_baseline():
    grey = (stream_phantom() >> 4).astype(np.uint8)
    stream = encoded(".jpg", grey, cv2.IMWRITE_JPEG_QUALITY, 98)
    dataset = encapsulated_dataset(stream, uid.JPEGBaseline8Bit, bits=8)
    assert np.abs(film_of(dataset).pixels * 255 - grey).mean() < 2


@pytest.mark.parametrize("name", ["JPGExtended.dcm", "JPEG2000.dcm", "image_dfl.dcm"])
def test_files_of_other_makers(name):
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"this pydicom does not bring {name}")
    film = load_film(path)
    assert film.pixels.std() > 0.01


def test_unknown_transfer_syntax_has_no_decoder():
    stream = (STREAMS / "jpeg_lossless.jpg").read_bytes()
    dataset = encapsulated_dataset(stream, uid.MPEG2MPML)
    assert refusal(file_bytes(dataset)) is Reason.NO_DECODER


@pytest.mark.parametrize("modality", ["CR", "DX", "SC"])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_classes_and_polarity(modality, photometric):
    wanted = phantom()
    film = film_of(film_dataset(wanted, modality=modality, photometric=photometric))
    assert np.abs(film.pixels - wanted).max() < 1e-3
    assert film.header_inverted == (photometric == "MONOCHROME1")
    assert film.warnings == ()


def test_inversion_said_twice_is_done_once():
    dataset = film_dataset(phantom(), photometric="MONOCHROME1")
    assert dataset.PresentationLUTShape == "INVERSE"
    assert np.abs(film_of(dataset).pixels - phantom()).max() < 1e-3


def test_inversion_said_by_the_presentation_alone():
    dataset = film_dataset(phantom(), photometric="MONOCHROME2")
    dataset.PresentationLUTShape = "INVERSE"
    film = film_of(dataset)
    assert film.header_inverted
    assert film.warnings == (CONTRADICTION_WARNING,)
    assert np.abs(film.pixels - (1 - phantom())).max() < 1e-3


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_for_processing_is_turned_by_the_sign_of_its_signal(photometric):
    dataset = film_dataset(phantom(), photometric=photometric, presentation="FOR PROCESSING")
    del dataset.PresentationLUTShape
    film = film_of(dataset)
    assert UNPROCESSED_WARNING in film.warnings
    assert np.corrcoef(film.pixels.ravel(), phantom().ravel())[0, 1] > 0.99


def test_linear_raw_signal_becomes_attenuation():
    path_length = phantom()
    signal = (60000 * np.exp(-3 * path_length)).astype(np.uint16)
    dataset = film_dataset(np.zeros(signal.shape), bits=16, presentation="FOR PROCESSING")
    dataset.PixelData = signal.tobytes()
    dataset.PixelIntensityRelationship = "LIN"
    dataset.PixelIntensityRelationshipSign = 1
    film = film_of(dataset)
    assert film.header_inverted
    assert np.corrcoef(film.pixels.ravel(), path_length.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("sop_class", [XA, RF])
def test_fluoroscopy_is_read_with_a_warning(sop_class):
    dataset = film_dataset(phantom())
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    assert FLUOROSCOPY_WARNING in film_of(dataset).warnings


@pytest.mark.parametrize(
    "sop_class",
    [uid.CTImageStorage, uid.MRImageStorage, uid.BasicTextSRStorage, uid.EncapsulatedPDFStorage],
    ids=lambda sop_class: sop_class.keyword,
)
def test_other_classes_are_refused_by_name(sop_class):
    dataset = film_dataset(phantom())
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    with pytest.raises(FilmError, match=sop_class.name) as caught:
        film_of(dataset)
    assert caught.value.reason is Reason.NOT_A_RADIOGRAPH


def bare(dataset: pydicom.Dataset, syntax: uid.UID) -> bytes:
    buffer = BytesIO()
    pydicom.dcmwrite(
        buffer,
        pydicom.Dataset(dataset),
        implicit_vr=syntax.is_implicit_VR,
        little_endian=syntax.is_little_endian,
    )
    return buffer.getvalue()


@pytest.mark.parametrize(
    "syntax",
    [uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian],
    ids=lambda syntax: syntax.keyword,
)
def test_without_preamble_and_meta(syntax):
    data = bare(film_dataset(phantom(), transfer_syntax=syntax), syntax)
    assert b"DICM" not in data[:140]
    film = film_from_bytes(data)
    assert np.abs(film.pixels - phantom()).max() < 1e-3
    assert film.metadata["TransferSyntaxUID"] == syntax


def test_without_class():
    dataset = film_dataset(phantom())
    del dataset.SOPClassUID
    film = film_from_bytes(bare(dataset, uid.ExplicitVRLittleEndian))
    assert film.warnings == (NO_CLASS_WARNING,)


def test_several_frames_are_refused():
    dataset = film_dataset(phantom())
    dataset.NumberOfFrames = 2
    dataset.PixelData = dataset.PixelData * 2
    assert refusal(file_bytes(dataset)) is Reason.MULTI_FRAME


def test_one_frame_said_in_words_is_read():
    dataset = film_dataset(phantom())
    dataset.NumberOfFrames = 1
    assert film_of(dataset).size_px == (80, 96)


@pytest.mark.parametrize("syntax", [*LOSSLESS, *LOSSY], ids=lambda syntax: syntax.keyword)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.98])
def test_truncated_files_are_refused(syntax, share):
    noise = np.random.default_rng(1).normal(0, 0.05, phantom().shape)
    data = file_bytes(film_dataset(phantom() + noise, transfer_syntax=syntax))
    assert refusal(data[: int(share * len(data))]) is Reason.TRUNCATED


@pytest.mark.parametrize("length", [132, 140, 200, 400, 700])
def test_files_cut_in_the_header_are_refused(length):
    data = file_bytes(film_dataset(phantom(), seed="cut"))
    assert refusal(data[:length]) in (Reason.TRUNCATED, Reason.UNREADABLE)


@pytest.mark.parametrize(
    ("name", "syntax"),
    [("htj2k_lossless.j2c", uid.HTJ2K), ("jpeg_lossless.jpg", uid.JPEGLossless)],
)
def test_cut_streams_in_whole_files_are_refused(name, syntax):
    stream = (STREAMS / name).read_bytes()
    dataset = encapsulated_dataset(stream[: len(stream) // 2], syntax)
    assert refusal(file_bytes(dataset)) is Reason.TRUNCATED


def test_header_only():
    dataset = film_dataset(phantom())
    del dataset.PixelData
    assert refusal(file_bytes(dataset)) is Reason.TRUNCATED


def test_stream_larger_than_the_header_says():
    dataset = encapsulated_dataset((STREAMS / "htj2k_lossless.j2c").read_bytes(), uid.HTJ2K)
    dataset.Rows = 70
    assert refusal(file_bytes(dataset)) is Reason.UNREADABLE


def test_too_large_by_the_header():
    dataset = film_dataset(phantom())
    dataset.Rows = dataset.Columns = 20000
    assert refusal(file_bytes(dataset)) is Reason.TOO_LARGE


def test_one_pixel():
    assert refusal(file_bytes(film_dataset(np.zeros((1, 1))))) is Reason.TOO_SMALL


def test_empty_frame():
    assert refusal(file_bytes(film_dataset(np.full((96, 80), 0.5)))) is Reason.EMPTY


def test_deflated_bomb_is_refused(monkeypatch):
    small = partial(check_deflated, most_bytes=10_000_000)
    monkeypatch.setattr("spondyl.film.dicom.check_deflated", small)
    data = file_bytes(film_dataset(phantom(), transfer_syntax=uid.DeflatedExplicitVRLittleEndian))
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = packer.compress(bytes(80_000_000)) + packer.flush()
    (length,) = struct.unpack_from("<I", data, 140)
    assert refusal(data[: 144 + length] + bomb) is Reason.TOO_LARGE


def rgb_dataset(rgb: np.ndarray) -> pydicom.FileDataset:
    dataset = film_dataset(np.zeros(rgb.shape[:2]), modality="SC", bits=8)
    dataset.PhotometricInterpretation, dataset.SamplesPerPixel = "RGB", 3
    dataset.PlanarConfiguration = 0
    dataset.PixelData = rgb.astype(np.uint8).tobytes()
    return dataset


def test_grey_in_three_channels_is_grey():
    grey = np.rint(phantom() * 255)
    film = film_of(rgb_dataset(np.dstack([grey] * 3)))
    assert np.abs(film.pixels * 255 - grey).max() < 0.01
    assert film.warnings == ()


def test_colour_is_refused():
    grey = phantom() * 255
    data = file_bytes(rgb_dataset(np.dstack([grey, 255 - grey, grey])))
    assert refusal(data) is Reason.COLOUR


def palette_dataset(red: np.ndarray, green: np.ndarray) -> pydicom.FileDataset:
    dataset = film_dataset(phantom(), modality="SC", bits=8)
    dataset.PhotometricInterpretation = "PALETTE COLOR"
    for name, table in (("Red", red), ("Green", green), ("Blue", green)):
        setattr(dataset, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(
            dataset,
            f"{name}PaletteColorLookupTableData",
            (table.astype(np.uint16) * 257).astype("<u2").tobytes(),
        )
    return dataset


def test_grey_palette():
    rising = np.arange(256)
    film = film_of(palette_dataset(rising, rising))
    assert np.abs(film.pixels - phantom()).max() < 0.01


def test_coloured_palette_is_refused():
    rising = np.arange(256)
    with pytest.raises(FilmError) as caught:
        film_of(palette_dataset(rising, rising[::-1]))
    assert caught.value.reason is Reason.COLOUR


def test_values_above_the_stored_bits_are_taken_down():
    stored = np.rint(phantom() * 4095).astype(np.uint16)
    dataset = stored_dataset(stored << 4, bits=12)
    dataset.HighBit = 15
    assert np.abs(film_of(dataset).pixels * 4095 - stored).max() < 0.01


def test_overlay_bits_above_the_stored_bits_do_not_show():
    stored = np.rint(phantom() * 4095).astype(np.uint16)
    marks = np.zeros_like(stored)
    marks[10:20, 10:20] = 1 << 13
    assert np.abs(film_of(stored_dataset(stored | marks, bits=12)).pixels * 4095 - stored).max() < 1


def test_messages_and_metadata_hold_no_patient_data():
    dataset = film_dataset(phantom(), patient_name="Doe^Jane", patient_id="X-4711")
    film: Film = film_of(dataset)
    assert not any(secret in str(film.metadata) for secret in ("Doe", "DOE", "4711"))
    dataset.WindowWidth = 1
    dataset.Rows = 30000
    with pytest.raises(FilmError) as caught:
        film_of(dataset)
    assert "Doe" not in str(caught.value)


def test_nothing_is_printed(capfd):
    film_of(
        encapsulated_dataset((STREAMS / "jpeg_extended.jpg").read_bytes(), "1.2.840.10008.1.2.4.51")
    )
    data = file_bytes(film_dataset(phantom(), transfer_syntax=uid.JPEG2000Lossless))
    refusal(data[: len(data) // 2])
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


@pytest.mark.parametrize("syntax", LOSSLESS[4:], ids=lambda syntax: syntax.keyword)
@pytest.mark.parametrize("colours", ["YBR_FULL", "RGB", "YBR_RCT"])
def test_colours_that_are_not_there_do_not_end_the_process(tmp_path, syntax, colours):
    dataset = film_dataset(phantom(), transfer_syntax=syntax)
    dataset.PhotometricInterpretation = colours
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    script = (
        "import sys\nfrom spondyl.film import FilmError, load_film\n"
        "try: load_film(sys.argv[1])\nexcept FilmError: print('refused')\nelse: print('read')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "film.dcm"], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("refused", "read")


@pytest.mark.parametrize("keyword", ["PhotometricInterpretation", "BitsStored", "Rows", "Modality"])
def test_an_element_of_an_unknown_kind_is_refused_or_passed_over(keyword):
    data = file_bytes(film_dataset(phantom()))
    tag = pydicom.datadict.tag_for_keyword(keyword)
    at = data.index(struct.pack("<HH", tag >> 16, tag & 0xFFFF), 132) + 4
    damaged = data[:at] + b"NS" + data[at + 2 :]
    try:
        film = film_from_bytes(damaged)
    except FilmError as error:
        film, said = None, error.message
    if film is None:
        assert re.fullmatch(r".+, found .+; .+\.", said)
    else:
        assert film.size_px == film_from_bytes(data).size_px
