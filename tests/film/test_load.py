"""The door of the room: what is let in, by content."""

import hashlib
import os
import pickle
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.film import (
    FilmError,
    Reason,
    film_dataset,
    film_from_bytes,
    load_film,
    write_film_dicom,
)
from tests.film.makers import encoded, file_bytes, phantom

GREY8 = np.rint(phantom() * 255).astype(np.uint8)


def refusal(path: Path) -> FilmError:
    with pytest.raises(FilmError, match=r".+, found .+; .+\.") as caught:
        load_film(path)
    assert str(path) not in caught.value.message
    return caught.value


@pytest.mark.parametrize("name", ["film.dcm", "film", "film.png", "film.txt"])
def test_content_decides_not_the_name(tmp_path, name):
    path = tmp_path / name
    for data in (encoded(".png", GREY8), encoded(".tif", GREY8)):
        path.write_bytes(data)
        film = load_film(path)
        assert film.size_px == (80, 96)
        assert film.path == path
        assert film.sha256 == hashlib.sha256(data).hexdigest()
    write_film_dicom(path, phantom())
    assert load_film(str(path)).metadata["Format"] == "dicom"


def zip_bytes() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("film.txt", "no film" * 50)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reason", "word"),
    [
        (b"", Reason.TRUNCATED, "0 bytes"),
        (b"x", Reason.NOT_AN_IMAGE, "text"),
        ("Befund: Höhe unauffällig.\n".encode() * 40, Reason.NOT_AN_IMAGE, "text"),
        (zip_bytes(), Reason.NOT_AN_IMAGE, "zip"),
        (b"%PDF-1.7 ...", Reason.NOT_AN_IMAGE, "PDF"),
        (b"GIF89a" + bytes(50), Reason.UNSUPPORTED, "GIF"),
        (bytes(1000), Reason.NOT_AN_IMAGE, "unknown kind"),
        (b"\x08\x00\x05\x00" + bytes(1000), Reason.NOT_AN_IMAGE, "unknown kind"),
        (bytes(128) + b"DICM", Reason.TRUNCATED, "cut off"),
    ],
)
def test_not_films(tmp_path, data, reason, word):
    path = tmp_path / "film.dcm"
    path.write_bytes(data)
    error = refusal(path)
    assert error.reason is reason
    assert word in error.message


def test_folder_and_missing_file(tmp_path):
    assert refusal(tmp_path).reason is Reason.NOT_A_FILE
    assert refusal(tmp_path / "missing.dcm").reason is Reason.MISSING
    assert refusal(Path("a\0b")).reason in (Reason.UNREADABLE, Reason.MISSING)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe").reason is Reason.NOT_A_FILE


def test_without_the_right_to_read(tmp_path, monkeypatch):
    path = tmp_path / "film.png"
    path.write_bytes(encoded(".png", GREY8))

    # The superuser may read anything, so the refusal of the system is played.
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert refusal(path).reason is Reason.UNREADABLE


def test_oversized_file_is_not_read(tmp_path):
    path = tmp_path / "huge.dcm"
    with path.open("wb") as file:
        file.truncate(1_000_000_001)  # a sparse file: no space is taken
    assert refusal(path).reason is Reason.TOO_LARGE


def reason_of(data: bytes) -> Reason | None:
    """Why the bytes are no film; None if they are one."""
    try:
        film = film_from_bytes(data)
    except FilmError as error:
        return error.reason
    assert np.isfinite(film.pixels).all()
    assert film.pixels.min() >= 0
    assert film.pixels.max() <= 1
    return None


STARTS = (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", bytes(128) + b"DICM")


@settings(deadline=None)
@given(start=st.sampled_from(STARTS), data=st.binary(max_size=400))
def test_any_bytes_get_a_reason(start, data):
    assert reason_of(start + data) in set(Reason)


@settings(max_examples=50, deadline=None)
@given(data=st.data(), extension=st.sampled_from([".png", ".jpg", ".tif"]))
def test_damaged_pictures_are_a_film_or_a_film_error(data, extension):
    whole = bytearray(encoded(extension, GREY8))
    for _ in range(3):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    assert reason_of(bytes(whole)) in {None, *Reason}


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_damaged_dicom_is_a_film_or_a_film_error(data):
    whole = bytearray(file_bytes(film_dataset(phantom(), seed="damaged")))
    for _ in range(3):
        at = data.draw(st.integers(132, 2500))
        whole[at] = data.draw(st.integers(0, 255))
    assert reason_of(bytes(whole)) in {None, *Reason}


def test_errors_survive_pickling():
    error = pickle.loads(pickle.dumps(FilmError(Reason.EMPTY, "Nothing, found nothing; do.")))
    assert (error.reason, str(error)) == (Reason.EMPTY, "Nothing, found nothing; do.")


def test_reading_a_picture_imports_nothing_heavy(tmp_path):
    path = tmp_path / "film.png"
    path.write_bytes(encoded(".png", GREY8))
    code = (
        "import sys, spondyl.film\n"
        "assert 'cv2' not in sys.modules and 'numpy' not in sys.modules\n"
        f"spondyl.film.load_film({str(path)!r})\n"
        "heavy = {'torch', 'scipy', 'numba', 'pydicom', 'sklearn', 'onnxruntime'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
