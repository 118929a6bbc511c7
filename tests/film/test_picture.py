"""PNG, JPEG and TIFF files."""

import struct
import time
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest

from spondyl.film import FilmError, Reason, film_from_bytes
from spondyl.film.colour import MARK_WARNING, TINT_WARNING
from spondyl.film.picture import NOT_A_NUMBER_WARNING, full_scale
from tests.film.makers import encoded, phantom

GREY8 = np.rint(phantom() * 255).astype(np.uint8)
GREY16 = np.rint(phantom() * 65535).astype(np.uint16)


def refusal(data: bytes) -> Reason:
    with pytest.raises(FilmError, match=r".+, found .+; .+\.") as caught:
        film_from_bytes(data)
    return caught.value.reason


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png(width: int, height: int, bits: int, colour: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def tiff(
    pixels: np.ndarray, photometric: int = 1, orientation: int = 1, next_page: bytes = b""
) -> bytes:
    """An uncompressed grey TIFF of one strip; pixels follow the directory."""
    height, width = pixels.shape
    entries = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8 * pixels.itemsize),
        (259, 3, 1),
        (262, 3, photometric),
        (273, 4, 8 + 2 + 12 * 11 + 4),
        (274, 3, orientation),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, pixels.nbytes),
        (339, 3, 3 if pixels.dtype.kind == "f" else 1),
    ]
    following = 8 + 2 + 12 * 11 + 4 + pixels.nbytes if next_page else 0
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return (
        b"II*\0"
        + struct.pack("<I", 8)
        + directory
        + struct.pack("<I", following)
        + pixels.tobytes()
        + next_page
    )


def page(subfile: int) -> bytes:
    return struct.pack("<HHHIII", 1, 254, 4, 1, subfile, 0)


@pytest.mark.parametrize("extension", [".png", ".tif"])
@pytest.mark.parametrize("grey", [GREY8, GREY16], ids=["8 bit", "16 bit"])
def test_lossless_formats(extension, grey):
    film = film_from_bytes(encoded(extension, grey))
    assert film.pixels.dtype == np.float32
    assert np.abs(film.pixels - grey / np.iinfo(grey.dtype).max).max() < 1e-6
    assert film.warnings == ()
    assert film.spacing is None


def test_jpeg():
    film = film_from_bytes(encoded(".jpg", GREY8, cv2.IMWRITE_JPEG_QUALITY, 98))
    assert np.abs(film.pixels - GREY8 / 255).mean() < 0.01


def test_twelve_bits_in_sixteen_span_the_range():
    stored = np.rint(phantom() * 4095).astype(np.uint16)
    assert film_from_bytes(encoded(".png", stored)).pixels.max() == 1


@pytest.mark.parametrize(
    ("highest", "wanted"), [(1, 255), (255, 255), (256, 511), (4095, 4095), (65535, 65535)]
)
def test_full_scale(highest, wanted):
    assert full_scale(highest) == wanted


@pytest.mark.parametrize(("scale", "offset"), [(1.0, 0.0), (3000.0, -1000.0)])
def test_floating_point_tiff(scale, offset):
    film = film_from_bytes(tiff((phantom() * scale + offset).astype(np.float32)))
    assert np.abs(film.pixels - phantom()).max() < 1e-5


def test_not_a_number_is_dark():
    values = phantom().astype(np.float32)
    values[3, 4] = np.nan
    film = film_from_bytes(tiff(values))
    assert film.warnings == (NOT_A_NUMBER_WARNING,)
    assert film.pixels[3, 4] == 0


@pytest.mark.parametrize("grey", [GREY8, GREY16], ids=["8 bit", "16 bit"])
def test_white_is_zero(grey):
    film = film_from_bytes(tiff(np.iinfo(grey.dtype).max - grey, photometric=0))
    assert film.header_inverted
    assert np.abs(film.pixels - phantom()).max() < 0.01


def test_tiff_pages():
    assert refusal(tiff(GREY8, next_page=page(0))) is Reason.MULTI_FRAME
    assert film_from_bytes(tiff(GREY8, next_page=page(1))).size_px == (80, 96)


def test_palette_and_alpha_png():
    rows = b"".join(b"\0" + row.tobytes() for row in GREY8)
    palette = b"".join(bytes([value] * 3) for value in range(256))
    data = png(80, 96, 8, 3, chunk(b"PLTE", palette), chunk(b"IDAT", zlib.compress(rows)))
    assert np.abs(film_from_bytes(data).pixels * 255 - GREY8).max() < 0.01
    alpha = np.full_like(GREY8, 100)
    film = film_from_bytes(encoded(".png", np.dstack([GREY8, GREY8, GREY8, alpha])))
    assert np.abs(film.pixels * 255 - GREY8).max() < 0.01


def test_grey_stored_as_colour():
    three = np.dstack([GREY16] * 3)
    assert np.abs(film_from_bytes(encoded(".png", three)).pixels - GREY16 / 65535).max() < 1e-6
    noisy = encoded(".jpg", np.dstack([GREY8] * 3), cv2.IMWRITE_JPEG_QUALITY, 60)
    assert film_from_bytes(noisy).warnings == ()


