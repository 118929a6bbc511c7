import struct
import zlib

import pytest

from spondyl.film.deflated import DEFLATED_UID, check_deflated
from spondyl.film.errors import FilmError, Reason

HEAD = b"\0" * 128 + b"DICM" + b"\x02\0\0\0UL\x04\0"


def file_of(size: int, meta: bytes = DEFLATED_UID) -> bytes:
    """A file whose data set unpacks to so many bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(bytes(size)) + packer.flush()
    return HEAD + struct.pack("<I", len(meta)) + meta + packed


def refusal(data: bytes, most_bytes: int = 1_000_000) -> Reason:
    with pytest.raises(FilmError) as caught:
        check_deflated(data, most_bytes)
    return caught.value.reason


def test_the_bound_is_of_what_it_unpacks_to() -> None:
    check_deflated(file_of(1_000_000), 1_000_000)
    assert refusal(file_of(1_000_001)) is Reason.TOO_LARGE


def test_a_bomb_is_left_before_it_has_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spondyl.film.deflated._STEP", 1 << 16)
    data = file_of(400_000_000)
    assert len(data) < 500_000
    assert refusal(data) is Reason.TOO_LARGE


def test_one_that_ends_early_or_is_broken_is_refused() -> None:
    whole = file_of(50_000)
    assert refusal(whole[:-3]) is Reason.TRUNCATED
    assert refusal(whole[:-20] + bytes(20)) in (Reason.UNREADABLE, Reason.TRUNCATED)
    assert refusal(b"\0" * 150 + DEFLATED_UID) is Reason.UNREADABLE


def test_files_of_other_kinds_are_none_of_its_business() -> None:
    check_deflated(file_of(5_000_000, b"1.2.840.10008.1.2.1"), 1_000)
    check_deflated(b"", 1_000)
