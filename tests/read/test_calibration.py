"""A calibration rises; a site keeps it and what it was made from; readings use it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ideal_maps import IdealEngine, spine

from spondyl.anatomy import Level
from spondyl.film.model import Film
from spondyl.read.calibration import CalibrationMap, Expected, MadeFrom, logit
from spondyl.read.model import ModelIdentity
from spondyl.read.prepare import finder_input
from spondyl.read.reader import Reader
from spondyl.read.site import Site, SiteError, load_site, save_site

CURVE = CalibrationMap(knots=((-4.0, -6.0), (0.0, -1.0), (2.0, 3.0)))
RECORD = MadeFrom(
    dataset="ours", films=80, patients=70, bodies=560, fractured=40, date="2026-11-23",
    target="0.08 false alarms per film", method="temperature: why", model_sha256="0" * 64,
    expected={"sensitivity_body": Expected(0.9, 0.8, 0.9, 40),
              "ece": Expected(0.02, None, None, 9)},
    warnings=("few",),
)  # fmt: skip


@given(
    st.one_of(
        st.builds(CalibrationMap, slope=st.floats(0.05, 5), offset=st.floats(-4, 4)),
        st.just(CURVE),
    )
)
def test_a_calibration_rises_and_stays_a_probability(calibration):
    p = calibration(np.linspace(0, 1, 301))
    assert (np.diff(p) > 0).all()
    assert ((p >= 0) & (p <= 1)).all()


def test_the_default_changes_nothing():
    assert CalibrationMap()(0.0) == 0.0
    assert CalibrationMap()(0.3) == 0.3
    assert not CURVE.changes_nothing


def test_a_curve_goes_through_its_knots_and_on():
    assert CURVE.on_logits(np.array([-4.0, 0.0, 2.0])) == pytest.approx([-6.0, -1.0, 3.0])
    assert CURVE.on_logits(1.0) == pytest.approx(1.0)
    assert CURVE.on_logits(np.array([-5.0, 5.0])) == pytest.approx([-7.0, 6.0])
    assert CalibrationMap(knots=((1.0, 0.0),)).on_logits(3.0) == pytest.approx(2.0)


def test_slope_and_offset_act_on_the_log_odds():
    assert float(CalibrationMap(0.5, 1.0)(0.9)) == pytest.approx(
        1 / (1 + np.exp(-(0.5 * np.log(9) + 1)))
    )
    assert float(logit(1.0)) > 20


@pytest.mark.parametrize("wrong", [
    {"slope": 0.0}, {"slope": -1.0}, {"offset": float("nan")},
    {"knots": ((0.0, 0.0), (1.0, 0.0))}, {"knots": ((1.0, 0.0), (0.0, 1.0))},
    {"knots": ((0.0, float("inf")),)},
])  # fmt: skip
def test_what_does_not_rise_is_refused(wrong):
    with pytest.raises(ValueError, match=r"rise|finite"):
        CalibrationMap(**wrong)


def test_a_site_comes_back_with_its_record(tmp_path):
    for calibration in (CalibrationMap(0.7, -0.2), CURVE):
        site = Site("ours", 0.4, calibration=calibration, made_from=RECORD)
        save_site(site, tmp_path / "ours.json")
        assert load_site(tmp_path / "ours.json") == site


@pytest.mark.parametrize(("text", "words"), [
    ('"calibration": {"slope": -1}', "rises"),
    ('"calibration": {"bend": 1}', "bend"),
    ('"calibration": 3', "calibration"),
    ('"calibration": {"knots": [1, 2]}', "calibration"),
    ('"made_from": {"films": 3}', "made_from"),
])  # fmt: skip
def test_wrong_files(tmp_path, text, words):
    (tmp_path / "site.json").write_text('{"schema": "spondyl.site/1", ' + text + "}")
    with pytest.raises(SiteError, match=words):
        load_site(tmp_path / "site.json")


@pytest.fixture(scope="module")
def film():
    return Film(np.random.default_rng(0).random((1400, 900)).astype(np.float32))


@pytest.fixture(scope="module")
def examined(film):
    return Reader(Site(), networks=engine(film)).examine(film)


def engine(film):
    _, to_network = finder_input(film.pixels)
    bodies = {level: to_network.inverse()(points) for level, points in spine().items()}
    return IdealEngine(bodies, to_network, fractured=(Level.L1,))


def test_readings_tell_the_calibrated_probability(film, examined):
    plain = Reader(Site(), networks=engine(film)).judge(examined)
    site = Site(calibration=CalibrationMap(0.5, 0.3))
    told = Reader(site, networks=engine(film)).judge(examined)
    for before, after in zip(plain.findings, told.findings, strict=True):
        if before.assessable:
            assert after.fracture_probability == pytest.approx(
                float(site.calibration(before.fracture_probability))
            )
    strict = replace(site, threshold=told.fracture_probability + 1e-6)
    assert told.fractured
    assert not Reader(strict, networks=engine(film)).judge(examined).fractured


def test_a_site_of_other_networks_is_told(film, examined):
    own = Site("ours", made_from=replace(RECORD, model_sha256=engine(film).identity.sha256))
    assert Reader(own, networks=engine(film)).judge(examined).warnings == ()
    other = replace(own, made_from=replace(RECORD, model_sha256="f" * 64))
    (warning,) = Reader(other, networks=engine(film)).judge(examined).warnings
    assert "'ours' was calibrated for other networks" in warning
    assert "spondyl calibrate" in warning
    assert ModelIdentity("ideal", "0", "0" * 64) == engine(film).identity
