"""Side and polarity from picture and header."""

import numpy as np
import pytest

from spondyl.read.engine import ViewLogits
from spondyl.read.orient import (
    Orientation,
    View,
    likely_orientations,
    look_at,
    orientation_warnings,
    other_orientations,
    to_canonical,
)


class _Biased:
    """A view network with a bias and some sense of what it sees: brightness per half."""

    def view(self, pictures: np.ndarray) -> ViewLogits:
        left = pictures[:, 0, :, :64].mean(axis=(1, 2))
        right = pictures[:, 0, :, 64:].mean(axis=(1, 2))
        return ViewLogits(5 * (left - right) + 0.4, 3 * (left**2 - 0.2), left + right)


def test_mirrored_and_negative_pictures_get_the_turned_answer() -> None:
    picture = np.random.default_rng(0).random((128, 128)).astype(np.float32)
    picture[:, :50] += 0.5
    plain = look_at(picture, _Biased())
    mirrored = look_at(np.ascontiguousarray(picture[:, ::-1]), _Biased())
    negative = look_at(2 - picture, _Biased())
    assert mirrored.posterior_right == pytest.approx(-plain.posterior_right, abs=1e-5)
    assert mirrored.inverted == pytest.approx(plain.inverted, abs=1e-5)
    assert negative.posterior_right == pytest.approx(plain.posterior_right, abs=1e-5)
    assert negative.inverted == pytest.approx(-plain.inverted, abs=1e-5)
    assert negative.lumbar == pytest.approx(plain.lumbar, abs=1e-5)


def test_what_is_tried() -> None:
    sure = View(3.0, -3.0, 2.0)
    assert likely_orientations(sure, "left") == (Orientation(True, False),)
    unsure = View(0.2, -3.0, 2.0)
    assert likely_orientations(unsure, "left") == (Orientation(False, False),)
    both = likely_orientations(unsure, None)
    assert both == (Orientation(True, False), Orientation(False, False))
    four = likely_orientations(View(0.1, 0.1, 2.0), None)
    assert len(set(four)) == 4
    assert four[0] == Orientation(True, True)
    assert set(both) | set(other_orientations(both)) == set(four)


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("inverted", [False, True])
def test_canonical_pixels_and_map(right: bool, inverted: bool) -> None:
    pixels = np.random.default_rng(1).random((20, 30)).astype(np.float32)
    canonical, to_canonical_px = to_canonical(pixels, Orientation(right, inverted))
    x, y = to_canonical_px([4.0, 7.0])
    expected = pixels.min() + pixels.max() - pixels[7, 4] if inverted else pixels[7, 4]
    assert canonical[int(y), int(x)] == pytest.approx(expected)
    assert canonical.min() == pytest.approx(pixels.min(), abs=1e-6)


def test_disagreements_are_told() -> None:
    assert orientation_warnings(Orientation(True, False), "right", False) == ()
    assert orientation_warnings(Orientation(True, False), None, True) == ()
    (side,) = orientation_warnings(Orientation(True, False), "left", False)
    assert "side is left" in side
    (polarity,) = orientation_warnings(Orientation(True, True), None, False)
    assert "bone dark" in polarity
