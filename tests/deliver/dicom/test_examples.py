"""The example films through every DICOM form, as `spondyl read` writes them."""

from pathlib import Path

import pydicom
import pytest

from spondyl.deliver import FORMATS
from spondyl.read.reader import Reader

EXAMPLES = Path(__file__).parents[3] / "examples"
DICOM = [form for form in FORMATS.values() if form.file_name.endswith(".dcm")]


@pytest.fixture(scope="module")
def reader():
    return Reader(threads=1)


@pytest.mark.parametrize("name", ["one-fracture", "negative"])
def test_dicom3tools_finds_no_error_in_any_object(reader, tmp_path, errors_of, name):
    reading = reader.read(EXAMPLES / f"{name}.dcm")
    for form in DICOM:
        form.write(reading, tmp_path / form.file_name)
        assert errors_of(tmp_path / form.file_name) == [], form.name


def test_reading_again_makes_the_same_objects(reader, tmp_path):
    uids = []
    for _ in range(2):
        reading = reader.read(EXAMPLES / "normal.dcm")
        for form in DICOM:
            form.write(reading, tmp_path / form.file_name)
        found = [pydicom.dcmread(tmp_path / form.file_name) for form in DICOM]
        uids.append([(each.SeriesInstanceUID, each.SOPInstanceUID) for each in found])
    assert uids[0] == uids[1]
    assert len({uid for pair in uids[0] for uid in pair}) == 2 * len(DICOM)
