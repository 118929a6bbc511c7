import gzip
from pathlib import Path

import cv2
import numpy as np
import pytest

from spondyl.film import Film, film_from_bytes
from spondyl.serve.room.pixels import PixelCache, make_pixels, make_thumbnail, window_of
from tests.serve.room.kit import example


def film(name: str = "normal.png") -> Film:
    return film_from_bytes(example(name))


def values_of(packed: bytes, rows: int, columns: int) -> np.ndarray:
    return np.frombuffer(gzip.decompress(packed), "<u2").reshape(rows, columns)


def test_values_are_the_films_own_and_rows_from_the_top() -> None:
    found = make_pixels(film(), inverted=False)
    values = values_of(found.packed, found.facts.rows, found.facts.columns)
    assert values.shape == film().pixels.shape
    assert np.array_equal(values, np.rint(film().pixels * 255))
    assert found.rows() == values.tobytes()


def test_a_negative_is_turned() -> None:
    plain, turned = (make_pixels(film(), inverted=each) for each in (False, True))
    one, two = (values_of(p.packed, p.facts.rows, p.facts.columns) for p in (plain, turned))
    assert np.array_equal(two, 255 - one)
    assert turned.facts.inverted
    assert not plain.facts.inverted


def test_deeper_films_keep_their_greys() -> None:
    grey = np.linspace(0, 1, 80 * 96, dtype=np.float32).reshape(96, 80)
    found = make_pixels(Film(grey, metadata={"BitsStored": "12"}), inverted=False)
    assert values_of(found.packed, 96, 80).max() == 4095
    odd = make_pixels(Film(grey, metadata={"BitsStored": "many"}), inverted=False)
    assert values_of(odd.packed, 96, 80).max() == 4095


def test_the_window_shows_the_anatomy_and_not_the_collimation() -> None:
    pixels = film().pixels
    centre, width = window_of(pixels)
    framed = np.zeros((pixels.shape[0] + 600, pixels.shape[1] + 600), np.float32)
    framed[300:-300, 300:-300] = pixels
    other_centre, other_width = window_of(framed)
    assert other_centre == pytest.approx(centre, abs=0.1)
    assert other_width == pytest.approx(width, rel=0.25)
    inside = np.abs(pixels - centre) <= width / 2
    assert inside.mean() > 0.6


def test_a_film_of_one_grey_has_a_window_all_the_same() -> None:
    centre, width = window_of(np.full((96, 80), 0.3, np.float32))
    assert np.isfinite([centre, width]).all()
    assert width > 0


def test_a_thumbnail_is_small_and_keeps_its_shape() -> None:
    picture = cv2.imdecode(np.frombuffer(make_thumbnail(film(), False), np.uint8), -1)
    assert max(picture.shape) == 256
    height, width = film().pixels.shape
    assert picture.shape[1] / picture.shape[0] == pytest.approx(width / height, abs=0.01)


def test_what_was_made_once_is_kept(tmp_path: Path) -> None:
    cache = PixelCache(tmp_path / "cache")
    sha256 = "ab" * 32
    assert cache.pixels(sha256, False) is None
    made = cache.make(film(), sha256, False)
    assert cache.pixels(sha256, False) == made
    assert cache.thumbnail(sha256, False)
    assert cache.pixels(sha256, True) is None
    assert (tmp_path / "cache" / "ab").stat().st_mode & 0o077 == 0, "nobody else may look"
    cache.forget(sha256)
    assert cache.pixels(sha256, False) is None


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    cache = PixelCache(tmp_path)
    cache.make(film(), "ab" * 32, False)
    (path,) = tmp_path.glob("ab/*.pixels")
    path.write_bytes(b"nonsense")
    assert cache.pixels("ab" * 32, False) is None


def test_the_longest_unused_go_first_when_there_is_no_room(tmp_path: Path) -> None:
    import os

    cache = PixelCache(tmp_path, most_bytes=2_500)
    for n in range(5):
        path = tmp_path / "aa" / f"{n}.pixels"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * 1000)
        os.utime(path, (n, n))
    cache.prune()
    assert sorted(path.name for path in tmp_path.glob("aa/*")) == ["3.pixels", "4.pixels"]