def colour_photograph() -> np.ndarray:
    rng = np.random.default_rng(0)
    blobs = cv2.GaussianBlur(rng.uniform(0, 1, (96, 80, 3)).astype(np.float32), (0, 0), 6)
    return np.rint(255 * (blobs - blobs.min()) / np.ptp(blobs)).astype(np.uint8)


def test_colour_photograph_is_refused():
    assert refusal(encoded(".png", colour_photograph())) is Reason.COLOUR
    assert refusal(encoded(".jpg", colour_photograph())) is Reason.COLOUR


def test_burned_in_mark_and_film_base_are_grey_enough():
    marked = np.dstack([GREY8] * 3)
    marked[5:13, 5:10] = (0, 0, 255)
    assert film_from_bytes(encoded(".png", marked)).warnings == (MARK_WARNING,)
    blue = np.clip(np.dstack([GREY8 * 0.8 + 50, GREY8 * 0.8 + 20, GREY8 * 0.8]), 0, 255)
    assert film_from_bytes(encoded(".png", blue.astype(np.uint8))).warnings == (TINT_WARNING,)


@pytest.mark.parametrize("extension", [".png", ".jpg", ".tif"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_truncated_files_are_refused(extension, share):
    noise = np.random.default_rng(0).integers(0, 40, GREY8.shape)
    data = encoded(extension, (GREY8 * 0.8 + noise).astype(np.uint8))
    # libtiff writes the directory last, this file writes it first: both must be noticed.
    for each in (data, tiff(GREY8)) if extension == ".tif" else (data,):
        assert refusal(each[: int(share * len(each))]) is Reason.TRUNCATED


def test_end_mark_of_a_thumbnail_does_not_count():
    data = encoded(".jpg", GREY8)
    thumbnail = b"\xff\xe1" + struct.pack(">H", 6 + 2) + b"Exif\xff\xd9"
    whole = data[:2] + thumbnail + data[2:]
    assert film_from_bytes(whole).size_px == (80, 96)
    assert refusal(whole[: len(whole) * 3 // 4]) is Reason.TRUNCATED


def test_damaged_png_is_refused():
    data = bytearray(encoded(".png", GREY8))
    data[len(data) // 2] ^= 0xFF
    assert refusal(bytes(data)) is Reason.UNREADABLE


def test_animated_png_is_refused():
    control = chunk(b"acTL", struct.pack(">II", 2, 0))
    rows = b"".join(b"\0" + row.tobytes() for row in GREY8)
    data = png(80, 96, 8, 0, control, chunk(b"IDAT", zlib.compress(rows)))
    assert refusal(data) is Reason.MULTI_FRAME


def bomb(kind: str) -> bytes:
    if kind == "png":
        return png(20000, 20000, 8, 0, chunk(b"IDAT", zlib.compress(b"")))
    if kind == "tiff":
        data = bytearray(tiff(GREY8))
        struct.pack_into("<I", data, 10 + 8, 20000)
        struct.pack_into("<I", data, 10 + 12 + 8, 20000)
        return bytes(data)
    data = bytearray(encoded(".jpg", GREY8))
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, 20000, 20000)
    return bytes(data)


@pytest.mark.parametrize("kind", ["png", "jpeg", "tiff"])
def test_huge_pictures_are_refused_by_their_header(kind):
    data = bomb(kind)
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        assert refusal(data) is Reason.TOO_LARGE
        assert time.perf_counter() - begun < 1
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_one_pixel():
    assert refusal(encoded(".png", GREY8[:1, :1])) is Reason.TOO_SMALL


@pytest.mark.parametrize("extension", [".png", ".jpg", ".tif"])
def test_empty_frames(extension):
    assert refusal(encoded(extension, np.full((96, 80), 77, np.uint8))) is Reason.EMPTY


def with_exif(jpeg: bytes, orientation: int) -> bytes:
    content = b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 274, 3, 1, orientation, 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + jpeg[2:]


TURNED = {1: lambda p: p, 3: lambda p: p[::-1, ::-1], 6: lambda p: np.rot90(p, -1), 8: np.rot90}


@pytest.mark.parametrize("orientation", TURNED)
def test_orientation_marks_are_honoured(orientation):
    """A film is the picture as viewers show it; coordinates belong to that picture."""
    wanted = TURNED[orientation](phantom())
    files = (with_exif(encoded(".jpg", GREY8), orientation), tiff(GREY8, orientation=orientation))
    for data in files:
        film = film_from_bytes(data)
        assert film.pixels.shape == wanted.shape
        assert np.abs(film.pixels - wanted).mean() < 0.01


def test_nothing_is_printed(capfd):
    data = encoded(".png", GREY8)
    refusal(data[: len(data) // 2])
    content = zlib.compress(b"\0" * 100)
    refusal(png(80, 96, 8, 0, chunk(b"IDAT", content)))
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
