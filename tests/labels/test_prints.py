"""Prints on made films: hashes that are good for photographs fail on pictures that look alike."""

import cv2
import numpy as np
import pytest

from spondyl.labels.prints import SAME_FROM, picture_print, same_pictures


def made_film(seed, size=(420, 300)):
    """A bright column of boxes of its own on a slope that all films share."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[: size[0], : size[1]] / size[0]
    film = 0.5 + 0.3 * rows - 0.2 * columns
    x = 0.3 + 0.1 * rng.random()
    for k in range(8):
        top = 0.05 + 0.115 * k + 0.03 * rng.random()
        x += 0.03 * rng.standard_normal()
        inside = (abs(columns - x) < 0.06) & (rows > top) & (rows < top + 0.08)
        film = film + 0.25 * inside
    blobs = cv2.resize(rng.standard_normal((20, 14)), size[::-1], interpolation=cv2.INTER_CUBIC)
    return (film + 0.08 * blobs).astype(np.float32)


CHANGES = {
    "same": lambda film: film,
    "smaller": lambda film: cv2.resize(film, (150, 210), interpolation=cv2.INTER_AREA),
    "gamma": lambda film: np.clip(film, 0, None) ** 0.6,
    "window": lambda film: np.clip((film - 0.2) / 0.9, 0, 1),
    "negative": lambda film: -film,
    "mirrored": lambda film: film[:, ::-1],
    "noise": lambda film: film + np.random.default_rng(1).normal(0, 0.05, film.shape),
    "8 bits": lambda film: np.round(255 * np.clip(film, 0, 1)),
    "a rim less": lambda film: film[3:, 3:],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_film_is_the_same_picture(change):
    films = [made_film(0), CHANGES[change](made_film(0))]
    assert [pair[:2] for pair in same_pictures([picture_print(f) for f in films])] == [(0, 1)]


def test_other_films_are_other_pictures():
    prints = [picture_print(made_film(seed)) for seed in range(60)]
    assert same_pictures(prints) == []
    nearest = max(pair[2] for pair in same_pictures(prints, 0.0))
    assert nearest < SAME_FROM - 0.05


def test_pictures_without_structure_are_like_nothing():
    flat = [picture_print(np.full((80, 80), 3.0))] * 2
    assert same_pictures(flat) == []
    assert same_pictures([]) == []


def test_a_frame_that_scans_share_does_not_make_them_one_picture():
    def scanned(seed):
        film = 0.02 * made_film(seed)  # faint bones: the frame is by far the strongest structure
        film[:9], film[-9:], film[:, :7], film[:, -7:] = 1.0, 1.0, 1.0, 1.0
        return film

    assert same_pictures([picture_print(scanned(seed)) for seed in range(12)]) == []
    assert len(same_pictures([picture_print(f) for f in (scanned(0), scanned(0) ** 0.7)])) == 1
