import sys

import cv2
import numpy as np
import pytest

from bench.realism import differences, main, stored
from spondyl.labels import save_dataset
from tests.bench.test_appearance import film_and_label


def test_the_largest_distance_comes_first():
    rng = np.random.default_rng(0)
    real = {"near": rng.normal(0, 1, 400), "far": rng.normal(3, 1, 400), "few": np.zeros(2)}
    made = {"near": rng.normal(0, 1, 400), "far": rng.normal(0, 1, 400), "few": np.zeros(2)}
    far, near = differences(real, made)
    assert (far.name, near.name) == ("far", "near")
    assert far.distance > 0.8 > 0.15 > near.distance
    assert near.held == pytest.approx(0.9, abs=0.05)
    assert far.held < 0.2
    assert far.real[0] < far.real[1] < far.real[2]


def test_the_same_values_have_no_distance():
    values = {"x": np.arange(20.0)}
    assert differences(values, values)[0].distance == 0


def test_stored_films_come_with_bone_bright(tmp_path):
    film, label = film_and_label()
    inverted = type(label)(
        "film.png", label.size_px, "left", label.vertebrae, extra={"inverted": True}
    )
    cv2.imwrite(str(tmp_path / "film.png"), np.round((1 - film) * 255).astype(np.uint8))
    save_dataset(tmp_path, [inverted])
    ((grey, found),) = stored(tmp_path)
    assert np.abs(grey - film).max() < 0.01
    assert set(found.vertebrae) == set(label.vertebrae)


def test_without_real_films_one_sentence_says_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "argv", ["realism.py", "--real", str(tmp_path / "none")])
    assert main() == 0
    assert "no real films" in capsys.readouterr().err
