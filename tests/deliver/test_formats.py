"""The registry of formats."""

from pathlib import Path

import pytest

from spondyl.deliver import FORMATS, DeliverError, FormatError, choose_formats
from spondyl.read.model import Reading

DICOM = {form.name for form in FORMATS.values() if form.file_name.endswith(".dcm")}


@pytest.mark.parametrize("name", sorted(set(FORMATS) - DICOM))
def test_each_format_writes_its_file(reading: Reading, tmp_path: Path, name: str) -> None:
    form = FORMATS[name]
    if form.extra is not None:
        pytest.importorskip("highdicom", reason="the extra [dicom] is not installed")
    form.write(reading, tmp_path / form.file_name)
    assert (tmp_path / form.file_name).stat().st_size > 500
    assert [path.name for path in tmp_path.iterdir()] == [form.file_name]


@pytest.mark.parametrize("name", sorted(DICOM))
def test_a_picture_belongs_to_no_patient(reading: Reading, tmp_path: Path, name: str) -> None:
    pytest.importorskip("highdicom", reason="the extra [dicom] is not installed")
    with pytest.raises(DeliverError, match="belongs to a patient and a study"):
        FORMATS[name].write(reading, tmp_path / "x.dcm")
    assert list(tmp_path.iterdir()) == []


def test_file_names_differ() -> None:
    assert len({form.file_name for form in FORMATS.values()}) == len(FORMATS)


def test_order_and_repeats() -> None:
    assert [form.name for form in choose_formats(" PNG,json,png")] == ["png", "json"]


@pytest.mark.parametrize(
    ("names", "words"),
    [("json,bmp", "'bmp' is not known"), (" , ", "No format")],
)
def test_refusals_say_what_to_do(names: str, words: str) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        choose_formats(names)
    assert "json, png" in str(caught.value)
