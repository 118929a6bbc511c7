"""The inputs of the networks: exact coordinates, independence of exposure and borders."""

import time

import numpy as np
import pytest

from spondyl.geometry import body_frame
from spondyl.read.prepare import (
    CROP_SIZE_PX,
    body_crop,
    finder_channels,
    finder_input,
    normalise_crop,
    shrink_to_fit,
    view_input,
)


def _blob(width: int, height: int, x: float, y: float, sigma: float) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2)).astype(np.float32)


def _centroid(image: np.ndarray) -> np.ndarray:
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    return np.array([(image * columns).sum(), (image * rows).sum()]) / image.sum()


@pytest.mark.parametrize("size", [(1000, 2000), (777, 1203), (2021, 1499), (200, 300)])
def test_shrink_keeps_coordinates(size: tuple[int, int]) -> None:
    width, height = size
    x, y = 0.37 * width, 0.61 * height
    content, to_box = shrink_to_fit(_blob(width, height, x, y, width / 25), (320, 448))
    margin = np.round(to_box([-0.5, -0.5]) + 0.5)
    assert np.allclose(_centroid(content) + margin, to_box([x, y]), atol=0.05)
    assert content.shape[1] == 320 or content.shape[0] == 448


@pytest.mark.parametrize("depth_px", [30.0, 52.0, 160.0, 330.0])
def test_crop_keeps_coordinates(depth_px: float) -> None:
    image = _blob(900, 800, 450.0, 390.0, depth_px / 8)
    turn = np.deg2rad(20)
    axis = np.array([np.cos(turn), np.sin(turn)]) * depth_px / 2
    down = np.array([-axis[1], axis[0]]) * 0.8
    centre = np.array([445.0, 397.0])
    quad = np.array([-axis - down, axis - down, axis + down, -axis + down]) + centre
    crop, to_crop = body_crop(image, body_frame(quad))
    assert crop.shape == (1, CROP_SIZE_PX, CROP_SIZE_PX)
    assert np.allclose(_centroid(crop[0]), to_crop([450.0, 390.0]), atol=0.1)


def test_crop_over_the_edge_of_the_film() -> None:
    image = np.random.default_rng(0).random((300, 200)).astype(np.float32)
    quad = np.array([[150, -60], [250, -60], [250, 20], [150, 20]], float)
    crop, _ = body_crop(image, body_frame(quad))
    assert np.isfinite(crop).all()
    far = body_frame(quad + 5000)
    assert np.isfinite(body_crop(image, far)[0]).all()


def test_exposure_and_collimation_do_not_change_the_channels() -> None:
    rng = np.random.default_rng(1)
    anatomy = rng.random((40, 30)).astype(np.float32)
    noise = 0.05 * rng.random((320, 240), np.float32)
    anatomy = np.kron(anatomy, np.ones((8, 8), np.float32)) + noise
    plain = finder_channels(anatomy)
    assert np.allclose(finder_channels(anatomy * 0.3 + 0.5), plain, atol=0.02)
    collimated = np.pad(anatomy, 40, constant_values=0.0)
    framed = finder_channels(collimated)[0, 40:-40, 40:-40]
    assert np.abs(framed - plain[0]).mean() < 0.05
    assert 0.9 < np.abs(plain[0]).max() <= 1.5


def test_padding_takes_no_part() -> None:
    anatomy = np.random.default_rng(2).random((200, 160)).astype(np.float32)
    valid = np.zeros((240, 200), bool)
    valid[20:220, 20:180] = True
    padded = np.full(valid.shape, 7.0, np.float32)
    padded[20:220, 20:180] = anatomy
    masked = finder_channels(padded, valid)
    assert (masked[:, ~valid] == 0).all()
    assert np.abs(masked[:, 20:220, 20:180] - finder_channels(anatomy)).mean() < 0.08


def test_one_grey_value_is_no_error() -> None:
    flat = np.full((100, 80), 0.4, np.float32)
    channels, _ = finder_input(flat)
    assert channels.shape == (2, 448, 320)
    assert (channels == 0).all()
    assert np.isfinite(normalise_crop(flat[None, :, :])).all()


def test_view_input_is_ranks() -> None:
    image = np.random.default_rng(3).random((300, 150)).astype(np.float32)
    view = view_input(image)
    assert view.shape == (1, 128, 128)
    assert np.allclose(view_input(1 - image), 1 - view, atol=1e-3)
    assert np.allclose(view[0, :, :32], 0.5)
    assert view.min() < 0.01
    assert view.max() > 0.99


def test_wrong_shape_says_so() -> None:
    with pytest.raises(ValueError, match=r"shape \(height, width\)"):
        finder_input(np.zeros((3, 10, 10), np.float32))


def test_finder_input_is_fast() -> None:
    film = np.random.default_rng(4).random((2000, 1000)).astype(np.float32)
    finder_input(film)
    best = min(_seconds(film) for _ in range(5))
    assert best < 0.03, "three times the aim of 8 ms plus slack for a busy machine"


def _seconds(film: np.ndarray) -> float:
    start = time.perf_counter()
    finder_input(film)
    return time.perf_counter() - start
