from pathlib import Path

import numpy as np
import pytest
from pydicom import uid

from bench.node_kit import Archive
from spondyl.deliver.dicom.compress import Compression, compress
from spondyl.film import film_dataset
from spondyl.serve.dicom.model import Made, Parcel, ParcelState
from spondyl.serve.dicom.send import Answer
from spondyl.serve.dicom.send_dimse import DimseWay, contexts_of, reply_of
from spondyl.serve.dicom.settings_ways import DimseSettings


def _parcel(sop_class: str, syntax: str) -> Parcel:
    made = Made("sc", Path("x"), "1.2", sop_class, syntax)
    return Parcel(1, 1, "pacs", made, ParcelState.PENDING, 0, "")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (0x0000, Answer.TAKEN),
        (0xB000, Answer.TAKEN),
        (0xB007, Answer.TAKEN),
        (0xA700, Answer.LATER),
        (0xA702, Answer.LATER),
        (0xA900, Answer.REFUSED),
        (0xC000, Answer.REFUSED),
        (0x0122, Answer.REFUSED),
    ],
)
def test_what_a_status_means(status: int, answer: Answer) -> None:
    reply = reply_of(status)
    assert reply.answer is answer
    assert (f"{status:04X}" in reply.reason) == (answer is not Answer.TAKEN)


@pytest.mark.parametrize("taken", [True, False])
def test_a_compressed_picture_goes_to_everybody(tmp_path: Path, taken: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (96, 80, 3), np.uint8)
    dataset = film_dataset(np.eye(64), modality="SC", bits=8)
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    dataset.PhotometricInterpretation, dataset.PixelData = "RGB", pixels.tobytes()
    compress(dataset, Compression.JPEG_2000)
    assert dataset.PhotometricInterpretation == "YBR_RCT"
    path = tmp_path / "sc.dcm"
    dataset.save_as(path, enforce_file_format=True)
    syntax = uid.JPEG2000Lossless
    made = Made("sc", path, str(dataset.SOPInstanceUID), str(dataset.SOPClassUID), syntax)
    replies = []
    archive = Archive()
    if taken:
        archive.syntaxes = [syntax]
    archive.start()
    try:
        settings = DimseSettings(ae_title="ARCHIVE", host="127.0.0.1", port=archive.port)
        DimseWay("SPONDYL", settings).send(
            [Parcel(1, 1, "pacs", made, ParcelState.PENDING, 0, "")],
            lambda parcel, reply: replies.append(reply.answer),
            lambda: False,
        )
    finally:
        archive.stop()
    assert replies == [Answer.TAKEN]
    (got,) = archive.datasets.values()
    assert got.SOPInstanceUID == dataset.SOPInstanceUID
    assert got.PhotometricInterpretation == ("YBR_RCT" if taken else "RGB")
    assert (len(got.PixelData) == pixels.size) is not taken
    if not taken:
        assert got.PixelData == pixels.tobytes()


def test_contexts_are_those_of_the_objects_each_once() -> None:
    parcels = [
        _parcel("1.2.840.10008.5.1.4.1.1.88.33", uid.ExplicitVRLittleEndian),
        _parcel("1.2.840.10008.5.1.4.1.1.88.33", uid.ExplicitVRLittleEndian),
        _parcel("1.2.840.10008.5.1.4.1.1.7", uid.JPEG2000Lossless),
    ]
    report, capture, plain = contexts_of(parcels)
    assert set(report.transfer_syntax) == {uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian}
    # What is compressed goes as it is, or uncompressed where that is not taken.
    assert capture.transfer_syntax == [uid.JPEG2000Lossless]
    assert plain.abstract_syntax == capture.abstract_syntax
    assert set(plain.transfer_syntax) == {uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian}
