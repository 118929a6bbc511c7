from pathlib import Path

import pytest
from pydicom import uid

from spondyl.serve.dicom.model import Made, Parcel, ParcelState
from spondyl.serve.dicom.send import Answer
from spondyl.serve.dicom.send_dimse import contexts_of, reply_of


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


def test_contexts_are_those_of_the_objects_each_once() -> None:
    parcels = [
        _parcel("1.2.840.10008.5.1.4.1.1.88.33", uid.ExplicitVRLittleEndian),
        _parcel("1.2.840.10008.5.1.4.1.1.88.33", uid.ExplicitVRLittleEndian),
        _parcel("1.2.840.10008.5.1.4.1.1.7", uid.JPEG2000Lossless),
    ]
    report, capture = contexts_of(parcels)
    assert set(report.transfer_syntax) == {uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian}
    # What is compressed goes as it is, or not at all.
    assert capture.transfer_syntax == [uid.JPEG2000Lossless]
