"""The registry of formats."""

from pathlib import Path

import pytest

from spondyl.deliver import FORMATS, FormatError, choose_formats
from spondyl.read.model import Reading


def test_each_format_writes_its_file(reading: Reading, tmp_path: Path) -> None:
    for form in FORMATS.values():
        form.write(reading, tmp_path / form.file_name)
        assert (tmp_path / form.file_name).stat().st_size > 500


def test_order_and_repeats() -> None:
    assert [form.name for form in choose_formats(" PNG,json,png")] == ["png", "json"]


@pytest.mark.parametrize(
    ("names", "words"),
    [("sr", "not in this version"), ("json,bmp", "'bmp' is not known"), (" , ", "No format")],
)
def test_refusals_say_what_to_do(names: str, words: str) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        choose_formats(names)
    assert "json, png" in str(caught.value)
