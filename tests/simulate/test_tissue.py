from dataclasses import replace

import numpy as np
import pytest

from spondyl.simulate.habitus import draw_habitus
from spondyl.simulate.projection import Beam
from spondyl.simulate.tissue import Spineline, soft_tissue

BEAM = Beam(1200.0, (0.0, 100.0), -150.0, 300.0, 2.0, (150, 200))
LINE = Spineline(np.linspace(0.0, 260.0, 9), np.linspace(0.0, -30.0, 9))


def tissue(seed=0, **changes):
    habitus = replace(draw_habitus(np.random.default_rng(1), 180.0), **changes)
    return soft_tissue(BEAM, LINE, habitus, np.random.default_rng(seed))


def test_spineline_is_straight_beyond_its_ends():
    assert LINE.x_at(-100.0) == 0.0
    assert LINE.x_at(500.0) == -30.0


def test_air_never_takes_more_than_there_is():
    soft, calcified = tissue(gas=2.0, stool=2.0, lung_air_mm=600.0)
    assert soft.min() >= 0
    assert calcified.min() >= 0


def test_lungs_are_dark_above_the_diaphragm():
    soft, _ = tissue(clutter=0.3, arms=False, lung_air_mm=230.0, dome_z_mm=180.0, gas=0.0)
    without, _ = tissue(clutter=0.3, arms=False, lung_air_mm=0.0, dome_z_mm=180.0, gas=0.0)
    column = 85
    assert soft[5:20, column].mean() < without[5:20, column].mean() - 40


def test_more_calcification_more_lime():
    none = tissue(calcification=0.0, arms=False)[1]
    much = tissue(calcification=1.0, arms=False)[1]
    assert none.sum() == 0
    assert much.sum() > 0


def test_stouter_is_thicker():
    thin = tissue(width_mm=200.0)[0]
    stout = tissue(width_mm=400.0)[0]
    assert stout.max() > thin.max() + 30


def test_builds_vary():
    fronts = [draw_habitus(np.random.default_rng(seed), 180.0).front_mm for seed in range(40)]
    assert np.std(fronts) == pytest.approx(38, abs=20)
    assert min(fronts) >= 55
