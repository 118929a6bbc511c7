"""Whatever the networks answer, a reading comes out, and it follows its form."""

import json

import numpy as np
import pytest

from spondyl.deliver import reading_to_json
from spondyl.film.model import Film
from spondyl.read.engine import BodyOutputs, FinderMaps, ViewLogits
from spondyl.read.model import ModelIdentity
from spondyl.read.reader import Reader
from spondyl.read.site import JudgeSettings, Site


class _Noise:
    """Networks that answer at random, with many peaks of body-like and impossible shapes."""

    identity = ModelIdentity("noise", "0", "")

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def view(self, pictures: np.ndarray) -> ViewLogits:
        count = len(pictures)
        return ViewLogits(*self.rng.normal(0, 2, (3, count)).astype(np.float32))

    def finder(self, channels: np.ndarray) -> FinderMaps:
        rng = self.rng
        body = np.array([-13, -10, 13, -10, 13, 10, -13, 10, 0, -9, 0, 9]) / 16
        offsets = body[:, None, None] + rng.normal(0, rng.choice([0.05, 0.5]), (12, 112, 80))
        heat = rng.normal(-6, 3, (1, 112, 80))
        return FinderMaps(
            rng.normal(0, 4, (10, 112, 80)).astype(np.float32),
            rng.normal(0, 4, (112, 80)).astype(np.float32),
            np.concatenate([heat, offsets]).astype(np.float32),
        )

    def body(self, crops: np.ndarray) -> BodyOutputs:
        assert np.isfinite(crops).all()
        rng, count = self.rng, len(crops)
        body = np.array([[30, 36], [82, 36], [82, 76], [30, 76], [56, 38], [56, 74]])
        return BodyOutputs(
            (body + rng.normal(0, rng.choice([1, 30]), (count, 6, 2))).astype(np.float32),
            rng.exponential(3, (count, 6)).astype(np.float32),
            rng.normal(0, 6, count).astype(np.float32),
            rng.normal(0, 0.4, (count, 3)).astype(np.float32),
            rng.normal(2, 4, count).astype(np.float32),
        )


@pytest.mark.parametrize("seed", range(12))
def test_any_answer_becomes_a_reading(seed: int) -> None:
    rng = np.random.default_rng(seed)
    width, height = rng.integers(3, 700, 2)
    film = Film(rng.random((height, width)).astype(np.float32))
    site = Site(judge=JudgeSettings(lumbar_floor=-9.0))
    reading = Reader(site, networks=_Noise(seed)).read(film)
    text = json.dumps(reading_to_json(reading), allow_nan=False)
    assert "NaN" not in text
    assert len(reading.findings) <= 20
    for finding in reading.findings:
        assert np.isfinite(finding.corners_px).all()
        assert 0 <= finding.fracture_probability <= 1
        assert 0 <= finding.confidence <= 1
        assert bool(finding.reasons) != finding.assessable
        assert not finding.fractured or finding.assessable
        assert (finding.genant_grade or 0) > 0 or not finding.fractured
    assert reading.fractured == any(f.fractured for f in reading.findings)
    assert reading.assessable != bool(reading.reasons)
